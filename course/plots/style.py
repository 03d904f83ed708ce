"""What all figures share: colours that everybody can tell apart, and quiet axes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, RED, PURPLE, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#6E6E6E"
"""Okabe and Ito's palette, which people with any kind of colour vision can tell apart."""

RC: Any = {
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "font.size": 11,
    "legend.frameon": False,
}


@contextmanager
def course_style() -> Iterator[None]:
    """Figures made inside look like the rest of the course."""
    import matplotlib.pyplot as plt

    with plt.rc_context(RC):
        yield


def closed(figure: "Figure") -> "Figure":
    """The figure, taken from pyplot's hands so that a notebook shows it once."""
    import matplotlib.pyplot as plt

    plt.close(figure)
    return figure
