"""``hardware``: what is known of each chip, and whether a profile of one's own is sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from neuromorph_track.cli import completion
from neuromorph_track.cli.options import Json
from neuromorph_track.cli.output import console, counted, print_json
from neuromorph_track.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

    from neuromorph_track.hardware import HardwareProfile, Quantity

app = typer.Typer(
    no_args_is_help=True,
    help="Show what is known of each chip: prices, intervals, evidence, sources.\n\n"
    "Example: neuromorph-track hardware show loihi2-oheogulch",
)
Profile = Annotated[
    str,
    typer.Argument(help="A name from `hardware list`, or a TOML file.", autocompletion=completion.hardware),
]


@app.command("list")
def list_all(as_json: Json = False) -> None:
    """List the profiles that come with the project.

    Example: neuromorph-track hardware list
    """
    from rich.table import Table

    from neuromorph_track.hardware import load_profiles

    summaries = [_summary(profile) for profile in load_profiles()]
    if as_json:
        print_json(summaries)
        return
    table = Table("Id", "Name", "Kind", "Boundary", "Priced", "Weakest evidence", "Sources")
    for entry in summaries:
        terms = ", ".join(path.partition(".")[2] for path in entry["priced"])
        identity = (entry[key] for key in ("id", "name", "kind", "boundary"))
        table.add_row(*identity, terms, entry["evidence"], str(entry["sources"]))
    console().print(table)


@app.command()
def show(profile: Profile, as_json: Json = False) -> None:
    """Show every number of a profile with its interval, evidence and source.

    Example: neuromorph-track hardware show loihi2-oheogulch
    """
    from rich.table import Table

    from neuromorph_track.hardware import load_profile

    loaded = load_profile(profile)
    if as_json:
        print_json(loaded.model_dump(mode="json", by_alias=True, exclude_none=True))
        return
    out = console()
    out.print(_numbers(loaded))
    counting = Table("Rule", "", title="Counting and mapping")
    for name, value in [*loaded.counting, *((f"mapping {key}", value) for key, value in loaded.mapping)]:
        counting.add_row(name, str(value))
    out.print(counting)
    sources = Table(title="Sources")
    sources.add_column("Source", no_wrap=True)
    sources.add_column("Where it is found", overflow="fold")
    for source in loaded.source:
        sources.add_row(source.id, " ".join(filter(None, (source.cite, source.url))))
    out.print(sources)


@app.command()
def check(
    files: Annotated[
        list[str],
        typer.Argument(help="TOML files, or names from `hardware list`.", autocompletion=completion.hardware),
    ],
    as_json: Json = False,
) -> None:
    """Say what is wrong with profiles, line by line; exit code 1 when something is.

    Example: neuromorph-track hardware check mine.toml
    """
    results = [_checked(file) for file in files]
    if as_json:
        print_json(results)
    else:
        for result in results:
            _print_checked(result)
    if any(result["faults"] for result in results):
        raise typer.Exit(1)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a profile.

    Example: neuromorph-track hardware schema
    """
    from neuromorph_track.hardware.schema import profile_schema

    print_json(profile_schema())


@app.command()
def new() -> None:
    """Print a small profile to begin with.

    Example: neuromorph-track hardware new
    """
    from neuromorph_track.hardware.starter import STARTER

    print(STARTER, end="")


def _summary(profile: HardwareProfile) -> dict[str, Any]:
    from neuromorph_track.hardware.coverage import priced, unpriced, weakest_price

    return {
        "id": profile.id,
        "name": profile.profile.name,
        "kind": profile.profile.kind,
        "boundary": profile.profile.boundary,
        "priced": list(priced(profile)),
        "unpriced": list(unpriced(profile)),
        "evidence": weakest_price(profile),
        "sources": len(profile.source),
    }


def _checked(file: str) -> dict[str, Any]:
    from neuromorph_track.hardware import find_faults, parse_profile, read_profile

    try:
        text, path = read_profile(file)
        faults = find_faults(text, path)
    except InputError as error:
        faults = (error,)
    listed = [
        {"where": fault.source, "field": fault.field, "found": fault.found, "expected": fault.expected}
        for fault in faults
    ]
    return {
        "file": file,
        "faults": listed,
        "profile": None if listed else _summary(parse_profile(text, path)),
    }


def _print_checked(result: dict[str, Any]) -> None:
    out = console()
    for fault in result["faults"]:
        line = "{where}: {field}: found {found}, expected {expected}".format(**fault)
        out.print(line, highlight=False, soft_wrap=True)
    if result["faults"]:
        return
    profile = result["profile"]
    prices = f"{counted(len(profile['priced']), 'price')} ({', '.join(profile['priced'])})"
    sources = f"{counted(profile['sources'], 'source')}, weakest evidence {profile['evidence']}"
    out.print(
        f"{result['file']}: ok, {prices} of {sources}",
        highlight=False,
        soft_wrap=True,
    )
    if profile["unpriced"]:
        out.print(f"  hint: unpriced: {', '.join(profile['unpriced'])}", highlight=False, soft_wrap=True)


def _numbers(profile: HardwareProfile) -> Table:
    from rich.table import Table

    identity = profile.profile
    title = f"{identity.name}: {identity.kind}, boundary {identity.boundary}"
    table = Table(title=title)
    for heading in ("Number", "Value", "Low", "High", "Unit", "Evidence", "Scope", "Conditions", "Sources"):
        numeric = heading in ("Value", "Low", "High")
        folds = heading in ("Conditions", "Sources")
        table.add_column(heading, justify="right" if numeric else "left", no_wrap=not folds, overflow="fold")
    for path, quantity in profile.quantities():
        table.add_row(path, *_cells(quantity))
    return table


def _cells(quantity: Quantity) -> tuple[str, ...]:
    return (
        *(f"{number:,.6g}" for number in (quantity.value, quantity.low, quantity.high)),
        quantity.unit,
        quantity.evidence,
        quantity.scope,
        "; ".join(f"{name}: {value}" for name, value in quantity.conditions.items()),
        ", ".join(quantity.source),
    )
