"""The trackers by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

from neuromorph_track.association.bytetrack import ByteTracker, ByteTrackSettings
from neuromorph_track.association.interface import Tracker
from neuromorph_track.association.ocsort import OcSortTracker
from neuromorph_track.association.ocsort_table import OcSortSettings
from neuromorph_track.association.settings import TwoStageSettings
from neuromorph_track.association.smot import SmotSettings, SmotTracker
from neuromorph_track.association.tracker import TwoStageTracker
from neuromorph_track.association.tracktrack import TrackTracker
from neuromorph_track.association.tracktrack_table import TrackTrackSettings
from neuromorph_track.errors import InputError

DEFAULT_MODE = "two-stage"


@dataclass(frozen=True)
class Mode:
    """A way to track.

    Attributes
    ----------
    name : str
    settings : type
        Frozen dataclass of what can be told; all fields have defaults.
    tracker : callable
        Settings -> a new tracker.
    description : str
        One line, with the paper.
    """

    name: str
    settings: type[Any]
    tracker: Callable[[Any], Tracker]
    description: str


MODES: dict[str, Mode] = {
    mode.name: mode
    for mode in (
        Mode(
            "two-stage",
            TwoStageSettings,
            TwoStageTracker,
            "ours: ByteTrack's two stages with HMIoU, noise by score, camera motion from the boxes",
        ),
        Mode(
            "bytetrack",
            ByteTrackSettings,
            ByteTracker,
            "every box in two stages, by overlap and score (Zhang et al., ByteTrack, ECCV 2022)",
        ),
        Mode(
            "ocsort",
            OcSortSettings,
            OcSortTracker,
            "SORT centred on what was seen: momentum, recovery, re-update (Cao et al., OC-SORT, CVPR 2023)",
        ),
        Mode(
            "tracktrack",
            TrackTrackSettings,
            TrackTracker,
            "SMTrack's association: each other's best, in rounds (Shim et al., TrackTrack, CVPR 2025)",
        ),
        Mode(
            "smot",
            SmotSettings,
            SmotTracker,
            "the detector's own anchors find a track again, looks link it (Li et al., SMOT, 2020)",
        ),
    )
}


def mode_named(name: str) -> Mode:
    """The mode of a name.

    Raises
    ------
    InputError
        When there is none.
    """
    if name not in MODES:
        raise InputError("tracker", "mode", repr(name), f"one of {', '.join(MODES)}")
    return MODES[name]


def make_tracker(mode: str = DEFAULT_MODE, settings: object = None, **changes: Any) -> Tracker:
    """A new tracker.

    Parameters
    ----------
    mode : str
        A name in :data:`MODES`.
    settings : optional
        Of the mode's type; its defaults without it.
    **changes
        Fields of the settings that are to differ.

    Raises
    ------
    InputError
        When there is no such mode or field, the settings are of another mode, or a value is out of range.

    Examples
    --------
    >>> make_tracker("ocsort", max_lost=60).settings.max_lost
    60
    """
    chosen = mode_named(mode)
    given = chosen.settings() if settings is None else settings
    if not isinstance(given, chosen.settings):
        raise InputError("tracker", "settings", type(given).__name__, chosen.settings.__name__)
    known = [field.name for field in fields(chosen.settings)]
    for name in changes:
        if name not in known:
            raise InputError("tracker settings", name, "no such field", f"one of {', '.join(known)}")
    return chosen.tracker(replace(given, **changes))
