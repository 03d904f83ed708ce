"""Workers on two machines of their own, as far as the network knows: two network namespaces, no shared loopback."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from autograder.cluster import cluster_graders
from autograder.grade import Graded
from autograder.handin import HandIn, read_hand_in
from tests.cluster.conftest import scheduler_at, worker_of
from tests.cluster.test_cluster import ORDER
from tests.submissions import ASSIGNMENT, hand_in, released, solved


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@contextmanager
def machine(number: int) -> Iterator[tuple[str, ...]]:
    """A network namespace joined to this one by a cable; gives what to put before a command that runs there."""
    name, cable = f"grader{os.getpid()}-{number}", f"c{os.getpid() % 10**8}-{number}"
    ip("netns", "add", name)
    try:
        ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name)
        ip("addr", "add", f"10.77.{number}.1/24", "dev", cable)
        ip("link", "set", cable, "up")
        for words in (("addr", "add", f"10.77.{number}.2/24", "dev", "eth0"), ("link", "set", "eth0", "up")):
            ip("-n", name, *words)
        ip("-n", name, "route", "add", "default", "via", f"10.77.{number}.1")
        yield ("ip", "netns", "exec", name)
    finally:
        ip("netns", "delete", name)


@pytest.fixture
def machines() -> Iterator[list[tuple[str, ...]]]:
    if os.getuid() != 0 or not shutil.which("ip"):
        pytest.skip("network namespaces need root and ip (apt install iproute2)")
    with ExitStack() as stack:
        try:
            yield [stack.enter_context(machine(number)) for number in (1, 2)]
        except subprocess.CalledProcessError as error:
            pytest.skip(f"this machine allows no network namespaces: {error.stderr.decode().strip()}")


def test_a_class_is_graded_on_other_machines(machines: list[tuple[str, ...]], tmp_path: Path) -> None:
    for number in range(3):
        hand_in(tmp_path, f"right{number}", solved())
        hand_in(tmp_path, f"blank{number}", released())
    students = sorted(path.name for path in (tmp_path / "submitted").iterdir())

    def read(student: str) -> HandIn:
        return read_hand_in(tmp_path, student, ASSIGNMENT)

    with ExitStack() as stack:
        address, _ = stack.enter_context(scheduler_at(tmp_path, host="0.0.0.0"))
        port = address.rsplit(":", 1)[1]
        for number, within in enumerate(machines, start=1):
            log = tmp_path / f"worker{number}.log"
            stack.enter_context(worker_of(f"tcp://10.77.{number}.1:{port}", log, within=within))
        found = {}
        for student, _, graded in cluster_graders(f"tcp://127.0.0.1:{port}")(ORDER, students, read):
            assert isinstance(graded, Graded)
            found[student] = graded.score
    assert found == {student: 10.0 if student.startswith("right") else 0.0 for student in students}
