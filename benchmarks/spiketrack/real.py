"""A trained pair and OpenCV's trackers on real sequences, in one run.

    python benchmarks/spiketrack/real.py PAIR SEQUENCES... -o runs/real [--trackers KCF,CSRT,MOSSE,MIL]

PAIR is a checkpoint or a siamese pair's folder, SEQUENCES are folders as ``eval-single`` takes them. Success
AUC and precision of each sequence and the mean; frames/s of each tracker on one processor core, reading the
pictures left out. What is finished is not done again, so that another pair needs another folder.

Two intervals stand beside a mean, 95 % each. *Over frames* is a bootstrap of blocks within the sequences:
how far a score hangs on what happened in these very sequences. *Over sequences* is what may be said of other
sequences like these, and is left out below ten of them: of two it would be a line from the one to the other.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from peers import TRACKERS, run_peers
from rich.console import Console
from rich.table import Table

from neuromorph_track.data.single import SingleResult, SingleSequence, find_sequences, write_result
from neuromorph_track.data.single.results import read_results, result_files
from neuromorph_track.evaluation.single import evaluate_single, mean_interval
from neuromorph_track.evaluation.single.blocks import BLOCK, FrameScores, block_interval, frame_scores
from neuromorph_track.files import write_text
from neuromorph_track.runs.follow import follow, settings_of
from neuromorph_track.runs.pairs import load_siamese
from neuromorph_track.runs.siamese_net import SiameseNet

OURS = "this pair"
# The first of them load compiled code.
LEAVE_OUT = 2
# Below so many an interval over sequences says nothing.
SEQUENCES = 10
Results = Mapping[str, Sequence[SingleResult]]


def run_ours(sequences: Sequence[SingleSequence], net: Path, output: Path) -> None:
    """Follow each sequence's object, unless it is done, and write ``OUTPUT/NAME.txt`` and its times."""
    missing = [each for each in sequences if not result_files(output, each.name)]
    if not missing:
        return
    pair = SiameseNet(load_siamese(net))
    for sequence in missing:
        steps = follow(pair, sequence.frames, sequence.initial_box, settings_of(pair))
        boxes, seconds = zip(*((step.xywh, step.seconds) for step in steps), strict=True)
        write_result(output, sequence.name, SingleResult(np.stack(boxes), np.array(seconds)))


def table(sequences: Sequence[SingleSequence], results: Results) -> Table:
    shown = Table(title=f"{len(sequences)} real sequences, {sum(map(len, sequences)):,} frames")
    columns = ["tracker", *(each.name for each in sequences), "AUC", "over frames", "over sequences"]
    columns += ["ahead by, over frames", "precision", "frames/s"]
    for name in columns:
        shown.add_column(name, justify="left" if name == "tracker" else "right")
    ours = _frames(sequences, results[OURS])
    for name, found in results.items():
        boxes = {each.name: run.boxes for each, run in zip(sequences, found, strict=True)}
        report, own = evaluate_single(sequences, boxes, name), _frames(sequences, found)
        each = [row.AUC for row in report.rows]
        ahead = [a.success - b.success for a, b in zip(ours, own, strict=True)]
        over = mean_interval(each) if len(each) >= SEQUENCES else None
        shown.add_row(
            name,
            *(f"{value:.3f}" for value in each),
            f"{report.combined.AUC:.3f}",
            _told(block_interval([one.success for one in own])),
            "—" if over is None else _told(over),
            "" if name == OURS else f"{_mean(ahead):+.3f} {_told(block_interval(ahead))}",
            f"{report.combined.precision:.3f}",
            f"{speed(found):.0f}",
        )
    return shown


def speed(found: Sequence[SingleResult]) -> float:
    """Frames per second, of all frames but the first of each sequence."""
    seconds = [run.seconds[LEAVE_OUT:] for run in found if run.seconds is not None]
    return float(1 / np.concatenate(seconds).mean()) if seconds else float("nan")


def _frames(sequences: Sequence[SingleSequence], found: Sequence[SingleResult]) -> list[FrameScores]:
    return [frame_scores(each, run.boxes) for each, run in zip(sequences, found, strict=True)]


def _mean(values: Sequence[NDArray[np.float64]]) -> float:
    return float(np.mean([each.mean() for each in values]))


def _told(interval: tuple[float, float]) -> str:
    return f"[{interval[0]:.3f}, {interval[1]:.3f}]"


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("pair", type=Path)
    parser.add_argument("sequences", type=Path, nargs="+")
    parser.add_argument("--output", "-o", type=Path, required=True)
    parser.add_argument("--trackers", default=",".join(TRACKERS))
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    sequences = [each for folder in given.sequences for each in find_sequences(folder)]
    names = given.trackers.split(",")
    run_ours(sequences, given.pair, given.output / "ours")
    for name in run_peers(sequences, given.output, names):
        Console(stderr=True).print(name, highlight=False)
    folders = {OURS: "ours", **{f"OpenCV {name}": name for name in names}}
    results = {
        name: [read_results(given.output / folder, each.name)[0] for each in sequences]
        for name, folder in folders.items()
    }
    console = Console(width=170)
    console.print(table(sequences, results))
    console.print(f"over frames: blocks of {BLOCK} frames, each sequence counting the same")
    write_text(given.output / "speed.json", json.dumps({name: speed(each) for name, each in results.items()}))


if __name__ == "__main__":
    main()
