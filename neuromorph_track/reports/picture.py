"""A figure that a notebook shows by itself."""

from __future__ import annotations

from io import BytesIO

from matplotlib import rc_context
from matplotlib.figure import Figure

from neuromorph_track.reports.style import STYLE

DOTS_PER_INCH = 110


class Picture(Figure):
    """A matplotlib figure that does not need ``pyplot``, which would keep it in memory for ever.

    IPython draws plain figures only after ``pyplot`` was imported.
    """

    def _repr_png_(self) -> bytes:
        file = BytesIO()
        # Ticks are made when they are drawn.
        with rc_context(STYLE):
            self.savefig(file, format="png", dpi=DOTS_PER_INCH)
        return file.getvalue()
