"""OpenCV's KCF, CSRT, MOSSE and MIL on sequences of one object: results files, and scores with intervals.

    python benchmarks/spiketrack/peers.py SEQUENCES... -o runs/peers [--trackers KCF,CSRT]
    neuromorph-track eval-single --gt SEQUENCES --results runs/peers/KCF --results runs/peers/CSRT

SEQUENCES are folders as ``eval-single`` takes them. The trackers have the defaults of OpenCV 4.10 and run in
an environment of their own, which the first call makes under the cache folder. What is finished is not done
again.
MIL draws random numbers, from a fixed seed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from rich.console import Console

# Not as ``peers.environments``: this file is ``peers`` too.
sys.path.insert(0, str(Path(__file__).parents[1] / "peers"))
from environments import Peer

from neuromorph_track.data.single import SingleResult, SingleSequence, find_sequences, write_result
from neuromorph_track.data.single.results import result_files
from neuromorph_track.evaluation.single import SingleReport, evaluate_single, load_found
from neuromorph_track.reports.single_tables import attributes_table, sequences_table, single_table

OPENCV = Peer("opencv", ("opencv-contrib-python-headless==4.10.0.84",))
TRACKERS = ("KCF", "CSRT", "MOSSE", "MIL")


class Followed(Protocol):
    """What a tracker is put on: a :class:`SingleSequence`, or anything else with frames and boxes.

    Attributes
    ----------
    name : str
    frames : iterable of (H, W, 3) uint8 RGB
    boxes : (F, 4) array
        Left, top, width, height; only the first is looked at.
    """

    name: str

    @property
    def frames(self) -> Iterable[np.ndarray]: ...

    @property
    def boxes(self) -> np.ndarray: ...


def run_peers(
    sequences: Iterable[Followed], output: Path, trackers: Sequence[str] = TRACKERS
) -> Iterator[str]:
    """Put each tracker on each sequence and write ``OUTPUT/TRACKER/NAME.txt``; gives what is done by name."""
    for sequence in sequences:
        missing = [name for name in trackers if not result_files(output / name, sequence.name)]
        if missing:
            for name, result in follow(sequence, missing).items():
                write_result(output / name, sequence.name, result)
        yield sequence.name


def follow(sequence: Followed, trackers: Sequence[str] = TRACKERS) -> dict[str, SingleResult]:
    """What each tracker finds in a sequence."""
    with tempfile.TemporaryDirectory() as folder:
        question, answer = Path(folder) / "question.json", Path(folder) / "answer.npz"
        asked = {"trackers": list(trackers), "box": np.asarray(sequence.boxes[0], float).tolist()}
        question.write_text(json.dumps(asked | _frames(sequence, Path(folder))))
        OPENCV.run(question, answer)
        with np.load(answer) as file:
            return {name: SingleResult(file[f"{name}.boxes"], file[f"{name}.seconds"]) for name in trackers}


def _frames(sequence: Followed, folder: Path) -> dict[str, object]:
    """The frames' files, or one file that holds them all."""
    paths = getattr(sequence.frames, "paths", None)
    if paths is not None:
        return {"pictures": [str(path.resolve()) for path in paths]}
    path = folder / "frames.npy"
    np.save(path, np.stack(list(sequence.frames)))
    return {"frames": str(path)}


def score(sequences: Sequence[SingleSequence], output: Path, trackers: Sequence[str]) -> list[SingleReport]:
    """Scores of results that :func:`run_peers` wrote."""
    return [
        evaluate_single(sequences, load_found(sequences, output / name), f"OpenCV {name}")
        for name in trackers
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sequences", type=Path, nargs="+")
    parser.add_argument("--output", "-o", type=Path, required=True)
    parser.add_argument("--trackers", default=",".join(TRACKERS))
    arguments = parser.parse_args()
    trackers = arguments.trackers.split(",")
    sequences = [each for folder in arguments.sequences for each in find_sequences(folder)]
    for name in run_peers(sequences, arguments.output, trackers):
        print(name, file=sys.stderr)
    reports = score(sequences, arguments.output, trackers)
    console = Console(width=160)
    console.print(single_table(reports))
    console.print(sequences_table(reports))
    if reports[0].attributes:
        console.print(attributes_table(reports))


if __name__ == "__main__":
    main()
