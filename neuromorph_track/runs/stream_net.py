"""A siamese pair that sees all of every picture, and of neurons that leak, remembers those before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity
from neuromorph_track.detection.centre import Cells, decode_cells
from neuromorph_track.detection.crop import Window
from neuromorph_track.detection.field import Field
from neuromorph_track.netx import Siamese
from neuromorph_track.netx.memory import Bits
from neuromorph_track.runs.siamese_net import Frame, PairNet, Template


class StreamNet(PairNet):
    """Both chains in the fixed-point simulator; the search chain's states are carried on.

    Sigma-delta neurons begin each picture in silence, as they were trained.

    Parameters
    ----------
    siamese, device, bits, record
        See :class:`~neuromorph_track.runs.siamese_net.PairNet`.
    """

    def __init__(self, siamese: Siamese, device: str = "cpu", bits: Bits = 8, record: bool = False) -> None:
        assert siamese.contract.streams
        super().__init__(siamese, device, bits, record)

    def begin(self, width: int, height: int) -> None:
        """Start in silence, with pictures of this size."""
        self.field = Field.of(self._search.encoder, width, height)
        self._search.simulator.reset()

    def template(self, frames: Sequence[Frame], cxcywh: NDArray[np.float64]) -> Template:
        """Run the template chain on the object's crops, one picture a step."""
        return self._template_of([self.crop(frame, cxcywh) for frame in frames])

    def speaks(self, frame: Frame, cxcywh: NDArray[np.float64]) -> bool:
        """Whether a template would hear anything in a picture."""
        return bool(self.crop(frame, cxcywh).any())

    def stir(self, frame: Frame, cxcywh: NDArray[np.float64]) -> float:
        """Share of a box's pixels, as the network sees them, in which anything happens."""
        seen = self._search.encoder.fit(frame)[0].any(-1)
        height, width = seen.shape
        cx, cy, w, h = self.field.from_frame(cxcywh) * (width, height, width, height)
        left, top, right, bottom = np.rint([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2]).astype(int)
        inside = seen[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
        return float(inside.mean()) if inside.size else 0.0

    def crop(self, frame: Frame, cxcywh: NDArray[np.float64]) -> Frame:
        """What a template sees of a picture."""
        assert self.contract.template.factor is not None
        return self._template.cut(Window.around(cxcywh, self.contract.template.factor), frame)

    def look(self, frame: Frame) -> tuple[Cells, Activity]:
        """What the search chain says about the next picture, and its counts, one entry."""
        potentials, activity = self.see(frame)
        return decode_cells(self.contract.raw_output(potentials)), activity

    def see(self, frame: Frame) -> tuple[NDArray[np.int32], Activity]:
        """What the head's neurons hold after the next picture, (5, H, W), and the counts."""
        steps = self._search.run([frame])
        return steps.held[-1], steps.activity.per_frame(1)
