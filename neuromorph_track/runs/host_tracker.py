"""A tracker on the host by its name, fitted to a detector, with what it needs of each frame."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.interface import Embeddings, Tracker
from neuromorph_track.association.modes import DEFAULT_MODE, make_tracker, mode_named
from neuromorph_track.association.settings import tracker_settings
from neuromorph_track.association.smot import SmotSettings, SmotTracker
from neuromorph_track.data.detections import Detections, Tracks
from neuromorph_track.detection.flow import FarnebackShifts
from neuromorph_track.errors import InputError
from neuromorph_track.netx import AnyNetwork
from neuromorph_track.runs.appearance import default_layer
from neuromorph_track.runs.tracker_file import read_tracker_file

# How far above a sure detection's score one begins a track for good, in a tracker that shows it at once.
BEGIN_MARGIN = 0.25
# What is left of it in the vote of anchors around an object that is there.
ACTIVE_SHARE = 0.8


class HostTracker:
    """A tracker that is given whole frames.

    Parameters
    ----------
    mode : str
        A name in :data:`~neuromorph_track.association.modes.MODES`.
    sure : float
        Score at which detections are sure.
    settings : optional
        Of the mode's type, instead of those fitted to ``sure``.

    Attributes
    ----------
    tracker : Tracker
    settings : object
        Of the mode's type.
    low_score : float
        Detections below it are of no use.
    every_cell : bool
        Whether it wants what every cell of the detector says.
    wants_looks, takes_looks : bool
        Whether it is poorer without embeddings, and whether it has a use for them.

    Raises
    ------
    InputError
        When there is no such mode.
    """

    def __init__(self, mode: str, sure: float, settings: Any = None) -> None:
        self.mode = mode_named(mode).name
        self.settings = fitted_settings(mode, sure) if settings is None else settings
        self.low_score = getattr(self.settings, "low_score", tracker_settings(sure).low_score)
        self.every_cell = self.wants_looks = mode == "smot"
        self.takes_looks = mode in ("smot", "tracktrack")
        self._shifts: FarnebackShifts | None = None
        self.tracker: Tracker
        if isinstance(self.settings, SmotSettings) and self.settings.motion == "flow":
            self._shifts = FarnebackShifts()
            self.tracker = SmotTracker(self.settings, self._shifts)
        else:
            self.tracker = make_tracker(mode, self.settings)

    def update(self, frame: NDArray[np.uint8], found: Detections, looks: Embeddings | None = None) -> Tracks:
        """The tracks of a frame (H, W, 3) uint8 RGB, from its detections and their embeddings."""
        if self._shifts is not None:
            self._shifts.see(frame)
        return self.tracker.update(found, embeddings=looks if self.takes_looks else None)


def fitted_settings(mode: str, sure: float) -> Any:
    """Settings of a mode for a detector whose sure detections begin at the score ``sure``."""
    scores = {
        name: getattr(tracker_settings(sure), name) for name in ("high_score", "low_score", "new_track_score")
    }
    settings = mode_named(mode).settings()
    if isinstance(settings, SmotSettings):
        begin = min(sure + BEGIN_MARGIN, 1.0)
        return replace(settings, new_track_score=begin, active_score=ACTIVE_SHARE * sure)
    known = {field.name for field in fields(settings)}
    return replace(settings, **{name: value for name, value in scores.items() if name in known})


def chosen_tracker(mode: str | None, settings: str | None, sure: float) -> HostTracker:
    """The tracker of a name, or of a file of settings, or the default.

    Parameters
    ----------
    mode : str or None
    settings : str or None
        TOML file; without it the settings are fitted to ``sure``.
    sure : float
        Score at which detections are sure.

    Raises
    ------
    InputError
        When there is no such mode, or the settings are wrong or those of another mode.
    """
    if settings is None:
        return HostTracker(mode or DEFAULT_MODE, sure)
    chosen = read_tracker_file(settings, mode)
    return HostTracker(chosen.tracker, sure, chosen.settings)


def chosen_features(
    network: AnyNetwork, layer: str | None, backend: str, tracker: HostTracker
) -> tuple[str | None, tuple[str, ...]]:
    """The layer that tells a tracker what objects look like, and a warning where it needs one in vain.

    None where the tracker needs none, or the head has embeddings of its own.

    Parameters
    ----------
    network : Network or Graph
    layer : str or None
        What the user named.
    backend : str
        What runs the network.
    tracker : HostTracker

    Raises
    ------
    InputError
        When a layer is named and the tracker has no use for it, or the network has none.
    """
    if layer is not None and not tracker.takes_looks:
        expected = "a tracker that takes embeddings: smot, tracktrack"
        raise InputError("features", "tracker", repr(tracker.mode), expected)
    if layer is not None or not tracker.wants_looks or _head_tells(network):
        return layer, ()
    if backend != "fixed":
        return None, (
            f"backend {backend!r} tells what the last layer says alone, so there are no embeddings: "
            "tracks that were lost are not linked to new ones (backend 'fixed' can)",
        )
    return default_layer(network), ()


def _head_tells(network: AnyNetwork) -> bool:
    return network.contract is not None and network.contract.head.embedding > 0
