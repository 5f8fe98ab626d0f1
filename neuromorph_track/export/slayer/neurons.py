"""Neurons of SLAYER in the integers of the file: threshold, decays, batch norm as a bias."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from neuromorph_track.export.report import Floats
from neuromorph_track.export.slayer.numbers import Numbers, eight_bits
from neuromorph_track.export.slayer.site import SLAYER, Site
from neuromorph_track.netx import Neuron
from neuromorph_track.netx.graph import LARGEST_THRESHOLD, Integers

STATE_BITS = 6
FULL_DECAY = 1 << 12
# The graded spikes of a sigma-delta network have one binary point for all layers.
SIGMA_DELTA_SCALE = 1 << 6
RELU = (torch.relu, nn.functional.relu)


@dataclass(frozen=True)
class Dynamics:
    """What a block's neurons are on the chip.

    Attributes
    ----------
    neuron : Neuron
    scale : int
        Integers per unit of weight, threshold and bias.
    exponent : int
        SLAYER's norm divides what the weights gather by ``2**exponent``, so the weights must.
    bias : Numbers or None
        One for each channel; None where it is zero.
    """

    neuron: Neuron
    scale: int
    exponent: int = 0
    bias: Numbers | None = None


def cuba_dynamics(site: Site, channels: int, fires: bool = True) -> Dynamics:
    """Read a block's current-based leaky integrate-and-fire neurons.

    Parameters
    ----------
    site : Site
    channels : int
        Length of the bias.
    fires : bool
        False for a head whose membrane potential is read: its threshold is out of reach.

    Raises
    ------
    InputError
        When they compute what the chip's do not.
    """
    neuron = neuron_of(site)
    scale = neuron.w_scale
    if neuron.graded_spike:
        raise site.refuse("graded spikes of CUBA neurons", "graded_spike=False: Lava's are binary")
    current, voltage = (_decay(site, neuron, name) for name in ("current_decay", "voltage_decay"))
    threshold = _threshold(site, neuron.threshold, scale) if fires else LARGEST_THRESHOLD
    exponent, bias = _norm(site, neuron.norm, channels, scale)
    if exponent and 0 < current < FULL_DECAY:
        # The scale stands between current and voltage, and the decay of a current rounds.
        found = f"a WgtScaleBatchNorm that divides a leaking current by {2.0**exponent:g}"
        raise site.refuse(found, "MeanOnlyBatchNorm, or current_decay=1: rounding and scaling do not commute")
    kind = Neuron(
        "cuba",
        "CUBA",
        threshold,
        current,
        voltage,
        extra={"refDelay": 1, "gradedSpike": False},
    )
    return Dynamics(kind, scale, exponent, bias)


def sigma_delta_dynamics(site: Site, shape: tuple[int, ...]) -> Dynamics:
    """Read a block's sigma-delta neurons; ``shape`` is what they give, channels first."""
    neuron = neuron_of(site)
    if neuron.w_scale != SIGMA_DELTA_SCALE:
        raise site.refuse(f"scale={neuron.w_scale}", "scale=64: graded spikes have one unit on the chip")
    if neuron.activation not in RELU and not isinstance(neuron.activation, nn.ReLU):
        name = getattr(neuron.activation, "__name__", type(neuron.activation).__name__)
        raise site.refuse(f"activation {name}", "torch.nn.functional.relu, the only one that Lava has")
    threshold = _threshold(site, neuron.delta.threshold, SIGMA_DELTA_SCALE)
    exponent, bias = _norm(site, neuron.norm, shape[0], SIGMA_DELTA_SCALE)
    bias = _with_own_bias(site, neuron, bias, shape)
    kind = Neuron("sigma_delta", "SDNN", threshold, extra={"activation": "relu"})
    return Dynamics(kind, SIGMA_DELTA_SCALE, exponent, bias)


def neuron_of(site: Site) -> Any:
    """The block's neuron, refused where it is not of the block's own family or drops spikes its own way."""
    neuron = site.block.neuron
    expected = f"{SLAYER}neuron.{site.kind.family}"
    if (type(neuron).__module__, type(neuron).__qualname__) != (expected, "Neuron"):
        raise site.refuse(f"a neuron of type {type(neuron).__qualname__}", f"{expected}.Neuron")
    drop = neuron.drop
    if drop is not None and not isinstance(drop, nn.modules.dropout._DropoutNd):
        found = f"a dropout of type {type(drop).__name__}"
        raise site.refuse(found, "slayer.neuron.Dropout, which evaluation switches off")
    return neuron


def _decay(site: Site, neuron: Any, name: str) -> int:
    values = torch.round(getattr(neuron, name).detach())
    if not neuron.shared_param and neuron.shape is None:
        found = "decays that SLAYER draws at the first forward pass"
        raise site.refuse(found, "shared_param=True")
    if not torch.all(torch.isfinite(values)):
        raise site.refuse(f"a {name} that is no number", f"0 to {FULL_DECAY}")
    if values.min() != values.max():
        found = f"a {name} for each channel, {int(values.min())} to {int(values.max())} of {FULL_DECAY}"
        raise site.refuse(found, "shared_param=True: a layer has one decay in NetX")
    value = int(values.reshape(-1)[0])
    if not 0 <= value <= FULL_DECAY:
        raise site.refuse(f"a {name} of {value}/{FULL_DECAY}", f"0 to {FULL_DECAY}")
    return value


def _threshold(site: Site, threshold: float | Tensor, scale: int) -> int:
    values = torch.as_tensor(threshold).detach().reshape(-1).to(torch.float64) * scale
    if values.min() != values.max():
        raise site.refuse("a threshold for each channel", "shared_param=True: a layer has one in NetX")
    value = float(values[0])
    if value != round(value):
        found = f"a threshold of {value / scale:.6g}"
        raise site.refuse(found, f"a multiple of 1/{scale}: the chip compares whole numbers")
    # SLAYER raises a sigma-delta threshold of zero, and below zero a CUBA neuron never resets.
    lowest = 1 if site.kind.family == "sigma_delta" else 0
    if not lowest <= value <= LARGEST_THRESHOLD:
        expected = f"{lowest / scale:g} to {LARGEST_THRESHOLD / scale:g}"
        raise site.refuse(f"a threshold of {value / scale:.6g}", expected)
    return int(value)


def _norm(site: Site, norm: Any, channels: int, scale: int) -> tuple[int, Numbers | None]:
    """Exponent of the deviation and the negative mean, as a batch norm applies them in evaluation."""
    if norm is None:
        return 0, None
    name = type(norm).__qualname__
    known = type(norm).__module__ == f"{SLAYER}neuron.norm"
    if not known or name not in ("MeanOnlyBatchNorm", "WgtScaleBatchNorm"):
        raise site.refuse(f"a norm of type {type(norm).__qualname__}", "MeanOnlyBatchNorm or no norm")
    exponent = 0
    if name == "WgtScaleBatchNorm":
        if not torch.all(torch.isfinite(norm.running_var)):
            raise site.refuse("a deviation of the norm that is no number", "a finite running_var")
        exponent = int(torch.log2(norm.std(norm.running_var)).item())
    mean = norm.running_mean.detach()
    computed = norm.pre_hook_fx(mean).numpy().astype(np.float64)
    units = np.broadcast_to(computed * scale, channels)
    integers = -eight_bits(site, "means of the norm", units, scale, exponent)
    floats = np.broadcast_to(-mean.numpy().astype(np.float64), channels)
    return exponent, Numbers(integers, floats, scale, exponent) if np.any(integers) else None


def _with_own_bias(site: Site, neuron: Any, bias: Numbers | None, shape: tuple[int, ...]) -> Numbers | None:
    """Add what ``set_bias`` set to the bias of the norm."""
    if not neuron.bias_is_set:
        if neuron.bias.any():
            found = "a bias that SLAYER does not use, because set_bias was not called after loading it"
            raise site.refuse(found, "neuron.set_bias(neuron.bias)")
        return bias
    own = _per_channel(site, neuron.bias.detach(), shape)
    integers = _whole(site, own * SIGMA_DELTA_SCALE)
    if bias is not None:
        integers, own = integers + bias.integers, own + bias.floats * 2.0**-bias.exponent
    return Numbers(integers, own, SIGMA_DELTA_SCALE) if np.any(integers) else None


def _per_channel(site: Site, bias: Tensor, shape: tuple[int, ...]) -> Floats:
    try:
        # As the neuron adds it: (bias..., time) to (batch, channels, ..., time).
        full = torch.broadcast_to(bias[None, ..., None], (1, *shape, 1))
    except RuntimeError as error:
        raise site.refuse(f"a bias of shape {tuple(bias.shape)}", f"one that adds to {shape}") from error
    channels = full.reshape(shape[0], -1).numpy().astype(np.float64)
    if np.any(channels != channels[:, :1]):
        raise site.refuse("a bias for each neuron of a map", "one bias for each channel")
    return channels[:, 0]


def _whole(site: Site, units: Floats) -> Integers:
    if np.any(units != np.round(units)) or np.abs(units).max() > LARGEST_THRESHOLD // 2:
        value = units[(units != np.round(units)) | (np.abs(units) > LARGEST_THRESHOLD // 2)][0]
        found = f"a bias of {value / SIGMA_DELTA_SCALE:.6g}"
        raise site.refuse(found, f"a multiple of 1/{SIGMA_DELTA_SCALE} below 1024: round it before set_bias")
    return units.astype(np.int32)
