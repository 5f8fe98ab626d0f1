"""Does a network compute the same elsewhere?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.fixed import FixedSimulator, Steps
from neuromorph_track.backends.lava_cpu import LavaBackend
from neuromorph_track.backends.slayer_twin import SPIKE_EXP, SlayerTwin, TwinSteps
from neuromorph_track.data.scenes import Scene, SceneSpec
from neuromorph_track.detection import FrameEncoder
from neuromorph_track.detection.history import History
from neuromorph_track.errors import InputError
from neuromorph_track.netx import AnyNetwork, stages
from neuromorph_track.runs.detector import own_reset, run_contract
from neuromorph_track.runs.difference import Against, Difference, first_difference, first_membrane_difference
from neuromorph_track.runs.event_source import open_for

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]

Values = NDArray[np.int32]

# Of a network without a contract: values that its first layer can be expected to answer to.
SPIKE_RATE = 0.3
LARGEST_VALUE = 120
LARGEST_CHANGE = 9


@dataclass(frozen=True, repr=False)
class Verdict:
    """What a comparison found.

    Attributes
    ----------
    against : str
    frames, steps, layers, values : int
        What was compared: what every neuron of every layer sends at every step, and what the membranes of
        last layers of CUBA and ILIF neurons hold.
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

    def __repr__(self) -> str:
        return "\n".join(self.sentences())

    def sentences(self) -> list[str]:
        """What was found, and where the two part the likely cause."""
        over = (
            f"{self.values:,} values, {self.spikes:,} of them not zero, "
            f"of {self.layers} layers in {self.steps} steps"
        )
        found = self.difference
        if found is not None:
            return [
                f"differs from {self.against} first in layer {found.layer}, step {found.step}, "
                f"neuron {found.neuron}: fixed {found.fixed:g}, {self.against} {found.other:g} "
                f"({found.neurons:,} neurons of the layer differ in this step)",
                f"likely cause: {found.cause}",
            ]
        if not self.equal:
            return [f"the spikes equal {self.against}'s, the counts do not: {over}"]
        counted = " and every count" if self.counts_equal else ""
        return [f"equal to {self.against}: {over}{counted}"]

    def to_dict(self) -> dict[str, Any]:
        return {"equal": self.equal, **asdict(self)}

    def to_dataframe(self) -> DataFrame:
        """One row with the fields of this object, ``equal`` first."""
        from pandas import DataFrame

        return DataFrame([self.to_dict()])


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
    interval = own_reset(network)
    shown = len(values) // (network.contract.steps_per_frame if network.contract else 1)
    if against == "slayer":
        return against_slayer(network, values, interval, shown)
    expected = FixedSimulator(network, reset_interval=interval).run(values, record=True)
    with LavaBackend(
        network, reset_interval=interval, stock=stock, timeout=timeout, progress=progress
    ) as lava:
        found = lava.run(values, record=True)
    return against_lava(network, expected, found, shown)


def against_lava(network: AnyNetwork, expected: Steps, found: Steps, frames: int) -> Verdict:
    """The verdict on what the simulator and Lava recorded of so many frames."""
    same = _same_counts(expected, found)
    return _verdict(network, "lava", expected, found.spikes or (), found.membranes, same, frames)


def against_slayer(network: AnyNetwork, values: Values, interval: int | None, frames: int) -> Verdict:
    """Run both and compare them; states are reset every ``interval`` steps."""
    simulator = FixedSimulator(network, spike_exp=SPIKE_EXP, reset_interval=interval, pipelined=False)
    expected = simulator.run(values, record=True)
    found = _twin_steps(SlayerTwin(network), values, interval)
    return _verdict(network, "slayer", expected, *found, None, frames)


def _verdict(
    network: AnyNetwork,
    against: Against,
    expected: Steps,
    others: Sequence[NDArray[Any]],
    membranes: Mapping[str, Values] | Mapping[str, NDArray[np.float64]],
    counts_equal: bool | None,
    frames: int,
) -> Verdict:
    assert expected.spikes is not None
    # The float network of integer LIF neurons that end a network tells their spikes alone.
    held = {name: value for name, value in expected.membranes.items() if name in membranes}
    compared = (*expected.spikes, *held.values())
    difference = first_difference(network, expected.spikes, others, against)
    return Verdict(
        against=against,
        frames=frames,
        steps=len(expected.spikes[0]),
        layers=len(expected.spikes),
        values=sum(part.size for part in compared),
        spikes=sum(int(np.count_nonzero(part)) for part in compared),
        counts_equal=counts_equal,
        difference=difference or first_membrane_difference(network, held, membranes, against),
    )


def _twin_steps(twin: SlayerTwin, values: Values, interval: int | None) -> TwinSteps:
    """SLAYER knows no resets: what lies between two of them is run by itself."""
    pieces = np.split(values, range(interval, len(values), interval)) if interval else [values]
    runs = [twin.run(piece) for piece in pieces]
    sent = [np.concatenate(layer) for layer in zip(*(run.sent for run in runs), strict=True)]
    names = runs[0].membranes
    return TwinSteps(sent, {name: np.concatenate([run.membranes[name] for run in runs]) for name in names})


def _same_counts(ours: Steps, theirs: Steps) -> bool:
    return all(
        np.array_equal(getattr(mine, count), getattr(other, count))
        for mine, other in zip(ours.activity.layers, theirs.activity.layers, strict=True)
        for count in theirs.activity.COUNTS
    )


def input_values(network: AnyNetwork, frames: int, source: str | None) -> Values:
    """What the network's first layer is fed, ``(steps, *input_shape)`` int32."""
    if network.contract is None and source is None:
        return _noise(network, frames)
    contract = run_contract(network)
    height, width = contract.input.height, contract.input.width
    encoder = FrameEncoder(contract.input)
    if source is None:
        pictures = [frame for frame, _ in Scene(SceneSpec.shaped_like(width, height, seed=0, frames=frames))]
    else:
        pictures = list(open_for(source, contract.input.events, max_frames=frames).frames)
    if not pictures:
        raise InputError(str(source), "frames", "none", "at least one")
    return History.of(contract)(encoder(picture)[0] for picture in pictures)


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
    if neuron.kind == "ilif":
        return rng.integers(0, neuron.threshold * (neuron.levels + 1), shape, dtype=np.int32)
    still = rng.integers(-LARGEST_VALUE, LARGEST_VALUE + 1, shape[1:])
    return (still + rng.integers(-LARGEST_CHANGE, LARGEST_CHANGE + 1, shape)).astype(np.int32)
