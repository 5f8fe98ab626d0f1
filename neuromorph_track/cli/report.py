"""``report``: one HTML file about runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from neuromorph_track.cli.options import Json, Quiet
from neuromorph_track.cli.output import console, print_json, print_warnings

MEGABYTE = 1_000_000


def report(
    runs: Annotated[
        list[Path],
        typer.Argument(
            help="RUN folders of `track`, `profile` or `sot`; the first is the baseline of the others."
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="HTML file to write (default: report.html in the first run)."),
    ] = None,
    video: Annotated[
        bool, typer.Option("--video/--no-video", help="Put the runs' videos into the page.")
    ] = True,
    video_mb: Annotated[
        float, typer.Option("--video-mb", min=0.1, max=500.0, help="Most megabytes of video in all.")
    ] = 10.0,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a file that is no report of ours.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write one HTML file about a run, or about several side by side; it opens without a network.

    Example: neuromorph-track report runs/street -o street.html
    """
    from neuromorph_track.runs.report import ReportOptions
    from neuromorph_track.runs.report import report as write_report

    options = ReportOptions(video, int(video_mb * MEGABYTE), overwrite, quiet or as_json)
    written = write_report(list(runs), output, options)
    if as_json:
        print_json(
            {
                "path": str(written.path),
                "size_bytes": written.size,
                "runs": list(written.runs),
                "warnings": list(written.warnings),
            }
        )
        return
    out = console()
    print_warnings(out, written.warnings)
    out.print(f"written: {written.path} ({written.size / MEGABYTE:.1f} MB)", highlight=False)
