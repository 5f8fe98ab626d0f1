"""Searching a tracker's thresholds on some sequences, and saying what they are worth on others."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from neuromorph_track.association.settings_table import settings_to_table
from neuromorph_track.evaluation.settings_search import Compared, SearchResult
from neuromorph_track.runs.progress import progress_bar
from neuromorph_track.runs.tune_file import write_tuned
from neuromorph_track.runs.tune_job import TuneJob
from neuromorph_track.runs.tune_sequences import TuningSequence
from neuromorph_track.runs.tune_space import settings_with
from neuromorph_track.runs.tune_summary import TuneOptions, TuneSummary

ALL = "all"


def tune(
    train: Iterable[str | os.PathLike[str]],
    test: Iterable[str | os.PathLike[str]],
    output: str | os.PathLike[str],
    options: TuneOptions | None = None,
) -> TuneSummary:
    """Search the settings of a tracker.

    Writes the settings with the highest score on ``train`` to ``output`` (TOML), with what they were tuned on
    and what they are worth on ``test``; every try stands in a journal beside it, from which a search goes on.

    Parameters
    ----------
    train, test : iterable of path
        Detections, as for ``associate``. ``test`` may be empty with ``folds``.
    output : path
    options : TuneOptions, optional

    Raises
    ------
    InputError
        Also when a sequence is in both, under whatever name.
    JobError
    """
    options = options or TuneOptions()
    output = Path(output)
    job = TuneJob(options, tuple(train), tuple(test), output)
    with progress_bar("trials", options.quiet) as bar:
        searches = 1 + (len(job.train) if options.folds else 0)
        task = bar.add_task("", total=searches * options.trials)

        def run(name: str, sequences: Sequence[TuningSequence]) -> SearchResult:
            bar.update(task, description=name)
            return job.search(name, sequences, lambda: bar.advance(task))

        folds = tuple(_fold(job, run, left) for left in range(len(job.train) if options.folds else 0))
        result = run(ALL, job.train)
    values = result.best.values
    compared = job.compare("train", job.train, values)
    held = job.compare("test", job.test, values) if job.test else None
    settings = settings_to_table(settings_with(job.mode.settings, job.defaults, values))
    summary = TuneSummary(
        output,
        options.tracker,
        options.metric,
        settings,
        result,
        compared,
        held,
        folds,
        tuple(job.classes.values()) if job.classes else (),
    )
    write_tuned(summary, job)
    return summary


def _fold(job: TuneJob, run: Callable[[str, Sequence[TuningSequence]], SearchResult], left: int) -> Compared:
    """Search without one training sequence, and score on it."""
    held = job.train[left]
    others = [*job.train[:left], *job.train[left + 1 :]]
    result = run(f"without {held.name}", others)
    return job.compare(held.name, [held], result.best.values)
