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
    from neuromorph_track.data.frames import open_source
    from neuromorph_track.export.checkpoint import export_checkpoint
    from neuromorph_track.export.slayer import export_slayer
    from neuromorph_track.export.zoo import load_network as load
    from neuromorph_track.reports.energy_plot import plot_energy
    from neuromorph_track.reports.pictures_plot import plot_pictures
    from neuromorph_track.runs import RunOptions, profile, track
    from neuromorph_track.runs.associate import associate
    from neuromorph_track.runs.associate_summary import AssociateOptions
    from neuromorph_track.runs.catalogues import list_hardware, list_networks
    from neuromorph_track.runs.compare import compare_runs as compare
    from neuromorph_track.runs.evaluation import evaluate
    from neuromorph_track.runs.evaluation_single import evaluate_single
    from neuromorph_track.runs.export import export_network
    from neuromorph_track.runs.inspection import inspect
    from neuromorph_track.runs.open_run import open_run
    from neuromorph_track.runs.pairs import load_siamese as load_pair
    from neuromorph_track.runs.report import ReportOptions, report
    from neuromorph_track.runs.simulation import simulate
    from neuromorph_track.runs.sot import SotOptions, sot
    from neuromorph_track.runs.trained import train
    from neuromorph_track.runs.tune import tune
    from neuromorph_track.runs.tune_summary import TuneOptions
    from neuromorph_track.runs.verify_any import verify_any as verify

_PUBLIC = {
    "AssociateOptions": ("neuromorph_track.runs.associate_summary", "AssociateOptions"),
    "FixedSimulator": ("neuromorph_track.backends.fixed", "FixedSimulator"),
    "ReportOptions": ("neuromorph_track.runs.report", "ReportOptions"),
    "RunOptions": ("neuromorph_track.runs", "RunOptions"),
    "SotOptions": ("neuromorph_track.runs.sot", "SotOptions"),
    "report": ("neuromorph_track.runs.report", "report"),
    "TuneOptions": ("neuromorph_track.runs.tune_summary", "TuneOptions"),
    "associate": ("neuromorph_track.runs.associate", "associate"),
    "compare": ("neuromorph_track.runs.compare", "compare_runs"),
    "evaluate": ("neuromorph_track.runs.evaluation", "evaluate"),
    "evaluate_single": ("neuromorph_track.runs.evaluation_single", "evaluate_single"),
    "export_checkpoint": ("neuromorph_track.export.checkpoint", "export_checkpoint"),
    "export_network": ("neuromorph_track.runs.export", "export_network"),
    "export_slayer": ("neuromorph_track.export.slayer", "export_slayer"),
    "inspect": ("neuromorph_track.runs.inspection", "inspect"),
    "list_hardware": ("neuromorph_track.runs.catalogues", "list_hardware"),
    "list_networks": ("neuromorph_track.runs.catalogues", "list_networks"),
    "load": ("neuromorph_track.export.zoo", "load_network"),
    "load_pair": ("neuromorph_track.runs.pairs", "load_siamese"),
    "open_run": ("neuromorph_track.runs.open_run", "open_run"),
    "open_source": ("neuromorph_track.data.frames", "open_source"),
    "plot_energy": ("neuromorph_track.reports.energy_plot", "plot_energy"),
    "plot_pictures": ("neuromorph_track.reports.pictures_plot", "plot_pictures"),
    "profile": ("neuromorph_track.runs", "profile"),
    "simulate": ("neuromorph_track.runs.simulation", "simulate"),
    "sot": ("neuromorph_track.runs.sot", "sot"),
    "track": ("neuromorph_track.runs", "track"),
    "train": ("neuromorph_track.runs.trained", "train"),
    "tune": ("neuromorph_track.runs.tune", "tune"),
    "verify": ("neuromorph_track.runs.verify_any", "verify_any"),
}

__all__ = [
    "AssociateOptions",
    "FixedSimulator",
    "ReportOptions",
    "RunOptions",
    "SotOptions",
    "TuneOptions",
    "associate",
    "compare",
    "evaluate",
    "evaluate_single",
    "export_checkpoint",
    "export_network",
    "export_slayer",
    "inspect",
    "list_hardware",
    "list_networks",
    "load",
    "load_pair",
    "open_run",
    "open_source",
    "plot_energy",
    "plot_pictures",
    "profile",
    "report",
    "simulate",
    "sot",
    "track",
    "train",
    "tune",
    "verify",
]


def __getattr__(name: str) -> Any:
    # torch alone takes a second to import: a name is fetched when somebody asks for it.
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _PUBLIC[name]
    return getattr(importlib.import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted(__all__)
