"""A run's network once more over its source, with what every layer sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity
from neuromorph_track.data.frames import FrameSource
from neuromorph_track.errors import InputError, JobError
from neuromorph_track.netx import AnyNetwork, endings, stages
from neuromorph_track.runs.detector import Chunk, Detector, Frame
from neuromorph_track.runs.event_source import open_for
from neuromorph_track.runs.fingerprint import find_network

Integers = NDArray[np.int32]


class Shown(NamedTuple):
    """What became of one frame.

    Attributes
    ----------
    picture : (H, W, 3) uint8
    spikes_out : tuple of int
        Of each layer.
    maps : dict of (H, W) int64
        Spikes by layer, over channels and timesteps.
    channels : dict of (C, H, W) int32
        Of layers that were asked for the spikes of each channel; of a head what a host reads of it.
    """

    picture: Frame
    spikes_out: tuple[int, ...]
    maps: dict[str, NDArray[np.int64]]
    channels: dict[str, Integers]


class Layers:
    """The layers of a run.

    Parameters
    ----------
    network : AnyNetwork
    source : FrameSource
    wanted : sequence of str
        Layers to show channel by channel.

    Raises
    ------
    InputError
        When there is no such layer.
    """

    def __init__(self, network: AnyNetwork, source: FrameSource, wanted: Sequence[str]) -> None:
        self._source = source
        self._detector = Detector(network, record=True)
        self._steps = self._detector.contract.steps_per_frame
        wired = stages(network)
        self._shapes = {stage.name: _picture(stage.layer.shape) for stage in wired}
        self._speaking = [
            (at, stage.name)
            for at, stage in enumerate(wired)
            if stage.layer.neuron is not None and stage.layer.neuron.fires
        ]
        self.maps = tuple(name for _, name in self._speaking)
        for name in wanted:
            if name not in self.maps:
                raise InputError("--layers", "layer", repr(name), f"one of {', '.join(self.maps)}")
        # What a head holds is what the boxes are read from.
        self._heads = {f"{wired[end.stage].name} (read)": name for name, end in endings(network).items()}
        self.channels = (*wanted, *self._heads)

    def run(self, frames: int) -> Iterator[Shown]:
        """The first frames, one after the other, the network's state carried on."""
        for chunk in self._detector.run(islice(iter(self._source), frames)):
            yield from self._shown(chunk)

    def _shown(self, chunk: Chunk) -> Iterator[Shown]:
        assert chunk.steps is not None
        assert chunk.steps.spikes is not None
        repeats = self._steps
        for number, picture in enumerate(chunk.frames):
            here = slice(number * repeats, (number + 1) * repeats)
            sent = {
                name: chunk.steps.spikes[at][here].reshape(-1, *self._shapes[name])
                for at, name in self._speaking
            }
            counts = {name: np.count_nonzero(spikes, axis=(0, 1)) for name, spikes in sent.items()}
            channels = {
                name: np.count_nonzero(sent[name], axis=0).astype(np.int32)
                for name in self.channels
                if name in sent
            }
            for shown, name in self._heads.items():
                end = chunk.steps.outputs[name]
                held = end.sent if end.membrane is None else end.membrane
                channels[shown] = held[here][-1].reshape(_picture(held.shape[1:]))
            out = tuple(int(layer.spikes_out[number]) for layer in chunk.activity.layers)
            yield Shown(picture, out, counts, channels)


def rerun_of(
    record: dict[str, Any], activity: Activity, wanted: Sequence[str]
) -> tuple[Layers | None, list[str]]:
    """The layers of a run, or None and why they cannot be run again.

    Raises
    ------
    InputError
        When there is no such layer as is wanted.
    """
    told = record.get("network")
    network = find_network(told.get("given"), told.get("sha256")) if isinstance(told, dict) else None
    if network is None:
        return None, ["no pictures and maps: the run's network is not there, or is another one by now"]
    try:
        source = _same_source(record, network)
    except (InputError, JobError, OSError) as error:
        return None, [f"no pictures and maps: the run's source cannot be read: {error}"]
    if source is None:
        return None, ["no pictures and maps: the run's source is another one by now"]
    return Layers(network, source, wanted), []


def _same_source(record: dict[str, Any], network: AnyNetwork) -> FrameSource | None:
    """The source that the run had; None where its bytes are others."""
    told, options = record.get("source"), record.get("options")
    if not isinstance(told, dict) or not isinstance(told.get("given"), str):
        return None
    window = options.get("event_window") if isinstance(options, dict) else None
    contract = network.contract
    events = None if contract is None else contract.input.events
    source = open_for(told["given"], events, window).frames
    return source if source.fingerprint() == told.get("sha256") else None


def _picture(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """A layer's shape as channels of maps: neurons without a place lie in a row."""
    if len(shape) == 3:
        return shape[0], shape[1], shape[2]
    return 1, 1, int(np.prod(shape))
