"""Everything compiled is there before a clock runs."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
from importlib import import_module
from pkgutil import iter_modules

import numpy as np

from neuromorph_track.association import loops
from neuromorph_track.association.modes import MODES, make_tracker
from neuromorph_track.association.warm_up import load_loops
from tests.association.slow.scenes import random_calls

rooms = [import_module(f"{loops.__name__}.{room.name}") for room in iter_modules(loops.__path__)]
compiled = [each for room in rooms for each in vars(room).values() if hasattr(each, "signatures")]
load_loops()
before = [len(each.signatures) for each in compiled]
assert len(before) >= 9 and min(before) == 1, before
for mode in MODES:
    tracker = make_tracker(mode)
    for call in random_calls(0, 40, 40, skips=True):
        tracker.update(call.detections, call.warp, call.embeddings, call.dt)
print(before == [len(each.signatures) for each in compiled])
"""


def test_no_mode_compiles_or_loads_a_loop_later() -> None:
    """In a process of its own, where no other test has compiled anything."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
