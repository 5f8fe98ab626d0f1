"""The smtrack family in SLAYER's sigma-delta neurons: one timestep per frame, the state carried on."""

from __future__ import annotations

from neuromorph_track.networks.detector import DetectorSpec, SigmaDeltaDetector
from neuromorph_track.networks.smtrack_spec import SmtrackSpec

# One box per cell.
NO_ANCHORS = ((1.0, 1.0),)


class SigmaDeltaSmtrack(SigmaDeltaDetector):
    """A :class:`~neuromorph_track.networks.detector.SigmaDeltaDetector` with the family's head.

    Parameters
    ----------
    spec : SmtrackSpec
    classes : int
    """

    def __init__(self, spec: SmtrackSpec, classes: int) -> None:
        chain = DetectorSpec(layers=spec.layers, anchors=NO_ANCHORS, threshold=spec.threshold)
        super().__init__(chain, classes + spec.embedding)
        self.classes = classes
