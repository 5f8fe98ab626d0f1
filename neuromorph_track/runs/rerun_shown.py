"""What a network that runs again shows of each frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.fixed import Steps
from neuromorph_track.detection.crop import Window
from neuromorph_track.errors import InputError
from neuromorph_track.netx import AnyNetwork, endings, stages
from neuromorph_track.runs.detector import Frame

Integers = NDArray[np.int32]


class Shown(NamedTuple):
    """What became of one frame.

    Attributes
    ----------
    picture : (H, W, 3) uint8
    spikes_out : dict of tuple of int
        Of each layer, by the file of the run that counts them.
    maps : dict of (H, W) int64
        Spikes by layer, over channels and timesteps.
    channels : dict of (C, H, W) int32
        Of layers that were asked for the spikes of each channel; of a head what a host reads of it.
    crops : dict of (H, W, 3) uint8
        Of a siamese pair: what its chains saw, by their names.
    window : Window or None
        The square of the picture in which the object was looked for.
    scores : (H, W) float64 or None
        What each cell said, 0 to 1.
    """

    picture: Frame
    spikes_out: Mapping[str, tuple[int, ...]]
    maps: dict[str, NDArray[np.int64]]
    channels: dict[str, Integers]
    crops: Mapping[str, Frame] = MappingProxyType({})
    window: Window | None = None
    scores: NDArray[np.float64] | None = None


class Replay(Protocol):
    """A run that can be run again."""

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Layers that have maps, by what they are of."""

    @property
    def channels(self) -> tuple[str, ...]:
        """Layers that are shown channel by channel."""

    @property
    def crops(self) -> tuple[str, ...]:
        """Chains that see a part of a picture."""

    def run(self, frames: int) -> Iterator[Shown]:
        """The first frames, one after the other, the network's state carried on."""


class Inside:
    """The layers of a network, and what of their spikes is shown.

    Parameters
    ----------
    network : AnyNetwork
    prefix : str
        Goes before a layer's name.
    """

    def __init__(self, network: AnyNetwork, prefix: str = "") -> None:
        wired = stages(network)
        self._shapes = {f"{prefix}{stage.name}": _picture(stage.layer.shape) for stage in wired}
        self._speaking = [
            (at, f"{prefix}{stage.name}")
            for at, stage in enumerate(wired)
            if stage.layer.neuron is not None and stage.layer.neuron.fires
        ]
        self.maps = tuple(name for _, name in self._speaking)
        # What a head holds is what the boxes are read from.
        ends = endings(network).items()
        self.heads = {f"{prefix}{wired[end.stage].name} (read)": name for name, end in ends}

    def sent(self, steps: Steps, here: slice) -> dict[str, Integers]:
        """Spikes by layer in some of the timesteps, each (T, C, H, W)."""
        assert steps.spikes is not None
        return {name: steps.spikes[at][here].reshape(-1, *self._shapes[name]) for at, name in self._speaking}

    def held(self, steps: Steps, here: slice) -> dict[str, Integers]:
        """What a host reads of each head after some of the timesteps, (C, H, W)."""
        found = {}
        for shown, name in self.heads.items():
            held = steps.outputs[name].held
            found[shown] = held[here][-1].reshape(_picture(held.shape[1:]))
        return found


def maps_of(sent: Mapping[str, Integers]) -> dict[str, NDArray[np.int64]]:
    """(H, W) spikes over channels and timesteps."""
    return {name: np.count_nonzero(spikes, axis=(0, 1)) for name, spikes in sent.items()}


def channels_of(sent: Mapping[str, Integers], wanted: Sequence[str]) -> dict[str, Integers]:
    """(C, H, W) spikes over timesteps, of the layers that are wanted."""
    return {
        name: np.count_nonzero(spikes, axis=0).astype(np.int32)
        for name, spikes in sent.items()
        if name in wanted
    }


def refuse_unknown(wanted: Sequence[str], known: Sequence[str]) -> None:
    """Raise where a layer is asked for that has no spikes.

    Raises
    ------
    InputError
    """
    for name in wanted:
        if name not in known:
            raise InputError("--layers", "layer", repr(name), f"one of {', '.join(known)}")


def _picture(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """A layer's shape as channels of maps: neurons without a place lie in a row."""
    if len(shape) == 3:
        return shape[0], shape[1], shape[2]
    return 1, 1, int(np.prod(shape))
