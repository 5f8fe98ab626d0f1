"""Head potentials become boxes with scores and classes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.detections import Detections
from neuromorph_track.detection.encode import Placement
from neuromorph_track.detection.nms import non_maximum_suppression
from neuromorph_track.detection.voting import voted_boxes
from neuromorph_track.netx import RunContract

STATE_FRACTION_BITS = 12
CANDIDATES = 1000
# Bound on the rows of every cell and class; YOLO-KP has 588 cells and 80 classes.
CELL_ROWS = 8192

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]


class HeadDecoder:
    """Decode the grid head that a :class:`RunContract` describes.

    Parameters
    ----------
    contract : RunContract
    score_threshold, nms_threshold : float or None
        Instead of the contract's.
    class_ids : list of int or None
        Keep only these classes.
    every_cell : bool
        Give what each cell says, for a tracker that follows objects from cell to cell: see :meth:`decode`.
    """

    def __init__(
        self,
        contract: RunContract,
        score_threshold: float | None = None,
        nms_threshold: float | None = None,
        class_ids: list[int] | None = None,
        every_cell: bool = False,
    ) -> None:
        self.contract = contract
        self.score_threshold = contract.score_threshold if score_threshold is None else score_threshold
        self.nms_threshold = contract.nms_threshold if nms_threshold is None else nms_threshold
        classes = len(contract.classes)
        self.every_cell = every_cell
        self.kept = np.isin(np.arange(classes), np.arange(classes) if class_ids is None else class_ids)
        # A weight has 6 fractional bits, a spike 6 + spike_exp.
        sigma_scale = 1 / (1 << (STATE_FRACTION_BITS + contract.spike_exp))
        self.scale = np.float32(contract.head.scale or sigma_scale)

    def __call__(self, potentials: NDArray[np.int32], placement: Placement) -> Detections:
        """Boxes of one frame.

        Parameters
        ----------
        potentials : (A*(5+K+E), H, W) int32
            What the head's neurons hold.
        placement : Placement
            Where the frame lies in the input.

        Returns
        -------
        Detections
            In pixels of the frame, best first; with embeddings where the head has them.
        """
        return self.decode(potentials.astype(np.float32) * self.scale, placement)

    def decode(self, raw: Floats, placement: Placement) -> Detections:
        """The same from floats in the units of SLAYER.

        With ``every_cell`` there is a row for each anchor of each cell and each class that is kept, with the
        score of that class and the cell's prior box as ``anchor`` (not cut at the edges). Those that would be
        given without it come first, with ``suppressed`` false, then the others, each best first; all together
        at most :data:`CELL_ROWS`.
        """
        rows, columns = raw.shape[1:]
        cells = raw.reshape(len(self.contract.head.anchors), -1, rows, columns).transpose(0, 2, 3, 1)
        scores, likeliest = self._scores(cells)
        single, found = self._single(cells, scores, likeliest, placement)
        return self._every(cells, scores, single, found.xyxy, placement) if self.every_cell else found

    def _single(
        self, cells: Floats, scores: Floats, likeliest: Indices, placement: Placement
    ) -> tuple[Indices, Detections]:
        """One box per object, and where it stands among the scores."""
        # Numbers of cells and, in `best`, of classes of cells.
        best = np.arange(likeliest.size) * scores.shape[-1] + likeliest.reshape(-1)
        score = scores.reshape(-1)[best]
        keep = np.flatnonzero(score >= self.score_threshold)
        keep = keep[np.argsort(-score[keep], kind="stable")[:CANDIDATES]]
        where = np.unravel_index(keep, cells.shape[:3])
        boxes = placement.to_frame(self._boxes(cells, where))
        looks = self._embeddings(cells, where)
        found = Detections(boxes, score[keep], likeliest.reshape(-1)[keep], embedding=looks)
        # What lies in the padding has no extent in the frame.
        visible = np.flatnonzero(np.all(boxes[:, 2:] - boxes[:, :2] >= 1, axis=1))
        chosen = visible[non_maximum_suppression(found[visible], self.nms_threshold)]
        kept = found[chosen]
        if self.contract.voting_threshold is not None:
            kept = replace(kept, xyxy=voted_boxes(found, chosen, self.contract.voting_threshold))
        return best[keep[chosen]], kept

    def _every(
        self, cells: Floats, scores: Floats, single: Indices, boxes: Floats, placement: Placement
    ) -> Detections:
        flat = scores.reshape(-1)
        suppressed = np.ones(len(flat), bool)
        suppressed[single] = False
        keep = np.flatnonzero(flat >= 0)
        keep = keep[np.lexsort((-flat[keep], suppressed[keep]))[:CELL_ROWS]]
        anchor, row, column, class_id = np.unravel_index(keep, scores.shape)
        where = (anchor, row, column)
        xyxy = placement.to_frame(self._boxes(cells, where))
        # Neighbours may have had a say in where those lie that are kept.
        order, kept = np.argsort(single), np.flatnonzero(~suppressed[keep])
        xyxy[kept] = boxes[order[np.searchsorted(single, keep[kept], sorter=order)]]
        found = Detections(
            xyxy=xyxy,
            score=flat[keep],
            class_id=class_id.astype(np.int64),
            anchor=placement.to_frame(self._priors(cells, where), cut=False),
            suppressed=suppressed[keep],
            embedding=self._embeddings(cells, where),
        )
        return found[np.all(found.xyxy[:, 2:] - found.xyxy[:, :2] >= 1, axis=1)]

    def _scores(self, cells: Floats) -> tuple[Floats, Indices]:
        """Of each class, (A, H, W, K), below 0 for those that are not kept; and the likeliest, (A, H, W)."""
        logits = cells[..., 5 : 5 + len(self.kept)]
        if self.contract.head.class_activation == "softmax":
            odds = np.exp(logits - logits.max(-1, keepdims=True))
            probability = odds / odds.sum(-1, keepdims=True)
        else:
            probability = _sigmoid(logits)
        # Below any threshold, also where every class that is kept has underflowed to zero.
        probability[..., ~self.kept] = -1
        scores = _sigmoid(cells[..., 4:5]) * probability
        scores[..., ~self.kept] = -1
        return scores, probability.argmax(-1)

    def _boxes(self, cells: Floats, index: tuple[Indices, ...]) -> Floats:
        head = self.contract.head
        anchor, row, column = index
        t = cells[anchor, row, column, :4]
        cell = self._cell(cells)
        origin = np.stack([column, row], 1).astype(np.float32)
        if head.kind == "yolox":
            centre = (t[:, :2] + np.float32(0.5) + origin) * cell
        else:
            shift = (head.offset_gain - 1) / 2
            centre = (_sigmoid(t[:, :2]) * head.offset_gain - shift + origin) * cell
        size = np.exp(np.minimum(t[:, 2:], head.clamp)) * np.array(head.anchors, np.float32)[anchor] * cell
        return np.concatenate([centre - size / 2, centre + size / 2], 1).astype(np.float32)

    def _embeddings(self, cells: Floats, index: tuple[Indices, ...]) -> Floats | None:
        """Of length 1, (N, E); zeros stay zeros."""
        if not self.contract.head.embedding:
            return None
        looks = cells[..., 5 + len(self.kept) :][index]
        length = np.linalg.norm(looks, axis=1, keepdims=True)
        return np.divide(looks, length, out=np.zeros_like(looks), where=length > 0)

    def _priors(self, cells: Floats, index: tuple[Indices, ...]) -> Floats:
        anchor, row, column = index
        centre = np.stack([column, row], 1).astype(np.float32) + np.float32(0.5)
        half = np.array(self.contract.head.anchors, np.float32)[anchor] / 2
        boxes = np.concatenate([centre - half, centre + half], 1) * np.tile(self._cell(cells), 2)
        return boxes.astype(np.float32)

    def _cell(self, cells: Floats) -> Floats:
        """Width and height of a cell in pixels of the input."""
        spec = self.contract.input
        return np.array([spec.width / cells.shape[2], spec.height / cells.shape[1]], np.float32)


def _sigmoid(x: Floats) -> Floats:
    # Written with tanh, which does not overflow for very negative potentials.
    return (0.5 * (1 + np.tanh(0.5 * x))).astype(np.float32)
