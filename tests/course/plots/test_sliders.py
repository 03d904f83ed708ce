"""A figure follows its sliders, and an unwritten exercise says so at once."""

import matplotlib.pyplot as plt
import pytest
from ipywidgets import FloatSlider
from matplotlib.figure import Figure

from course.plots.sliders import explore
from course.plots.style import closed, described


def test_the_figure_is_there_at_once_and_follows_the_slider() -> None:
    drawn = []

    @described
    def draw(alpha: float) -> Figure:
        """A line that rises."""
        drawn.append(alpha)
        figure, ax = plt.subplots(figsize=(1, 1))
        ax.plot([0, alpha])
        return closed(figure)

    slider = FloatSlider(value=0.2, min=0, max=1)
    *_, picture = explore(draw, alpha=slider).children
    first = picture.value
    assert first.startswith('<img alt="A line that rises." src="data:image/png;base64,iVBOR')
    slider.value = 0.8
    assert drawn == [0.2, 0.8]
    assert picture.value != first
    assert slider.description == "alpha"


def test_what_the_function_raises_is_not_swallowed() -> None:
    def draw(alpha: float) -> Figure:
        raise NotImplementedError("write me")

    with pytest.raises(NotImplementedError, match="write me"):
        explore(draw, alpha=FloatSlider())
