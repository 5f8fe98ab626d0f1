"""From a trained spiking detector to tracks and joules on neuromorphic hardware.

The verbs of the command line as functions, loaded when they are first used::

    import neuromorph_track as nt

    run = nt.track("street.mp4", "yolo-kp", "runs/street")
    network = nt.load("scenes-nano")
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from neuromorph_track.backends.fixed import FixedSimulator
    from neuromorph_track.export.checkpoint import export_checkpoint
    from neuromorph_track.export.slayer import export_slayer
    from neuromorph_track.export.zoo import load_network as load
    from neuromorph_track.runs import RunOptions, profile, track
    from neuromorph_track.runs.associate import associate
    from neuromorph_track.runs.associate_summary import AssociateOptions
    from neuromorph_track.runs.compare import compare_runs as compare
    from neuromorph_track.runs.tune import tune
    from neuromorph_track.runs.tune_summary import TuneOptions

_PUBLIC = {
    "AssociateOptions": ("neuromorph_track.runs.associate_summary", "AssociateOptions"),
    "FixedSimulator": ("neuromorph_track.backends.fixed", "FixedSimulator"),
    "RunOptions": ("neuromorph_track.runs", "RunOptions"),
    "associate": ("neuromorph_track.runs.associate", "associate"),
    "compare": ("neuromorph_track.runs.compare", "compare_runs"),
    "export_checkpoint": ("neuromorph_track.export.checkpoint", "export_checkpoint"),
    "export_slayer": ("neuromorph_track.export.slayer", "export_slayer"),
    "load": ("neuromorph_track.export.zoo", "load_network"),
    "profile": ("neuromorph_track.runs", "profile"),
    "TuneOptions": ("neuromorph_track.runs.tune_summary", "TuneOptions"),
    "track": ("neuromorph_track.runs", "track"),
    "tune": ("neuromorph_track.runs.tune", "tune"),
}

__all__ = [
    "AssociateOptions",
    "FixedSimulator",
    "RunOptions",
    "TuneOptions",
    "associate",
    "compare",
    "export_checkpoint",
    "export_slayer",
    "load",
    "profile",
    "track",
    "tune",
]


def __getattr__(name: str) -> Any:
    # torch alone takes a second to import: a name is fetched when somebody asks for it.
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _PUBLIC[name]
    return getattr(importlib.import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted(__all__)
