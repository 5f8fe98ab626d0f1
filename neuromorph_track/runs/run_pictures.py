"""What the results of `track`, `profile` and `sot` show of their RUN folder."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from neuromorph_track.backends.activity import Activity
from neuromorph_track.data.video import VideoSource
from neuromorph_track.errors import InputError
from neuromorph_track.profiling import EnergyReport, read_activity
from neuromorph_track.reports.activity_plot import plot_activity
from neuromorph_track.reports.drivers_plot import plot_drivers
from neuromorph_track.reports.energy_plot import plot_energy
from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.pictures_plot import plot_pictures
from neuromorph_track.runs.folder import ACTIVITY, VIDEO


class RunPictures:
    """Pictures and counts of a finished run.

    Attributes
    ----------
    folder : Path
    energy : tuple of EnergyReport
    """

    folder: Path
    energy: tuple[EnergyReport, ...]

    @property
    def activity(self) -> Activity:
        """The exact counts of each layer and frame, read from ``activity.h5``."""
        return read_activity(self.folder / ACTIVITY)

    def report(self, hardware: str) -> EnergyReport:
        """The report of one chip, by the id of its profile, e.g. ``loihi2-oheogulch``.

        Raises
        ------
        InputError
            When the run was not priced on it; :func:`neuromorph_track.compare` prices it anew.
        """
        known = {report.profile: report for report in self.energy}
        if hardware not in known:
            raise InputError(self.folder, "hardware", repr(hardware), ", ".join(known))
        return known[hardware]

    def plot(self, hardware: Sequence[str] = ()) -> Picture:
        """Joules per frame by chip, with intervals: of these profiles, or of all."""
        reports = [self.report(name) for name in hardware] or self.energy
        return plot_energy(reports, None)

    def plot_activity(self, count: str = "synops") -> Picture:
        """One of the counts by frame and layer: ``synops``, ``spikes_in``, ``spikes_out`` and so on."""
        return plot_activity(self.activity, count)

    def plot_drivers(self, hardware: Sequence[str] = ()) -> Picture:
        """Which prices the answers hang on: of these profiles, or of all."""
        return plot_drivers([self.report(name) for name in hardware] or self.energy)

    def plot_frames(self, frames: Sequence[int] = (), columns: int = 3) -> Picture:
        """Pictures of the annotated video.

        Parameters
        ----------
        frames : sequence of int
            Which, from 1; without it six that are spread over the run.
        columns : int

        Raises
        ------
        InputError
            When the run has no video, or no such frame.
        """
        path = self.folder / VIDEO
        if not path.is_file():
            raise InputError(self.folder, VIDEO, "nothing", "a run of `track` or `sot`, which writes one")
        video = VideoSource(path)
        last = video.frames or 1
        wanted = list(frames) or np.unique(np.linspace(1, last, 6).round().astype(int)).tolist()
        found = {
            number: picture
            for number, picture in enumerate(islice(iter(video), max(wanted)), start=1)
            if number in wanted
        }
        if missing := [number for number in wanted if number not in found]:
            raise InputError(path, "frames", str(missing[0]), f"1 to {last}")
        return plot_pictures([found[number] for number in wanted], [f"frame {n}" for n in wanted], columns)
