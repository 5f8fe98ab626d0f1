"""Weights as the chip applies them, against lava's own functions."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromorph_track.errors import InputError
from neuromorph_track.netx import Layer, Neuron
from neuromorph_track.netx.weights import applied_dense_weights

NEURON = Neuron("cuba", "CUBA", 10, 0, 0)


def dense(weight: np.ndarray) -> Layer:
    return Layer("dense", (len(weight),), neuron=NEURON, weight=weight.astype(np.int32))


@given(st.integers(0, 2**16), st.sampled_from([(-256, 1), (0, 256), (-256, 255), (-256, 0), (-7, 1)]))
def test_without_the_corner_nothing_changes(seed: int, limits: tuple[int, int]) -> None:
    weight = np.random.default_rng(seed).integers(*limits, (5, 4))
    if not (weight.max() == 0 and weight.min() < 0):
        applied = applied_dense_weights(dense(weight))
        np.testing.assert_array_equal(applied.weight, weight)
        assert applied.shift == 0


# In a process of its own: importing Lava changes how the whole program starts processes.
LAVA = """
import json, sys
import numpy as np
from lava.lib.dl.netx import utils
from lava.utils.weightutils import clip_weights, determine_sign_mode, truncate_weights

answers = []
for weight in map(np.array, json.load(sys.stdin)):
    fitted, bits, exponent, _ = utils.optimize_weight_bits(weight)
    mode = determine_sign_mode(fitted)
    applied = truncate_weights(clip_weights(fitted, mode, num_bits=8), mode, bits)
    answers.append([applied.tolist(), -exponent])
json.dump(answers, sys.stderr)
"""


@pytest.mark.slow
@pytest.mark.slayer
def test_the_corner_follows_lava() -> None:
    generator = np.random.default_rng(0)
    cases = []
    for low, step in itertools.product((-256, -254, -200, -128, -100, -64, -16, -3, -2), (1, 2, 4)):
        weight = generator.integers(low, 1, (6, 5)) // step * step
        weight[0, 0], weight[1, 1] = low // step * step, 0
        cases.append(weight.clip(-256, 0))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LAVA],
        input=json.dumps([case.tolist() for case in cases]),
        capture_output=True,
        text=True,
        timeout=300,
    )
    answers = json.loads(done.stderr[done.stderr.index("[[[") :])
    refused = 0
    for weight, (expected, shift) in zip(cases, answers, strict=True):
        if not np.any(expected):
            with pytest.raises(InputError, match="odd numbers"):
                applied_dense_weights(dense(weight))
            refused += 1
            continue
        applied = applied_dense_weights(dense(weight))
        np.testing.assert_array_equal(applied.weight, expected)
        assert applied.shift == shift
    assert 0 < refused < len(cases)
