"""A figure that follows sliders."""

import io
from collections.abc import Callable
from typing import Any

from ipywidgets import Image, VBox
from matplotlib.figure import Figure


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
    picture = Image(format="png")

    def redraw(change: Any = None) -> None:
        picture.value = _png(draw(**{name: slider.value for name, slider in sliders.items()}))

    redraw()
    for name, slider in sliders.items():
        slider.description = slider.description or name
        slider.observe(redraw, names="value")
    return VBox([*sliders.values(), picture])


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight")
    return buffer.getvalue()
