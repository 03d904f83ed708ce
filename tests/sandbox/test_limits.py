"""Notebooks that take too much: they are stopped, told why, and the next kernel is none the worse."""

import pytest

from autograder.sandbox import ANSWER_MIME, Kernel
from autograder.sandbox.watcher import used_bytes
from tests.sandbox.test_kernel import printed


def assert_next_kernel_works(kernel: Kernel) -> None:
    """A restarted kernel computes."""
    kernel.restart()
    assert printed(kernel.execute("print(6 * 7)")) == "42\n"


def test_memory(kernel: Kernel) -> None:
    execution = kernel.execute(
        "import numpy as np\nhoard = []\nwhile True: hoard.append(np.ones(10_000_000))"
    )
    assert (execution.status, execution.reason) == ("limit", "used more than 1.5 GB of memory")
    assert not kernel.alive
    assert_next_kernel_works(kernel)


def test_memory_of_child_processes_counts(kernel: Kernel) -> None:
    code = """
import os, time, numpy as np
for _ in range(6):
    if os.fork() == 0:
        os.setsid(); a = np.ones(60_000_000); time.sleep(60); os._exit(0)
time.sleep(60)
"""
    execution = kernel.execute(code)
    assert (execution.status, execution.reason) == ("limit", "used more than 1.5 GB of memory")
    assert_next_kernel_works(kernel)


def test_pages_shared_with_child_processes_count_once(kernel: Kernel) -> None:
    code = """
import os, time, numpy as np
a = np.ones(50_000_000)
for _ in range(8):
    if os.fork() == 0:
        time.sleep(2); os._exit(0)
time.sleep(2); print("done")
"""
    assert printed(kernel.execute(code)) == "done\n"


def test_fork_bomb(kernel: Kernel) -> None:
    execution = kernel.execute(
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", seconds=60
    )
    assert (execution.status, execution.reason) == ("limit", "started more than 128 processes and threads")
    assert_next_kernel_works(kernel)


def test_threads_without_end(kernel: Kernel) -> None:
    code = "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(60,)).start()"
    execution = kernel.execute(code)
    # The kernel refuses further threads first; the watcher is there a moment later.
    assert execution.status == "limit" or execution.error == ("RuntimeError", "can't start new thread")
    assert kernel.execute("import time; time.sleep(5)").reason != ""
    assert_next_kernel_works(kernel)


def test_full_disk_is_full_inside_only(kernel: Kernel) -> None:
    code = """
import errno, os
for place in ("/tmp", "/dev/shm", os.path.expanduser("~")):
    try:
        with open(place + "/big", "wb") as file:
            for _ in range(100): file.write(bytes(1_000_000)); file.flush()
    except OSError as error: print(error.errno == errno.ENOSPC)
"""
    assert printed(kernel.execute(code)) == "True\nTrue\nTrue\n"
    kernel.restart()
    code = "import os; print([os.path.exists(place + '/big') for place in ('/tmp', '/dev/shm')])"
    assert printed(kernel.execute(code)) == "[False, False]\n"


def test_only_the_writable_places_can_be_written(kernel: Kernel) -> None:
    code = """
import os
for folder in ("/", "/dev", "/etc", "/usr/lib", "/sandbox", "/sandbox/packages/course", "/proc/sys", os.sys.prefix):
    try: open(folder + "/new", "w"); print(folder)
    except OSError: pass
"""
    assert printed(kernel.execute(code)) == ""


def test_prints_without_end_are_cut(kernel: Kernel) -> None:
    execution = kernel.execute("while True: print('x' * 1000)", seconds=3)
    assert execution.status in ("timed_out", "limit")
    text = printed(execution)
    assert 1_000_000 <= len(text) < 1_001_000
    assert text.endswith("[The rest is not shown: one cell may show 1.0 MB.]\n")


def test_large_outputs_of_other_kinds_are_cut(kernel: Kernel) -> None:
    code = "from IPython.display import HTML, display\nfor _ in range(3): display(HTML('y' * 600_000))"
    execution = kernel.execute(code)
    assert execution.status == "ok"
    assert [o.output_type for o in execution.outputs] == ["display_data", "stream"]


def test_messages_without_end_are_stopped(kernel: Kernel) -> None:
    execution = kernel.execute("from IPython.display import display\nwhile True: display(1)")
    assert (execution.status, execution.reason) == ("limit", "sent more than 10000 messages")
    assert len(execution.outputs) <= 1001
    assert_next_kernel_works(kernel)


@pytest.mark.parametrize("megabytes", [70, 700])
def test_answer_that_is_too_large_is_refused(kernel: Kernel, megabytes: int) -> None:
    code = f"from IPython.display import display\ndisplay({{{ANSWER_MIME!r}: 'x' * {megabytes}_000_000}}, raw=True)"
    execution = kernel.execute(code)
    assert execution.status == "limit"
    assert execution.reason in ("sent a message of more than 64 MB", "used more than 1.5 GB of memory")
    assert execution.answers == []
    assert_next_kernel_works(kernel)


def test_answer_of_two_gigabytes_is_refused(kernel: Kernel) -> None:
    code = f"from IPython.display import display\ndisplay({{{ANSWER_MIME!r}: 'x' * 2_000_000_000}}, raw=True)"
    execution = kernel.execute(code)
    assert (execution.status, execution.answers) == ("limit", [])
    assert_next_kernel_works(kernel)


def test_empty_files_take_memory_too(kernel: Kernel) -> None:
    place = kernel._process.server.places[1]
    before = used_bytes(place)
    assert (
        printed(kernel.execute("for i in range(3000): open(f'/tmp/{i}', 'w').close()\nprint(i)")) == "2999\n"
    )
    assert used_bytes(place) >= before + 3_000_000
