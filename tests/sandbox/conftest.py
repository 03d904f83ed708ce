"""One warm sandbox for all tests of this folder, and a fresh kernel for each."""

from collections.abc import Iterator

import pytest

from autograder.sandbox import Kernel, Limits, WarmSandbox

LIMITS = Limits(cell_seconds=20, memory_bytes=3 << 29, disk_bytes=50_000_000)
SECRET = "the parent's environment"


@pytest.fixture(scope="session")
def sandbox() -> Iterator[WarmSandbox]:
    """The sandbox all tests share."""
    with pytest.MonkeyPatch.context() as parent:
        parent.setenv("SECRET_OF_THE_PARENT", SECRET)
        warm = WarmSandbox(limits=LIMITS)
        warm.start()
    yield warm
    warm.close()


@pytest.fixture
def kernel(sandbox: WarmSandbox) -> Iterator[Kernel]:
    """A fresh kernel."""
    with sandbox.kernel() as fresh:
        yield fresh
