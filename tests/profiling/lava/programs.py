"""Programs that run Lava: it is imported in none but these, because it changes how a program forks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
TIMEOUT = 240

COMMON = """
import json, sys, warnings
import numpy as np
import neuromorph_track.profiling.lava as ours
from lava.magma.core.run_conditions import RunSteps
from lava.magma.core.run_configs import Loihi1SimCfg, Loihi2SimCfg
from lava.proc.conv.process import Conv
from lava.proc.dense.process import DelayDense, Dense, LearningDense
from lava.proc.io.sink import RingBuffer as Sink
from lava.proc.io.source import RingBuffer as Source
from lava.proc.lif.process import LIF, LIFReset, TernaryLIF
from lava.proc.sdn.process import Delta, Sigma, SigmaDelta
from lava.proc.sparse.process import DelaySparse, Sparse
from lava.utils.profiler import Profiler
from neuromorph_track.backends.activity import Activity

def counts(profiler):
    layers = profiler.activity.layers
    return [{name: getattr(layer, name).tolist() for name in Activity.COUNTS} for layer in layers]

def told(profiler):
    by_neuron = profiler.activity.by_neuron
    return {"counts": counts(profiler), "first": [spikes.tolist() for spikes in by_neuron.first]}

def connect(*processes):
    for before, after in zip(processes, processes[1:]):
        sends = "a_out" if hasattr(before, "a_out") else "s_out"
        hears = "s_in" if hasattr(after, "s_in") else "a_in"
        getattr(before, sends).connect(getattr(after, hears))

def run(profiled, steps, config):
    profiled.run(condition=RunSteps(steps), run_cfg=config)
"""


def run(script: str, *arguments: object) -> str:
    """What a program prints."""
    command = [sys.executable, "-c", COMMON + script, *map(str, arguments)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=TIMEOUT, cwd=ROOT, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def answer(script: str, *arguments: object) -> Any:
    """The last line that a program prints, which is JSON."""
    return json.loads(run(script, *arguments).splitlines()[-1])
