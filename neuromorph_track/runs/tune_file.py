"""What a search found, in the file of settings that ``associate`` reads."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from neuromorph_track.evaluation.settings_search import Compared
from neuromorph_track.runs.provenance import source_digest
from neuromorph_track.runs.tracker_file import FORMAT, write_tracker_file
from neuromorph_track.runs.tune_job import ROOMS, TuneJob
from neuromorph_track.runs.tune_summary import TuneSummary

# As many digits as a table of the field shows, and one more.
DIGITS = 4

_SCORES = ("HOTA", "AssA", "DetA", "MOTA", "IDF1", "IDSW")


def write_tuned(summary: TuneSummary, job: TuneJob) -> None:
    """Write settings, what they were tuned on, and their scores beside those of the defaults.

    Raises
    ------
    JobError
        When the file cannot be written.
    """
    options = job.options
    tried = summary.result.attempts
    tuned: dict[str, Any] = {
        "metric": options.metric,
        "classes": list(summary.classes),
        "scores": options.scores,
        "gaps": options.gaps,
        "warp": options.warp is not None,
        "seed": options.seed,
        "trials": len(tried),
        "refused": sum(each.score is None for each in tried),
        "searched": [f"{each.name}={each.low:g}:{each.high:g}" for each in job.ranges],
        "code": source_digest(*ROOMS),
        "train": _score_table(summary.train),
    }
    if summary.test is not None:
        tuned["test"] = _score_table(summary.test)
    if summary.folds:
        gains = summary.fold_gains
        tuned["folds"] = {
            "mean_gain": round(float(np.mean(gains)), DIGITS),
            "deviation": round(float(np.std(gains, ddof=1)), DIGITS),
            "left_out": [{"name": fold.name, **_score_table(fold)} for fold in summary.folds],
        }
    known = [each.known_as("train") for each in job.train] + [each.known_as("test") for each in job.test]
    tuned["sequence"] = [asdict(each) for each in known]
    table = {"format": FORMAT, "tracker": options.tracker, "settings": summary.settings, "tuned": tuned}
    write_tracker_file(summary.path, table, _comments(job))


def _comments(job: TuneJob) -> list[str]:
    on = ", ".join(each.name for each in job.train)
    tested = ", ".join(each.name for each in job.test)
    lines = [f"Tuned on {on}: scores there are no test."]
    return [*lines, f"Not seen by the search: {tested}."] if tested else lines


def _score_table(compared: Compared) -> dict[str, Any]:
    return {
        "default": {name: round(getattr(compared.default, name), DIGITS) for name in _SCORES},
        "tuned": {name: round(getattr(compared.tuned, name), DIGITS) for name in _SCORES},
    }
