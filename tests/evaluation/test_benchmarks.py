"""MOTChallenge, DanceTrack and BEE24 against TrackEval's own reading of the same files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.evaluation import (
    PROTOCOLS,
    benchmark_of,
    evaluate_tracking,
    load_sequences,
    protocol_named,
    rules_of,
)
from tests.evaluation import trackeval_folders

# TrackEval has one reading for all of these; only MOT15 and MOT20 are asked for by name.
BENCHMARKS = {"mot15": "MOT15", "mot17": "MOT17", "mot20": "MOT20", "dancetrack": "MOT17", "bee24": "MOT17"}
FRAMES = 40


def made_truth(seed: int) -> np.ndarray:
    """Objects of every class of MOT17, some marked 0, that walk on lines over fractions of a pixel."""
    generator = np.random.default_rng(seed)
    rows = []
    for number in range(1, 25):
        kind, mark = (1, int(generator.random() < 0.9)) if number < 13 else (number - 12, 0)
        x, y, speed = generator.uniform(0, 600), generator.uniform(0, 300), generator.uniform(-5, 5)
        width, height = generator.uniform(15, 60), generator.uniform(40, 120)
        first, last = sorted(generator.integers(1, FRAMES + 1, 2))
        rows += [
            [
                frame,
                number,
                round(x + speed * frame, 3),
                round(y, 3),
                round(width, 3),
                round(height, 3),
                mark,
                kind,
                0.7,
            ]
            for frame in range(first, last + 1)
        ]
    return np.array(rows)


def made_results(truth: np.ndarray, seed: int) -> np.ndarray:
    """Some boxes shifted, some missing, identities that change, and false alarms."""
    generator = np.random.default_rng(seed)
    kept = truth[generator.random(len(truth)) < 0.85].copy()
    kept[:, 1] = kept[:, 1] * 100 + (kept[:, 0] + 5 * kept[:, 1]) // 15
    kept[:, 2:6] += generator.normal(0, 3, (len(kept), 4))
    wrong = kept[: len(kept) // 6].copy()
    wrong[:, 1] = 100_000 + np.arange(len(wrong))
    wrong[:, 2:4] += 70
    both = np.concatenate([kept, wrong])[:, :7]
    both[:, 4:6] = np.maximum(both[:, 4:6], 1)
    both[:, 6] = 1
    return np.column_stack([both, np.full((len(both), 3), -1)])


def assert_equal_to_trackeval(truth: Path, results: Path, frames: int, benchmark: str) -> None:
    dataset = trackeval_folders.challenge(truth, results.parent.parent, "S", frames, BENCHMARKS[benchmark])
    expected = trackeval_folders.scores_of(dataset, "S", "pedestrian")
    (own,) = load_sequences(truth, results, PROTOCOLS[benchmark])
    row = evaluate_tracking([own]).to_rows()[0]
    assert 0 < row["HOTA"] < 1
    for field, value in expected.items():
        assert row[field] == pytest.approx(value, abs=1e-9), field


@pytest.mark.parametrize("benchmark", BENCHMARKS)
@pytest.mark.parametrize("seed", range(3))
def test_equals_trackevals_own_reading_of_made_up_files(tmp_path: Path, benchmark: str, seed: int) -> None:
    truth, results = tmp_path / "S.txt", tmp_path / "out" / "tracker" / "S.txt"
    results.parent.mkdir(parents=True)
    table = made_truth(seed)
    np.savetxt(truth, table, fmt="%.10g", delimiter=",")
    np.savetxt(results, made_results(table, seed), fmt="%.10g", delimiter=",")
    assert_equal_to_trackeval(truth, results, FRAMES, benchmark)


@pytest.mark.parametrize(
    ("folder", "frames", "benchmark"),
    [
        ("BEE24/BEE2412", 250, "bee24"),
        ("DanceTrack/dancetrack0004", 1203, "dancetrack"),
        ("MOT17-09-halfval", 262, "mot17"),
        ("ETH-Sunnyday", 354, "mot15"),
    ],
)
def test_equals_trackevals_own_reading_of_real_truth(
    shared_data: Path, tmp_path: Path, folder: str, frames: int, benchmark: str
) -> None:
    truth, results = shared_data / "mot_text" / folder / "gt.txt", tmp_path / "tracker" / "S.txt"
    results.parent.mkdir()
    np.savetxt(results, made_results(np.loadtxt(truth, delimiter=","), 7), fmt="%.10g", delimiter=",")
    assert_equal_to_trackeval(truth, results, frames, benchmark)


@pytest.mark.parametrize(
    ("name", "benchmark"),
    [
        ("MOT16-02", "mot16"),
        ("MOT17-02-FRCNN", "mot17"),
        ("MOT20-01", "mot20"),
        ("dancetrack0004", "dancetrack"),
        ("BEE2412", "bee24"),
        ("PETS09-S2L1", "mot15"),
        ("eth-sunnyday", "mot15"),
        ("KITTI-17", "mot15"),
        ("KITTI-17-2", "plain"),
        ("0017", "plain"),
    ],
)
def test_benchmarks_by_name(name: str, benchmark: str) -> None:
    assert benchmark_of(name) == benchmark


def test_an_unknown_benchmark_is_refused() -> None:
    assert protocol_named("kitti") == PROTOCOLS["kitti"]
    with pytest.raises(InputError, match="benchmark: found 'mot18', expected one of plain, mot15"):
        protocol_named("mot18")


def test_the_rules_that_were_followed(tmp_path: Path) -> None:
    for name in ("MOT17-02", "MOT20-01"):
        for place, text in (("gt", "1,1,0,0,9,9,1,1,1\n"), ("out", "")):
            path = tmp_path / place / name / ("gt.txt" if place == "gt" else "tracks.txt")
            path.parent.mkdir(parents=True)
            path.write_text(text)
    sequences = load_sequences(tmp_path / "gt", tmp_path / "out")
    assert rules_of(sequences) == ["mot17", "mot20"]
    assert rules_of(sequences, "mot15") == ["mot15"]
