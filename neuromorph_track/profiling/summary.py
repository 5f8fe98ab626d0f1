"""A run in a few figures per layer, and what looks wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal

from neuromorph_track.backends.activity import Activity, LayerActivity
from neuromorph_track.profiling.frames import FrameCounts, first_frame, steady_state

Flag = Literal["dead input", "silent", "saturated"]


@dataclass(frozen=True)
class LayerSummary:
    """One layer of a run.

    Attributes
    ----------
    name, kind, neuron, neurons, weights, nonzero_weights, macs, nominal_macs, message_bits
        As in :class:`neuromorph_track.backends.activity.LayerActivity`.
    first_frame, steady_state : FrameCounts
        Counts of the first frame, and the mean of those that follow.
    density : float
        Spikes out per neuron and timestep in the steady state, 0 to 1.
    changed : float
        Share of the neuron updates of the steady state that change the neuron's state, 0 to 1.
    flags : tuple of str
        What looks wrong: ``dead input`` (nothing arrived in the whole run), ``silent`` (nothing left it,
        though its neurons can spike), ``saturated`` (every neuron spiked in every timestep).
    """

    name: str
    kind: str
    neuron: str
    neurons: int
    weights: int
    nonzero_weights: int
    macs: int
    nominal_macs: int
    message_bits: int
    first_frame: FrameCounts
    steady_state: FrameCounts
    density: float
    changed: float
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True)
class Summary:
    """All layers of a run, and the warnings about them."""

    layers: tuple[LayerSummary, ...]
    warnings: tuple[str, ...]
    frames: int
    steps_per_frame: int

    def to_dict(self) -> dict[str, object]:
        return asdict(self)


def summarise(activity: Activity) -> Summary:
    """Summarise a run of at least one frame.

    Raises
    ------
    InputError
        When the activity has no frames.
    """
    layers = tuple(
        LayerSummary(
            name=layer.name,
            kind=layer.kind,
            neuron=layer.neuron,
            neurons=layer.neurons,
            weights=layer.weights,
            nonzero_weights=layer.nonzero_weights,
            macs=layer.macs,
            nominal_macs=layer.nominal_macs,
            message_bits=layer.message_bits,
            first_frame=first,
            steady_state=steady,
            density=steady.spikes_out / max(1, layer.neurons * activity.steps_per_frame),
            changed=steady.neuron_updates_changed / max(1, steady.neuron_updates),
            flags=tuple(_flags(layer, activity.steps_per_frame)),
        )
        for layer, first, steady in zip(
            activity.layers, first_frame(activity), steady_state(activity), strict=True
        )
    )
    warnings = tuple(_warning(layer, flag, activity.frames) for layer in layers for flag in layer.flags)
    return Summary(layers, warnings, activity.frames, activity.steps_per_frame)


def _flags(layer: LayerActivity, steps: int) -> Iterator[Flag]:
    if layer.neuron == "none":
        return
    if layer.kind != "input" and not layer.spikes_in.any():
        yield "dead input"
    # A head holds its result for the host and sends no spike.
    if layer.fires and not layer.spikes_out.any():
        yield "silent"
    # The steps that fill the pipeline count with the first frame.
    # Pixels that go in as graded spikes say something in each step.
    tells_pixels = layer.kind == "input" and layer.neuron == "ilif" and layer.graded
    everywhere = bool(layer.neurons) and bool((layer.spikes_out >= layer.neurons * steps).all())
    if layer.fires and everywhere and not tells_pixels:
        yield "saturated"


def _warning(layer: LayerSummary, flag: Flag, frames: int) -> str:
    length = "the only frame" if frames == 1 else f"{frames} frames"
    if flag == "dead input":
        return f"DEAD INPUT: layer {layer.name} received no spike in {length}; is what it hears silent?"
    if flag == "silent":
        if "dead input" in layer.flags:
            cause = "nothing arrived"
        else:
            cause = "is its input blank?" if layer.kind == "input" else "is its threshold too high?"
        return f"SILENT: layer {layer.name} sent no spike in {length}; {cause}"
    return (
        f"SATURATED: every neuron of layer {layer.name} spiked in every timestep of {length}; "
        "is its threshold too low?"
    )
