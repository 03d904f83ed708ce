"""The bridge to nbgrader: its configuration, its converters, and the step by which it grades with our engine."""

import atexit
import os
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader import converters
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from sqlalchemy.exc import SAWarning
from traitlets.config.loader import PyFileConfigLoader

from autograder.grade import grade, hidden_cases
from autograder.handin import HandIn
from autograder.paths import COURSE
from autograder.sandbox import WarmSandbox
from autograder.seeds import class_seed
from autograder.template import load_template

# nbgrader 0.9.6 adds submissions in an order that newer SQLAlchemy remarks on; nothing is lost by it.
warnings.filterwarnings("ignore", category=SAWarning, message="Object of type <Submitted")


def converter(name: str, root: Path, assignment: str) -> converters.base.BaseConverter:
    """One of nbgrader's converters with this course's configuration, for a class in `root`, ready to `start`."""
    _programs_on_path()
    config = PyFileConfigLoader("nbgrader_config.py", path=str(COURSE)).load_config()
    config.CourseDirectory.update({"root": str(root), "assignment_id": assignment})
    config[name].force = True
    return getattr(converters, name)(coursedir=CourseDirectory(config=config), config=config)


class Grade(NbGraderPreprocessor):
    """Grades a notebook in place of nbgrader's Execute, for `nbgrader autograde` and formgrader's button."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        assignment = resources["nbgrader"]["assignment"]
        seed = class_seed(Path(CourseDirectory(parent=self).root), assignment)
        hand_in = HandIn(nbformat.writes(nb).encode())
        graded = grade(hand_in, load_template(assignment), hidden_cases(assignment, seed), _sandbox())
        return graded.notebook, resources


@cache
def _sandbox() -> WarmSandbox:
    """One warm sandbox for as long as this process runs."""
    sandbox = WarmSandbox()
    sandbox.start()
    atexit.register(sandbox.close)
    return sandbox


def _programs_on_path() -> None:
    """nbgrader calls the program `alembic`, which lies beside this Python."""
    programs = str(Path(sys.executable).parent)
    if programs not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", "")])
