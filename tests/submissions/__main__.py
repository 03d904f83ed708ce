"""Writes the demo class: right in several styles, every listed mistake, and a few that end badly."""

import sys
from pathlib import Path

from tests.submissions import filled, hand_in, solved
from tests.submissions.fates import FATES
from tests.submissions.mistaken import MISTAKEN
from tests.submissions.right import RIGHT

SHOWN_FATES = (
    "blank",
    "half_done",
    "infinite_loop",
    "dead_kernel",
    "forged_verdict",
    "without_test_cell",
    "not_json",
)

if __name__ == "__main__":
    root = Path(sys.argv[1])
    for name, make in RIGHT.items():
        hand_in(root, f"right_{name}", make())
    for name, code in MISTAKEN.values():
        hand_in(root, f"wrong_{name}", filled({"triplet_loss": code}, solved()))
    for name in SHOWN_FATES:
        FATES[name].hand_in(root, name)
    print(f"{len(RIGHT) + len(MISTAKEN) + len(SHOWN_FATES)} submissions lie in {root / 'submitted'}")
