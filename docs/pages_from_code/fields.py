"""Files that are checked by pydantic models: their tables and fields, from the models themselves."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

Schema = dict[str, Any]
_ENTRY = re.compile(r"\n(?=\S)")


def fields(place: str) -> str:
    """A model's fields, then those of each table in it.

    Parameters
    ----------
    place : str
        ``module:Class``.
    """
    module, _, name = place.partition(":")
    model: type[BaseModel] = getattr(importlib.import_module(module), name)
    body = model.model_json_schema(by_alias=True)
    models = {part.__name__: part for part in _parts(model)}
    lines = list(_table(model.__name__, body, models))
    for part in body.get("$defs", {}):
        lines += ["", f"## {part}", "", *_table(part, body["$defs"][part], models)]
    return "\n".join(lines) + "\n"


def _parts(model: type[BaseModel]) -> set[type[BaseModel]]:
    """The model and all that its fields are made of."""
    found, waiting = {model}, [model]
    while waiting:
        annotations: list[Any] = [field.annotation for field in waiting.pop().model_fields.values()]
        while annotations:
            kind = annotations.pop()
            annotations += getattr(kind, "__args__", ())
            if inspect.isclass(kind) and issubclass(kind, BaseModel) and kind not in found:
                found.add(kind)
                waiting.append(kind)
    return found


def _table(name: str, schema: Schema, models: dict[str, type[BaseModel]]) -> Iterator[str]:
    documentation = inspect.getdoc(models[name]) or ""
    told = dict(_attributes(documentation))
    yield _plain(documentation.partition("\n\nAttributes\n")[0])
    yield from ("", "| field | what it takes | default | |", "|---|---|---|---|")
    asked = schema.get("required", ())
    for field, part in schema.get("properties", {}).items():
        default = "required" if field in asked else _default(part)
        yield f"| `{field}` | {_takes(part)} | {default} | {told.get(field, '')} |"


def _attributes(documentation: str) -> Iterator[tuple[str, str]]:
    """Field and text of each entry under ``Attributes`` that has a text."""
    _, _, section = documentation.partition("\nAttributes\n----------\n")
    for entry in _ENTRY.split(section):
        head, _, text = entry.partition("\n")
        for name in head.partition(" : ")[0].split(", "):
            yield name, _plain(inspect.cleandoc(text))


def _takes(schema: Schema) -> str:
    """Which values a field takes, in words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " or ".join(_takes(part) for part in schema[key] if part.get("type") != "null")
    if schema.get("type") == "array":
        if "prefixItems" in schema:
            return "[" + ", ".join(_takes(part) for part in schema["prefixItems"]) + "]"
        return f"list of {_takes(schema.get('items', {}))}"
    if schema.get("type") == "object":
        return "table"
    words = {"integer": "whole number", "number": "number", "string": "text", "boolean": "true or false"}
    return words.get(schema.get("type", ""), "any") + _range(schema)


def _range(schema: Schema) -> str:
    limits = [
        f"{sign} {schema[key]:,g}"
        for key, sign in (
            ("minimum", "≥"),
            ("exclusiveMinimum", ">"),
            ("maximum", "≤"),
            ("exclusiveMaximum", "<"),
        )
        if key in schema
    ]
    return f" {' and '.join(limits)}" if limits else ""


def _default(schema: Schema) -> str:
    value = schema.get("default")
    if value is None:
        return ""
    # The defaults of a table stand with its own fields.
    nested = isinstance(value, dict) or (isinstance(value, list) and any(isinstance(x, dict) for x in value))
    return "its defaults" if nested else f"`{value}`".replace("True", "true").replace("False", "false")


def _plain(text: str) -> str:
    """NumPy-style text as one paragraph of Markdown."""
    text = re.sub(r":\w+:`~?([^`]+)`", lambda role: f"``{role[1].rpartition('.')[2]}``", text)
    return " ".join(text.replace("``", "`").replace("|", "\\|").split())
