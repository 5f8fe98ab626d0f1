"""The terminal's tables in a notebook."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from neuromorph_track.reports.notebook.html import HtmlTable


def html_of(table: Table) -> HtmlTable:
    """The same headings and cells; what stands under the table becomes part of its caption."""
    words = 0
    for column in table.columns:
        if column.justify != "left":
            break
        words += 1
    cells = [[_plain(cell) for cell in column.cells] for column in table.columns]
    headings = [_plain(column.header).replace("\n", " ") for column in table.columns]
    caption = ". ".join(_plain(part) for part in (table.title, table.caption) if part)
    return HtmlTable(headings, list(zip(*cells, strict=True)), caption, words)


def _plain(cell: object) -> str:
    return cell.plain if isinstance(cell, Text) else str(cell)
