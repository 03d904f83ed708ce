"""Two graders on one class: the second refuses with a sentence, and gets its turn when the first has ended."""

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.lock import BusyError, only_grader

HOLD = """
import sys, time
from pathlib import Path
from autograder.lock import only_grader
with only_grader(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_grader_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    first = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    assert first.stdout.readline() == "held\n"
    with pytest.raises(BusyError, match=f"process {first.pid}"), only_grader(tmp_path):
        pass
    first.kill()
    first.wait()
    with only_grader(tmp_path):
        pass
