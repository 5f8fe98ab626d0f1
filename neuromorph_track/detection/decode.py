"""Head potentials become boxes with scores and classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.detections import Detections
from neuromorph_track.detection.encode import Placement
from neuromorph_track.detection.nms import non_maximum_suppression
from neuromorph_track.netx import RunContract

STATE_FRACTION_BITS = 12
CANDIDATES = 1000

Floats = NDArray[np.float32]


class HeadDecoder:
    """Decode the grid head that a :class:`RunContract` describes.

    Parameters
    ----------
    contract : RunContract
    score_threshold, nms_threshold : float or None
        Instead of the contract's.
    class_ids : list of int or None
        Keep only these classes.
    """

    def __init__(
        self,
        contract: RunContract,
        score_threshold: float | None = None,
        nms_threshold: float | None = None,
        class_ids: list[int] | None = None,
    ) -> None:
        self.contract = contract
        self.score_threshold = contract.score_threshold if score_threshold is None else score_threshold
        self.nms_threshold = contract.nms_threshold if nms_threshold is None else nms_threshold
        classes = len(contract.classes)
        self.kept = np.isin(np.arange(classes), np.arange(classes) if class_ids is None else class_ids)
        # A weight has 6 fractional bits, a spike 6 + spike_exp.
        sigma_scale = 1 / (1 << (STATE_FRACTION_BITS + contract.spike_exp))
        self.scale = np.float32(contract.head.scale or sigma_scale)

    def __call__(self, potentials: NDArray[np.int32], placement: Placement) -> Detections:
        """Boxes of one frame.

        Parameters
        ----------
        potentials : (A*(5+K), H, W) int32
            What the head's neurons hold.
        placement : Placement
            Where the frame lies in the input.

        Returns
        -------
        Detections
            In pixels of the frame, best first.
        """
        return self.decode(potentials.astype(np.float32) * self.scale, placement)

    def decode(self, raw: Floats, placement: Placement) -> Detections:
        """The same from floats in the units of SLAYER."""
        head = self.contract.head
        rows, columns = raw.shape[1:]
        cells = raw.reshape(len(head.anchors), -1, rows, columns).transpose(0, 2, 3, 1)
        scores, classes = self._scores(cells)
        keep = np.flatnonzero(scores >= self.score_threshold)
        keep = keep[np.argsort(-scores.reshape(-1)[keep], kind="stable")[:CANDIDATES]]
        boxes = self._boxes(cells, np.unravel_index(keep, scores.shape))
        found = Detections(
            placement.to_frame(boxes), scores.reshape(-1)[keep], classes.reshape(-1)[keep].astype(np.int64)
        )
        # What lies in the padding has no extent in the frame.
        found = found[np.all(found.xyxy[:, 2:] - found.xyxy[:, :2] >= 1, axis=1)]
        return found[non_maximum_suppression(found, self.nms_threshold)]

    def _scores(self, cells: Floats) -> tuple[Floats, NDArray[np.int64]]:
        logits = cells[..., 5:]
        if self.contract.head.class_activation == "softmax":
            odds = np.exp(logits - logits.max(-1, keepdims=True))
            probability = odds / odds.sum(-1, keepdims=True)
        else:
            probability = _sigmoid(logits)
        # Below any threshold, also where every class that is kept has underflowed to zero.
        probability = np.where(self.kept, probability, -1)
        return _sigmoid(cells[..., 4]) * probability.max(-1), probability.argmax(-1)

    def _boxes(self, cells: Floats, index: tuple[NDArray[np.int64], ...]) -> Floats:
        head, spec = self.contract.head, self.contract.input
        anchor, row, column = index
        t = cells[anchor, row, column, :4]
        cell = np.array([spec.width / cells.shape[2], spec.height / cells.shape[1]], np.float32)
        shift = (head.offset_gain - 1) / 2
        origin = np.stack([column, row], 1).astype(np.float32)
        centre = (_sigmoid(t[:, :2]) * head.offset_gain - shift + origin) * cell
        size = np.exp(np.minimum(t[:, 2:], head.clamp)) * np.array(head.anchors, np.float32)[anchor] * cell
        return np.concatenate([centre - size / 2, centre + size / 2], 1).astype(np.float32)


def _sigmoid(x: Floats) -> Floats:
    # Written with tanh, which does not overflow for very negative potentials.
    return (0.5 * (1 + np.tanh(0.5 * x))).astype(np.float32)
