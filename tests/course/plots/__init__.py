"""The figures of the course show the numbers they are given."""

from matplotlib.figure import Figure


def texts(figure: Figure) -> list[str]:
    """Titles and labels, axes by axes."""
    return [text.get_text() for ax in figure.axes for text in (ax.title, ax.xaxis.label, ax.yaxis.label)]
