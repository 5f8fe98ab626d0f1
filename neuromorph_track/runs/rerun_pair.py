"""A siamese pair once more over its source, with what every layer of both chains sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.single import SingleSettings
from neuromorph_track.detection.centre import decode_cells
from neuromorph_track.netx import Siamese
from neuromorph_track.netx.memory import Bits
from neuromorph_track.runs.folder import ACTIVITY, TEMPLATE_ACTIVITY
from neuromorph_track.runs.follow import Step, follow
from neuromorph_track.runs.rerun_shown import Inside, Integers, Shown, channels_of, maps_of, refuse_unknown
from neuromorph_track.runs.siamese_net import Frame, Seen, SiameseNet
from neuromorph_track.runs.sot_source import SotSource
from neuromorph_track.runs.stream import stream
from neuromorph_track.runs.stream_net import StreamNet

FILES = {"search": ACTIVITY, "template": TEMPLATE_ACTIVITY}


class PairLayers:
    """The layers of a run of ``sot``, named with their chain: ``search 3 conv``.

    Parameters
    ----------
    siamese : Siamese
    source : SotSource
    settings : SingleSettings
        Of the tracker, which says where the search chain looks next.
    bits : int
        Of the weights that are written.
    wanted : sequence of str
        Layers to show channel by channel.

    Raises
    ------
    InputError
        When there is no such layer.
    """

    def __init__(
        self,
        siamese: Siamese,
        source: SotSource,
        settings: SingleSettings,
        bits: Bits,
        wanted: Sequence[str],
    ) -> None:
        kind = StreamNet if siamese.contract.streams else SiameseNet
        self._net, self._source, self._settings = kind(siamese, bits=bits, record=True), source, settings
        self._inside = {name: Inside(getattr(siamese, name), f"{name} ") for name in FILES}
        self.groups = {f"Spikes of the {name} chain": each.maps for name, each in self._inside.items()}
        refuse_unknown(wanted, [*chain(*self.groups.values())])
        # What the template's last layer sends is added up, and never read.
        self.channels = (*wanted, *self._inside["search"].heads)
        self.crops = ("template",) if siamese.contract.streams else ("search", "template")

    def run(self, frames: int) -> Iterator[Shown]:
        """The first frames, one after the other."""
        pictures = islice(iter(self._source.frames), frames)
        given = pictures, self._source.initial, self._settings
        net = self._net
        for step in stream(net, *given) if isinstance(net, StreamNet) else follow(net, *given):
            yield self._shown(step, net.take_seen())

    def _shown(self, step: Step, seen: dict[str, Seen]) -> Shown:
        everything = slice(None)
        sent: dict[str, Integers] = {}
        channels: dict[str, Integers] = {}
        for name, each in seen.items():
            sent |= self._inside[name].sent(each.steps, everything)
        if "search" in seen:
            channels = self._inside["search"].held(seen["search"].steps, everything)
        looked = seen.get("search")
        return Shown(
            picture=step.frame,
            spikes_out={FILES[name]: _spikes_out(each) for name, each in seen.items()},
            maps=maps_of(sent),
            channels=channels_of(sent, self.channels) | channels,
            crops={name: _side_by_side(each) for name, each in seen.items() if name in self.crops},
            window=None if looked is None else looked.window,
            scores=None if looked is None else self._scores(looked),
        )

    def _scores(self, looked: Seen) -> NDArray[np.float64]:
        return decode_cells(self._net.contract.raw_output(looked.steps.held[-1])).score


def _spikes_out(seen: Seen) -> tuple[int, ...]:
    return tuple(int(layer.spikes_out.sum()) for layer in seen.steps.activity.layers)


def _side_by_side(seen: Seen) -> Frame:
    """A template of a stream is of several pictures."""
    return np.hstack(seen.pictures)
