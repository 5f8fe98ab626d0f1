"""How far the defaults of the two-stage tracker are fitted to the sequences at hand.

    python benchmarks/association_folds.py DATA --settings 200 [--keep FOLDS.json]

Draws settings around the defaults, tracks every real sequence with each (MOT17 half-val, KITTI cars and
pedestrians, MOT15; see ``tracking_cases.py``), and for every sequence takes the settings that are best on
all others. What they reach on the sequence that they have not seen stands beside what the defaults reach.
"Best" is the mean over the groups of the HOTA of their sequences, each weighted by its boxes of truth.
``--keep`` makes it resumable: scores are read from the file and added to it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from association import as_arrays, key
from numpy.typing import NDArray
from peers.follow import follow
from rich.console import Console
from rich.progress import track
from rich.table import Table
from tracking_cases import Case, all_cases

from neuromorph_track.association.settings import TwoStageSettings
from neuromorph_track.association.settings_table import settings_to_table
from neuromorph_track.association.tracker import TwoStageTracker
from neuromorph_track.association.warm_up import load_loops
from neuromorph_track.data.detections import Detections
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation import EvaluationSequence, evaluate_tracking
from neuromorph_track.files import write_text
from neuromorph_track.runs.tune_space import settings_with

GROUPS = ("MOT17 half-val", "KITTI car", "KITTI pedestrian", "MOT15")
METRICS = ("HOTA", "IDF1", "MOTA")
# Around the defaults; a number in three stays as it is, so that neighbours are tried and not only strangers.
SPACE: dict[str, tuple[float, ...]] = {
    "high_score": (0.45, 0.5, 0.55, 0.6, 0.65, 0.7),
    "low_score": (0.1, 0.2, 0.3),
    "new_track_score": (0.55, 0.6, 0.65, 0.7, 0.75, 0.8),
    "high_gate": (0.8, 0.85, 0.9, 0.93, 0.96),
    "low_gate": (0.4, 0.5, 0.55, 0.6, 0.7),
    "tentative_gate": (0.6, 0.7, 0.8, 0.9),
    "confirm_after": (1, 2, 3),
    "instant_score": (0.75, 0.8, 0.85, 0.9, 0.95, 1.0),
    "max_lost": (20, 30, 45, 60, 90),
    "camera_chance": (0.001, 0.01, 0.05),
    "noise.position": (0.035, 0.05, 0.07),
    "noise.velocity": (0.004, 0.00625, 0.01),
    "noise.surest": (0.2, 0.3, 0.4, 0.6, 0.8),
}
STAY = 1 / 3


def drawn(count: int, seed: int) -> list[dict[str, float]]:
    """The defaults (nothing changed), then ``count - 1`` others."""
    generator = np.random.default_rng(seed)
    tries: list[dict[str, float]] = [{}]
    while len(tries) < count:
        values = {
            name: choices[generator.integers(len(choices))]
            for name, choices in SPACE.items()
            if generator.random() > STAY
        }
        try:
            changed(values)
        except InputError:
            continue
        tries.append(values)
    return tries


def changed(values: dict[str, float]) -> TwoStageSettings:
    found: TwoStageSettings = settings_with(TwoStageSettings, settings_to_table(TwoStageSettings()), values)
    return found


def scores(settings: TwoStageSettings, cases: Sequence[Case]) -> list[list[float]]:
    """HOTA, IDF1, MOTA and boxes of truth of each sequence; zeros where nothing counts."""
    found: list[list[float]] = []
    for _, group in groupby(cases, lambda case: case.group):
        own = list(group)
        report = evaluate_tracking([_tracked(settings, case) for case in own])
        # KITTI's rules score both classes; the truth of a case is of one.
        counted = {row.sequence: row for row in report.rows[:-1] if row.GT_Dets}
        rows = [counted.get(case.name) for case in own]
        found += [
            [float(getattr(row, name)) if row else 0.0 for name in (*METRICS, "GT_Dets")] for row in rows
        ]
    return found


def _tracked(settings: TwoStageSettings, case: Case) -> EvaluationSequence:
    rows, _ = follow(_step(TwoStageTracker(settings)), *as_arrays([case])[key(case)])
    frame, identity, *box = rows.T
    return case.scored(frame, identity, np.stack(box, axis=1))


def _step(tracker: TwoStageTracker) -> Any:
    def update(xyxy: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        tracks = tracker.update(Detections(xyxy, score, np.zeros(len(score), np.int64)))
        return tracks.track_id, tracks.xyxy

    return update


class Folds:
    """Scores of all settings on all sequences, (S, N, 3) in per cent, and how sequences make a mean.

    Attributes
    ----------
    weight : (N,) float
        Boxes of truth.
    group : (N,) str
    """

    def __init__(self, scored: NDArray[np.float64], cases: Sequence[Case]) -> None:
        self.scored = 100 * scored[..., :-1]
        self.weight = scored[0, :, -1]
        self.group = np.array([case.group for case in cases])

    def mean(self, settings: int | NDArray[np.int64], left_out: int | None = None) -> NDArray[np.float64]:
        """Mean over the groups of one settings' scores, or of a settings for each sequence, (3,)."""
        index = np.broadcast_to(settings, len(self.weight))
        kept = np.arange(len(self.weight)) != left_out
        found = self.scored[index, np.arange(len(self.weight))]
        groups = [kept & (self.group == name) for name in dict.fromkeys(self.group)]
        means = [np.average(found[one], axis=0, weights=self.weight[one]) for one in groups if one.any()]
        return np.asarray(np.mean(means, axis=0))

    def of_group(self, name: str, settings: int | NDArray[np.int64]) -> NDArray[np.float64]:
        index = np.broadcast_to(settings, len(self.weight))
        own = np.flatnonzero(self.group == name)
        return np.asarray(np.average(self.scored[index[own], own], axis=0, weights=self.weight[own]))

    def best_without(self, left_out: int | None) -> int:
        every = [self.mean(settings, left_out)[0] for settings in range(len(self.scored))]
        return int(np.argmax(every))

    def best_without_group(self, name: str) -> int:
        others = [other for other in dict.fromkeys(self.group) if other != name]
        every = [
            np.mean([self.of_group(other, settings)[0] for other in others])
            for settings in range(len(self.scored))
        ]
        return int(np.argmax(every))


def table(folds: Folds, cases: Sequence[Case]) -> Table:
    chosen = np.array([folds.best_without(place) for place in range(len(cases))])
    best = folds.best_without(None)
    shown = Table(title=f"HOTA / IDF1 / MOTA, {len(folds.scored)} settings, {len(cases)} sequences")
    for name in (
        "group",
        "defaults",
        "best of the other sequences",
        "best of the other groups",
        "best of all",
    ):
        shown.add_column(name, justify="left" if name == "group" else "right")
    for name in dict.fromkeys(folds.group):
        foreign = folds.best_without_group(name)
        shown.add_row(name, *(_cells(folds.of_group(name, one)) for one in (0, chosen, foreign, best)))
    shown.add_row(
        "mean of the groups", *(_cells(folds.mean(one)) for one in (0, chosen)), "", _cells(folds.mean(best))
    )
    return shown


def _cells(numbers: NDArray[np.float64]) -> str:
    return " / ".join(f"{number:.1f}" for number in numbers)


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("data", type=Path)
    parser.add_argument("--settings", type=int, default=200, help="how many are tried, the defaults included")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a JSON file of scores that are known")
    arguments = parser.parse_args()

    cases = [case for case in all_cases(arguments.data) if case.group in GROUPS]
    known: dict[str, Any] = json.loads(arguments.keep.read_text()) if _exists(arguments.keep) else {}
    tries = drawn(arguments.settings, arguments.seed)
    load_loops()
    for values in track(tries, "settings", console=Console(stderr=True)):
        name = json.dumps(settings_to_table(changed(values)), sort_keys=True)
        if name not in known:
            known[name] = scores(changed(values), cases)
            if arguments.keep:
                write_text(arguments.keep, json.dumps(known))
    names = [json.dumps(settings_to_table(changed(values)), sort_keys=True) for values in tries]
    folds = Folds(np.array([known[name] for name in names]), cases)
    console = Console(width=140)
    console.print(table(folds, cases))
    console.print("best of all:", tries[folds.best_without(None)])


def _exists(path: Path | None) -> bool:
    return path is not None and path.is_file()


if __name__ == "__main__":
    main()
