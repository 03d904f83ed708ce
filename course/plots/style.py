"""What all figures share: colours that everybody can tell apart, quiet axes, and a text in place of the picture."""

import base64
import inspect
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from html import escape
from typing import TYPE_CHECKING, Any, ParamSpec

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, RED, PURPLE, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#6E6E6E"
"""Okabe and Ito's palette, which people with any kind of colour vision can tell apart."""

Parameters = ParamSpec("Parameters")

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


def described(draw: "Callable[Parameters, Figure]") -> "Callable[Parameters, Figure]":
    """Gives each figure that `draw` makes a text for people who do not see it: what its docstring and axes say.

    Jupyter would show a Matplotlib figure as a picture without any text; so the figure shows itself.
    """

    @wraps(draw)
    def drawn(*args: Parameters.args, **kwargs: Parameters.kwargs) -> "Figure":
        figure = draw(*args, **kwargs)
        figure.set_label(_alternative(inspect.getdoc(draw) or "", figure))
        vars(figure)["_ipython_display_"] = lambda: _show(figure)
        return figure

    return drawn


def html_image(png: bytes, figure: "Figure") -> str:
    """`figure`'s picture as HTML, with its text."""
    text = escape(str(figure.get_label()))
    return f'<img alt="{text}" src="data:image/png;base64,{base64.b64encode(png).decode()}">'


def png_of(figure: "Figure") -> bytes:
    """The figure as a PNG file."""
    file = io.BytesIO()
    figure.savefig(file, format="png", bbox_inches="tight")
    return file.getvalue()


def _show(figure: "Figure") -> None:
    """As HTML, because JupyterLab takes no other text for a picture, and as a picture for what shows no HTML."""
    from IPython.display import display

    png, text = png_of(figure), str(figure.get_label())
    kinds = {"text/html": html_image(png, figure), "image/png": png, "text/plain": text}
    display(kinds, raw=True, metadata={"image/png": {"alt": text}})


def _alternative(docstring: str, figure: "Figure") -> str:
    """The docstring's first sentence, then all titles, labels of axes and names of curves, each once."""
    texts = [figure.get_suptitle()]
    for axes in figure.axes:
        texts += [axes.get_title(), axes.get_xlabel(), axes.get_ylabel()]
        texts += axes.get_legend_handles_labels()[1]
    said = dict.fromkeys(" ".join(text.replace("$", "").replace("\\", "").split()) for text in texts if text)
    return " ".join([docstring.split("\n\n")[0].replace("\n", " "), "; ".join(said)]).strip()
