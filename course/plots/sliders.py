"""A figure that follows sliders."""

from collections.abc import Callable
from typing import Any

from ipywidgets import HTML, VBox
from matplotlib.figure import Figure

from course.plots.style import html_image, png_of


def explore(draw: Callable[..., Figure], **sliders: Any) -> VBox:
    """Sliders, and below them the figure that `draw` makes of their values.

    The first figure is drawn at once, so an exercise that is not written yet says so in its cell. The picture is
    a widget of its own, where `ipywidgets.interact` would capture output: that needs messages back to the
    kernel, over which a notebook run without a browser sometimes waits until its time limit.

    Args:
        draw: called with the sliders' values by name.
        sliders: the parameters of `draw`, each with an ipywidgets slider.

    Raises:
        Whatever `draw` raises for the first values.
    """
    picture = HTML()

    def redraw(change: Any = None) -> None:
        figure = draw(**{name: slider.value for name, slider in sliders.items()})
        picture.value = html_image(png_of(figure), figure)

    redraw()
    for name, slider in sliders.items():
        slider.description = slider.description or name
        slider.observe(redraw, names="value")
    return VBox([*sliders.values(), picture])
