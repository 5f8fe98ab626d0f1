"""What `track` and `profile` return."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from neuromorph_track.association.stages import HostStages
from neuromorph_track.data.motchallenge import read_detections
from neuromorph_track.errors import InputError
from neuromorph_track.profiling import EnergyReport, Summary
from neuromorph_track.reports.notebook.counts import frames_frame, layers_frame, layers_html
from neuromorph_track.reports.notebook.html import cell
from neuromorph_track.reports.notebook.joules import energy_frame, energy_html
from neuromorph_track.reports.notebook.lines import activity_line, block, counted, energy_lines
from neuromorph_track.reports.notebook.tracks import boxes_frame
from neuromorph_track.runs.folder import TRACKS
from neuromorph_track.runs.run_pictures import RunPictures

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]

Table = Literal["energy", "layers", "frames", "tracks"]


@dataclass(frozen=True, repr=False)
class RunSummary(RunPictures):
    """What a run found and did; a notebook shows it as tables.

    Attributes
    ----------
    folder : Path
    frames, tracks, seconds
        Frames seen, different tracks, seconds the run took.
    summary : Summary
        Counts per layer.
    energy : tuple of EnergyReport
        One per hardware profile.
    warnings : tuple of str
    association : HostStages or None
        What the tracker took in and spent, where it ran on the host.
    """

    folder: Path
    frames: int
    tracks: int | None
    seconds: float
    summary: Summary
    energy: tuple[EnergyReport, ...]
    warnings: tuple[str, ...]
    association: HostStages | None = None

    def __repr__(self) -> str:
        lines = [activity_line(self.summary), *energy_lines(self.energy)]
        return block(self._headline(), lines, self.warnings)

    def _repr_html_(self) -> str:
        tables = [energy_html(self.energy), layers_html(self.summary)]
        return cell(self._headline(), tables=tables, warnings=self.warnings)

    def _headline(self) -> str:
        found = "" if self.tracks is None else f", {counted(self.tracks, 'track')}"
        return f"{counted(self.frames, 'frame')}{found} in {self.seconds:.1f} s: {self.folder}"

    def to_dataframe(self, of: Table = "energy") -> DataFrame:
        """A ``pandas.DataFrame``.

        Parameters
        ----------
        of : str
            ``energy``: a row for each chip (:func:`~neuromorph_track.reports.notebook.joules.energy_frame`);
            ``layers``: one for each layer, ``frames``: one for each frame and layer
            (:mod:`~neuromorph_track.reports.notebook.counts`); ``tracks``: one for each box
            (:func:`~neuromorph_track.reports.notebook.tracks.boxes_frame`).

        Raises
        ------
        InputError
            When there is no such table, or the run has no tracks.
        """
        if of == "energy":
            return energy_frame(self.energy)
        if of == "layers":
            return layers_frame(self.summary)
        if of == "frames":
            return frames_frame(self.activity)
        if of != "tracks" or self.tracks is None:
            raise InputError(self.folder, "table", repr(of), "energy, layers, frames, or tracks of `track`")
        return boxes_frame(read_detections(self.folder / TRACKS))
