"""What a run costs on each chip, with a progress bar."""

from __future__ import annotations

from collections.abc import Sequence

from neuromorph_track.backends.activity import Activity
from neuromorph_track.hardware import HardwareProfile
from neuromorph_track.netx import AnyNetwork
from neuromorph_track.profiling import EnergyReport, price_all
from neuromorph_track.runs.progress import progress_bar


def priced(
    activity: Activity,
    profiles: Sequence[HardwareProfile],
    frame_period: float,
    network: AnyNetwork,
    quiet: bool,
    host_seconds: float | None = None,
) -> tuple[EnergyReport, ...]:
    """:func:`~neuromorph_track.profiling.price_all` of a network that was run, seconds per frame given."""
    with progress_bar("chips priced", quiet, transient=True) as bar:
        task = bar.add_task("", total=len(profiles))
        return price_all(
            activity,
            profiles,
            frame_period,
            network=network,
            host_seconds=host_seconds,
            progress=lambda: bar.advance(task),
        )
