"""The bridge to nbgrader: its configuration, its converters and its gradebook."""

import os
import sys
from pathlib import Path
from typing import Any

from nbgrader import converters
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.paths import COURSE


def configuration(root: Path, **course_directory: Any) -> Config:
    """This course's nbgrader configuration, for a class whose folders lie in `root`."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(COURSE)).load_config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.update(course_directory)
    return config


def converter(name: str, root: Path, assignment: str, **settings: Any) -> converters.base.BaseConverter:
    """One of nbgrader's converters, ready to `start`."""
    _programs_on_path()
    config = configuration(root, assignment_id=assignment)
    config[name].update({"force": True, **settings})
    return getattr(converters, name)(coursedir=CourseDirectory(config=config), config=config)


def _programs_on_path() -> None:
    """nbgrader calls the program `alembic`, which lies beside this Python."""
    programs = str(Path(sys.executable).parent)
    if programs not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", "")])
