"""Which GPU a kernel uses. Written from the documents of CUDA and TensorFlow; it has not run on a GPU yet."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

DEVICES = Path("/dev")

# The same numbers on every run, and as close to the CPU's as the hardware allows.
SETTINGS = {
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "NVIDIA_TF32_OVERRIDE": "0",
    "TF_DETERMINISTIC_OPS": "1",
}


def gpu_environment(slot: int, gpus: Sequence[str]) -> dict[str, str]:
    """The environment of the kernel in slot number `slot` (from 0): GPUs are dealt round robin.

    `gpus` are the names CUDA_VISIBLE_DEVICES takes, e.g. ["0", "1"]; without any, the kernel runs on the CPU.
    """
    if not gpus:
        return {"CUDA_VISIBLE_DEVICES": "-1"}
    return {"CUDA_VISIBLE_DEVICES": gpus[slot % len(gpus)], **SETTINGS}


def visible_gpus(devices: Path = DEVICES) -> list[str]:
    """The GPUs to deal out: those of CUDA_VISIBLE_DEVICES where it is set, else all of this machine."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is not None:
        names = [name.strip() for name in chosen.split(",")]
        return [name for name in names if name and name != "-1"]
    found = (re.fullmatch(r"nvidia(\d+)", node.name) for node in devices.iterdir())
    return [str(number) for number in sorted(int(match[1]) for match in found if match)]


def device_nodes(devices: Path = DEVICES) -> list[Path]:
    """The device files an NVIDIA GPU needs, as far as this machine has them."""
    return sorted(devices.glob("nvidia*"))
