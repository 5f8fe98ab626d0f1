"""How accurate a run is: the scores that ``eval`` left in its folder, or its own truth."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.evaluation import TrackingReport, evaluate_tracking, load_sequences, pair_files
from neuromorph_track.files import json_text, read_text, write_text
from neuromorph_track.runs.folder import BOXES, RUN_JSON, SCORES_JSON, TRACKS, TRUTH, read_run

Metric = Literal["hota", "mota", "idf1", "ao", "auc"]
# Of the box of one object, as `sot` scores it.
OVERLAPS = ("ao", "auc")

FORMAT = "neuromorph-track scores/1"


def is_run(folder: str | Path) -> bool:
    """Whether a folder holds a run with tracks."""
    return all((Path(folder) / name).is_file() for name in (RUN_JSON, TRACKS))


def scores_by_run(
    truth: str | Path, results: str | Path, report: TrackingReport, only: Sequence[str] | None = None
) -> Iterator[tuple[Path, Path, TrackingReport]]:
    """RUN folder, its truth and its own rows, of each evaluated sequence whose tracks lie in a RUN folder.

    Parameters
    ----------
    truth, results, only
        As in :func:`neuromorph_track.evaluation.pair_files`.
    report : TrackingReport
        Of these.
    """
    for files in pair_files(truth, results, only):
        folder = files.results.parent
        if files.results.name == TRACKS and is_run(folder):
            own = tuple(row for row in report.rows if row.sequence == files.name)
            yield folder, files.truth, TrackingReport(own)


def leave_scores(
    truth: str | Path, results: str | Path, report: TrackingReport, only: Sequence[str] | None = None
) -> list[str]:
    """Write each RUN folder's scores into it; what could not be written, as warnings.

    The arguments are those of :func:`scores_by_run`.
    """
    warnings = []
    for folder, own_truth, own in scores_by_run(truth, results, report, only):
        try:
            write_scores(folder, own_truth, own)
        except JobError as error:
            # The scores are what was asked for, and somebody else's run may be read-only.
            warnings.append(str(error))
    return warnings


def write_scores(folder: str | Path, truth: str | Path, report: TrackingReport) -> Path:
    """Write ``scores.json`` to a RUN folder, for ``compare``; returns its path.

    Raises
    ------
    JobError
        When the folder cannot be written.
    """
    path = Path(folder) / SCORES_JSON
    content = {
        "format": FORMAT,
        "truth": str(truth),
        "tracks_sha256": _tracks_sha256(Path(folder)),
        "rows": report.to_rows(),
    }
    write_text(path, json_text(content))
    return path


def usual_metric(folders: Sequence[Path]) -> Metric:
    """AO where all runs followed one object, else HOTA."""
    single = all((folder / BOXES).is_file() and not is_run(folder) for folder in folders)
    return "ao" if single else "hota"


def run_accuracy(folder: str | Path, metric: Metric) -> float | None:
    """One score of a run over its whole video, as a fraction; None where no truth is known.

    Scores that ``eval`` wrote come first, if they are of the tracks that lie there now. A run on a
    synthetic scene is scored against the truth in its folder. AO and AUC are what ``sot`` wrote.

    Raises
    ------
    InputError
        When the scores, the truth or the tracks are broken.
    """
    folder = Path(folder)
    if metric in OVERLAPS:
        return _overlap(folder, metric)
    if not is_run(folder):
        return None
    if (folder / SCORES_JSON).is_file():
        found = _written_score(folder, metric)
        if found is not None:
            return found
    if not (folder / TRUTH).is_file():
        return None
    report = evaluate_tracking(load_sequences(folder / TRUTH, folder))
    return float(getattr(report.combined, metric.upper()))


def run_scores(folder: str | Path) -> list[dict[str, Any]]:
    """Rows of scores of a run, fractions, from where :func:`run_accuracy` has its own; else none.

    Raises
    ------
    InputError
        When the scores, the truth or the tracks are broken.
    """
    folder = Path(folder)
    if not is_run(folder):
        return []
    if (folder / SCORES_JSON).is_file() and _written_score(folder, "hota") is not None:
        path = folder / SCORES_JSON
        rows = json.loads(read_text(path, "scores that `eval` wrote"))["rows"]
        if not all(isinstance(row, dict) for row in rows):
            raise InputError(path, "rows", "something else", "tables of scores")
        return list(rows)
    if not (folder / TRUTH).is_file():
        return []
    return evaluate_tracking(load_sequences(folder / TRUTH, folder)).to_rows()


def _written_score(folder: Path, metric: Metric) -> float | None:
    path = folder / SCORES_JSON
    try:
        content = json.loads(read_text(path, "scores that `eval` wrote"))
        if content["tracks_sha256"] != _tracks_sha256(folder):
            return None
        return _fraction(content["rows"][-1], metric)
    except (LookupError, TypeError, ValueError, RecursionError) as error:
        raise InputError(path, "scores", str(error), "what `eval` writes there") from error


def _overlap(folder: Path, metric: Metric) -> float | None:
    scores = read_run(folder).get("scores")
    if scores is None:
        return None
    try:
        return _fraction(scores, metric)
    except (LookupError, TypeError, ValueError) as error:
        raise InputError(folder / RUN_JSON, "scores", str(error), "what `sot` writes there") from error


def _fraction(row: Any, metric: Metric) -> float:
    score = row[metric.upper()]
    if isinstance(score, bool) or not math.isfinite(score) or score > 1:
        raise ValueError(f"{metric.upper()} {score}")
    return float(score)


def _tracks_sha256(folder: Path) -> str:
    return hashlib.sha256((folder / TRACKS).read_bytes()).hexdigest()
