"""Prints the table of fates: what is promised, what `autograder grade` gave, what two other graders gave."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from autograder.files import write_atomically
from autograder.rows import Row
from tests.fates.with_nbgrader import Nbgrader
from tests.fates.with_otter import Otter
from tests.submissions import ASSIGNMENT
from tests.submissions.fates import FATES, Fate, broken_promise, exercise_of

OPTIONS = ("--workers", "2", "--cell-timeout", "8", "--memory-bytes", "1500000000")
NOT_RUN = "not run: could harm the machine"
PROMISED = {
    "full marks": "2 (10)",
    "half": "2 (5)",
    "not attempted": "0 (0)",
    "unreadable": "unreadable, and a sentence",
}
FOR_A_BAD_FUNCTION = "0, and the others' points"
HEAD = "| fate | submissions | promised | autograder grade | nbgrader | otter |\n|---|---|---|---|---|---|"


class Grader(Protocol):
    def result(self, name: str, fate: Fate) -> str: ...


def main() -> int:
    options = _options()
    chosen = {name: fate for name, fate in FATES.items() if options.only in name}
    with tempfile.TemporaryDirectory() as folder:
        found = Results(options.save)
        if missing := found.missing("ours", chosen):
            for name, row in graded(Path(folder, "ours"), missing).items():
                found.add("broken", name, broken_promise(FATES[name], row))
                found.add("ours", name, said(row))
        if not options.alone:
            by_another("nbgrader", Nbgrader, Path(folder, "nbgrader"), chosen, found)
            by_another("otter", Otter, Path(folder, "otter"), chosen, found)
    print(table(chosen, found.of))
    broken = {name: why for name in chosen if (why := found.of["broken"][name])}
    for name, why in broken.items():
        print(f"{name} is not as promised: {why}", file=sys.stderr)
    return int(bool(broken))


class Results:
    """Results by grader and submission; with a file, a run that was stopped goes on where it was."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        known = json.loads(path.read_text()) if path and path.is_file() else {}
        self.of: dict[str, dict[str, str]] = {"ours": {}, "broken": {}, "nbgrader": {}, "otter": {}} | known

    def missing(self, grader: str, fates: Mapping[str, Fate]) -> dict[str, Fate]:
        return {name: fate for name, fate in fates.items() if name not in self.of[grader]}

    def add(self, grader: str, name: str, result: str) -> None:
        self.of[grader][name] = result
        print(f"{grader}: {name}: {result}", file=sys.stderr, flush=True)
        if self._path:
            write_atomically(self._path, json.dumps(self.of, indent=1).encode())


def graded(root: Path, fates: Mapping[str, Fate]) -> dict[str, Row]:
    """The rows of `autograder grade`, all in one class."""
    for name, fate in fates.items():
        fate.hand_in(root, name)
    out = root / "rows.json"
    command = [
        sys.executable,
        "-m",
        "autograder.cli",
        "grade",
        ASSIGNMENT,
        "--root",
        str(root),
        "--json",
        str(out),
    ]
    subprocess.run([*command, *OPTIONS], check=True, stdout=subprocess.DEVNULL)
    return {row["student"]: row for row in json.loads(out.read_text())["submissions"]}


def said(row: Row) -> str:
    """The points of triplet_loss, and in brackets of all."""
    if row["status"] == "unreadable":
        return "unreadable"
    return f"{exercise_of(row, 'triplet_loss')['score']:g} ({row['score']:g})"


def by_another(
    name: str, start: Callable[[Path], Grader], folder: Path, fates: Mapping[str, Fate], found: Results
) -> None:
    """Adds what another grader gives; nothing where it cannot be had."""
    missing = found.missing(name, fates)
    if not missing:
        return
    folder.mkdir()
    try:
        grader = start(folder)
    except RuntimeError as error:
        print(f"The column of {name} stays empty: {error}", file=sys.stderr)
        return
    for student, fate in missing.items():
        found.add(name, student, NOT_RUN if fate.harms else grader.result(student, fate))


def table(fates: Mapping[str, Fate], found: Mapping[str, Mapping[str, str]]) -> str:
    """Markdown, a line for each kind of fate. Points: of triplet_loss, which can have 2, and in brackets of all 10."""
    kinds: dict[str, list[str]] = {}
    for name, fate in fates.items():
        kinds.setdefault(fate.row, []).append(name)
    lines = [HEAD]
    for kind, names in kinds.items():
        kept = sum(not found["broken"][name] for name in names)
        ours = together(names, found["ours"]) + ("" if kept == len(names) else f"; {kept} as promised")
        promised = together(
            names, {name: PROMISED.get(fates[name].promise, FOR_A_BAD_FUNCTION) for name in names}
        )
        others = [together(names, found[grader]) for grader in ("nbgrader", "otter")]
        lines.append(f"| {' | '.join([kind, str(len(names)), promised, ours, *others])} |")
    return "\n".join(lines)


def together(names: list[str], results: Mapping[str, str]) -> str:
    """The results of several submissions in one cell, equal ones counted."""
    counted = Counter(results.get(name, "–") for name in names)
    if len(counted) == 1:
        return next(iter(counted))
    return ", ".join(f"{number} x {result}" for result, number in counted.items())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="only submissions with this in their name")
    parser.add_argument("--alone", action="store_true", help="without the two other graders")
    parser.add_argument("--save", type=Path, help="keep results in this file, and go on from it")
    parser.add_argument("--verbose", action="store_true", help="show what the other graders print")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
