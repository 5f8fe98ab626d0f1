"""The JSON Schema of a hardware profile, for editors and for checks without this package."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from neuromorph_track.hardware import prices, tables
from neuromorph_track.hardware.profile import HardwareProfile
from neuromorph_track.hardware.quantity import Quantity

IDENTIFIER = "urn:neuromorph-track:hardware-profile:1"
_TABLES: dict[str, type[BaseModel]] = {
    table.__name__: table
    for table in (Quantity, *vars(prices).values(), *vars(tables).values())
    if inspect.isclass(table) and issubclass(table, BaseModel)
}


class _Plain(GenerateJsonSchema):
    """Without titles that repeat names, and without null, which TOML does not have."""

    def field_title_should_be_set(self, schema: object) -> bool:
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        inner = super().default_schema(schema)
        return inner if isinstance(inner.get("default"), (str, int, bool)) else _without(inner, "default")


def profile_schema() -> dict[str, Any]:
    """Draft 2020-12 schema; what it cannot say (order of an interval, sources that resolve) stays in code."""
    body = HardwareProfile.model_json_schema(by_alias=True, schema_generator=_Plain)
    _describe(body, HardwareProfile)
    for name, part in body["$defs"].items():
        _describe(part, _TABLES[name])
    head = {"$schema": GenerateJsonSchema.schema_dialect, "$id": IDENTIFIER, "title": "Hardware profile"}
    return head | _without(body, "title")


def _describe(schema: dict[str, Any], table: type[BaseModel]) -> None:
    schema.pop("title", None)
    documentation = inspect.getdoc(table) or ""
    schema["description"] = _joined(documentation.partition("\n\nAttributes\n")[0])
    for names, text in _attributes(documentation):
        for name in names:
            schema["properties"][name]["description"] = text


def _attributes(documentation: str) -> Iterator[tuple[list[str], str]]:
    """Names and text of each entry under ``Attributes``, where it has a text."""
    _, _, section = documentation.partition("\nAttributes\n----------\n")
    for entry in re.split(r"\n(?=\S)", section):
        head, _, text = entry.partition("\n")
        if text.strip():
            yield head.partition(" : ")[0].split(", "), _joined(text)


def _joined(text: str) -> str:
    plain = re.sub(r":\w+:`(\w+)`", r"\1", text).replace("``", "`")
    return " ".join(plain.split())


def _without(schema: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name != key}
