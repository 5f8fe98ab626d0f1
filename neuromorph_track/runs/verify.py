"""Does a network compute the same elsewhere? The first layer, step and neuron that say no."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.lava_cpu import LavaBackend
from neuromorph_track.backends.slayer_twin import SPIKE_EXP, SlayerTwin
from neuromorph_track.data.frames import open_source
from neuromorph_track.data.scenes import Scene, SceneSpec
from neuromorph_track.detection import FrameEncoder
from neuromorph_track.errors import InputError
from neuromorph_track.netx import AnyNetwork, Layer, stages
from neuromorph_track.runs.detector import run_contract

Against = Literal["lava", "slayer"]
Values = NDArray[np.int32]

# Of a network without a contract: values that its first layer can be expected to answer to.
SPIKE_RATE = 0.3
LARGEST_VALUE = 120
LARGEST_CHANGE = 9
STATE_WRAP = 1 << 24
FLOAT32_EXACT = 1 << 24


@dataclass(frozen=True)
class Difference:
    """Where two backends first differ.

    Attributes
    ----------
    layer : str
        Name as in tables, e.g. ``3 conv``; layers are looked through in order, step by step.
    step : int
        From 0.
    neuron : tuple of int
        ``(channel, row, column)`` or ``(index,)``.
    fixed, other : float
        What the fixed-point simulator and the other backend have there.
    neurons : int
        How many neurons of the layer differ in this step.
    cause : str
        The likely one.
    """

    layer: str
    step: int
    neuron: tuple[int, ...]
    fixed: float
    other: float
    neurons: int
    cause: str


@dataclass(frozen=True)
class Verdict:
    """What a comparison found.

    Attributes
    ----------
    against : str
    frames, steps, layers, values : int
        What was compared: every neuron of every layer at every step.
    spikes : int
        How many of the values were not zero.
    counts_equal : bool or None
        Whether synops, spikes and updates agree; None where the other backend does not count.
    difference : Difference or None
    """

    against: Against
    frames: int
    steps: int
    layers: int
    values: int
    spikes: int
    counts_equal: bool | None
    difference: Difference | None

    @property
    def equal(self) -> bool:
        return self.difference is None and self.counts_equal is not False

    def to_dict(self) -> dict[str, Any]:
        return {"equal": self.equal, **asdict(self)}


def verify(
    network: AnyNetwork,
    against: Against,
    frames: int = 4,
    source: str | None = None,
    *,
    stock: bool = True,
    timeout: float | None = None,
    progress: Callable[[int], None] | None = None,
) -> Verdict:
    """Run a network in the fixed-point simulator and in another backend on the same input.

    Parameters
    ----------
    network : Network or Graph
    against : str
        ``lava``: lava-nc's processes on the CPU. ``slayer``: SLAYER's float synapses and neurons.
    frames : int
    source : str or None
        As of ``track``; by default a synthetic scene, and noise for a network without a contract.
    stock, timeout, progress
        As of ``LavaBackend``.

    Raises
    ------
    InputError
        When the network is one that the other backend cannot run, or the source has no frame.
    JobError
        When the other backend is not installed or fails.
    """
    values = input_values(network, frames, source)
    if against == "lava":
        expected = FixedSimulator(network).run(values, record=True)
        with LavaBackend(network, stock=stock, timeout=timeout, progress=progress) as lava:
            found = lava.run(values, record=True)
        others: Sequence[NDArray[Any]] = found.spikes or ()
        counts_equal: bool | None = all(
            np.array_equal(getattr(ours, count), getattr(theirs, count))
            for ours, theirs in zip(expected.activity.layers, found.activity.layers, strict=True)
            for count in found.activity.COUNTS
        )
    else:
        expected = FixedSimulator(network, spike_exp=SPIKE_EXP, pipelined=False).run(values, record=True)
        others, counts_equal = SlayerTwin(network).run(values), None
    assert expected.spikes is not None
    return Verdict(
        against=against,
        frames=frames,
        steps=len(values),
        layers=len(expected.spikes),
        values=sum(sent.size for sent in expected.spikes),
        spikes=sum(int(np.count_nonzero(sent)) for sent in expected.spikes),
        counts_equal=counts_equal,
        difference=first_difference(network, expected.spikes, others, against),
    )


def first_difference(
    network: AnyNetwork, fixed: Sequence[NDArray[Any]], other: Sequence[NDArray[Any]], against: Against
) -> Difference | None:
    """The first layer that differs, and its first step and neuron."""
    for stage, ours, theirs in zip(stages(network), fixed, other, strict=True):
        wrong = ours != theirs
        if np.any(wrong):
            place = tuple(int(n) for n in np.argwhere(wrong)[0])
            step, neuron = place[0], place[1:]
            values = float(ours[place]), float(theirs[place])
            cause = likely_cause(stage.layer, step, *values, against)
            return Difference(stage.name, step, neuron, *values, int(wrong[step].sum()), cause)
    return None


def likely_cause(layer: Layer, step: int, fixed: float, other: float, against: Against) -> str:
    """What most often makes such a layer differ; the layers before it are equal."""
    if layer.delay is not None:
        return "delays: one of the two may ignore or shift them"
    if layer.weight_rec is not None:
        return "recurrent state: the layer's own spikes arrive a step earlier or later"
    if fixed != other and (fixed - other) % STATE_WRAP == 0:
        return "wrap-around: the values agree but for a multiple of 2**24"
    if against == "slayer" and max(abs(fixed), abs(other)) >= FLOAT32_EXACT:
        return "sums beyond 2**24: a float32 convolution cannot hold them exactly"
    if step == 0 and layer.bias is not None:
        return "early bias: one of the two integrates the bias before the first input arrives"
    if against == "slayer" and layer.neuron is not None and layer.neuron.graded:
        return (
            "rounding: a graded spike is kept to 1/4096 of an activation, and the two may cut it differently"
        )
    if against == "slayer" and layer.neuron is not None:
        return "decay: SLAYER's float state and the chip's integer state round differently"
    return "none of the known ones: weights, geometry or neuron of this layer"


def input_values(network: AnyNetwork, frames: int, source: str | None) -> Values:
    """What the network's first layer is fed, ``(steps, *input_shape)`` int32."""
    if network.contract is None and source is None:
        return _noise(network, frames)
    contract = run_contract(network)
    height, width = contract.input.height, contract.input.width
    encoder = FrameEncoder(contract.input)
    if source is None:
        pictures = [frame for frame, _ in Scene(SceneSpec(seed=0, frames=frames, width=width, height=height))]
    else:
        pictures = list(open_source(source, frames))
    if not pictures:
        raise InputError(str(source), "frames", "none", "at least one")
    values = np.stack([encoder(picture)[0] for picture in pictures])
    return np.repeat(values, contract.steps_per_frame, axis=0)


def _noise(network: AnyNetwork, steps: int) -> Values:
    rng = np.random.default_rng(0)
    shape = (steps, *network.input_shape)
    first = stages(network)[0].layer
    neuron = first.neuron
    if first.has_synapses or neuron is None:
        return (rng.random(shape) < SPIKE_RATE).astype(np.int32)
    if neuron.kind == "cuba":
        # A steady bias around the threshold makes some neurons fire fast, some slowly, some never.
        return np.repeat(rng.integers(0, 2 * neuron.threshold + 1, (1, *shape[1:])), steps, 0).astype(
            np.int32
        )
    still = rng.integers(-LARGEST_VALUE, LARGEST_VALUE + 1, shape[1:])
    return (still + rng.integers(-LARGEST_CHANGE, LARGEST_CHANGE + 1, shape)).astype(np.int32)
