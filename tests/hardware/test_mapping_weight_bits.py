"""Bits of weights, against lava's own functions."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.hardware.mapping.weight_bits import fitted_bits, stored_bits, weight_bits
from neuromorph_track.netx import Layer, Neuron, read_net
from tests.hardware.mapping_cases import lava_dl_networks

# In a process of its own: importing Lava changes how the whole program starts processes.
LAVA = """
import json, sys
import numpy as np
from lava.lib.dl.netx import utils
from lava.utils.weightutils import determine_sign_mode, optimize_weight_bits

answers = []
for weight in map(np.array, json.load(sys.stdin)):
    netx = utils.optimize_weight_bits(weight)[1]
    try:
        lava = optimize_weight_bits(weight, determine_sign_mode(weight), loihi2=True).num_weight_bits
    except ValueError:  # -256 among weights of one sign
        lava = None
    answers.append([int(netx), lava if lava is None else int(lava)])
json.dump(answers, sys.stderr)
"""


def random_weights() -> list[np.ndarray]:
    generator = np.random.default_rng(0)
    cases = []
    for low, high in ((-256, 256), (-254, 120), (-7, 30), (0, 256), (0, 9), (-255, 0), (-30, 0), (-1, 2)):
        for step in (1, 2, 4, 16):
            weight = generator.integers(low, high, (7, 6)) // step * step
            weight[0, 0] = (low if low < 0 else high - 1) // step * step
            if weight.any():
                cases.append(weight.astype(np.int32))
    return cases


def real_weights() -> list[np.ndarray]:
    found = []
    for path in sorted(lava_dl_networks().rglob("*.net")):
        layers = read_net(path).layers
        found += [layer.weight for layer in layers if layer.has_synapses and layer.weight is not None]
    # Few values say as much as all of them.
    return [np.unique(weight) for weight in found]


@pytest.mark.slow
@pytest.mark.slayer
def test_bits_follow_lava() -> None:
    cases = random_weights() + real_weights()
    assert len(cases) > 50
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LAVA],
        input=json.dumps([case.tolist() for case in cases]),
        capture_output=True,
        text=True,
        timeout=300,
    )
    answers = json.loads(done.stderr[done.stderr.index("[[") :])
    ours = [fitted_bits(case) for case in cases]
    assert ours == [netx for netx, _ in answers]
    # lava-nc takes negative and zero weights as inhibitory, NetX as mixed; and its range ends at -255 there.
    positive = [case.max() > 0 for case in cases]
    compared = [
        (bits, lava)
        for bits, (_, lava), same in zip(ours, answers, positive, strict=True)
        if same and lava is not None
    ]
    assert len(compared) > 40
    assert [bits for bits, _ in compared] == [lava for _, lava in compared]


def test_bits_of_real_networks(shared_data: Path) -> None:
    layers = read_net(shared_data / "checkpoints" / "oxford.net").layers
    assert [weight_bits(layer) for layer in layers] == [(8,), (7,)]


def test_layers_without_synapses_and_zeros_have_no_bits() -> None:
    gain = np.array(40, np.int32)
    assert weight_bits(Layer("input", (3, 4, 4), neuron=Neuron("cuba", "CUBA", 5), weight=gain)) == ()
    assert fitted_bits(np.zeros((3, 3), np.int32)) == 0


def test_recurrent_weights_are_fitted_with_the_others_and_complex_ones_apart() -> None:
    wide, narrow = np.array([[-127, 101]], np.int32), np.array([[64, -64]], np.int32)
    recurrent = Layer("dense_rec", (1,), weight=narrow, weight_rec=wide[:, :1])
    assert weight_bits(recurrent) == (8,)
    both = Layer("dense", (1,), weight=narrow, weight_imag=wide)
    assert weight_bits(both) == (fitted_bits(narrow), 8)
    assert fitted_bits(narrow) == 2


def test_seven_bits_are_stored_as_eight() -> None:
    assert [stored_bits(bits) for bits in (0, 3, 6, 7, 8, 9)] == [0, 3, 6, 8, 8, 9]
