"""``report``: one HTML file about one run, or about several side by side."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from neuromorph_track.errors import InputError
from neuromorph_track.files import write_text
from neuromorph_track.reports.html.page import MARKER, render
from neuromorph_track.runs.compare_names import run_names
from neuromorph_track.runs.folder import REPORT
from neuromorph_track.runs.report_against import compared
from neuromorph_track.runs.report_run import read_content

MOST_RUNS = 6
# Base64 makes four letters of three bytes; the rest of the page takes less than one MB.
VIDEO_BYTES = 10_000_000
SUFFIXES = (".html", ".htm")


@dataclass(frozen=True)
class ReportOptions:
    """What a user may choose about a report.

    Attributes
    ----------
    video : bool
        Whether the runs' videos are in it.
    video_bytes : int
        Most bytes of all videos together, before they are written as text; a larger one is encoded again.
    overwrite : bool
        Whether a file that is no report may be replaced. An earlier report is replaced anyway.
    quiet : bool
        No progress bar on stderr.
    """

    video: bool = True
    video_bytes: int = VIDEO_BYTES
    overwrite: bool = False
    quiet: bool = True


@dataclass(frozen=True)
class ReportSummary:
    """What was written.

    Attributes
    ----------
    path : Path
    size : int
        Bytes.
    runs : tuple of str
        Their names in the page.
    warnings : tuple of str
        All that the page warns of.
    """

    path: Path
    size: int
    runs: tuple[str, ...]
    warnings: tuple[str, ...]


def report(
    runs: str | PathLike[str] | Sequence[str | PathLike[str]],
    output: str | PathLike[str] | None = None,
    options: ReportOptions | None = None,
) -> ReportSummary:
    """Write a page that needs nothing but a browser: no network, no other file.

    Parameters
    ----------
    runs : path, or sequence of path
        RUN folders of `track`, `profile` or `sot`; the first is what the others are compared with.
    output : path, optional
        The HTML file; without it ``report.html`` in the folder of the first run.

    Raises
    ------
    InputError
        When a run is broken, or the output is a file that is no report.
    JobError
        When it cannot be written; nothing is left behind.
    """
    options = options or ReportOptions()
    given = [runs] if isinstance(runs, str | PathLike) else runs
    folders = [Path(run) for run in given]
    if not 0 < len(folders) <= MOST_RUNS:
        raise InputError("report", "runs", str(len(folders)), f"1 to {MOST_RUNS} RUN folders")
    path = folders[0] / REPORT if output is None else Path(output)
    _check_replaceable(path, options.overwrite)
    most = options.video_bytes // len(folders) if options.video else 0
    contents = [
        read_content(folder, name, most) for folder, name in zip(folders, run_names(folders), strict=True)
    ]
    against = compared(folders, contents, options.quiet) if len(contents) > 1 else None
    write_text(path, render(contents, against))
    warnings = [
        f"{one.name}: {warning}" if against else warning for one in contents for warning in one.warnings
    ]
    return ReportSummary(
        path,
        path.stat().st_size,
        tuple(one.name for one in contents),
        (*(against.warnings if against else ()), *warnings),
    )


def _check_replaceable(path: Path, overwrite: bool) -> None:
    # pathlib's questions raise where a name is too long.
    if os.path.isdir(path):
        raise InputError(path, "output", "a folder", "a name for an HTML file")
    if path.suffix.casefold() not in SUFFIXES:
        expected = "one ending in '.html'; a browser prints it as a PDF"
        raise InputError(path, "output", f"a name ending in {path.suffix!r}", expected)
    if overwrite or not os.path.exists(path):
        return
    try:
        with open(path, "rb") as file:
            head = file.read(len(MARKER) + 64)
    except OSError as error:
        raise InputError(path, "output", error.strerror or str(error), "a file that can be read") from error
    if MARKER.encode() not in head:
        raise InputError(path, "output", "a file that is no report", "a new name, or --overwrite")
