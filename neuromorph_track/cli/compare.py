"""``compare``: what runs cost on the chips you name, and whether one may be said to cost less."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neuromorph_track.cli.options import Csv, Hardware, Json, Quiet
from neuromorph_track.cli.output import console, print_json, print_warnings
from neuromorph_track.errors import InputError

if TYPE_CHECKING:
    from neuromorph_track.runs.comparison import Comparison

PICTURES = (".png", ".svg", ".pdf")
FOLDER = Path("runs/compare")


class FigureName(str, Enum):
    """What ratios and plots are about."""

    TOTAL = "total"
    DYNAMIC = "dynamic"


class AccuracyName(str, Enum):
    """Scores of tracks, and of one object's box."""

    HOTA = "hota"
    MOTA = "mota"
    IDF1 = "idf1"
    AO = "ao"
    AUC = "auc"


def compare(
    runs: Annotated[list[Path], typer.Argument(help="RUN folders of `track`, `profile` or `sot`.")],
    hardware: Hardware = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help=f"Folder for plots and tables (default: {FOLDER}), or one picture."
        ),
    ] = None,
    figure: Annotated[
        FigureName, typer.Option("--figure", help="What ratios and plots are about.")
    ] = FigureName.TOTAL,
    baseline: Annotated[
        str | None,
        typer.Option("--baseline", help="Run or profile to compare with (default: the first run)."),
    ] = None,
    accuracy: Annotated[
        list[str] | None,
        typer.Option(
            "--accuracy", help="RUN=VALUE, e.g. runs/street=0.61; repeat (default: from `eval` or `sot`)."
        ),
    ] = None,
    metric: Annotated[
        AccuracyName | None,
        typer.Option(
            "--metric",
            help="Accuracy to look for in the runs (default: ao where all are of `sot`, else hota).",
            show_default=False,
        ),
    ] = None,
    csv: Csv = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Price runs on the chips you name, and say which differences are real.

    Nothing is run again: the counts of a run are priced anew.

    Example: neuromorph-track compare runs/street runs/night --hardware loihi2-oheogulch --hardware loihi1
    """
    from neuromorph_track.files import write_text
    from neuromorph_track.runs.compare import compare_runs

    picture = _is_picture(output)
    comparison = compare_runs(
        runs,
        tuple(hardware or ()),
        figure=figure.value,
        baseline=baseline,
        accuracy=parse_accuracies(accuracy or []),
        metric=None if metric is None else metric.value,
        quiet=quiet or as_json,
    )
    written: list[Path] = []
    if picture and output is not None:
        comparison.plot(output)
        written.append(output)
    elif output is not None or not as_json:
        written += comparison.save(output or FOLDER)
    if csv is not None:
        write_text(csv, comparison.to_csv())
        written.append(csv)
    if as_json:
        print_json(comparison.to_dict())
    else:
        _report(comparison, written)


def _is_picture(output: Path | None) -> bool:
    """Whether one picture is asked for; a mistyped ending is no folder."""
    if output is None or not output.suffix:
        return False
    if output.suffix in PICTURES:
        return True
    if output.is_dir() or output.suffix[1:].isdecimal():
        return False
    expected = f"one of {', '.join(PICTURES)}, or a folder"
    raise InputError(output, "output", f"a name ending in {output.suffix!r}", expected)


def parse_accuracies(texts: list[str]) -> dict[str, float]:
    """``["runs/a=0.61", "runs/b=58%"]`` as fractions by run.

    Raises
    ------
    InputError
    """
    found: dict[str, float] = {}
    for text in texts:
        run, equals, value = text.rpartition("=")
        try:
            if not run or not equals:
                raise ValueError
            found[run] = float(value.removesuffix("%")) / (100 if value.endswith("%") else 1)
        except ValueError:
            expected = "RUN=VALUE, the value a fraction (0.61) or a percentage (61%)"
            raise InputError("option", "accuracy", repr(text), expected) from None
    return found


def _report(comparison: Comparison, written: list[Path]) -> None:
    from neuromorph_track.reports.energy_table import energy_table
    from neuromorph_track.runs.verdict_digest import verdict_lines

    out = console()
    for run in comparison.runs:
        score = "" if run.accuracy is None else f", {comparison.accuracy_name} {100 * run.accuracy:.1f} %"
        out.print(f"{run.name}: {run.title}{score}", style="bold", highlight=False)
    print_warnings(out, comparison.warnings)
    # That boundaries differ is among the warnings.
    out.print(energy_table(comparison.reports, comparison.names, boundaries=False))
    for line in verdict_lines(comparison):
        out.print(line, highlight=False)
    for path in written:
        out.print(f"written: {path}", highlight=False)
