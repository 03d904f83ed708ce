"""The exercises, one module an assignment. A module names its ASSIGNMENT and lists its EXERCISES in notebook order."""

import importlib
import pkgutil
from functools import cache

from autograder.exercise import Exercise


@cache
def assignments() -> dict[str, dict[str, Exercise]]:
    """Assignment name -> function name -> exercise."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__, f"{__name__}."))
    modules = [importlib.import_module(name) for name in names]
    found = {
        module.ASSIGNMENT: {exercise.name: exercise for exercise in module.EXERCISES} for module in modules
    }
    return dict(sorted(found.items()))


def exercises_of(assignment: str) -> dict[str, Exercise]:
    """The exercises of an assignment by function name, in notebook order.

    Raises:
        LookupError: there is no such assignment.
    """
    if assignment not in assignments():
        known = ", ".join(assignments())
        raise LookupError(f"There is no assignment called {assignment!r}. The assignments are: {known}.")
    return assignments()[assignment]
