"""What all searches of one call share: sequences, ranges, and how settings are scored."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from neuromorph_track.association.modes import MODES
from neuromorph_track.association.settings_table import settings_to_table
from neuromorph_track.errors import InputError, JobError
from neuromorph_track.evaluation import TrackingScores, evaluate_tracking, rules_classes
from neuromorph_track.evaluation.settings_search import Compared, SearchResult
from neuromorph_track.runs.provenance import source_digest
from neuromorph_track.runs.tune_sequences import TuningSequence, load_tuning_sequences, require_apart
from neuromorph_track.runs.tune_space import search_ranges, settings_with
from neuromorph_track.runs.tune_study import search
from neuromorph_track.runs.tune_summary import TuneOptions

JOURNAL_SUFFIX = ".journal"
# What decides the scores of settings.
ROOMS = ("association", "data", "evaluation")


class TuneJob:
    """The searches of one call.

    Parameters
    ----------
    options : TuneOptions
    train, test : sequence of path
    output : Path

    Raises
    ------
    InputError
        When a sequence is in both, something is missing or unknown, or ``output`` is somebody else's.
    JobError
        When ``output`` cannot be written.
    """

    def __init__(
        self,
        options: TuneOptions,
        train: Sequence[str | os.PathLike[str]],
        test: Sequence[str | os.PathLike[str]],
        output: Path,
    ) -> None:
        self.options = options
        if options.tracker not in MODES:
            raise InputError("tune", "tracker", repr(options.tracker), f"one of {', '.join(MODES)}")
        if not test and not options.folds:
            raise InputError("tune", "test", "no sequence", "one at least, or --folds")
        if output.suffix != ".toml":
            raise InputError(output, "output", f"a name ending in {output.suffix!r}", "one ending in .toml")
        self.mode = MODES[options.tracker]
        self.defaults = settings_to_table(self.mode.settings())
        self.ranges = search_ranges(self.defaults, options.search)
        self.train, self.test = self._load(train), self._load(test) if test else ()
        require_apart(self.train, self.test)
        self.classes = self._classes()
        if options.folds:
            self._require_folds()
        self.journal = output.with_suffix(JOURNAL_SUFFIX)
        self._make_way(output)

    def search(
        self, name: str, sequences: Sequence[TuningSequence], progress: Callable[[], None]
    ) -> SearchResult:
        """The search with one set of training sequences."""

        def score(values: Mapping[str, float]) -> float | None:
            try:
                settings = settings_with(self.mode.settings, self.defaults, values)
            except InputError:
                return None
            return float(getattr(self._scores(sequences, settings), self.options.metric))

        return search(
            self.journal,
            name,
            self._identity(sequences),
            self.ranges,
            self.options.trials,
            self.options.seed,
            score,
            progress,
        )

    def compare(
        self, name: str, sequences: Sequence[TuningSequence], values: Mapping[str, float]
    ) -> Compared:
        """Default and tuned settings on the same sequences."""
        tuned = settings_with(self.mode.settings, self.defaults, values)
        return Compared(name, self._scores(sequences, self.mode.settings()), self._scores(sequences, tuned))

    def _scores(self, sequences: Sequence[TuningSequence], settings: Any) -> TrackingScores:
        tracked = [each.tracked(self.options.tracker, settings) for each in sequences]
        return evaluate_tracking(tracked, self.classes).combined

    def _classes(self) -> dict[int, str] | None:
        """The classes to score, of those that the rules score apart."""
        wanted = self.options.classes
        known = rules_classes([each.truth for each in (*self.train, *self.test)], wanted)
        if known is None or wanted is not None:
            return known
        looked_for = {number for each in self.train for number in each.detections.boxes.class_id.tolist()}
        return {number: name for number, name in known.items() if number in looked_for} or known

    def _make_way(self, output: Path) -> None:
        """Nothing that another search, or somebody's hand, has written is replaced unasked."""
        try:
            if self.options.overwrite:
                self.journal.unlink(missing_ok=True)
            elif output.exists() and not self.journal.exists():
                raise InputError(output, "output", "a file", "a new name, or --overwrite")
        except OSError as error:
            raise JobError(f"{output}: cannot be written: {error.strerror or error}") from error

    def _load(self, places: Sequence[str | os.PathLike[str]]) -> tuple[TuningSequence, ...]:
        return load_tuning_sequences(places, self.options)

    def _require_folds(self) -> None:
        if len(self.train) < 2:
            raise InputError("tune", "folds", "1 training sequence", "2 or more")
        for number, left in enumerate(self.train):
            require_apart(self.train[:number], [left])

    def _identity(self, sequences: Sequence[TuningSequence]) -> str:
        """Of everything that decides the scores of a search."""
        options = self.options
        decides = {
            "tracker": options.tracker,
            "metric": options.metric,
            "seed": options.seed,
            "scores": options.scores,
            "defaults": self.defaults,
            "ranges": [asdict(each) for each in self.ranges],
            "sequences": [asdict(each.known_as("train")) for each in sequences],
            "cameras": [each.camera_sha256 for each in sequences],
            "gaps": options.gaps,
            "classes": self.classes,
            "package": source_digest(*ROOMS),
        }
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()
