"""One warm sandbox for all tests of this folder, and a fresh kernel for each."""

from collections.abc import Iterator

import pytest

from autograder.sandbox import Kernel, Limits, WarmSandbox

LIMITS = Limits(cell_seconds=20, memory_bytes=2 << 30, disk_bytes=50_000_000)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[WarmSandbox]:
    """The sandbox all tests share."""
    with WarmSandbox(limits=LIMITS) as warm:
        yield warm


@pytest.fixture
def kernel(sandbox: WarmSandbox) -> Iterator[Kernel]:
    """A fresh kernel."""
    with sandbox.kernel() as fresh:
        yield fresh
