"""`python -m tests.bench.scale 100 300 1000`: classes of these sizes, each graded in one run, then again with one more.

One submission in fifty is hostile; the others are right in several ways and wrong in every listed way.
"""

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from itertools import cycle
from pathlib import Path

import psutil

from tests.bench.grading import BIN, CORES, submissions
from tests.submissions import ASSIGNMENT, hand_in, solved
from tests.submissions.fates import FATES

HOSTILE = (
    *("dead_kernel", "forged_verdict", "prints_without_end", "infinite_loop"),
    *("leaves_things_behind", "patches_everything"),
)
HOSTILE_EVERY = 50
PERIOD = 0.5  # seconds between two looks at the memory
MB = 1_000_000


def main() -> None:
    options = _options()
    heading = ("submissions", "minutes", "s each", "grader MB", "sandbox MB", "gradebook MB", "one more, s")
    print("".join(f"{name:>14}" for name in heading), flush=True)
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            hand_in_class(root, size)
            whole = Run(root, options.workers)
            hand_in(root, "one-more", solved())
            more = Run(root, options.workers)
            row = (f"{whole.seconds / 60:.1f}", f"{whole.seconds / size:.2f}", f"{whole.grader / MB:.0f}")
            row += (f"{whole.sandbox / MB:.0f}", f"{(root / 'gradebook.db').stat().st_size / MB:.1f}")
            print("".join(f"{text:>14}" for text in (size, *row, f"{more.seconds:.1f}")), flush=True)


def hand_in_class(root: Path, size: int) -> None:
    ordinary, hostile = cycle(submissions(ASSIGNMENT)), cycle(HOSTILE)
    for number in range(size):
        name = f"student{number:04}"
        if number % HOSTILE_EVERY == HOSTILE_EVERY - 1:
            hand_in(root, name, FATES[next(hostile)]())
        else:
            hand_in(root, name, next(ordinary))


class Run:
    """One run of the grader: its seconds, and the most memory (bytes) that the grader and that any one sandbox used."""

    def __init__(self, root: Path, workers: int) -> None:
        self.grader = self.sandbox = 0
        start = time.perf_counter()
        command = [BIN / "autograder", "grade", ASSIGNMENT, "--root", root, "--workers", str(workers)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        watcher = threading.Thread(target=self._watch, args=(psutil.Process(process.pid),))
        watcher.start()
        if process.wait():
            sys.exit(f"the grader ended with status {process.returncode}")
        self.seconds = time.perf_counter() - start
        watcher.join()

    def _watch(self, grader: psutil.Process) -> None:
        while True:
            try:
                self.grader = max(self.grader, grader.memory_info().rss)
                for sandbox in grader.children():
                    self.sandbox = max(self.sandbox, memory(sandbox))
            except psutil.Error:
                return
            time.sleep(PERIOD)


def memory(sandbox: psutil.Process) -> int:
    """Bytes of a process and all below it, shared pages divided among their users."""
    total = 0
    for process in (sandbox, *sandbox.children(recursive=True)):
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue
    return total


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[100, 300])
    parser.add_argument("--workers", type=int, default=CORES)
    return parser.parse_args()


if __name__ == "__main__":
    main()
