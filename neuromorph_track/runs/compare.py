"""Pricing finished runs on hardware profiles, and setting them against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

from neuromorph_track.backends.activity import Activity
from neuromorph_track.errors import InputError
from neuromorph_track.hardware import HardwareProfile, load_profiles
from neuromorph_track.netx import AnyNetwork
from neuromorph_track.profiling import EnergyReport, price_all, read_activity
from neuromorph_track.profiling.ratio import EnergyRatio, Figure, ratio
from neuromorph_track.reports.energy_notes import boundary_warning, few_names
from neuromorph_track.runs.compare_names import accuracies_by_place, baseline_of, run_names
from neuromorph_track.runs.comparison import ComparedRun, Comparison, Priced
from neuromorph_track.runs.folder import ACTIVITY, RUN_JSON, read_run
from neuromorph_track.runs.pairs import find_counted
from neuromorph_track.runs.progress import progress_bar
from neuromorph_track.runs.scores import Metric, run_accuracy, usual_metric

NOT_AT_HAND = "the network of this run is not at hand: cores are a lower bound"


@dataclass(frozen=True)
class _Loaded:
    """What pricing needs of a run."""

    run: ComparedRun
    activity: Activity
    period: float
    network: AnyNetwork | None
    host_seconds: float | None
    warnings: tuple[str, ...]


def compare_runs(
    runs: Sequence[str | PathLike[str]],
    hardware: Sequence[str] = (),
    figure: Figure = "total",
    baseline: str | None = None,
    accuracy: Mapping[str, float] | None = None,
    metric: Metric | None = None,
    quiet: bool = True,
) -> Comparison:
    """Price each run on each profile, and set them against a baseline.

    Parameters
    ----------
    runs : sequence of path
        RUN folders, at least one.
    hardware : sequence of str
        Names or paths of profiles; without any, all that come with the project.
    figure : str
        ``total`` or ``dynamic``: what ratios and plots are about.
    baseline : str, optional
        A run: every other is compared with it on the same chip. Or a profile: every other is compared with
        it for the same run. Without it the first run, or of a single run the first profile.
    accuracy : mapping of str to float, optional
        Accuracy by run, as fractions, instead of what lies in the RUN folder.
    metric : str, optional
        The accuracy that is looked for in RUN folders: ``hota``, ``mota`` or ``idf1``; of `sot` ``ao`` or
        ``auc``. Without it ``ao`` where all runs are of `sot`, else ``hota``.
    quiet : bool
        No progress bar on stderr.

    Raises
    ------
    InputError
        When a folder is no RUN folder, a profile cannot be used, or a name is not among the runs.
    """
    if not runs:
        raise InputError("compare", "runs", "none", "one RUN folder or more")
    folders = [Path(run) for run in runs]
    names = run_names(folders)
    profiles = load_profiles(hardware)
    given = accuracies_by_place(folders, accuracy or {})
    metric = metric or usual_metric(folders)
    chosen = baseline_of(folders, profiles, baseline)
    loaded = [_load(folder, names[place], given.get(place), metric) for place, folder in enumerate(folders)]
    pairs = _price(loaded, profiles, quiet)
    return Comparison(
        runs=tuple(one.run for one in loaded),
        priced=tuple(set_against(run, report, pairs, chosen, figure) for run, report in pairs),
        figure=figure,
        baseline=_baseline_text(chosen, profiles, len(folders)),
        accuracy_name=_accuracy_name(loaded, given, metric),
        warnings=(*_run_warnings(loaded), *_chip_warnings([report for _, report in pairs])),
    )


def _load(folder: Path, name: str, accuracy: float | None, metric: Metric) -> _Loaded:
    description = read_run(folder)
    try:
        fps, network = float(description["source"]["fps"]), description["network"]["name"]
        source, frames = description["source"]["name"], description["frames"]
        if not 0 < fps < float("inf"):
            raise ValueError(f"source/fps {fps}")
        if not isinstance(frames, int):
            raise ValueError(f"frames {frames!r}")
        host = _host_seconds(description)
    except KeyError as error:
        raise InputError(folder / RUN_JSON, str(error), "nothing", "what a run writes there") from error
    except (TypeError, ValueError) as error:
        raise InputError(folder / RUN_JSON, "content", str(error), "what a run writes there") from error
    warnings = []
    if accuracy is None:
        try:
            accuracy = run_accuracy(folder, metric)
        except InputError as error:
            warnings.append(f"the accuracy of {name} is not known: {error}")
    asked = description["network"]
    return _Loaded(
        ComparedRun(folder, name, str(network), str(source), frames, accuracy),
        read_activity(folder / ACTIVITY),
        1 / fps,
        find_counted(asked),
        host,
        tuple(warnings),
    )


def _host_seconds(description: Mapping[str, Any]) -> float | None:
    """Seconds per frame that the host needed for the association, where the run was timed."""
    seconds = description.get("association_seconds_per_frame")
    return None if seconds is None else float(seconds)


def _price(
    loaded: Sequence[_Loaded], profiles: Sequence[HardwareProfile], quiet: bool
) -> list[tuple[ComparedRun, EnergyReport]]:
    """Every run on every profile, run by run."""
    pairs = []
    with progress_bar("runs x chips", quiet, transient=True) as bar:
        task = bar.add_task("", total=len(loaded) * len(profiles))
        for one in loaded:
            reports = price_all(
                one.activity,
                profiles,
                one.period,
                network=one.network,
                host_seconds=one.host_seconds,
                progress=lambda: bar.advance(task),
            )
            pairs += [(one.run, report) for report in reports]
    return pairs


def _baseline_text(
    baseline: tuple[str | None, str | None], profiles: Sequence[HardwareProfile], runs: int
) -> str:
    run, wanted = baseline
    if run is not None:
        return f"{run} on the same chip"
    chip = next(profile.profile for profile in profiles if profile.id == wanted)
    return f"{'the same run on ' if runs > 1 else ''}{chip.name} ({chip.boundary})"


def _accuracy_name(loaded: Sequence[_Loaded], given: Mapping[int, float], metric: Metric) -> str:
    known = [place for place, one in enumerate(loaded) if one.run.accuracy is not None]
    if known and all(place in given for place in known):
        return "Accuracy"
    return metric.upper() + (" (some as given)" if given else "")


def set_against(
    run: ComparedRun,
    report: EnergyReport,
    pairs: Sequence[tuple[ComparedRun, EnergyReport]],
    baseline: tuple[str | None, str | None],
    figure: Figure,
) -> Priced:
    """A run on a chip by the baseline: a run's name or a profile's id, as of :func:`baseline_of`."""
    wanted = (baseline[0] or run.name, baseline[1] or report.profile)
    other_run, other = next(pair for pair in pairs if (pair[0].name, pair[1].profile) == wanted)
    if other is report:
        return Priced(run, report, "", None, "")
    several = len({pair[0].name for pair in pairs}) > 1
    own, against = (
        f"{one.name} on {priced.name}" if several else priced.name
        for one, priced in ((run, report), (other_run, other))
    )
    found = _ratio(replace(report, name=own), replace(other, name=against), figure)
    if isinstance(found, str):
        return Priced(run, report, against, None, found)
    return Priced(run, report, against, found, found.verdict)


def _ratio(a: EnergyReport, b: EnergyReport, figure: Figure) -> EnergyRatio | str:
    """The ratio, or why there is none."""
    for report in (a, b):
        draws = getattr(report.samples, figure)
        if draws is None:
            return f"no claim: the {figure} energy of {report.name} is not priced"
        if not (draws > 0).all():
            return f"no claim: the {figure} energy of {report.name} is 0 J"
    return ratio(a, b, figure)


def _chip_warnings(reports: Sequence[EnergyReport]) -> list[str]:
    large = dict.fromkeys(
        report.name for report in reports if report.placement and report.placement.fits is False
    )
    names = few_names(list(large))
    size = [f"does not fit: {names}; the figures are of as many cores as it takes"] if large else []
    return [*size, *boundary_warning(reports)]


def _run_warnings(loaded: Sequence[_Loaded]) -> list[str]:
    absent = [one.run.name for one in loaded if one.network is None]
    mapping = [f"{', '.join(absent)}: {NOT_AT_HAND}"] if absent else []
    return [*mapping, *(warning for one in loaded for warning in one.warnings)]
