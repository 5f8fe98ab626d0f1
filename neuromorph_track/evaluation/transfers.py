"""How often a track goes over from one object to another, counted by motmetrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from neuromorph_track.evaluation.preprocess import MATCH_IOU

NAME = "Transfer"
FIELD = "Transfers"


class TransferCount:
    """Identity transfers, in the shape of a metric of TrackEval's.

    A switch is seen from the object: its track is another than before. A transfer is seen from the track: its
    object is another than before. Li et al., SMOT, 2020, report it; py-motmetrics defines it
    (``num_transfer``), on the matching of CLEAR MOT at an IoU of one half.
    """

    def get_name(self) -> str:
        return NAME

    def eval_sequence(self, data: Mapping[str, Any]) -> dict[str, int]:
        """The count for one sequence; ``data`` as for TrackEval's metrics."""
        # Imported here because it brings pandas, and only scoring needs it.
        from motmetrics import MOTAccumulator, metrics  # type: ignore[import-untyped]

        accumulator = MOTAccumulator(auto_id=True)
        frames = zip(data["gt_ids"], data["tracker_ids"], data["similarity_scores"], strict=True)
        for truth, found, similarity in frames:
            near = similarity >= MATCH_IOU - np.finfo(float).eps
            accumulator.update(truth, found, np.where(near, 1 - similarity, np.nan))
        count = metrics.create().compute(accumulator, metrics=["num_transfer"], return_dataframe=False)
        return {FIELD: int(count["num_transfer"])}

    def combine_sequences(self, results: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
        """All sequences together."""
        return _sum(results.values())

    def combine_classes_class_averaged(
        self, results: Mapping[str, Mapping[str, int]], ignore_empty_classes: bool = False
    ) -> dict[str, int]:
        """Counts are added up over classes, as TrackEval does with its own."""
        return _sum(results.values())

    def combine_classes_det_averaged(self, results: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
        """Counts are added up over classes."""
        return _sum(results.values())


def _sum(results: Iterable[Mapping[str, int]]) -> dict[str, int]:
    return {FIELD: sum(result[FIELD] for result in results)}
