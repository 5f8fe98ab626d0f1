"""Every block that lava-dl exports wrongly or not at all, and the others: exported as SLAYER computes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from neuromorph_track.export.slayer import export_slayer
from neuromorph_track.netx import read_net, write_net
from neuromorph_track.runs.slayer_proof import prove_slayer
from tests.export.slayer.builders import (
    FLAT,
    GRADED,
    LEAKY,
    LOUD,
    MAP,
    PLAIN,
    Case,
    blocks,
    chain,
    conv,
    dense,
    flatten,
    mean_norm,
    random_mask,
    scale_norm,
    sd_conv,
    sd_dense,
    sd_input,
    sd_output,
    seeded,
    with_delays,
    with_even_weights,
    with_means,
    with_own_bias,
)

pytestmark = pytest.mark.slayer


# name: case, kinds of the layers behind the first.
EXPORTED = {
    "dense": (Case(lambda: chain(dense(20, 10)), FLAT), "dense"),
    "one block": (Case(lambda: dense(20, 10), FLAT), "dense"),
    "two dense": (Case(lambda: chain(dense(20, 16), dense(16, 10)), FLAT), "dense dense"),
    "conv": (Case(lambda: chain(conv(2, 6)), MAP), "conv"),
    "conv stride, padding, dilation": (
        Case(lambda: chain(conv(2, 6, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2))), MAP),
        "conv",
    ),
    "conv groups": (Case(lambda: chain(conv(4, 6, groups=2)), (4, 8, 9)), "conv"),
    "conv, flatten, dense": (
        Case(lambda: chain(conv(2, 6), flatten(), dense(252, 10)), MAP),
        "conv flatten dense",
    ),
    "weight norm": (
        Case(lambda: chain(dense(20, 16, weight_norm=True), dense(16, 10, weight_norm=True)), FLAT),
        "dense dense",
    ),
    "dense delay": (
        Case(
            lambda: with_delays(chain(dense(20, 16, delay=True), dense(16, 10, delay=True)), FLAT),
            FLAT,
        ),
        "dense dense",
    ),
    "conv delay in front of dense": (
        Case(
            lambda: with_delays(chain(conv(2, 6, delay=True), flatten(), dense(252, 10, delay=True)), MAP),
            MAP,
        ),
        "conv flatten dense",
    ),
    "recurrent delay in front of dense": (
        Case(
            lambda: with_delays(
                chain(blocks().Recurrent(dict(LEAKY), 20, 15, delay=True, **LOUD), dense(15, 8)), FLAT
            ),
            FLAT,
        ),
        "dense_rec dense",
    ),
    "delay with bias in front of dense": (
        Case(
            lambda: with_means(
                with_delays(chain(dense(20, 16, mean_norm(LEAKY), delay=True), dense(16, 10)), FLAT), FLAT
            ),
            FLAT,
        ),
        "dense dense",
    ),
    "no delay_shift": (
        Case(lambda: chain(dense(20, 16, delay_shift=False), dense(16, 10, delay_shift=False)), FLAT),
        "dense dense",
    ),
    "mean norm, one dense": (
        Case(lambda: with_means(chain(dense(20, 10, mean_norm(LEAKY))), FLAT), FLAT),
        "dense",
    ),
    "mean norm, one conv": (
        Case(lambda: with_means(chain(conv(2, 6, 3, mean_norm(LEAKY))), MAP), MAP),
        "conv",
    ),
    "mean norm, two dense": (
        Case(
            lambda: with_means(chain(dense(20, 16, mean_norm(LEAKY)), dense(16, 10, mean_norm(LEAKY))), FLAT),
            FLAT,
        ),
        "dense dense",
    ),
    "mean norm behind an input block": (
        Case(
            lambda: with_means(
                chain(
                    blocks().Input(dict(PLAIN)),
                    dense(20, 16, mean_norm(LEAKY)),
                    dense(16, 10, mean_norm(LEAKY)),
                ),
                FLAT,
            ),
            FLAT,
        ),
        "dense dense",
    ),
    "mean norm that never ran": (Case(lambda: chain(dense(20, 10, mean_norm(LEAKY))), FLAT), "dense"),
    "scale norm that divides by 2": (
        Case(lambda: with_means(chain(dense(20, 10, scale_norm(PLAIN))), FLAT, 2, step=2), FLAT),
        "dense",
    ),
    "scale norm that divides by 4": (
        Case(
            lambda: with_means(with_even_weights(chain(conv(2, 6, 3, scale_norm(PLAIN))), 4), MAP, 4, step=4),
            MAP,
        ),
        "conv",
    ),
    "scale norm that multiplies by 2": (
        Case(lambda: with_means(chain(dense(20, 10, scale_norm(PLAIN), weight_scale=1)), FLAT, 0.5), FLAT),
        "dense",
    ),
    "scale norm of a leaking current that divides by 1": (
        Case(lambda: with_means(chain(dense(20, 10, scale_norm(LEAKY))), FLAT), FLAT),
        "dense",
    ),
    "affine": (Case(lambda: chain(dense(20, 16), blocks().Affine(dict(LEAKY), 16, 4)), FLAT), "dense dense"),
    "affine, weight norm and mean norm": (
        Case(
            lambda: with_means(
                chain(dense(20, 16), blocks().Affine(mean_norm(LEAKY), 16, 4, weight_norm=True)), FLAT
            ),
            FLAT,
        ),
        "dense dense",
    ),
    "affine without dynamics": (
        Case(lambda: chain(dense(20, 16), blocks().Affine(dict(LEAKY), 16, 4, dynamics=False)), FLAT),
        "dense dense",
    ),
    "average": (Case(lambda: chain(dense(20, 15), blocks().Average(5)), FLAT), "dense dense"),
    "average of maps": (Case(lambda: chain(conv(2, 6), blocks().Average(3)), MAP), "conv flatten dense"),
    "kwta": (Case(lambda: chain(blocks().KWTA(dict(LEAKY), 20, 15, 4, **LOUD)), FLAT), "dense_rec"),
    "kwta with feedback of a constant": (
        Case(
            lambda: chain(blocks().KWTA({**PLAIN, "threshold": 3.0}, 20, 15, 4, weight_scale=8)),
            FLAT,
        ),
        "dense_rec",
    ),
    "recurrent": (Case(lambda: chain(blocks().Recurrent(dict(LEAKY), 20, 15, **LOUD)), FLAT), "dense_rec"),
    "recurrent, mean norm": (
        Case(lambda: with_means(chain(blocks().Recurrent(mean_norm(PLAIN), 20, 15, **LOUD)), FLAT), FLAT),
        "dense_rec",
    ),
    "pool": (
        Case(lambda: chain(conv(2, 6), blocks().Pool(dict(LEAKY), 2, weight_scale=0.7)), (2, 8, 10)),
        "conv conv",
    ),
    "pool of odd sizes": (
        Case(lambda: chain(conv(2, 6), blocks().Pool(dict(LEAKY), 2, weight_scale=0.7)), (2, 9, 11)),
        "conv conv",
    ),
    "pool of one channel": (
        Case(lambda: blocks().Pool(dict(LEAKY), (3, 2), stride=2, padding=1, weight_scale=0.7), (1, 7, 11)),
        "conv",
    ),
    "transposed conv of stride 1": (
        Case(
            lambda: blocks().ConvT(
                dict(LEAKY), 4, 6, (3, 2), padding=(1, 0), dilation=(2, 1), groups=2, **LOUD
            ),
            (4, 7, 6),
        ),
        "conv",
    ),
    "flatten first": (Case(lambda: chain(flatten(), dense(144, 10)), MAP), "flatten dense"),
    "dense of maps without flatten": (
        Case(lambda: chain(blocks().Dense(dict(LEAKY), (9, 8, 2), 10, **LOUD), dense(10, 5)), MAP),
        "flatten dense dense",
    ),
    "input with a neuron": (Case(lambda: chain(blocks().Input(dict(PLAIN)), dense(20, 10)), FLAT), "dense"),
    "input with weight and bias": (
        Case(lambda: chain(blocks().Input(dict(PLAIN), weight=1.5, bias=0.25), dense(20, 10)), FLAT),
        "dense",
    ),
    "input without a neuron": (
        Case(lambda: chain(blocks().Input(delay_shift=False), dense(20, 10)), FLAT),
        "dense",
    ),
    "mask": (
        Case(lambda: chain(dense(20, 10, mask=random_mask(10, 20))), FLAT),
        "dense",
    ),
    "other scale": (
        Case(lambda: chain(dense(20, 10, {**LEAKY, "scale": 128}, weight_scale=1)), FLAT),
        "dense",
    ),
    "sigma-delta dense": (
        Case(lambda: chain(sd_input(), sd_dense(20, 16), sd_output(16, 4)), FLAT),
        "dense dense",
    ),
    "sigma-delta conv, mean norm": (
        Case(
            lambda: with_means(
                chain(
                    sd_input(),
                    sd_conv(2, 6, mean_norm(GRADED), weight_norm=True),
                    sd_conv(6, 4, mean_norm(GRADED), stride=2),
                    blocks("sigma_delta").Flatten(),
                    sd_output(48, 4),
                ),
                (2, 10, 11),
            ),
            (2, 10, 11),
        ),
        "conv conv flatten dense",
    ),
    "sigma-delta without input block": (Case(lambda: chain(sd_dense(20, 16)), FLAT), "dense"),
    "sigma-delta input with weight and bias": (
        Case(lambda: chain(sd_input(weight=0.5, bias=-0.125), sd_dense(20, 16)), FLAT),
        "dense",
    ),
    "sigma-delta, bias of its own": (
        Case(lambda: chain(sd_input(), with_own_bias(sd_conv(2, 6))), MAP),
        "conv",
    ),
    "sigma-delta, scale norm": (
        Case(
            lambda: with_means(chain(sd_input(), sd_dense(20, 16, scale_norm(GRADED))), FLAT, 2, step=2), FLAT
        ),
        "dense",
    ),
    "sigma-delta pool": (
        Case(lambda: chain(sd_input(), blocks("sigma_delta").Pool(dict(GRADED), 2, weight_scale=0.25)), MAP),
        "conv",
    ),
    "sigma-delta transposed conv": (
        Case(lambda: chain(sd_input(), blocks("sigma_delta").ConvT(dict(GRADED), 2, 4, 3, **LOUD)), MAP),
        "conv",
    ),
    "sigma-delta delay": (
        Case(
            lambda: with_delays(chain(sd_input(), sd_dense(20, 16, delay=True), sd_dense(16, 4)), FLAT), FLAT
        ),
        "dense dense",
    ),
    "sigma-delta delay_shift": (
        Case(
            lambda: chain(sd_input(), sd_dense(20, 16, delay_shift=True), sd_dense(16, 4, delay_shift=True)),
            FLAT,
        ),
        "dense dense",
    ),
}


@pytest.mark.parametrize("name", EXPORTED)
def test_exported_as_slayer_computes(name: str, tmp_path: Path) -> None:
    case, kinds = EXPORTED[name]
    exported = export_slayer(seeded(case), case.shape, source=name)
    assert exported.network.input_shape == case.shape
    assert " ".join(layer.kind for layer in exported.network.layers) == f"input {kinds}"

    proof = prove_slayer(exported)
    assert proof.silent == ()
    assert proof.active > 0.02 * proof.values
    # Without a bias nothing moves before the input comes, and the chip's pipeline changes nothing.
    assert proof.chip_different == 0 or any("biases" in note for note in exported.report.notes)

    write_net(exported.network, tmp_path / "x.net")
    again = read_net(tmp_path / "x.net")
    for wrote, read in zip(exported.network.layers, again.layers, strict=True):
        assert (wrote.kind, wrote.shape, wrote.neuron) == (read.kind, read.shape, read.neuron)
        for array in ("weight", "weight_rec", "bias", "delay"):
            np.testing.assert_array_equal(getattr(wrote, array), getattr(read, array))


def test_delays_go_to_the_synapses_that_netx_reads() -> None:
    """Those of a convolution are added to the dense layer's own, one number for each synapse."""
    case, _ = EXPORTED["conv delay in front of dense"]
    model = seeded(case)
    exported = export_slayer(model, case.shape)
    conv_layer, dense_layer = exported.network.layers[1], exported.network.layers[-1]
    assert conv_layer.delay is None
    of_conv, of_dense = (
        np.floor(block.delay.delay.detach().numpy()).astype(int) for block in (model[0], model[2])
    )
    expected = of_dense[:, None] + np.repeat(of_conv, 42)[None, :]
    np.testing.assert_array_equal(dense_layer.delay, expected)
    assert expected.max() > 5


@pytest.mark.parametrize("name", ["dense", "weight norm", "mask", "scale norm that divides by 2"])
def test_reported_rounding(name: str) -> None:
    """Half a step of 2/64 at most, and next to a third of it in square mean."""
    case, _ = EXPORTED[name]
    report = export_slayer(seeded(case), case.shape).report
    for layer in report.layers:
        assert layer.weights.clipped == 0
        assert 0.004 < layer.weights.largest_error <= 1 / 64 + 1e-6
        assert layer.weights.rms_error == pytest.approx(1 / 64 / 3**0.5, rel=0.5)
    assert report.to_dict()["layers"][0]["weights"]["values"] == report.layers[0].weights.values


def test_clipped_weights_are_counted() -> None:
    model = seeded(Case(lambda: chain(dense(20, 10)), FLAT))
    model[0].synapse.weight.data[:3, 0] = 5.0
    model[0].synapse.weight.data[4, 0] = -4.5
    weights = export_slayer(model, FLAT).report.layers[0].weights
    assert (weights.values, weights.clipped, weights.clipped_share) == (200, 4, 0.02)
    assert weights.largest_error == pytest.approx(5 - 254 / 64)


def test_a_mean_that_eight_bits_cut_is_reported_and_exported() -> None:
    """SLAYER clips means to -4 .. 254/64; as biases they are 4 .. -254/64."""
    model = with_means(seeded(Case(lambda: chain(dense(20, 3, mean_norm(LEAKY))), FLAT)), FLAT)
    model[0].neuron.norm.running_mean = torch.tensor([-5.0, 4.5, 0.25])
    exported = export_slayer(model, FLAT)
    bias = exported.network.layers[1].bias
    assert bias is not None
    assert bias.tolist() == [256, -254, -16]
    rounding = exported.report.layers[0].bias
    assert rounding is not None
    assert (rounding.values, rounding.clipped, rounding.largest_error) == (3, 2, 1.0)
    prove_slayer(exported)
