"""A NIR neuron as the recurrence that a CUBA neuron computes, still in floats."""

from __future__ import annotations

from dataclasses import dataclass

import nir
import numpy as np

from neuromorph_track.netx.nir.convention import Convention, Floats
from neuromorph_track.netx.nir.refused import Refused

NEURONS = (nir.CubaLIF, nir.CubaLI, nir.LIF, nir.LI, nir.IF, nir.I, nir.Threshold)
# How far the decays of a layer's neurons may lie apart: NetX has one for all. Four 4096ths.
DECAY_SPREAD = 1e-3


@dataclass(frozen=True)
class Dynamics:
    """``u = keep_u u + x``, ``v = keep_v v + gain u + constant``, a spike and ``v = 0`` above ``threshold``.

    NIR's potential is ``v + reset``: a reset to another value than 0 only moves the origin, the
    threshold and the leak. The input gain of a synaptic current (``w_in``) and the resistance are in
    ``gain``, because everything before the threshold is linear.

    Attributes
    ----------
    keep_u, keep_v : float
        Mean over the layer.
    spread : float
        How far a neuron's own value lies from them, at most.
    gain, constant : array, shape of the layer
    threshold : array or None
        ``None`` for neurons that do not spike.
    starts_elsewhere : bool
        Whether the potential does not start, as on the chip, at the reset: NIR does not say where, and
        frameworks take the leak potential or 0.
    """

    keep_u: float
    keep_v: float
    spread: float
    gain: Floats
    constant: Floats
    threshold: Floats | None
    starts_elsewhere: bool


def dynamics(node: nir.NIRNode, shape: tuple[int, ...], convention: Convention) -> Dynamics:
    """Constants of a neuron node for a layer of ``shape``.

    LIF, LI and both CUBA neurons follow their equations with the given rule. IF and I integrate their
    input once per timestep whatever ``dt`` is, as norse, snntorch and sinabs do; Threshold has no state.

    Raises
    ------
    Refused
        When neurons differ in what a layer has only once, or when a step is longer than a time constant.
    """
    ones = np.ones(shape)

    def get(name: str) -> Floats:
        return spread(np.asarray(getattr(node, name), np.float64), shape, name)

    if isinstance(node, nir.Threshold):
        return Dynamics(0.0, 0.0, 0.0, ones, 0 * ones, _positive(get("threshold")), False)
    resets = isinstance(node, (nir.CubaLIF, nir.LIF, nir.IF))
    reset = get("v_reset") if resets else 0 * ones
    threshold = _positive(get("v_threshold") - reset) if resets else None
    gain = get("r")
    if isinstance(node, (nir.IF, nir.I)):
        return Dynamics(0.0, 1.0, 0.0, gain, 0 * ones, threshold, bool(np.any(reset)))
    cuba = isinstance(node, (nir.CubaLIF, nir.CubaLI))
    keep_v, apart_v = _keep(get("tau_mem" if cuba else "tau"), convention)
    keep_u, apart_u = 0.0, 0.0
    if cuba:
        keep_u, apart_u = _keep(get("tau_syn"), convention)
        gain = gain * get("w_in") * (1 - keep_u)
    leak = get("v_leak") - reset
    return Dynamics(
        keep_u,
        keep_v,
        max(apart_u, apart_v),
        gain * (1 - keep_v),
        leak * (1 - keep_v),
        threshold,
        bool(np.any(leak) or np.any(reset)),
    )


def spread(values: Floats, shape: tuple[int, ...], name: str) -> Floats:
    """``values`` for each value of a layer: given for all of them, for each channel, or once.

    Raises
    ------
    Refused
        When they fit none of these.
    """
    while values.ndim > len(shape) and values.shape[0] == 1:
        values = values[0]
    if values.ndim == 1 and len(shape) == 3 and values.size == shape[0]:
        values = values[:, None, None]
    try:
        return np.broadcast_to(values, shape).astype(np.float64)
    except ValueError as error:
        raise Refused(f"{name} of shape {values.shape}", f"the shape of the layer, {shape}") from error


def _keep(tau: Floats, convention: Convention) -> tuple[float, float]:
    if tau.min() <= 0:
        raise Refused(f"a time constant of {tau.min():g}", "time constants above 0")
    keep = convention.keep(tau)
    mean = float(keep.mean())
    apart = float(np.abs(keep - mean).max())
    if keep.min() < -1e-6:
        found = f"a time constant of {tau.min():g}, shorter than a timestep of {convention.dt:g}"
        raise Refused(found, "the timestep that the network was trained with (--dt, --convention)")
    if apart > DECAY_SPREAD:
        found = f"time constants that keep {keep.min():.4f} to {keep.max():.4f} per step"
        raise Refused(found, "one time constant for a layer; NetX has no other")
    return max(mean, 0.0), apart


def _positive(threshold: Floats) -> Floats:
    if threshold.min() < 0:
        raise Refused(f"a threshold {-threshold.min():g} below the reset", "thresholds above the reset")
    return threshold
