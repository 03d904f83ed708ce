"""What is asked of whoever grades a class: the same for every student of a run."""

from dataclasses import dataclass

from autograder.sandbox import Isolation, Limits
from autograder.template import Template


@dataclass(frozen=True)
class Order:
    """The terms of a run.

    Attributes:
        template: the assignment.
        seed: of the hidden cases; secret.
        isolation, limits: the sandbox of each notebook.
        show_numbers: whether students see expected and received numbers of hidden cases.
    """

    template: Template
    seed: int
    isolation: Isolation
    limits: Limits
    show_numbers: bool = False
