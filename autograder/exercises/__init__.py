"""The exercises, one module an assignment: `triplet_loss` for 03_triplet_loss. A module names its ASSIGNMENT and lists
its EXERCISES in notebook order."""

import importlib
import pkgutil
import re
from functools import cache

from autograder.exercise import Exercise

MODULES = frozenset(module.name for module in pkgutil.iter_modules(__path__))


def assignments() -> dict[str, dict[str, Exercise]]:
    """Assignment name -> function name -> exercise, of all assignments, sorted."""
    names = [importlib.import_module(f"{__name__}.{module}").ASSIGNMENT for module in MODULES]
    return {name: exercises_of(name) for name in sorted(names)}


@cache
def exercises_of(assignment: str) -> dict[str, Exercise]:
    """The exercises of an assignment by function name, in notebook order.

    Raises:
        LookupError: there is no such assignment.
    """
    module = re.sub(r"^\d+_", "", assignment)
    if module in MODULES:
        found = importlib.import_module(f"{__name__}.{module}")
        if assignment == found.ASSIGNMENT:
            return {exercise.name: exercise for exercise in found.EXERCISES}
    known = ", ".join(sorted(MODULES))
    raise LookupError(f"There is no assignment called {assignment!r}. There are exercises on {known}.")
