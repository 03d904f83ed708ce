"""Right answers as students write them, one module an assignment: RIGHT = {function: {style: implementation}}."""

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

from autograder.exercises import assignments

MODULES = {
    "01_one_shot_learning": "one_shot_learning",
    "02_siamese_encodings": "siamese_encodings",
    "03_triplet_loss": "triplet_loss",
    "04_binary_verification": "binary_verification",
    "05_convnet_visualization": "convnet_visualization",
    "06_content_style_costs": "content_style_costs",
    "07_convolutions_1d_3d": "convolutions_1d_3d",
}


def right_answers(assignment: str) -> dict[str, dict[str, Callable[..., Any]]]:
    """Function -> style -> implementation."""
    module: ModuleType = importlib.import_module(f"{__name__}.{MODULES[assignment]}")
    return module.RIGHT


def every_right_answer() -> list[tuple[str, str, str]]:
    """(assignment, function, style) of all of them, for parametrised tests."""
    return [
        (assignment, function, style)
        for assignment in assignments()
        for function, styles in right_answers(assignment).items()
        for style in styles
    ]
