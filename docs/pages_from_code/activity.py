"""The tables of an ``activity.h5``."""

from __future__ import annotations

from neuromorph_track.profiling.activity_layout import MEANING


def activity(_: str) -> str:
    """Each table and what it counts."""
    rows = [f"| `{name}` | {meaning} |" for name, meaning in MEANING.items()]
    return "\n".join(["| table | counts |", "|---|---|", *rows]) + "\n"
