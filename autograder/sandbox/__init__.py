"""Where students' code runs: warm kernels in a bubblewrap sandbox, seen from the trusted side."""

from autograder.sandbox.bubblewrap import refusal
from autograder.sandbox.cell import Execution
from autograder.sandbox.client import Kernel
from autograder.sandbox.devices import gpu_environment, visible_gpus
from autograder.sandbox.errors import SandboxError
from autograder.sandbox.limits import Limits
from autograder.sandbox.outputs import ANSWER_MIME
from autograder.sandbox.warm import Isolation, WarmSandbox

__all__ = [
    "ANSWER_MIME",
    "Execution",
    "Isolation",
    "Kernel",
    "Limits",
    "SandboxError",
    "WarmSandbox",
    "gpu_environment",
    "refusal",
    "visible_gpus",
]
