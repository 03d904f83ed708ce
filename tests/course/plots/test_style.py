"""Every figure of the course carries a text for people who do not see it."""

import base64
import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import matplotlib.pyplot as plt
import pytest
from matplotlib.figure import Figure

import course.plots
from course.plots.style import closed, described


def drawing_functions() -> Iterator[Any]:
    for module in pkgutil.iter_modules(course.plots.__path__):
        for name, function in vars(import_module(f"course.plots.{module.name}")).items():
            if inspect.isfunction(function) and not name.startswith("_") and name != "closed":
                yield from [function] * (function.__annotations__.get("return") is Figure)


@described
def bends() -> Figure:
    """Two bends, "left" and
    right.

    Args: none of this is said.
    """
    figure, axes = plt.subplots(1, 2, figsize=(2, 1))
    for ax in axes:
        ax.plot([0, 1], label="$\\alpha$ < 1")
        ax.set(xlabel="steps", ylabel="cost", title="rising")
    return closed(figure)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    published: list[Any] = []
    monkeypatch.setattr("IPython.display.display", lambda data, **options: published.append((data, options)))
    return published


def test_every_figure_is_described() -> None:
    functions = list(drawing_functions())
    assert len(functions) > 60
    assert [f.__qualname__ for f in functions if not hasattr(f, "__wrapped__")] == []
    assert [f.__qualname__ for f in functions if not inspect.getdoc(f)] == []


def test_the_text_says_what_the_docstring_and_the_axes_say() -> None:
    assert bends().get_label() == 'Two bends, "left" and right. rising; steps; cost; alpha < 1'


def test_a_notebook_shows_the_picture_with_its_text(shown: list[Any]) -> None:
    from IPython.core.formatters import DisplayFormatter

    assert DisplayFormatter().format(bends()) == ({}, {}), "the figure shows itself, once"
    ((kinds, options),) = shown
    assert kinds["image/png"].startswith(b"\x89PNG")
    assert kinds["text/html"].startswith('<img alt="Two bends, &quot;left&quot; and right. rising; ')
    assert base64.b64encode(kinds["image/png"]).decode() in kinds["text/html"]
    assert "alpha &lt; 1" in kinds["text/html"]
    assert options["metadata"]["image/png"]["alt"] == kinds["text/plain"]
