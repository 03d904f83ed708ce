"""Kernel messages that student code made itself: they confuse nobody but their maker."""

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.sandbox import Kernel
from autograder.sandbox.messages import DELIMITER, Message, loads, parse
from autograder.sandbox.outputs import Outputs
from tests.sandbox.test_kernel import printed

FORGE = """
import json, os, time
kernel = get_ipython().kernel
parent = kernel.get_parent()
def send(kind, content, channel=kernel.iopub_socket, parent=parent):
    kernel.session.send(channel, kind, content, parent=parent)
def raw(*frames):
    kernel.iopub_socket.send_multipart([b"x", b"<IDS|MSG>", *frames])
"""

RAW = """
import os, random, socket, time
random.seed(%d)
ends = []
for fd in range(3, 200):
    try:
        if os.readlink(f"/proc/self/fd/{fd}").startswith("socket:"):
            end = socket.socket(fileno=os.dup(fd))
            end.getpeername()
            ends.append(end)
    except OSError: pass
assert len(ends) >= 2  # the two channels
BODIES = [b"", b"x", b"y" * 70_000, b"\\x05READY\\x0bSocket-Type\\0\\0\\0\\3PUB", b"\\x05ERROR\\x03bad"]
BODIES += [b"\\x04PING\\0\\x10a", b"\\x04PONGa", b"\\x04PING"]
BODIES += [b"\\x04PING" + b"z" * 300, b"\\x09SUBSCRIBEx", b"\\x06CANCELx", b"\\1topic"]
for _ in range(30):
    frames = bytearray()
    for _ in range(random.randint(1, 6)):
        body, flags = random.choice(BODIES), random.choice([*range(8), 128, 255])
        long = len(body) > 255 or flags & 2
        frames += bytes([flags | 2 if long else flags]) + len(body).to_bytes(8 if long else 1, "big") + body
    for _ in range(random.choice([0, 0, 1, 4])):
        frames[random.randrange(len(frames))] = random.randrange(256)
    try: random.choice(ends).send(frames, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
    except OSError: pass
time.sleep(0.05)
"""

garbage = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = ("name", "text", "data", "metadata", "ename", "traceback")
untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_forged_idle_does_not_end_the_cell(kernel: Kernel) -> None:
    execution = kernel.execute(
        FORGE + "send('status', {'execution_state': 'idle'})\ntime.sleep(1); print('later')"
    )
    assert execution.status == "ok"
    assert printed(execution) == "later\n"


def test_forged_reply_costs_its_maker_only(kernel: Kernel) -> None:
    code = (
        FORGE
        + """
send("status", {"execution_state": "idle"})
socket = kernel.shell_stream.socket
ident = kernel._get_shell_context_var(kernel._shell_parent_ident)
kernel.session.send(socket, "execute_reply", {"status": "ok"}, parent=parent, ident=ident)
while True: pass
"""
    )
    assert kernel.execute(code, seconds=2).status in ("ok", "error", "timed_out", "died", "limit")
    assert kernel.execute("print(1)", seconds=2).status in ("ok", "timed_out")
    kernel.restart()
    assert printed(kernel.execute("print(1)")) == "1\n"


@pytest.mark.parametrize(
    "line",
    [
        "raw(b'', b'{', b'{}', b'{}', b'{}')",
        "raw(b'', b'[]', b'[]', b'[]', b'[]')",
        "raw(b'', *[b'[' * 1_000_000] * 4)",
        "raw(b'', *[b'{\"a\":' * 1_000_000] * 4)",
        "raw(b'', *[b'[' + b'[],' * 5_000_000 + b'[]]'] * 4)",
        "raw(b'', *[b'1' * 100_000] * 4)",
        "raw(b'', *[bytes([255, 0, 1])] * 4)",
        "kernel.iopub_socket.send_multipart([b''] * 10_000)",
        "kernel.iopub_socket.send(b'<IDS|MSG>')",
        "send('stream', {'name': ['stdout'], 'text': {'a': 1}})",
        "send('stream', {})",
        "send('display_data', {'data': {'image/png': 5, 'text/plain': ['x']}, 'metadata': 3})",
        "send('execute_result', {'data': {'text/plain': 'x'}, 'execution_count': 10 ** 400})",
        "send('error', {'ename': 1, 'evalue': None, 'traceback': [[], {}, 1]})",
        "send('status', {'execution_state': {'idle': 1}})",
        "send('clear_output', {'wait': []})",
        "send('stream', {'name': 'stdout', 'text': '\\\\ud800'})",
        "send('update_display_data', {'data': None, 'transient': 1})",
        "send('x' * 1_000_000, {}, parent={'header': {'msg_id': ['a']}, 'msg_id': 4})",
        "send('execute_reply', {'status': 'ok'})",
    ],
)
def test_garbage_is_passed_over(kernel: Kernel, line: str) -> None:
    execution = kernel.execute(FORGE + line + "\nprint('end')")
    assert execution.status == "ok"
    assert printed(execution).endswith("end\n")
    nbformat.validate(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=execution.outputs)]))


def test_message_of_endless_parts_is_stopped(kernel: Kernel) -> None:
    code = (
        FORGE
        + "big = bytes(60_000_000)\nkernel.iopub_thread.socket.send_multipart([b'x'] + [big] * 2000, copy=False)"
    )
    execution = kernel.execute(code + "\ntime.sleep(30)")
    assert execution.status == "limit"
    kernel.restart()
    assert printed(kernel.execute("print(2)")) == "2\n"


def test_a_kernel_that_ends_in_the_middle_of_a_message_ends_nobody_else(kernel: Kernel) -> None:
    for milliseconds in range(0, 50, 5):
        code = f"kernel.iopub_thread.socket.send_multipart([b'x'] * 100_000)\ntime.sleep({milliseconds / 1000})\n"
        assert kernel.execute(FORGE + code + "os._exit(0)", seconds=10).status == "died"
        kernel.restart()
    assert printed(kernel.execute("print(4)")) == "4\n"


@pytest.mark.parametrize("seed", range(8))
def test_bytes_that_are_no_protocol_end_nobody_else(kernel: Kernel, seed: int) -> None:
    assert kernel.execute(RAW % seed, seconds=2).status in ("ok", "died", "limit", "timed_out")
    kernel.restart()
    assert printed(kernel.execute("print(5)")) == "5\n"


def test_closed_and_replaced_sockets_end_the_kernel(kernel: Kernel) -> None:
    code = """
import os
for name in os.listdir("/ipc"):
    os.unlink("/ipc/" + name); os.symlink("/proc/1/root", "/ipc/" + name)
for fd in range(3, 200):
    try: os.readlink(f"/proc/self/fd/{fd}").startswith("socket:") and os.close(fd)
    except OSError: pass
"""
    assert kernel.execute(code, seconds=5).status in ("died", "limit", "timed_out")
    kernel.restart()
    assert printed(kernel.execute("print(3)")) == "3\n"


def test_json_of_too_many_values_is_refused() -> None:
    assert loads(b"[" + b"0," * 3_000_000 + b"0]") is None


@untimed
@given(st.lists(st.binary(max_size=20) | st.just(DELIMITER) | st.just(b"{}"), max_size=8))
def test_parsing_never_raises(frames: list[bytes]) -> None:
    parsed = parse(frames)
    assert parsed is None or isinstance(parsed, Message)


@untimed
@given(
    st.sampled_from(["stream", "display_data", "execute_result", "error", "clear_output"]),
    st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, garbage)),
)
def test_any_content_becomes_a_valid_output(kind: str, content: dict[str, object]) -> None:
    outputs = Outputs(1000)
    outputs.add(Message(kind, "", content))
    cell = nbformat.v4.new_code_cell(outputs=outputs.outputs)
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))
