"""What association did and what it took, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table

from neuromorph_track.association.sequence_record import AssociatedSequence
from neuromorph_track.reports.units import format_si


def sequences_table(sequences: Sequence[AssociatedSequence], tracker: str) -> Table:
    """A row per sequence, and one for all; frames/s are those of the tracker alone."""
    table = Table(title=f"Association, {tracker}")
    table.add_column("Sequence")
    for heading in ("Frames", "Boxes in", "Left out", "Tracks", "Boxes out", "Bytes in", "Frames/s"):
        table.add_column(heading, justify="right", no_wrap=True)
    for done in sequences:
        table.add_row(done.name, *_cells([done]))
    if len(sequences) > 1:
        table.add_section()
        table.add_row("all", *_cells(sequences), style="bold")
    return table


def stages_table(seconds: Mapping[str, float], frames: int) -> Table:
    """Time of each stage of the tracker, per frame and in per cent."""
    table = Table(title="Time on the wall, by stage")
    table.add_column("Stage")
    for heading in ("µs/frame", "Share"):
        table.add_column(heading, justify="right")
    total = sum(seconds.values())
    for name, value in seconds.items():
        share = 100 * value / total if total else 0.0
        table.add_row(name, f"{1e6 * value / max(frames, 1):,.0f}", f"{share:.0f} %")
    return table


def _cells(sequences: Sequence[AssociatedSequence]) -> tuple[str, ...]:
    frames, seconds = sum(done.frames for done in sequences), sum(done.seconds for done in sequences)
    left_out = sum(done.left_out.total for done in sequences)
    return (
        f"{frames:,}",
        f"{sum(done.boxes for done in sequences):,}",
        f"{left_out:,}",
        f"{sum(done.tracks for done in sequences):,}",
        f"{sum(done.rows for done in sequences):,}",
        format_si(sum(done.bytes_in for done in sequences)),
        f"{frames / seconds:,.0f}" if seconds else "-",
    )
