"""Finding the truth and the results of each sequence on disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from neuromorph_track.data.benchmark_rules import PROTOCOLS, Protocol, benchmark_of, protocol_for
from neuromorph_track.data.kitti import listed_length, looks_like_labels, read_label_lines, read_labels
from neuromorph_track.data.motchallenge import MotBoxes, read_detections, read_seqinfo, read_truth
from neuromorph_track.data.number_table import first_line
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation.sequences import EvaluationSequence

TRUTH_PLACES = (Path("gt", "gt.txt"), Path("gt.txt"))
RUN_TRACKS = "tracks.txt"
# Where TrackEval keeps the results of a tracker.
TRACKEVAL_RESULTS = Path("data")
# Where KITTI keeps its labels.
KITTI_LABELS = Path("label_02")


@dataclass(frozen=True)
class SequenceFiles:
    """Where truth and results of one sequence are; ``seqinfo`` where there is such a file.

    ``kitti`` tells whether the truth is in KITTI's format; of MOTChallenge it is otherwise.
    """

    name: str
    truth: Path
    results: Path
    seqinfo: Path | None
    kitti: bool = False


def pair_files(
    truth: str | Path, results: str | Path, only: Sequence[str] | None = None
) -> tuple[SequenceFiles, ...]:
    """Find the sequences below ``truth`` and what was found for each below ``results``.

    Parameters
    ----------
    truth : path
        A ``gt.txt``, a sequence folder with ``gt/gt.txt`` or ``gt.txt``, or a folder of such folders; of
        KITTI a label file, a folder of them, or the folder that holds ``label_02``.
    results : path
        A text file, a RUN folder with ``tracks.txt``, or a folder of ``SEQUENCE.txt`` files (or with such a
        folder ``data``, as TrackEval keeps them) or of RUN folders named after the sequences. Where there is
        one sequence and one result, names do not matter.
    only : sequence of str, optional
        Names of sequences; without it all there is truth for.

    Returns
    -------
    tuple of SequenceFiles
        By name. Results for which there is no truth are left out.

    Raises
    ------
    InputError
        When nothing is found, or a sequence has no results or no truth.
    """
    wanted, found = find_truth(truth, only), _result_files(Path(results))
    if len(wanted) == len(found) == 1:
        found = dict(zip(wanted, found.values(), strict=True))
    missing = sorted(wanted.keys() - found.keys())
    if missing:
        there = f"only {', '.join(sorted(found))}"
        raise InputError(results, "sequences", there, f"results for {', '.join(missing)} too")
    return tuple(
        SequenceFiles(name, wanted[name], found[name], seqinfo_of(wanted[name]), is_kitti(wanted[name]))
        for name in sorted(wanted)
    )


def find_truth(truth: str | Path, only: Sequence[str] | None = None) -> dict[str, Path]:
    """The truth file of each sequence; arguments and errors as for :func:`pair_files`."""
    files = _truth_files(Path(truth))
    if only is None:
        return files
    missing = sorted(set(only) - files.keys())
    if missing:
        raise InputError(truth, "sequences", ", ".join(sorted(files)), f"truth for {', '.join(missing)} too")
    return {name: files[name] for name in only}


def load_sequences(
    truth: str | Path,
    results: str | Path,
    protocol: Protocol | None = None,
    only: Sequence[str] | None = None,
) -> tuple[EvaluationSequence, ...]:
    """Read what :func:`pair_files` finds.

    Parameters
    ----------
    truth, results, only
        As there.
    protocol : Protocol, optional
        The rules; without it those that go with each sequence's name, or KITTI's with KITTI's labels.

    Raises
    ------
    InputError
        Also when a file is not in its benchmark's format, or holds frames that its sequence has not.
    """
    return tuple(_load(files, protocol) for files in pair_files(truth, results, only))


def rules_of(sequences: Iterable[EvaluationSequence], benchmark: str | None = None) -> list[str]:
    """Names of the benchmarks whose rules sequences are scored by: ``benchmark``, or those of each."""
    if benchmark is not None:
        return [benchmark]
    names = (
        "kitti" if each.protocol == PROTOCOLS["kitti"] else benchmark_of(each.name) for each in sequences
    )
    return list(dict.fromkeys(names))


def load_truth(path: Path, name: str) -> tuple[MotBoxes, int | None]:
    """The truth of a sequence, and its length where ``seqinfo.ini`` or KITTI's list of sequences says it."""
    seqinfo = seqinfo_of(path)
    if is_kitti(path):
        return read_labels(path), listed_length(path, name)
    return read_truth(path), read_seqinfo(seqinfo).frames if seqinfo else None


def is_kitti(truth: Path) -> bool:
    """Whether a truth file holds KITTI's labels."""
    return looks_like_labels(first_line(truth))


def _load(files: SequenceFiles, protocol: Protocol | None) -> EvaluationSequence:
    truth, length = load_truth(files.truth, files.name)
    results = _kitti_results(files.results) if files.kitti else read_detections(files.results)
    frames = length or max(int(boxes.frame.max(initial=1)) for boxes in (truth, results))
    own = PROTOCOLS["kitti"] if files.kitti else protocol_for(files.name)
    if protocol is not None and bool(protocol.classes) != files.kitti:
        found = "KITTI's labels" if files.kitti else "MOTChallenge's truth"
        raise InputError(files.truth, "benchmark", found, "the truth of the benchmark that was named")
    return EvaluationSequence(files.name, truth, results, frames, protocol or own)


def _kitti_results(path: Path) -> MotBoxes:
    boxes, lines = read_label_lines(path)
    nameless = boxes.track_id < 0
    if nameless.any():
        at = int(np.argmax(nameless))
        raise InputError(path, f"line {lines[at]}, id", str(boxes.track_id[at]), "the number of a track")
    return boxes


def _truth_files(path: Path) -> dict[str, Path]:
    if path.is_file():
        return {_truth_name(path): path}
    if not path.is_dir():
        raise InputError(path, "path", "nothing", "a truth file or a folder of sequences")
    own = _truth_inside(path)
    if own is not None:
        return {path.resolve().name: own}
    labels = path / KITTI_LABELS if (path / KITTI_LABELS).is_dir() else path
    kitti = {file.stem: file for file in sorted(labels.glob("*.txt")) if is_kitti(file)}
    if kitti:
        return kitti
    inside = {folder.name: _truth_inside(folder) for folder in sorted(path.iterdir()) if folder.is_dir()}
    sequences = {name: file for name, file in inside.items() if file is not None}
    if not sequences:
        raise InputError(path, "folder", "no gt/gt.txt or gt.txt in it or one below", "a sequence or more")
    return sequences


def _truth_inside(folder: Path) -> Path | None:
    return next((folder / place for place in TRUTH_PLACES if (folder / place).is_file()), None)


def _truth_name(file: Path) -> str:
    if file.name != "gt.txt":
        return file.stem
    folder = file.resolve().parent
    return folder.parent.name if folder.name == "gt" else folder.name


def _result_files(path: Path) -> dict[str, Path]:
    if path.is_file():
        return {path.resolve().parent.name if path.name == RUN_TRACKS else path.stem: path}
    if not path.is_dir():
        raise InputError(path, "path", "nothing", "a results file or a folder of them")
    if (path / RUN_TRACKS).is_file():
        return {path.resolve().name: path / RUN_TRACKS}
    entries = sorted(path.iterdir())
    files = {entry.stem: entry for entry in entries if entry.is_file() and entry.suffix == ".txt"}
    runs = {entry.name: entry / RUN_TRACKS for entry in entries if (entry / RUN_TRACKS).is_file()}
    if not files and not runs and (path / TRACKEVAL_RESULTS).is_dir():
        return _result_files(path / TRACKEVAL_RESULTS)
    if not files and not runs:
        raise InputError(path, "folder", f"no {RUN_TRACKS} and no text file", "results of a sequence or more")
    return {**files, **runs}


def seqinfo_of(truth: Path) -> Path | None:
    """``seqinfo.ini`` of the sequence the truth file belongs to."""
    folder = truth.resolve().parent
    file = (folder.parent if folder.name == "gt" else folder) / "seqinfo.ini"
    return file if file.is_file() else None
