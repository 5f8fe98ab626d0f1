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
    from neuromorph_track.runs.compare import compare_runs as compare

_PUBLIC = {
    "FixedSimulator": ("neuromorph_track.backends.fixed", "FixedSimulator"),
    "RunOptions": ("neuromorph_track.runs", "RunOptions"),
    "compare": ("neuromorph_track.runs.compare", "compare_runs"),
    "export_checkpoint": ("neuromorph_track.export.checkpoint", "export_checkpoint"),
    "export_slayer": ("neuromorph_track.export.slayer", "export_slayer"),
    "load": ("neuromorph_track.export.zoo", "load_network"),
    "profile": ("neuromorph_track.runs", "profile"),
    "track": ("neuromorph_track.runs", "track"),
}

__all__ = [
    "FixedSimulator",
    "RunOptions",
    "compare",
    "export_checkpoint",
    "export_slayer",
    "load",
    "profile",
    "track",
]


def __getattr__(name: str) -> Any:
    # torch alone takes a second to import: a name is fetched when somebody asks for it.
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _PUBLIC[name]
    return getattr(importlib.import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted(__all__)
