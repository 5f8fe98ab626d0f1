"""RUN folders: a network on a source, its tracks, counts and joules in one place."""

from neuromorph_track.runs.folder import read_run
from neuromorph_track.runs.run import RunOptions, RunSummary, profile, track

__all__ = ["RunOptions", "RunSummary", "profile", "read_run", "track"]
