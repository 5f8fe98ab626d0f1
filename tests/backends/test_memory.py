"""Memory of the simulator over a long run is that over a short one."""

from __future__ import annotations

import subprocess
import sys

import pytest

# Each in a process of its own: a process never gives its largest memory back.
RUN = """
import resource
import sys

import numpy as np

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.export.zoo import load_network

network = load_network("scenes-nano")
simulator = FixedSimulator(network)
rng = np.random.default_rng(0)
still = rng.integers(-100, 100, network.input_shape).astype(np.int32)
for _ in range(int(sys.argv[1])):
    values = np.repeat(still[None], 16, 0)
    values[:, :, :40, :40] += rng.integers(-60, 61, (16, 3, 40, 40)).astype(np.int32)
    simulator.run(values)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak(chunks: int) -> int:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RUN, str(chunks)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.slow
def test_a_long_run_needs_no_more_memory_than_a_short_one() -> None:
    # A chunk's spikes and counts, were they kept, would be some 30 MiB; that of 120 more, gigabytes.
    assert peak(128) < 1.05 * peak(8)
