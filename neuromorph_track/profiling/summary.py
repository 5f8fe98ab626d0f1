"""A run in a few figures per layer, and what looks wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from neuromorph_track.backends.activity import Activity, LayerActivity
from neuromorph_track.profiling.frames import FrameCounts, first_frame, steady_state


@dataclass(frozen=True)
class LayerSummary:
    """One layer of a run.

    Attributes
    ----------
    name, kind, neuron, neurons, weights, nonzero_weights
        As in :class:`neuromorph_track.backends.activity.LayerActivity`.
    first_frame, steady_state : FrameCounts
        Counts of the first frame, and the mean of those that follow.
    density : float
        Spikes out per neuron and timestep in the steady state, 0 to 1.
    """

    name: str
    kind: str
    neuron: str
    neurons: int
    weights: int
    nonzero_weights: int
    first_frame: FrameCounts
    steady_state: FrameCounts
    density: float


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
            first_frame=first,
            steady_state=steady,
            density=steady.spikes_out / max(1, layer.neurons * activity.steps_per_frame),
        )
        for layer, first, steady in zip(
            activity.layers, first_frame(activity), steady_state(activity), strict=True
        )
    )
    warnings = tuple(_warnings(activity))
    return Summary(layers, warnings, activity.frames, activity.steps_per_frame)


def _warnings(activity: Activity) -> Iterator[str]:
    frames = activity.frames
    for layer in activity.layers:
        if layer.kind == "flatten":
            continue
        if layer.kind != "input" and not layer.spikes_in.any():
            yield f"layer {layer.name} received no spike in {frames} frames: is its input dead?"
        # A sigma head holds its result for the host and sends no spike.
        if layer.neuron != "sigma" and not layer.spikes_out.any():
            yield f"layer {layer.name} sent no spike in {frames} frames: is its threshold too high?"
        if _saturated(layer, activity.steps_per_frame):
            yield f"every neuron of layer {layer.name} spiked in every timestep: is its threshold too low?"


def _saturated(layer: LayerActivity, steps: int) -> bool:
    # An output that is read as a potential is non-zero by its nature.
    if layer.neuron in ("sigma", "none") or layer.neurons == 0:
        return False
    return bool((layer.spikes_out == layer.neurons * steps).all())
