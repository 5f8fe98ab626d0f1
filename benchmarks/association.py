"""Every tracker of ours and of the peers on the same boxes: how good, and how fast.

    python benchmarks/association.py DATA [--per-sequence]
    python benchmarks/association.py DATA --modes two-stage --peers --groups "MOT17 half-val"

DATA is a folder with ``mot_text`` and ``mot`` (see ``tracking_cases.py``). Detections of a score of 0.1 and
more, no pictures, each tracker with the one set of defaults that it comes with. Peers run in environments of
their own, which the first call makes under the cache folder. Scores are TrackEval's, in per cent, over all
sequences of a group; speed is processor time of the tracker alone.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from moving_boxes import moving_boxes
from peers.environments import Peer
from peers.follow import follow
from rich.console import Console
from rich.table import Table
from tracking_cases import Case, all_cases

from neuromorph_track.association.interface import Tracker
from neuromorph_track.association.modes import MODES, make_tracker
from neuromorph_track.association.warm_up import load_loops
from neuromorph_track.data.detections import Detections
from neuromorph_track.evaluation import evaluate_tracking

# boxmot and ultralytics read this environment's PyTorch and NumPy; roboflow's needs a newer NumPy.
PEERS = {
    peer.name: peer
    for peer in (
        Peer("roboflow", (), "3.10", ("trackers==2.6.1", "opencv-python-headless==4.12.0.88")),
        Peer("boxmot", ("boxmot==19.0.0", "lapx==0.11.1", "loguru==0.7.3")),
        Peer("ultralytics", ("ultralytics==8.4.190", "lap==0.5.13")),
    )
}
# It follows anchors of a detector, which boxes of a file do not have.
BOX_MODES = [name for name in MODES if name != "smot"]
SCORES = ("HOTA", "AssA", "IDF1", "MOTA", "IDSW")
# Objects, and frames: some peers take a quarter of a second for a thousand.
LOADS = ((10, 300), (100, 100), (1000, 20))

# Tracker -> sequence -> rows of frame, identity, box; and tracker -> sequence -> seconds.
Found = tuple[dict[str, dict[str, np.ndarray]], dict[str, dict[str, float]]]
Sequences = dict[str, tuple[int, np.ndarray, np.ndarray, np.ndarray]]


def key(case: Case) -> str:
    return f"{case.group}/{case.name}"


def as_arrays(cases: Iterable[Case]) -> Sequences:
    """Frames, and frame, box and score of each detection: of real sequences, and of those to time."""
    real = {
        key(case): (
            case.detections.frames,
            case.detections.boxes.frame,
            case.detections.boxes.xyxy.astype(np.float32),
            case.detections.boxes.score.astype(np.float32),
        )
        for case in cases
    }
    return real | {f"speed/{objects}": _speed(objects, frames) for objects, frames in LOADS}


def _speed(objects: int, frames: int) -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
    scene = moving_boxes(objects, frames, seed=0)
    numbers = np.repeat(np.arange(1, frames + 1), [len(boxes) for boxes in scene])
    return (
        frames,
        numbers,
        np.concatenate([boxes.xyxy for boxes in scene]),
        np.concatenate([boxes.score for boxes in scene]),
    )


def run_mode(mode: str, sequences: Sequences) -> Found:
    load_loops()
    rows, seconds = {}, {}
    for name, sequence in sequences.items():
        rows[name], seconds[name] = follow(_Step(make_tracker(mode)), *sequence)
    return {f"ours: {mode}": rows}, {f"ours: {mode}": seconds}


class _Step:
    def __init__(self, tracker: Tracker) -> None:
        self.tracker = tracker

    def __call__(self, xyxy: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        tracks = self.tracker.update(Detections(xyxy, score, np.zeros(len(score), np.int64)))
        return tracks.track_id, tracks.xyxy


def run_peer(peer: Peer, sequences: Sequences) -> Found:
    """All trackers of a peer, by its worker."""
    given = {
        f"{place}.{part}": np.asarray(value)
        for place, sequence in enumerate(sequences.values())
        for part, value in zip(("frames", "frame", "xyxy", "score"), sequence, strict=True)
    }
    with tempfile.TemporaryDirectory() as folder:
        question, answer = Path(folder) / "boxes.npz", Path(folder) / "tracks.npz"
        np.savez_compressed(question, **given)
        peer.run(question, answer)
        with np.load(answer) as file:
            found = dict(file)
    about = json.loads(str(found["about"]))
    rows, seconds = {}, {}
    for tracker in about["names"]:
        name = f"{peer.name} {about['version']}: {tracker}"
        rows[name] = {own: found[f"{tracker}.{place}.rows"] for place, own in enumerate(sequences)}
        seconds[name] = {
            own: float(found[f"{tracker}.{place}.seconds"]) for place, own in enumerate(sequences)
        }
    return rows, seconds


def score_table(group: str, cases: list[Case], rows: dict[str, dict[str, np.ndarray]], each: bool) -> Table:
    table = Table(title=f"{group}: {len(cases)} sequences, {sum(c.detections.frames for c in cases)} frames")
    table.add_column("tracker")
    for name in SCORES:
        table.add_column(name, justify="right")
    for tracker, found in rows.items():
        scored = []
        for case in cases:
            frame, identity, *box = found[key(case)].T
            scored.append(case.scored(frame, identity, np.stack(box, axis=1)))
        report = evaluate_tracking(scored)
        if each:
            for row in report.rows[:-1]:
                table.add_row(f"  {tracker}, {row.sequence}", *_cells(row))
        table.add_row(tracker, *_cells(report.combined), style="bold" if each else None)
    return table


def _cells(row: object) -> list[str]:
    numbers = [getattr(row, name) for name in SCORES]
    return [f"{100 * number:.2f}" if isinstance(number, float) else str(number) for number in numbers]


def speed_table(seconds: dict[str, dict[str, float]], cases: list[Case]) -> Table:
    table = Table(title="frames/s by processor time, the tracker alone")
    table.add_column("tracker")
    for objects, _ in LOADS:
        table.add_column(f"{objects} objects", justify="right")
    table.add_column("the sequences", justify="right")
    for tracker, found in seconds.items():
        rates = [frames / found[f"speed/{objects}"] for objects, frames in LOADS]
        if cases:
            frames = sum(case.detections.frames for case in cases)
            rates.append(frames / sum(found[key(case)] for case in cases))
        table.add_row(tracker, *(f"{rate:.0f}" if rate > 20 else f"{rate:.1f}" for rate in rates))
    return table


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("data", type=Path)
    parser.add_argument("--modes", nargs="*", choices=BOX_MODES, default=BOX_MODES)
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--groups", nargs="*", help="all by default; none: speed alone")
    parser.add_argument("--per-sequence", action="store_true")
    arguments = parser.parse_args()

    cases = all_cases(arguments.data)
    if arguments.groups is not None:
        cases = [case for case in cases if case.group in arguments.groups]
    sequences = as_arrays(cases)
    rows: dict[str, dict[str, np.ndarray]] = {}
    seconds: dict[str, dict[str, float]] = {}
    ours = (run_mode(mode, sequences) for mode in arguments.modes)
    theirs = (run_peer(PEERS[name], sequences) for name in arguments.peers)
    for more_rows, more_seconds in (*ours, *theirs):
        rows |= more_rows
        seconds |= more_seconds
    console = Console(width=120)
    for group in dict.fromkeys(case.group for case in cases):
        own = [case for case in cases if case.group == group]
        console.print(score_table(group, own, rows, arguments.per_sequence))
    console.print(speed_table(seconds, cases))


if __name__ == "__main__":
    main()
