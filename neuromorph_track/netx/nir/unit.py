"""Constants of neurons folded into the weights before them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from neuromorph_track.netx.nir.convention import Floats
from neuromorph_track.netx.nir.convolution import Convolution
from neuromorph_track.netx.nir.dense import Dense, is_per_channel, per_channel
from neuromorph_track.netx.nir.dynamics import Dynamics
from neuromorph_track.netx.nir.integers import FloatLayer
from neuromorph_track.netx.nir.refused import Refused
from neuromorph_track.netx.nir.values import Values
from neuromorph_track.netx.validate import MAX_DECAY

# A bias through the synapse has come this near to its final value when it counts as there.
SETTLED = 0.01


@dataclass(frozen=True)
class Part:
    """What a layer is made of.

    Attributes
    ----------
    index : int
        Its number in the network.
    nodes : tuple of str
    shape : tuple of int
    synapse : Convolution or Dense
    recurrent : Dense or None
    dynamics : Dynamics
    values : Values or None
        Where the layer takes numbers from a delta encoder.
    hint : float or None
        A scale that the file suggests.
    """

    index: int
    nodes: tuple[str, ...]
    shape: tuple[int, ...]
    synapse: Convolution | Dense
    recurrent: Dense | None
    dynamics: Dynamics
    values: Values | None = None
    hint: float | None = None


def in_one_unit(part: Part, current: int, voltage: int) -> tuple[FloatLayer, list[str]]:
    """Weights and biases times each neuron's gain, and over its threshold where thresholds differ.

    Parameters
    ----------
    current, voltage : int
        Decays of the layer.

    Returns
    -------
    layer : FloatLayer
    warnings : list of str

    Raises
    ------
    Refused
        When neurons of one layer need what NetX has only once for a layer.
    """
    found, warnings = part.dynamics, []
    conv = isinstance(part.synapse, Convolution)

    def each(values: Floats, name: str) -> Floats:
        return per_channel(values, name) if conv else values.ravel()

    gain = each(found.gain, "r or w_in")
    # A convolution may have a bias per neuron, and has nothing else so.
    own = conv and not is_per_channel(found.constant)
    constant = found.constant if own else each(found.constant, "v_leak or v_reset")
    biases = (-1, 1, 1) if own else (-1,)
    threshold = None
    if found.threshold is not None:
        every = each(found.threshold, "v_threshold")
        threshold = float(every.max())
        if np.ptp(every) > 1e-6 * threshold:
            if every.min() <= 0:
                raise Refused("thresholds of 0 beside others", "thresholds that weights can be divided by")
            gain, constant = gain * threshold / every, constant * threshold / every.reshape(biases)
            warnings.append("thresholds differ: each neuron's weights are divided by its own instead")
    weights = [part.synapse.weight * gain.reshape(-1, *[1] * (part.synapse.weight.ndim - 1))]
    driven = part.synapse.bias.copy()
    if part.recurrent is not None:
        weights.append(part.recurrent.weight * gain[:, None])
        driven += part.recurrent.bias
    if current < MAX_DECAY and np.any(driven):
        driven, warning = _through_the_synapse(driven, current)
        warnings.append(warning)
    # Where we wrote the file ourselves, a leak potential is how a bias is said.
    if found.starts_elsewhere and part.hint is None:
        warnings.append("the potential starts at the reset, not at v_leak or 0: first spikes may shift")
    values = part.values
    layer = FloatLayer(
        tuple(weights),
        (driven * gain).reshape(biases) + constant,
        threshold,
        1.0 if values is None else values.unit,
        1.0 if values is None else values.largest,
        leaky=0 < voltage < MAX_DECAY or 0 < current < MAX_DECAY,
    )
    return layer, warnings


def _through_the_synapse(driven: Floats, decay: int) -> tuple[Floats, str]:
    """The bias of the potential that a bias of the current comes to."""
    if decay == 0:
        raise Refused("a bias into a current that never decays", "a shorter tau_syn, or no bias")
    keep = 1 - decay / MAX_DECAY
    steps = math.ceil(math.log(SETTLED) / math.log(keep))
    warning = (
        f"the bias drives the synaptic current in NIR and the potential on the chip: "
        f"the same after about {steps} timesteps, too strong before"
    )
    return driven / (1 - keep), warning
