"""Everything in ``run.json`` as a list that people may read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# Shown elsewhere in the page, or one number per frame.
ELSEWHERE = ("warnings", "score", "scores", "versions")
MOST_ROWS, MOST_ITEMS, LONGEST = 400, 24, 400


def parameter_groups(record: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of (name, value): one for each table of the file, the plain values first, versions last."""
    plain = {name: value for name, value in record.items() if not isinstance(value, Mapping)}
    tables = {name: value for name, value in record.items() if isinstance(value, Mapping)}
    groups = [("run", plain), *tables.items()]
    shown = [(name, list(_rows(content))[:MOST_ROWS]) for name, content in groups if name not in ELSEWHERE]
    versions = record.get("versions")
    if isinstance(versions, Mapping):
        shown.append(("versions", list(_rows(versions))[:MOST_ROWS]))
    return [(name, rows) for name, rows in shown if rows]


def _rows(content: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in content.items():
        if not prefix and name in ELSEWHERE:
            continue
        if isinstance(value, Mapping):
            yield from _rows(value, f"{prefix}{name}.")
        elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            for place, item in enumerate(value[:MOST_ITEMS]):
                yield from _rows(item, f"{prefix}{name}.{place}.")
        else:
            yield f"{prefix}{name}", _text(value)


def _text(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        items = ", ".join(map(_text, value[:MOST_ITEMS]))
        return (items + (f" … ({len(value)})" if len(value) > MOST_ITEMS else "")) or "–"
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)[:LONGEST]
