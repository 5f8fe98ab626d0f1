"""What cannot be exported exactly is refused by the name of its block, with a reason and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from neuromorph_track.errors import InputError
from neuromorph_track.export.slayer import export_slayer
from neuromorph_track.networks.slayer import load_slayer
from tests.export.slayer.builders import (
    FLAT,
    GRADED,
    LEAKY,
    MAP,
    PLAIN,
    Case,
    Shape,
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
)

pytestmark = pytest.mark.slayer

ADAPTIVE = {"threshold_step": 0.1, "threshold_decay": 0.1, "refractory_decay": 0.1}
RESONATOR = {"threshold": 0.5, "period": 10, "decay": 0.1}


def changed(model: Any, change: Callable[[Any], object]) -> Any:
    change(model)
    return model


def with_weights(block: Any, units: int) -> Any:
    """Weights that are zero or ``units / 64``."""
    block.synapse.pre_hook_fx = lambda weight, descale=False: torch.where(weight > 0, 0.0, units / 64)
    return block


class Derived:
    """Makes a block of a class that a user derived from SLAYER's."""

    def __new__(cls, *arguments: Any) -> Any:
        derived: Any = type("Derived", (blocks().Dense,), {})
        return derived(*arguments)


# name: case, block as named, what is found, what to do instead.
REFUSED: dict[str, tuple[Case, str, str, str]] = {
    "conv delay at the end": (
        Case(lambda: with_delays(chain(conv(2, 6, delay=True)), MAP), MAP),
        "block 0 (cuba.Conv)",
        "axonal delays of a conv layer as the last layer",
        "a Dense block behind it",
    ),
    "conv delay in front of conv": (
        Case(lambda: with_delays(chain(conv(2, 6, delay=True), conv(6, 4)), MAP), MAP),
        "block 0 (cuba.Conv)",
        "axonal delays of a conv layer in front of a conv layer",
        "NetX delays dense synapses only",
    ),
    "dense delay and bias at the end": (
        Case(
            lambda: with_means(with_delays(chain(dense(20, 9, mean_norm(LEAKY), delay=True)), FLAT), FLAT),
            FLAT,
        ),
        "block 0 (cuba.Dense)",
        "a dense layer with a bias, which the delay of its inputs does not delay as the last layer",
        "no delay",
    ),
    "recurrent delay in front of recurrent": (
        Case(
            lambda: with_delays(
                chain(
                    blocks().Recurrent(dict(LEAKY), 20, 9, delay=True), blocks().Recurrent(dict(LEAKY), 9, 8)
                ),
                FLAT,
            ),
            FLAT,
        ),
        "block 0 (cuba.Recurrent)",
        "axonal delays of a dense_rec layer in front of a dense_rec layer",
        "a Dense block behind it",
    ),
    "delays of two blocks": (
        Case(
            lambda: with_delays(
                chain(conv(2, 6, delay=True), flatten(), dense(252, 9, delay=True)), MAP, longest=60
            ),
            MAP,
        ),
        "block 2 (cuba.Dense)",
        "delays that add up to",
        "at most 62 steps",
    ),
    "delays that were never drawn": (
        Case(lambda: chain(dense(20, 9, delay=True)), FLAT),
        "block 0 (cuba.Dense)",
        "axonal delays that SLAYER draws at random",
        "block.delay.init = True after loading",
    ),
    "mean norm, recurrent": (
        Case(lambda: with_means(chain(blocks().Recurrent(mean_norm(LEAKY), 20, 9)), FLAT), FLAT),
        "block 0 (cuba.Recurrent)",
        "a norm whose mean SLAYER takes from the carried current again in every step",
        "current_decay=1",
    ),
    "scale norm that divides by 4": (
        Case(lambda: with_means(chain(dense(20, 9, scale_norm(PLAIN))), FLAT, 4, step=4), FLAT),
        "block 0 (cuba.Dense)",
        "a WgtScaleBatchNorm that divides by 4: weights such as",
        "NetX ignores weight_exp",
    ),
    "scale norm that multiplies by 8": (
        Case(lambda: with_means(chain(conv(2, 6, 3, scale_norm(PLAIN))), MAP, 1 / 8), MAP),
        "block 0 (cuba.Conv)",
        "a WgtScaleBatchNorm that divides by 0.125: weights such as",
        "MeanOnlyBatchNorm",
    ),
    "scale norm of a leaking current": (
        Case(
            lambda: with_means(with_even_weights(chain(dense(20, 9, scale_norm(LEAKY))), 2), FLAT, 2, step=2),
            FLAT,
        ),
        "block 0 (cuba.Dense)",
        "a WgtScaleBatchNorm that divides a leaking current by 2",
        "rounding and scaling do not commute",
    ),
    "norm of one's own": (
        Case(lambda: chain(dense(20, 9, {**LEAKY, "norm": lambda: torch.nn.Identity()})), FLAT),
        "block 0 (cuba.Dense)",
        "a norm of type Identity",
        "MeanOnlyBatchNorm or no norm",
    ),
    "kwta with a constant feedback": (
        Case(lambda: chain(blocks().KWTA({**LEAKY, "threshold": 3.0}, 20, 15, 4)), FLAT),
        "block 0 (cuba.KWTA)",
        "a feedback of 2/64 in every step, which the current gathers",
        "current_decay=1",
    ),
    "time decimation": (
        Case(lambda: chain(dense(20, 9), blocks().TimeDecimation(2)), FLAT),
        "block 1 (cuba.TimeDecimation)",
        "a slower clock",
        "on the host",
    ),
    "average of what is fed": (
        Case(lambda: chain(blocks().Average(5)), FLAT),
        "block 0 (cuba.Average)",
        "an average of what no CUBA neuron sends",
        "on the host",
    ),
    "average of graded spikes": (
        Case(lambda: chain(sd_input(), blocks("sigma_delta").Average(5)), FLAT),
        "block 1 (sigma_delta.Average)",
        "an average of what no CUBA neuron sends",
        "on the host",
    ),
    "a layer behind an affine head": (
        Case(lambda: chain(blocks().Affine(dict(LEAKY), 20, 9), dense(9, 4)), FLAT),
        "block 1 (cuba.Dense)",
        "a layer after a head whose values are read",
        "the head as the last block",
    ),
    "a layer behind an average": (
        Case(lambda: chain(dense(20, 9), blocks().Average(3), dense(3, 4)), FLAT),
        "block 2 (cuba.Dense)",
        "a layer after a head",
        "the head as the last block",
    ),
    "a layer behind a sigma head": (
        Case(lambda: chain(sd_input(), sd_output(20, 9), sd_dense(9, 4)), FLAT),
        "block 2 (sigma_delta.Dense)",
        "a layer after a head",
        "the head as the last block",
    ),
    "unpool": (
        Case(lambda: chain(blocks().Unpool(dict(LEAKY), 2)), MAP),
        "block 0 (cuba.Unpool)",
        "a larger map",
        "a Dense block",
    ),
    "sigma-delta unpool": (
        Case(lambda: chain(sd_input(), blocks("sigma_delta").Unpool(dict(GRADED), 2)), MAP),
        "block 1 (sigma_delta.Unpool)",
        "a larger map",
        "a Dense block",
    ),
    "transposed conv that makes a larger map": (
        Case(lambda: chain(blocks().ConvT(dict(LEAKY), 2, 4, 2, stride=2)), MAP),
        "block 0 (cuba.ConvT)",
        "a transposed convolution of stride (2, 2)",
        "stride 1",
    ),
    "transposed conv that cuts": (
        Case(lambda: chain(blocks().ConvT(dict(LEAKY), 2, 4, 2, padding=2)), MAP),
        "block 0 (cuba.ConvT)",
        "a padding of (2, 2), more than the kernel reaches",
        "a padding below",
    ),
    "pool that mixes channels": (
        Case(lambda: chain(blocks().Pool(dict(LEAKY), 3)), (2, 8, 9)),
        "block 0 (cuba.Pool)",
        "a pooling of 8 rows (kernel 3, stride 3) that mixes channels",
        "SLAYER pools all channels as one picture",
    ),
    "dense of maps without flatten": (
        Case(lambda: chain(conv(2, 20), dense(20, 9)), MAP),
        "block 1 (cuba.Dense)",
        "weights for inputs of (20, 1, 1), given (20, 6, 7)",
        "a Flatten block before it",
    ),
    "conv behind dense": (
        Case(lambda: chain(blocks().Dense(dict(LEAKY), (9, 8, 2), 10), conv(10, 4, 1)), MAP),
        "block 1 (cuba.Conv)",
        "an input of shape (10, 1, 1) from a flat layer",
        "maps (C, H, W)",
    ),
    "weights that are not rounded": (
        Case(lambda: chain(dense(20, 9, pre_hook_fx=None)), FLAT),
        "block 0 (cuba.Dense)",
        "weights that SLAYER does not round to 8 bits, such as",
        "pre_hook_fx=neuron.quantize_8bit",
    ),
    "weights that NetX would turn to zero": (
        Case(lambda: chain(with_weights(dense(20, 9), -129)), FLAT),
        "block 0 (cuba.Dense)",
        "odd numbers among weights that are all negative or zero",
        "even numbers",
    ),
    "weights that NetX would halve": (
        Case(lambda: chain(with_weights(dense(20, 9), -256)), FLAT),
        "block 0 (cuba.Dense)",
        "weights that are all negative or zero, which NetX rounds again",
        "a positive weight among them",
    ),
    "mask under weight norm": (
        Case(lambda: chain(dense(20, 9, weight_norm=True, mask=random_mask(9, 20))), FLAT),
        "block 0 (cuba.Dense)",
        "a mask on weight-normed synapses",
        "a mask without weight_norm",
    ),
    "a neuron that is not SLAYER's": (
        Case(
            lambda: changed(chain(dense(20, 9)), lambda model: setattr(model[0], "neuron", nn.ReLU())), FLAT
        ),
        "block 0 (cuba.Dense)",
        "a neuron of type ReLU",
        "slayer.neuron.cuba.Neuron",
    ),
    "a decay that is no number": (
        Case(
            lambda: changed(
                chain(dense(20, 9)), lambda model: model[0].neuron.voltage_decay.data.fill_(float("nan"))
            ),
            FLAT,
        ),
        "block 0 (cuba.Dense)",
        "a voltage_decay that is no number",
        "0 to 4096",
    ),
    "a deviation that is no number": (
        Case(lambda: with_means(chain(dense(20, 9, scale_norm(PLAIN))), FLAT, float("nan")), FLAT),
        "block 0 (cuba.Dense)",
        "a deviation of the norm that is no number",
        "a finite running_var",
    ),
    "graded CUBA spikes": (
        Case(lambda: chain(dense(20, 9, {**LEAKY, "graded_spike": True})), FLAT),
        "block 0 (cuba.Dense)",
        "graded spikes of CUBA neurons",
        "graded_spike=False",
    ),
    "a decay for each channel": (
        Case(lambda: chain(dense(20, 9, {**LEAKY, "shared_param": False})), FLAT),
        "block 0 (cuba.Dense)",
        "neurons whose parameters SLAYER draws at random in its first forward pass",
        "shared_param=True",
    ),
    "a decay for each channel, drawn": (
        Case(lambda: with_means(chain(dense(20, 9, {**LEAKY, "shared_param": False})), FLAT), FLAT),
        "block 0 (cuba.Dense)",
        "a current_decay for each channel",
        "shared_param=True",
    ),
    "threshold beyond the chip": (
        Case(lambda: chain(dense(20, 9, {**LEAKY, "threshold": 3000.0})), FLAT),
        "block 0 (cuba.Dense)",
        "a threshold of 3000",
        "0 to 2048",
    ),
    "input current that leaks": (
        Case(lambda: chain(blocks().Input(dict(LEAKY)), dense(20, 9)), FLAT),
        "block 0 (cuba.Input)",
        "an input neuron with a current_decay of 1024/4096",
        "current_decay=1",
    ),
    "input norm": (
        Case(lambda: with_means(chain(blocks().Input(mean_norm(PLAIN)), dense(20, 9)), FLAT), FLAT),
        "block 0 (cuba.Input)",
        "a norm that shifts or scales the input",
        "normalise on the host",
    ),
    "input weight": (
        Case(lambda: chain(blocks().Input(dict(PLAIN), weight=1.3), dense(20, 9)), FLAT),
        "block 0 (cuba.Input)",
        "an input weight of 1.3125",
        "a multiple of 0.5",
    ),
    "input behind others": (
        Case(lambda: chain(dense(20, 9), blocks().Input(dict(PLAIN))), FLAT),
        "block 1 (cuba.Input)",
        "an input block behind others",
        "as the first block",
    ),
    "sigma-delta activation": (
        Case(lambda: chain(sd_input(), sd_dense(20, 9, {**GRADED, "activation": torch.abs})), FLAT),
        "block 1 (sigma_delta.Dense)",
        "activation abs",
        "torch.nn.functional.relu",
    ),
    "sigma-delta cumulative error": (
        Case(lambda: chain(sd_input(), sd_dense(20, 9, {**GRADED, "cum_error": True})), FLAT),
        "block 1 (sigma_delta.Dense)",
        "cum_error=True",
        "cum_error=False",
    ),
    "sigma-delta scale": (
        Case(lambda: chain(sd_input(), sd_dense(20, 9, {**GRADED, "scale": 128})), FLAT),
        "block 1 (sigma_delta.Dense)",
        "scale=128",
        "scale=64",
    ),
    "sigma-delta threshold that was trained": (
        Case(
            lambda: changed(
                chain(sd_input(), sd_dense(20, 9)),
                lambda model: model[1].neuron.delta.threshold.data.fill_(0.123),
            ),
            FLAT,
        ),
        "block 1 (sigma_delta.Dense)",
        "a threshold of 0.123",
        "a multiple of 1/64",
    ),
    "sigma-delta bias between the integers": (
        Case(
            lambda: changed(
                chain(sd_input(), sd_conv(2, 6)),
                lambda model: model[1].neuron.set_bias(torch.full((6, 1, 1), 0.3)),
            ),
            MAP,
        ),
        "block 1 (sigma_delta.Conv)",
        "a bias of 0.3",
        "a multiple of 1/64",
    ),
    "sigma-delta bias of a map": (
        Case(
            lambda: changed(
                chain(sd_input(), sd_conv(2, 6)),
                lambda model: model[1].neuron.set_bias(torch.arange(252.0).reshape(6, 6, 7)),
            ),
            MAP,
        ),
        "block 1 (sigma_delta.Conv)",
        "a bias for each neuron of a map",
        "one bias for each channel",
    ),
    "sigma-delta bias not in use": (
        Case(
            lambda: changed(
                chain(sd_input(), sd_conv(2, 6)), lambda model: model[1].neuron.bias.data.fill_(0.5)
            ),
            MAP,
        ),
        "block 1 (sigma_delta.Conv)",
        "a bias that SLAYER does not use",
        "set_bias",
    ),
    "binary spikes into sigma-delta": (
        Case(lambda: chain(dense(20, 9), sd_dense(9, 4)), FLAT),
        "block 1 (sigma_delta.Dense)",
        "what CUBA neurons send",
        "what sigma-delta neurons send",
    ),
    "graded spikes into CUBA": (
        Case(lambda: chain(sd_input(), dense(20, 9)), FLAT),
        "block 1 (cuba.Dense)",
        "what sigma-delta neurons send",
        "what CUBA neurons send",
    ),
    "alif": (
        Case(lambda: chain(blocks("alif").Dense({**LEAKY, **ADAPTIVE}, 20, 9)), FLAT),
        "block 0 (alif.Dense)",
        "neurons with an adaptive threshold",
        "slayer.block.cuba",
    ),
    "alif recurrent": (
        Case(lambda: chain(blocks("alif").Recurrent({**LEAKY, **ADAPTIVE}, 20, 9)), FLAT),
        "block 0 (alif.Recurrent)",
        "neurons with an adaptive threshold",
        "slayer.block.cuba",
    ),
    "rf dense": (
        Case(lambda: chain(blocks("rf").Dense(dict(RESONATOR), 20, 9)), FLAT),
        "block 0 (rf.Dense)",
        "resonators, whose decays NetX changes on loading",
        "slayer.block.cuba",
    ),
    "rf conv": (
        Case(lambda: chain(blocks("rf").Conv(dict(RESONATOR), 2, 6, 3)), MAP),
        "block 0 (rf.Conv)",
        "resonators",
        "slayer.block.cuba",
    ),
    "rf_iz dense": (
        Case(lambda: chain(blocks("rf_iz").Dense(dict(RESONATOR), 20, 9)), FLAT),
        "block 0 (rf_iz.Dense)",
        "resonators",
        "slayer.block.cuba",
    ),
    "adrf dense": (
        Case(lambda: chain(blocks("adrf").Dense({**RESONATOR, **ADAPTIVE}, 20, 9)), FLAT),
        "block 0 (adrf.Dense)",
        "adaptive resonators, which NetX takes for plain ones",
        "slayer.block.cuba",
    ),
    "adrf_iz dense": (
        Case(lambda: chain(blocks("adrf_iz").Dense({**RESONATOR, **ADAPTIVE}, 20, 9)), FLAT),
        "block 0 (adrf_iz.Dense)",
        "adaptive resonators, which fail in SLAYER's own forward pass",
        "slayer.block.cuba",
    ),
    "a block derived from SLAYER's": (
        Case(lambda: chain(Derived(dict(LEAKY), 20, 9)), FLAT),
        "block 0 (Derived)",
        "derived from slayer's cuba.Dense",
        "cuba.Dense itself",
    ),
    "PyTorch's layers": (
        Case(lambda: chain(dense(20, 9), nn.ReLU()), FLAT),
        "block 1 (ReLU)",
        "a torch.nn.modules.activation.ReLU, which no .net can hold",
        "blocks of lava.lib.dl.slayer.block alone",
    ),
    "SLAYER's synapses alone": (
        Case(lambda: chain(sd_input(), load_slayer().synapse.Dense(20, 9)), FLAT),
        "block 1 (Dense)",
        "a lava.lib.dl.slayer.synapse.layer.Dense",
        "blocks of lava.lib.dl.slayer.block alone",
    ),
    "no SLAYER block": (
        Case(lambda: chain(nn.Linear(20, 9)), FLAT),
        "model",
        "no SLAYER block in Sequential",
        "a chain of blocks",
    ),
    "nothing but shapes": (
        Case(lambda: chain(flatten()), MAP),
        "model",
        "no block with neurons",
        "a network that computes something",
    ),
    "the wrong input shape": (
        Case(lambda: chain(dense(20, 9)), (21,)),
        "model",
        "a forward pass that fails by itself: RuntimeError",
        "one that runs on input of shape (21,)",
    ),
    "input without a neuron that delays": (
        Case(lambda: chain(blocks().Input(), dense(20, 9)), FLAT),
        "model",
        "a forward pass that fails by itself: AttributeError",
        "one that runs",
    ),
    "double precision": (
        Case(lambda: chain(dense(20, 9)).double(), FLAT),
        "model",
        "parameters of torch.float64",
        "torch.float32",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_by_name(name: str) -> None:
    case, block, found, instead = REFUSED[name]
    with pytest.raises(InputError) as caught:
        export_slayer(seeded(case), case.shape, source="my model")
    assert (caught.value.source, caught.value.field) == ("my model", block)
    assert found in caught.value.found
    assert instead in caught.value.expected
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("shape", [(99_999, 99_999, 99_999), (10**30,)])
def test_shapes_that_fill_the_memory(shape: Shape) -> None:
    with pytest.raises(InputError, match="expected at most 16777216 values in one step"):
        export_slayer(seeded(Case(lambda: dense(20, 9), FLAT)), shape)


@pytest.mark.parametrize("shape", [(), (2, 3), (1, 2, 3, 4), (0,), (2, -1, 4)])
def test_shapes_that_are_none(shape: Shape) -> None:
    with pytest.raises(InputError, match=r"input shape: found .*, expected \(C, H, W\) or \(N,\)"):
        export_slayer(seeded(Case(lambda: dense(20, 9), FLAT)), shape)


def test_what_cannot_be_copied() -> None:
    model = seeded(Case(lambda: chain(dense(20, 9)), FLAT))
    model.generator = (step for step in ())
    with pytest.raises(InputError, match=r"model: found a model that cannot be copied \(TypeError"):
        export_slayer(model, FLAT)
