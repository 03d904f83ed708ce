"""Beginning and end of a sandbox: nothing of it survives, whatever becomes of its two sides."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from autograder.sandbox import Limits, SandboxError, WarmSandbox, bubblewrap, refusal
from autograder.sandbox.channels import Channels
from autograder.sandbox.devices import device_nodes, gpu_environment, visible_gpus
from autograder.sandbox.server import ForkServer, ServerGoneError, inner_process
from tests.sandbox.conftest import LIMITS
from tests.sandbox.test_kernel import printed


def test_this_machine_can_do_it() -> None:
    assert refusal("bwrap") is None
    assert refusal("none") is None


def test_machine_without_bwrap_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "find_bwrap", lambda: None)
    with pytest.raises(SandboxError, match="apt install bubblewrap"):
        WarmSandbox().start()


def test_bwrap_that_fails_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "find_bwrap", lambda: "/usr/bin/false")
    assert "--isolation none" in str(refusal("bwrap"))


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGSTOP])
def test_fork_server_that_is_gone_is_replaced(
    sandbox: WarmSandbox, ending: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.sandbox.warm.READY_SECONDS", 5.0)
    with sandbox.kernel() as kernel:
        server = kernel._process.server.process
        server.send_signal(ending)
        assert kernel.execute("while True: pass", seconds=1).status in ("died", "timed_out")
        kernel.restart()
        assert printed(kernel.execute("print(1)")) == "1\n"
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE


def test_nothing_runs_after_close() -> None:
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    sandbox = WarmSandbox(limits=LIMITS)
    with sandbox, sandbox.kernel() as kernel:
        kernel.execute("import os, time\nif os.fork() == 0: os.setsid(); time.sleep(1000)")
        family = [p for p in psutil.Process().children(recursive=True) if p.pid not in before]
        assert len(family) >= 4
    assert psutil.wait_procs(family, timeout=5)[1] == []


def test_a_kernel_whose_welcome_was_lost_is_asked(sandbox: WarmSandbox) -> None:
    process = sandbox.fork()
    process.watcher.stop()
    with closing(Channels(process.server.ipc, process.key, LIMITS)) as channels:
        while channels.receive(1.0):
            pass
        channels.handshake(10.0)


def test_a_kernel_that_does_not_answer_gets_a_new_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    handshake, asked = Channels.handshake, []

    def deaf_once(channels: Channels, seconds: float) -> None:
        asked.append(seconds)
        if len(asked) == 1:
            raise ServerGoneError
        handshake(channels, seconds)

    monkeypatch.setattr(Channels, "handshake", deaf_once)
    with WarmSandbox(limits=LIMITS) as sandbox, sandbox.kernel() as kernel:
        assert printed(kernel.execute("print(1)")) == "1\n"
    assert len(asked) == 2


def test_a_sandbox_that_cannot_start_says_why() -> None:
    with pytest.raises(SandboxError, match="did not start: ValueError: Unable to import backend : x"):
        WarmSandbox(environment={"KERAS_BACKEND": "x"}).start()


@pytest.mark.parametrize("outermost", [True, False])
def test_a_sandbox_ended_while_it_warms_up_says_so(monkeypatch: pytest.MonkeyPatch, outermost: bool) -> None:
    def end(server: ForkServer, name: str, seconds: float) -> None:
        while not server.event(1.0):
            victim = server.process if outermost else inner_process(server.process.pid)
            victim.kill()

    monkeypatch.setattr(ForkServer, "wait_for", end)
    with pytest.raises(SandboxError, match="did not start: it was ended from outside"):
        WarmSandbox().start()


def test_it_ends_without_waiting_for_whoever_collects_orphans() -> None:
    grader = """
from autograder.sandbox import WarmSandbox, server
server.END_SECONDS = 1000
with WarmSandbox("none") as sandbox, sandbox.kernel() as kernel:
    kernel.execute("import os, time\\nif os.fork() == 0: os.setsid(); time.sleep(1000)")
    sandbox.close()
"""
    heir = f"""
import ctypes, subprocess, sys, psutil
PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # orphans become this process's, which collects none
subprocess.run([sys.executable, "-c", {grader!r}], check=True)
print(*{{process.status() for process in psutil.Process().children(recursive=True)}})
"""
    said = subprocess.run([sys.executable, "-c", heir], stdout=subprocess.PIPE, check=True, timeout=120)
    assert said.stdout.decode().split() == [psutil.STATUS_ZOMBIE]


def test_sandbox_dies_with_a_killed_parent() -> None:
    code = """
import sys, time, psutil
from autograder.sandbox import WarmSandbox
sandbox = WarmSandbox(); sandbox.start()
with sandbox.kernel() as kernel:
    kernel.execute("import os, time\\nif os.fork() == 0: os.setsid(); time.sleep(1000)")
    print(*[process.pid for process in psutil.Process().children(recursive=True)], flush=True)
    time.sleep(1000)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    family = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
    assert len(family) >= 4
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert psutil.wait_procs(family, timeout=10)[1] == []


def test_extra_folder_is_readable_at_its_place_and_read_only(tmp_path: Path) -> None:
    (tmp_path / "faces.txt").write_text("faces")
    tmp_path.chmod(0o755)
    (tmp_path.parent / "beside.txt").write_text("beside")
    code = f"""
import os
print(open("{tmp_path}/faces.txt").read(), os.listdir("{tmp_path.parent}"))
for path in ("{tmp_path}/new", "{tmp_path.parent}/new", "{tmp_path.parent.parent}/new"):
    try: open(path, "w"); print(path)
    except OSError: pass
print(os.path.exists("/tmp/mine")); open("/tmp/mine", "w"); print("{tmp_path.parts[2]}" in os.listdir("/tmp"))
"""
    expected = f"faces ['{tmp_path.name}']\nFalse\nTrue\n"
    sandbox = WarmSandbox(limits=LIMITS, readonly=[tmp_path], environment={"COLOUR": "blue"})
    with sandbox:
        for _ in range(2):
            with sandbox.kernel() as kernel:
                assert printed(kernel.execute(code)) == expected
                assert printed(kernel.execute("print(os.environ['COLOUR'])")) == "blue\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="others than root can read what they own")
def test_folder_that_root_alone_can_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="chmod -R o\\+rX"):
        WarmSandbox(readonly=[tmp_path]).start()


def test_without_isolation_it_warns_and_works(capsys: pytest.CaptureFixture[str]) -> None:
    sandbox = WarmSandbox("none", Limits(cell_seconds=20))
    with sandbox:
        assert "isolation is off" in capsys.readouterr().err
        with sandbox.kernel() as kernel:
            assert printed(kernel.execute("open('left', 'w'); print(1)")) == "1\n"
            loop = kernel.execute(
                "import os, time\nif os.fork() == 0: os.setsid()\nwhile True: time.sleep(1)", 1
            )
            assert loop.status == "timed_out"
            assert kernel.execute("import os; os._exit(1)").status == "died"
        with sandbox.kernel() as kernel:
            assert printed(kernel.execute("import os; print('left' in os.listdir())")) == "False\n"


def test_without_isolation_nothing_outlives_a_fork_server_that_was_killed() -> None:
    with WarmSandbox("none", LIMITS) as sandbox, sandbox.kernel() as kernel:
        kernel.execute("import os, signal, time\nif os.fork() == 0: os.setsid(); time.sleep(1000)")
        server = kernel._process.server.process
        family = [server, *server.children(recursive=True)]
        assert len(family) == 3
        kernel.execute("time.sleep(0.3); os.kill(os.getppid(), signal.SIGKILL); time.sleep(60)")
        kernel.restart()
        assert printed(kernel.execute("print(2)")) == "2\n"
        assert psutil.wait_procs(family, timeout=5)[1] == []


def test_gpus_are_dealt_round_robin() -> None:
    assert [gpu_environment(slot, ["0", "1"])["CUDA_VISIBLE_DEVICES"] for slot in range(3)] == ["0", "1", "0"]
    assert gpu_environment(0, ["0"])["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
    assert gpu_environment(1, []) == {"CUDA_VISIBLE_DEVICES": "-1"}


@pytest.fixture
def devices(tmp_path: Path) -> Path:
    for name in ("null", "nvidia10", "nvidia2", "nvidiactl", "nvidia-uvm"):
        (tmp_path / name).touch()
    return tmp_path


def test_all_gpus_of_a_machine_are_seen_in_order(devices: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert visible_gpus(devices) == ["2", "10"]
    assert [node.name for node in device_nodes(devices)] == ["nvidia-uvm", "nvidia10", "nvidia2", "nvidiactl"]


@pytest.mark.parametrize(
    ("chosen", "seen"), [("1,0", ["1", "0"]), ("GPU-8f2", ["GPU-8f2"]), ("-1", []), ("", [])]
)
def test_the_gpus_chosen_in_the_environment_are_the_ones_seen(
    devices: Path, monkeypatch: pytest.MonkeyPatch, chosen: str, seen: list[str]
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", chosen)
    assert visible_gpus(devices) == seen


def test_a_machine_without_a_gpu_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert visible_gpus(tmp_path) == []
