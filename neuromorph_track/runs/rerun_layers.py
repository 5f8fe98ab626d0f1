"""A detector once more over its source, with what every layer sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from neuromorph_track.data.frames import FrameSource
from neuromorph_track.netx import AnyNetwork
from neuromorph_track.runs.detector import Chunk, Detector
from neuromorph_track.runs.folder import ACTIVITY
from neuromorph_track.runs.rerun_shown import Inside, Shown, channels_of, maps_of, refuse_unknown


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

    crops = ()

    def __init__(self, network: AnyNetwork, source: FrameSource, wanted: Sequence[str]) -> None:
        self._source = source
        self._detector = Detector(network, record=True)
        self._steps = self._detector.contract.steps_per_frame
        self._inside = Inside(network)
        refuse_unknown(wanted, self._inside.maps)
        self.groups = {"Spikes by layer": self._inside.maps}
        self.channels = (*wanted, *self._inside.heads)

    def run(self, frames: int) -> Iterator[Shown]:
        """The first frames, one after the other, the network's state carried on."""
        for chunk in self._detector.run(islice(iter(self._source), frames)):
            yield from self._shown(chunk)

    def _shown(self, chunk: Chunk) -> Iterator[Shown]:
        assert chunk.steps is not None
        for number, picture in enumerate(chunk.frames):
            here = slice(number * self._steps, (number + 1) * self._steps)
            sent = self._inside.sent(chunk.steps, here)
            channels = channels_of(sent, self.channels) | self._inside.held(chunk.steps, here)
            out = tuple(int(layer.spikes_out[number]) for layer in chunk.activity.layers)
            yield Shown(picture, {ACTIVITY: out}, maps_of(sent), channels)
