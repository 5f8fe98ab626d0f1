"""What came out of a comparison, and the files it leaves behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuromorph_track.files import csv_text, json_text, write_text
from neuromorph_track.profiling import EnergyReport
from neuromorph_track.profiling.ratio import EnergyRatio, Figure
from neuromorph_track.reports.drivers_plot import plot_drivers
from neuromorph_track.reports.energy_plot import plot_energy
from neuromorph_track.reports.notebook.html import cell
from neuromorph_track.reports.notebook.joules import energy_html
from neuromorph_track.reports.notebook.lines import block, counted
from neuromorph_track.reports.pareto_panel import ParetoPoint
from neuromorph_track.reports.pareto_plot import plot_pareto
from neuromorph_track.reports.picture import Picture
from neuromorph_track.runs.compare_rows import csv_rows
from neuromorph_track.runs.folder import COMPARE_JSON, COMPARE_PARTS, new_folder
from neuromorph_track.runs.pareto import standings
from neuromorph_track.runs.verdict_digest import verdict_lines

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]

FORMAT = "neuromorph-track compare/1"


@dataclass(frozen=True)
class ComparedRun:
    """A run, as a comparison names it.

    Attributes
    ----------
    folder : Path
    name : str
        Its folder's name, with as much of the path as it takes to tell it from the others.
    network, source : str
    frames : int
    accuracy : float or None
        As a fraction; None where it is not known.
    """

    folder: Path
    name: str
    network: str
    source: str
    frames: int
    accuracy: float | None

    @property
    def title(self) -> str:
        return f"{self.network} on {self.source}, {self.frames} frames"


@dataclass(frozen=True)
class Priced:
    """One run on one chip.

    Attributes
    ----------
    run : ComparedRun
    report : EnergyReport
    against : str
        What its ratio is taken to: ``RUN on CHIP``; empty for the baseline itself.
    ratio : EnergyRatio or None
        Energy of this by that of the baseline; None where one of them is not priced.
    verdict : str
        What may be said about the two; empty for the baseline itself.
    """

    run: ComparedRun
    report: EnergyReport
    against: str
    ratio: EnergyRatio | None
    verdict: str


@dataclass(frozen=True, repr=False)
class Comparison:
    """Several runs on several chips.

    Attributes
    ----------
    runs : tuple of ComparedRun
    priced : tuple of Priced
        Run by run, each on all chips.
    figure : str
        ``total`` or ``dynamic``: what ratios and plots are about.
    baseline : str
        What each figure is divided by: ``night on the same chip``, ``the same run on Loihi 1 (board)``.
    accuracy_name : str
        What the runs' accuracy is called.
    warnings : tuple of str
        What a reader must know before comparing anything.
    """

    runs: tuple[ComparedRun, ...]
    priced: tuple[Priced, ...]
    figure: Figure
    baseline: str
    accuracy_name: str
    warnings: tuple[str, ...]

    @property
    def reports(self) -> tuple[EnergyReport, ...]:
        return tuple(priced.report for priced in self.priced)

    @property
    def names(self) -> tuple[str, ...]:
        """Name of the run of each report."""
        return tuple(priced.run.name for priced in self.priced)

    @property
    def verdicts(self) -> tuple[str, ...]:
        """A sentence for each run on each chip that is not the baseline."""
        return tuple(priced.verdict for priced in self.priced if priced.verdict)

    def pareto(self) -> tuple[ParetoPoint, ...]:
        """Runs of known accuracy on every chip where two of them or more are priced; else nothing."""
        points: list[ParetoPoint] = []
        for profile in dict.fromkeys(report.profile for report in self.reports):
            group = [priced for priced in self._scored() if priced.report.profile == profile]
            if len(group) > 1:
                points += self._points(group)
        return tuple(points)

    def _scored(self) -> Iterator[Priced]:
        for priced in self.priced:
            energy = getattr(priced.report.steady_state, self.figure)
            if priced.run.accuracy is not None and energy is not None and energy.p5 > 0:
                yield priced

    def _points(self, group: list[Priced]) -> Iterator[ParetoPoint]:
        reports = [priced.report for priced in group]
        accuracies = [priced.run.accuracy or 0.0 for priced in group]
        places = standings(reports, accuracies, self.figure)
        for priced, accuracy, standing in zip(group, accuracies, places, strict=True):
            report = priced.report
            yield ParetoPoint(
                run=priced.run.name,
                chip=f"{report.name} ({report.boundary})",
                accuracy=accuracy,
                energy=getattr(report.steady_state, self.figure),
                evidence=(report.total_evidence if self.figure == "total" else None)
                or report.dynamic_evidence,
                standing=standing,
            )

    def to_dict(self) -> dict[str, Any]:
        """For ``compare.json``."""
        return {
            "format": FORMAT,
            "figure": self.figure,
            "baseline": self.baseline,
            "accuracy": self.accuracy_name,
            "runs": [{**asdict(run), "folder": str(run.folder), "title": run.title} for run in self.runs],
            "warnings": list(self.warnings),
            "energy": [
                {
                    "run": priced.run.name,
                    "against": priced.against or None,
                    "ratio": None if priced.ratio is None else asdict(priced.ratio),
                    "verdict": priced.verdict or None,
                    **priced.report.to_dict(),
                }
                for priced in self.priced
            ],
            "pareto": [
                {"run": point.run, "chip": point.chip, "standing": point.standing} for point in self.pareto()
            ],
        }

    def __repr__(self) -> str:
        chips = len({report.profile for report in self.reports})
        first = f"{counted(len(self.runs), 'run')} on {counted(chips, 'chip')}, against {self.baseline}"
        return block(first, verdict_lines(self), self.warnings)

    def to_dataframe(self) -> DataFrame:
        """A row for each run, chip and figure that is priced, as in ``compare.csv``.

        Columns are named with their units (``joules_p50``, ``frame_seconds_p50``); see ``docs/energy.md``.
        """
        from pandas import DataFrame

        return DataFrame(list(csv_rows(self)))

    def plot_drivers(self, hardware: Sequence[str] = (), run: str | None = None) -> Picture:
        """Which prices the answers of one run hang on, by default of the first.

        Parameters
        ----------
        hardware : sequence of str
            Ids of profiles; all without any.
        run : str, optional
            Its name in the comparison.
        """
        chosen = run or self.runs[0].name
        return plot_drivers(
            [
                priced.report
                for priced in self.priced
                if priced.run.name == chosen and (not hardware or priced.report.profile in hardware)
            ]
        )

    def to_csv(self) -> str:
        """A row for each run, chip and figure."""
        return csv_text(list(csv_rows(self)))

    def _repr_html_(self) -> str:
        """The table and the verdicts, for a notebook."""
        table = energy_html(self.reports, self.names)
        return cell(
            f"against {self.baseline}", tables=[table], warnings=self.warnings, after=verdict_lines(self)
        )

    def plot(self, path: str | PathLike[str] | None = None) -> Picture:
        """The energy plot, which a notebook shows; with a path it is also written there (PNG, SVG or PDF).

        Raises
        ------
        JobError
            When the file cannot be written.
        """
        title = self.runs[0].title if len(self.runs) == 1 else None
        return plot_energy(self.reports, path, title=title, runs=self.names, figure=self.figure)

    def save(self, folder: str | PathLike[str]) -> tuple[Path, ...]:
        """Write ``compare.csv``, ``compare.json``, ``energy.*`` and, where accuracy is known, ``pareto.*``.

        Returns
        -------
        tuple of Path
            The files. A comparison that lies there is replaced.

        Raises
        ------
        InputError
            When the folder is there and holds something else.
        JobError
            When it cannot be written; nothing is left behind.
        """
        points = self.pareto()
        with new_folder(folder, True, COMPARE_JSON, COMPARE_PARTS, "comparison") as new:
            for suffix in ("png", "svg"):
                self.plot(new / f"energy.{suffix}")
                if points:
                    title = f"{self.accuracy_name} against {self.figure} energy per frame"
                    plot_pareto(points, new / f"pareto.{suffix}", title, self.accuracy_name)
            write_text(new / "compare.csv", self.to_csv())
            write_text(new / COMPARE_JSON, json_text(self.to_dict()))
            names = sorted(path.name for path in new.iterdir())
        return tuple(Path(folder) / name for name in names)
