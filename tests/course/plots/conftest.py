"""Figures are drawn without a screen, and none may stay open."""

from collections.abc import Iterator

import matplotlib as mpl
import pytest

mpl.use("Agg")


@pytest.fixture(autouse=True)
def no_figure_is_left_open() -> Iterator[None]:
    """A figure that pyplot still holds would be shown twice in a notebook."""
    import matplotlib.pyplot as plt

    yield
    assert plt.get_fignums() == []
