"""From exact counts to joules: activity files, summaries and prices."""

from neuromorph_track.profiling.activity_file import ActivityRecorder, write_activity
from neuromorph_track.profiling.activity_reader import read_activity
from neuromorph_track.profiling.energy import price, price_all
from neuromorph_track.profiling.energy_report import (
    Driver,
    EnergyReport,
    FrameEnergy,
    Interval,
    PlacementSummary,
    Samples,
    Term,
)
from neuromorph_track.profiling.ratio import EnergyRatio, ratio
from neuromorph_track.profiling.summary import LayerSummary, Summary, summarise

__all__ = [
    "ActivityRecorder",
    "Driver",
    "EnergyRatio",
    "EnergyReport",
    "FrameEnergy",
    "Interval",
    "LayerSummary",
    "PlacementSummary",
    "Samples",
    "Summary",
    "Term",
    "price",
    "price_all",
    "ratio",
    "read_activity",
    "summarise",
    "write_activity",
]
