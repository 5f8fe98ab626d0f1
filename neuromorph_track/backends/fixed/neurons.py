"""Neuron dynamics over a chunk of steps, in the integers of Lava's fixed-point process models."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from neuromorph_track.netx.graph import Layer

STATE_EXP = 6
DECAY_BITS = 12
THRESHOLD_SHIFT = 6
LARGEST_STATE = 1 << 23


class Moved(NamedTuple):
    """What neurons sent, ``(T, *shape)`` int32, and which a step left another state, of that shape, bool."""

    sent: Tensor
    changed: Tensor


class Delta:
    """Delta encoder (``PyDeltaModelFixed``): sends the change once it reaches the threshold.

    Lava keeps the last value and a residue; their difference, the level that the receiver has
    been told, carries both: ``delta = value - level``; when it is sent the level becomes ``value``.
    """

    def __init__(self, layer: Layer, spike_exp: int, device: torch.device) -> None:
        assert layer.neuron is not None
        self.shift = spike_exp + STATE_EXP
        self.threshold = layer.neuron.threshold << self.shift
        self.level = torch.zeros(layer.shape, dtype=torch.int32, device=device)

    def reset(self) -> None:
        self.level.zero_()

    def __call__(self, values: Tensor) -> Moved:
        """Spikes ``(T, *shape)`` int32 of input values ``(T, *shape)`` int32."""
        changes = self.encode(values << self.shift)
        return Moved(changes >> STATE_EXP, changes != 0)

    def encode(self, activation: Tensor) -> Tensor:
        """By how much the level of each neuron moved in each step, ``(T, *shape)`` int32."""
        changes = torch.empty_like(activation)
        for step, now in enumerate(activation):
            change = now - self.level
            sent = change.abs() >= self.threshold
            changes[step] = change * sent
            self.level = torch.where(sent, now, self.level)
        return changes


class SigmaDelta(Delta):
    """Accumulate, add the bias, rectify, delta-encode (``PySigmaDeltaModelFixed``)."""

    def __init__(self, layer: Layer, spike_exp: int, device: torch.device) -> None:
        super().__init__(layer, spike_exp, device)
        self.sigma = torch.zeros(layer.shape, dtype=torch.int32, device=device)
        self.bias = bias_of(layer, device) << self.shift

    def reset(self) -> None:
        super().reset()
        self.sigma.zero_()

    def __call__(self, sums: Tensor) -> Moved:
        sigma = torch.cumsum(sums, 0, dtype=torch.int32) + self.sigma
        # A view would keep the whole chunk alive.
        self.sigma = sigma[-1].clone()
        changes = self.encode((sigma + self.bias).clamp_(min=0))
        return Moved(changes >> STATE_EXP, (sums != 0) | (changes != 0))


class Sigma:
    """Accumulate (``PySigmaModelFixed``): the head of a sigma-delta network."""

    def __init__(self, layer: Layer, device: torch.device) -> None:
        self.sigma = torch.zeros(layer.shape, dtype=torch.int32, device=device)

    def reset(self) -> None:
        self.sigma.zero_()

    def __call__(self, sums: Tensor) -> Moved:
        sigma = torch.cumsum(sums, 0, dtype=torch.int32) + self.sigma
        self.sigma = sigma[-1].clone()
        return Moved(sigma, sums != 0)


class Cuba:
    """Current-based leaky integrate-and-fire (``PyLifModelBitAcc``, ``PyLifResetModelBitAcc``).

    ``u = decay(u) + (sum << 6)`` wrapped to 24 bits; ``v = clip(decay(v) + u + (bias << 6))``;
    a spike where ``v > vth << 6``, then ``v = 0``. Decays round towards zero.

    Parameters
    ----------
    recurrent : callable or None
        Gives the sums that the layer's own spikes of the step before add.
    reset_interval, reset_offset : int or None, int
        ``u`` and ``v`` are zeroed before step ``t`` where ``t % interval == offset % interval``.
    """

    def __init__(
        self,
        layer: Layer,
        device: torch.device,
        recurrent: Callable[[Tensor], Tensor] | None = None,
        reset_interval: int | None = None,
        reset_offset: int = 0,
    ) -> None:
        assert layer.neuron is not None
        zeros = torch.zeros(layer.shape, dtype=torch.int32, device=device)
        self.u, self.v, self.spikes = zeros, zeros.clone(), zeros.clone()
        self.bias = bias_of(layer, device) << THRESHOLD_SHIFT
        self.threshold = layer.neuron.threshold << THRESHOLD_SHIFT
        self.keep_u = (1 << DECAY_BITS) - layer.neuron.current_decay
        self.keep_v = (1 << DECAY_BITS) - layer.neuron.voltage_decay
        self.recurrent = recurrent
        self.reset_interval, self.reset_offset = reset_interval, reset_offset

    def reset(self) -> None:
        for state in (self.u, self.v, self.spikes):
            state.zero_()

    def __call__(
        self, sums: Tensor, first_step: int, bias: Tensor | None = None, membrane: Tensor | None = None
    ) -> Moved:
        """Spikes ``(T, *shape)`` int32 of sums ``(T, *shape)`` int32.

        A neuron that spiked counts as changed, whatever its potential was before.

        Parameters
        ----------
        first_step : int
            Step number of the chunk's first step, for resets.
        bias : (T, *shape) int32 or None
            Bias of each step, for an input layer that is fed through it.
        membrane : (T, *shape) int32 or None
            Takes ``v`` after each step.
        """
        spikes = torch.empty_like(sums)
        changed = torch.empty_like(sums, dtype=torch.bool)
        for step, incoming in enumerate(sums):
            number = first_step + step
            u_before, v_before = self.u, self.v
            if self.reset_interval and (number - self.reset_offset) % self.reset_interval == 0:
                self.u, self.v = torch.zeros_like(self.u), torch.zeros_like(self.v)
            if self.recurrent is not None:
                incoming = incoming + self.recurrent(self.spikes)
            now = self.bias if bias is None else bias[step] << THRESHOLD_SHIFT
            self.spikes = self._advance(incoming, now)
            spikes[step] = self.spikes
            changed[step] = (self.spikes != 0) | (self.v != v_before) | (self.u != u_before)
            if membrane is not None:
                membrane[step] = self.v
        return Moved(spikes, changed)

    def _advance(self, incoming: Tensor, bias: Tensor) -> Tensor:
        u = decay(self.u, self.keep_u) + (incoming << 6)
        wrapped = torch.where(u > LARGEST_STATE, u - 2 * LARGEST_STATE, u)
        self.u = torch.where(wrapped <= -LARGEST_STATE, u + 2 * LARGEST_STATE, wrapped)
        v = decay(self.v, self.keep_v) + self.u + bias
        v = v.clamp_(1 - LARGEST_STATE, LARGEST_STATE - 1)
        fired = v > self.threshold
        self.v = v.masked_fill_(fired, 0)
        return fired.to(torch.int32)


def decay(state: Tensor, keep: int) -> Tensor:
    """``state * keep / 4096`` rounded towards zero, as the sign-and-magnitude shift does."""
    if keep == 0:
        return torch.zeros_like(state)
    if keep == 1 << DECAY_BITS:
        return state
    product = state.to(torch.int64) * keep
    return torch.div(product, 1 << DECAY_BITS, rounding_mode="trunc").to(torch.int32)


def bias_of(layer: Layer, device: torch.device) -> Tensor:
    """Bias per neuron or channel, shaped to broadcast over ``layer.shape``."""
    if layer.spread_bias is None:
        return torch.zeros((), dtype=torch.int32, device=device)
    return torch.from_numpy(layer.spread_bias).to(device)
