"""The published JSON Schema: what the code generates, and what another validator makes of it."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from neuromorph_track.files import parse_toml
from neuromorph_track.hardware import list_profiles
from neuromorph_track.hardware.locate import profiles_folder
from neuromorph_track.hardware.schema import profile_schema
from neuromorph_track.hardware.starter import STARTER

PUBLISHED = profiles_folder() / "schema.json"


@pytest.fixture
def validator() -> Any:
    schema = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_published_file_is_what_the_code_generates() -> None:
    # If not: neuromorph-track hardware schema > hardware_profiles/schema.json
    assert PUBLISHED.read_text(encoding="utf-8") == json.dumps(profile_schema(), indent=2) + "\n"


def test_its_name_is_no_address_and_there_is_no_null() -> None:
    schema = profile_schema()
    assert schema["$schema"].startswith("https://json-schema.org/draft/2020-12")
    assert schema["$id"].startswith("urn:")
    assert '"null"' not in json.dumps(schema)


def test_every_term_says_what_it_is() -> None:
    schema = profile_schema()
    silent = [
        (name, term)
        for name in ("EventEnergy", "Supply", "Timing", "Counting", "Mapping", "Spread")
        for term, part in schema["$defs"][name]["properties"].items()
        if not part.get("description")
    ]
    assert silent == []
    assert "one spike to one destination core" in json.dumps(schema).lower()
    assert ":data:" not in json.dumps(schema)


@pytest.mark.parametrize("name", list_profiles())
def test_a_built_in_profile_is_valid(name: str, validator: Any) -> None:
    path = profiles_folder() / f"{name}.toml"
    validator.validate(parse_toml(path.read_text(encoding="utf-8"), path))


def edit(path: str, value: object) -> dict[str, Any]:
    """The starter profile with one value changed, or without it (None)."""
    content = parse_toml(STARTER, "starter")
    *tables, key = path.split(".")
    table = content
    for name in tables:
        table = table[name]
    if value is None:
        del table[key]
    else:
        table[key] = value
    return content


def test_the_starter_is_valid(validator: Any) -> None:
    validator.validate(parse_toml(STARTER, "starter"))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("schema", "hardware-profile/2"),
        ("profile.id", "Not An Id"),
        ("profile.boundary", "desk"),
        ("profile.name", "a\x1bb"),
        ("counting.synop", None),
        ("source", []),
        ("energy.synops", 1),
        ("energy.synop.unit", None),
        ("energy.synop.unit", "W"),
        ("energy.synop.unit", "cal"),
        ("energy.synop.low", -1),
        ("energy.synop.low", "9"),
        ("energy.synop.value", 0),
        ("energy.synop.evidence", "sure"),
        ("energy.synop.source", []),
        ("energy.synop.scope", "some"),
        ("power.static.unit", "pJ"),
        ("counting.neuron_update_passes", 0),
    ],
)
def test_what_the_code_refuses_is_invalid(path: str, value: object, validator: Any) -> None:
    assert not validator.is_valid(edit(path, value))


@pytest.mark.parametrize("value", [0.5, 0, 2.5])
def test_a_count_is_whole(value: float, validator: Any) -> None:
    cores = {
        "value": value,
        "low": value,
        "high": 3,
        "unit": "count",
        "evidence": "vendor",
        "source": ["bench"],
    }
    assert not validator.is_valid(edit("resources", {"cores": cores}))
    assert validator.is_valid(edit("resources", {"cores": cores | {"value": 2, "low": 1}}))
