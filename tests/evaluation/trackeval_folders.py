"""What TrackEval's own dataset classes make of files: the oracle for our reading of each benchmark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

QUIET = {"PRINT_CONFIG": False}

# Of TrackEval's HOTA: means over the thresholds.
MEANS = ("HOTA", "DetA", "AssA", "LocA")


def scores_of(dataset: Any, sequence: str, class_name: str) -> dict[str, float]:
    """Scores of one sequence and class, under the names of our rows."""
    from trackeval import metrics

    data = dataset.get_preprocessed_seq_data(dataset.get_raw_seq_data("tracker", sequence), class_name)
    hota, clear = metrics.HOTA().eval_sequence(data), metrics.CLEAR(dict(QUIET)).eval_sequence(data)
    return {
        **{name: hota[name].mean() for name in MEANS},
        "MOTA": clear["MOTA"],
        "IDF1": metrics.Identity(dict(QUIET)).eval_sequence(data)["IDF1"],
        "IDSW": clear["IDSW"],
        "FP": clear["CLR_FP"],
        "FN": clear["CLR_FN"],
        "Dets": data["num_tracker_dets"],
        "GT_Dets": data["num_gt_dets"],
        "IDs": data["num_tracker_ids"],
        "GT_IDs": data["num_gt_ids"],
    }


def challenge(truth: Path, results: Path, sequence: str, frames: int, benchmark: str) -> Any:
    """TrackEval's MOTChallenge: one truth file, and ``results/tracker/SEQUENCE.txt``."""
    from trackeval.datasets import MotChallenge2DBox

    return MotChallenge2DBox(
        {
            "GT_FOLDER": str(truth.parent),
            "GT_LOC_FORMAT": "{gt_folder}/" + truth.name,
            "TRACKERS_FOLDER": str(results),
            "TRACKERS_TO_EVAL": ["tracker"],
            "TRACKER_SUB_FOLDER": "",
            "SKIP_SPLIT_FOL": True,
            "SEQ_INFO": {sequence: frames},
            "BENCHMARK": benchmark,
            **QUIET,
        }
    )


def kitti(truth: Path, results: Path, list_of_sequences: Path) -> Any:
    """TrackEval's KITTI: ``truth/label_02``, ``results/tracker``; the list as the benchmark ships it."""
    from trackeval.datasets import Kitti2DBox

    listed = truth / "evaluate_tracking.seqmap.val"
    listed.write_text(list_of_sequences.read_text() if list_of_sequences != listed else listed.read_text())
    return Kitti2DBox(
        {
            "GT_FOLDER": str(truth),
            "TRACKERS_FOLDER": str(results),
            "TRACKERS_TO_EVAL": ["tracker"],
            "TRACKER_SUB_FOLDER": "",
            "SPLIT_TO_EVAL": "val",
            **QUIET,
        }
    )
