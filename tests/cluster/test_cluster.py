"""A class graded by the workers of a Dask cluster: the same marks, whatever dies on the way."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import cluster
from autograder.cluster import ClusterError, cluster_graders
from autograder.grade import Graded
from autograder.handin import HandIn
from autograder.order import Order
from autograder.sandbox import Limits
from autograder.template import load_template
from autograder.versions import VersionError, versions
from tests.cluster.conftest import end, scheduler_at, worker_of
from tests.submissions import ASSIGNMENT, filled, hand_in, released, solved
from tests.submissions.mistaken import MISTAKEN

NAME, MISTAKE = next(iter(MISTAKEN.values()))
ORDER = Order(load_template(ASSIGNMENT), seed=5, isolation="bwrap", limits=Limits())


def submissions(root: Path) -> list[str]:
    """Right, wrong and blank ones, hand-ins of eight students."""
    wrong = filled({"triplet_loss": MISTAKE}, solved())
    for number in range(3):
        hand_in(root, f"blank{number}", released())
        hand_in(root, f"right{number}", solved())
    for number in range(2):
        hand_in(root, f"wrong{number}", wrong)
    return sorted(path.name for path in (root / "submitted").iterdir())


def grading(root: Path, *options: str) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "autograder.cli",
        "grade",
        ASSIGNMENT,
        "--root",
        str(root),
        "--seed",
        "5",
    ]
    return subprocess.Popen(
        [*command, "--json", str(root / "out.json"), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def marks(root: Path) -> dict[str, object]:
    rows = json.loads((root / "out.json").read_text())["submissions"]
    return {row["student"]: (row["status"], row["score"], row["exercises"]) for row in rows}


def graded_notebooks(root: Path) -> int:
    return len(list(root.glob(f"autograded/*/{ASSIGNMENT}/{ASSIGNMENT}.ipynb")))


def wait_for_one(root: Path, run: subprocess.Popen[str]) -> None:
    """Until something is graded, and not everything yet."""
    while not graded_notebooks(root):
        assert run.poll() is None, run.communicate()
        time.sleep(0.05)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The marks that this machine gives alone."""
    root = tmp_path_factory.mktemp("alone")
    submissions(root)
    run = grading(root)
    assert run.wait() == 0, run.communicate()
    return marks(root)


def test_a_worker_dies_and_its_submissions_are_graded_elsewhere(
    scheduler: str, tmp_path: Path, undisturbed: dict[str, object]
) -> None:
    students = submissions(tmp_path)
    logs = [tmp_path / "worker0.log", tmp_path / "worker1.log"]
    with worker_of(scheduler, logs[0]) as victim, worker_of(scheduler, logs[1]):
        run = grading(tmp_path, "--scheduler", scheduler)
        wait_for_one(tmp_path, run)
        end(victim)
        told = run.communicate()
        assert run.returncode == 0, told
    assert graded_notebooks(tmp_path) == len(students)
    assert marks(tmp_path) == undisturbed


def test_the_scheduler_dies_and_what_is_done_is_kept(tmp_path: Path, undisturbed: dict[str, object]) -> None:
    students = submissions(tmp_path)
    with scheduler_at(tmp_path) as (address, started), worker_of(address, tmp_path / "worker.log"):
        run = grading(tmp_path, "--scheduler", address)
        wait_for_one(tmp_path, run)
        end(started)
        _, told = run.communicate(timeout=120)
    assert run.returncode == 1
    assert re.search(r"The scheduler at tcp://\S+ is gone. What is graded is kept", told), told
    assert 0 < graded_notebooks(tmp_path) < len(students)
    again = grading(tmp_path)
    assert again.wait() == 0, again.communicate()
    assert marks(tmp_path) == undisturbed


@pytest.fixture
def worker(scheduler: str, tmp_path: Path) -> Iterator[None]:
    with worker_of(scheduler, tmp_path / "worker.log"):
        yield


def read(student: str) -> HandIn:
    return HandIn(refusal=f"{student} handed in nothing.")


@pytest.mark.usefixtures("worker")
def test_other_versions_are_refused(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(next(cluster_graders(scheduler)(ORDER, ["anna"], read))[2], Graded)
    monkeypatch.setattr(cluster, "versions", lambda: versions() | {"tensorflow": "1.0"})
    with pytest.raises(VersionError, match=r"has tensorflow 2\S+ instead of 1.0: install the same"):
        next(cluster_graders(scheduler)(ORDER, ["anna"], read))


def test_a_cluster_without_workers_says_how_to_start_them(
    scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "WORKER_SECONDS", 1)
    with pytest.raises(ClusterError, match=f"start some with `autograder worker {scheduler}`"):
        next(cluster_graders(scheduler)(ORDER, ["anna"], read))


def test_the_last_worker_dies_and_nobody_waits_forever(
    scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "WORKER_SECONDS", 2)
    with worker_of(scheduler, tmp_path / "worker.log") as only:
        results = cluster_graders(scheduler)(ORDER, [f"student{number}" for number in range(50)], read)
        assert isinstance(next(results)[2], Graded)
        end(only)
        with pytest.raises(ClusterError, match="has no worker"):
            list(results)


def test_an_address_without_a_scheduler_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    for address in ("tcp://127.0.0.1:9", "nowhere"):
        with pytest.raises(ClusterError, match=f"No Dask scheduler answers at {address}"):
            next(cluster_graders(address)(ORDER, ["anna"], read))
