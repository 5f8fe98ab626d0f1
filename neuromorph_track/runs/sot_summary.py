"""What `sot` returns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from neuromorph_track.data.single import read_result
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation.single import SingleScores
from neuromorph_track.profiling import EnergyReport, Summary
from neuromorph_track.reports.notebook.counts import frames_frame, layers_frame, layers_html
from neuromorph_track.reports.notebook.html import cell
from neuromorph_track.reports.notebook.joules import energy_frame, energy_html
from neuromorph_track.reports.notebook.lines import activity_line, block, counted, energy_lines
from neuromorph_track.reports.notebook.tracks import single_frame
from neuromorph_track.runs.folder import BOXES, read_run
from neuromorph_track.runs.run_pictures import RunPictures
from neuromorph_track.runs.siamese_net import Written

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]

Table = Literal["energy", "layers", "frames", "tracks"]


@dataclass(frozen=True, repr=False)
class SotSummary(RunPictures):
    """What a run found and did; a notebook shows it as tables.

    Attributes
    ----------
    folder : Path
    frames : int
    lost : int
        Frames that did not seem to show the object.
    templates : int
    seconds : float
        Of a frame after the first, the median, without reading it: the first search loads compiled code.
    written : tuple of Written
        What the first template lost in the weights.
    scores : SingleScores or None
        Where there is truth.
    search, template : Summary
        Counts of a frame of the search chain, and of a template.
    energy, template_energy : tuple of EnergyReport
        The same priced, one per hardware profile.
    warnings : tuple of str
    """

    folder: Path
    frames: int
    lost: int
    templates: int
    seconds: float
    written: tuple[Written, ...]
    scores: SingleScores | None
    search: Summary
    template: Summary
    energy: tuple[EnergyReport, ...]
    template_energy: tuple[EnergyReport, ...]
    warnings: tuple[str, ...]

    def __repr__(self) -> str:
        lines = [*self._found(), activity_line(self.search), *energy_lines(self.energy)]
        return block(self._headline(), lines, self.warnings)

    def _repr_html_(self) -> str:
        tables = [energy_html(self.energy), layers_html(self.search)]
        return cell(self._headline(), self._found(), tables, self.warnings)

    def _headline(self) -> str:
        shown = f"{counted(self.frames, 'frame')}, the object lost in {self.lost}"
        return f"{shown}, {1000 * self.seconds:.1f} ms per frame: {self.folder}"

    def _found(self) -> list[str]:
        if self.scores is None:
            return []
        scores = self.scores
        return [
            f"overlap AO {100 * scores.AO:.1f} %, success AUC {100 * scores.AUC:.1f} %, "
            f"precision at 20 pixels {100 * scores.precision:.1f} %"
        ]

    def to_dataframe(self, of: Table = "energy") -> DataFrame:
        """A ``pandas.DataFrame``, as of :meth:`RunSummary.to_dataframe`.

        ``layers``, ``frames`` and ``energy`` are of the search chain; ``tracks`` has a row for each frame
        (:func:`~neuromorph_track.reports.notebook.tracks.single_frame`).

        Raises
        ------
        InputError
            When there is no such table.
        """
        if of == "energy":
            return energy_frame(self.energy)
        if of == "layers":
            return layers_frame(self.search)
        if of == "frames":
            return frames_frame(self.activity)
        if of == "tracks":
            boxes = read_result(self.folder / BOXES).boxes
            return single_frame(boxes, read_run(self.folder).get("score"))
        raise InputError(self.folder, "table", repr(of), "energy, layers, frames or tracks")
