"""RUN folders: a network on a source, its tracks, counts and joules in one place."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from neuromorph_track.runs.folder import read_run
    from neuromorph_track.runs.run import RunOptions, profile, track
    from neuromorph_track.runs.run_summary import RunSummary

_PLACES = {
    "RunOptions": "run",
    "RunSummary": "run_summary",
    "profile": "run",
    "read_run": "folder",
    "track": "run",
}

__all__ = ["RunOptions", "RunSummary", "profile", "read_run", "track"]


def __getattr__(name: str) -> Any:
    # `env` must answer where PyTorch is broken, so this room can be entered without it.
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
