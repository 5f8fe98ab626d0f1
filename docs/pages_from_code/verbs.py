"""The command line's own help as pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import typer
from typer.cli import get_docs_for_click

PROGRAM = "neuromorph-track"


def commands() -> Mapping[str, Any]:
    """Verb -> click command, in the order of ``--help``."""
    from neuromorph_track.cli.app import app

    group = typer.main.get_command(app)
    found: Mapping[str, Any] = vars(group)["commands"]
    return {name: command for name, command in found.items() if not command.hidden}


def verb(name: str) -> str:
    """Usage, arguments and options of one verb, and of its own verbs."""
    command = commands()[name]
    text = get_docs_for_click(obj=command, ctx=typer.Context(command), name=name, call_prefix=PROGRAM)
    body = text.partition("\n")[2]
    # `neuromorph-track hardware show` is a heading of its own; its program's name goes without saying.
    body = re.sub(rf"^(#+) `{PROGRAM} (.*)`$", r"\1 `\2`", body, flags=re.MULTILINE)
    return _examples(body).strip() + "\n"


def verbs(_: str) -> str:
    """Tables of all verbs by their groups in ``--help``, with links to their pages; and the menu."""
    groups: dict[str, list[str]] = {}
    for name, command in commands().items():
        row = f"| [`{name}`]({name}.md) | {_first_line(command.help)} |"
        groups.setdefault(getattr(command, "rich_help_panel", None) or "Verbs", []).append(row)
    lines = [
        line
        for group, rows in groups.items()
        for line in ("", f"## {group}", "", "| verb | |", "|---|---|", *rows)
    ]
    return "\n".join([*lines, "", "```{toctree}", ":hidden:", "", *commands(), "```"]) + "\n"


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]


def _examples(text: str) -> str:
    """`Example: …` as something to copy."""
    return re.sub(r"^Example: (.*)$", r"```console\n$ \1\n```", text, flags=re.MULTILINE)
