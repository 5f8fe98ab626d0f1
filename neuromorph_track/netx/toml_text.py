"""Plain values as TOML; reading it is :func:`neuromorph_track.files.parse_toml`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(table: Mapping[str, Any]) -> str:
    """A table of texts, numbers, booleans, lists of these, tables, and lists of tables."""
    return "\n".join(_body("", table)).lstrip("\n") + "\n"


def _body(name: str, table: Mapping[str, Any]) -> list[str]:
    """The lines below a table's heading; tables inside it come last, or they would take its keys."""
    inner = {key: value for key, value in table.items() if isinstance(value, dict) or _is_tables(value)}
    lines = [f"{_key(key)} = {_value(value)}" for key, value in table.items() if key not in inner]
    for key, value in inner.items():
        full = f"{name}.{_key(key)}".lstrip(".")
        for one in value if isinstance(value, list) else [value]:
            heading = f"[[{full}]]" if isinstance(value, list) else f"[{full}]"
            lines += ["", heading, *_body(full, one)]
    return lines


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _key(key: str) -> str:
    return key if BARE_KEY.fullmatch(key) else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    # Texts, numbers and booleans are written as in JSON, but for one control character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
