"""Finding the truth and the results of each sequence on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from neuromorph_track.data.motchallenge import read_detections, read_seqinfo, read_truth
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation.protocol import Protocol, protocol_for
from neuromorph_track.evaluation.sequences import EvaluationSequence

TRUTH_PLACES = (Path("gt", "gt.txt"), Path("gt.txt"))
RUN_TRACKS = "tracks.txt"


@dataclass(frozen=True)
class SequenceFiles:
    """Where truth and results of one sequence are; ``seqinfo`` where there is such a file."""

    name: str
    truth: Path
    results: Path
    seqinfo: Path | None


def pair_files(truth: str | Path, results: str | Path) -> tuple[SequenceFiles, ...]:
    """Find the sequences below ``truth`` and what was found for each below ``results``.

    Parameters
    ----------
    truth : path
        A ``gt.txt``, a sequence folder with ``gt/gt.txt`` or ``gt.txt``, or a folder of such folders.
    results : path
        A text file, a RUN folder with ``tracks.txt``, or a folder of ``SEQUENCE.txt`` files or of RUN
        folders named after the sequences. Where there is one sequence and one result, names do not matter.

    Returns
    -------
    tuple of SequenceFiles
        By name. Results for which there is no truth are left out.

    Raises
    ------
    InputError
        When nothing is found, or a sequence has no results.
    """
    wanted, found = _truth_files(Path(truth)), _result_files(Path(results))
    if len(wanted) == len(found) == 1:
        found = dict(zip(wanted, found.values(), strict=True))
    missing = sorted(wanted.keys() - found.keys())
    if missing:
        there = f"only {', '.join(sorted(found))}"
        raise InputError(results, "sequences", there, f"results for {', '.join(missing)} too")
    return tuple(
        SequenceFiles(name, wanted[name], found[name], _seqinfo(wanted[name])) for name in sorted(wanted)
    )


def load_sequences(
    truth: str | Path, results: str | Path, protocol: Protocol | None = None
) -> tuple[EvaluationSequence, ...]:
    """Read what :func:`pair_files` finds.

    Parameters
    ----------
    truth, results : path
        As there.
    protocol : Protocol, optional
        The rules; without it those that go with each sequence's name.

    Raises
    ------
    InputError
        Also when a file is not in the MOTChallenge format, or holds frames that its sequence has not.
    """
    return tuple(_load(files, protocol) for files in pair_files(truth, results))


def _load(files: SequenceFiles, protocol: Protocol | None) -> EvaluationSequence:
    truth, results = read_truth(files.truth), read_detections(files.results)
    if files.seqinfo is not None:
        frames = read_seqinfo(files.seqinfo).frames
    else:
        frames = max(int(boxes.frame.max(initial=1)) for boxes in (truth, results))
    return EvaluationSequence(files.name, truth, results, frames, protocol or protocol_for(files.name))


def _truth_files(path: Path) -> dict[str, Path]:
    if path.is_file():
        return {_truth_name(path): path}
    if not path.is_dir():
        raise InputError(path, "path", "nothing", "a truth file or a folder of sequences")
    own = _truth_inside(path)
    if own is not None:
        return {path.resolve().name: own}
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
    if not files and not runs:
        raise InputError(path, "folder", f"no {RUN_TRACKS} and no text file", "results of a sequence or more")
    return {**files, **runs}


def _seqinfo(truth: Path) -> Path | None:
    """``seqinfo.ini`` of the sequence the truth file belongs to."""
    folder = truth.resolve().parent
    file = (folder.parent if folder.name == "gt" else folder) / "seqinfo.ini"
    return file if file.is_file() else None
