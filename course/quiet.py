"""TensorFlow speaks about the machine when it starts, and about its speed later; in a notebook that is noise."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quietly() -> Iterator[None]:
    """What native code writes to the error stream inside, as TensorFlow does when imported, is dropped.

    TensorFlow's logger keeps to errors from then on. Python's exceptions and warnings are not touched.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
        logging.getLogger("tensorflow").setLevel(logging.ERROR)  # in a notebook it starts at INFO
