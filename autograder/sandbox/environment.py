"""The environment variables inside: these and nothing else of the parent's."""

import os
from collections.abc import Mapping

# Some processors need these two to run OpenBLAS at all, so they are the parent's.
KEPT = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")

FIXED = {
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # A worker has one core; more threads than that only get in each other's way.
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "USER": "student",
    "LOGNAME": "student",
}


def inside(home: str, packages: str, path: str, extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of the sandbox: home folder, folder of `course`, search path, the caller's own."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {"HOME": home, "TMPDIR": "/tmp", "PATH": path, "PYTHONPATH": packages, **FIXED, **kept, **extra}
