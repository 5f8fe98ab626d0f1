"""From exact counts to joules: activity files, summaries and prices."""

from neuromorph_track.profiling.activity_file import ActivityRecorder, read_activity, write_activity
from neuromorph_track.profiling.energy import price
from neuromorph_track.profiling.energy_report import EnergyReport, FrameEnergy, Interval
from neuromorph_track.profiling.summary import LayerSummary, Summary, summarise

__all__ = [
    "ActivityRecorder",
    "EnergyReport",
    "FrameEnergy",
    "Interval",
    "LayerSummary",
    "Summary",
    "price",
    "read_activity",
    "summarise",
    "write_activity",
]
