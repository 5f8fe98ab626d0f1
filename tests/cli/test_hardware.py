"""``hardware``: what is printed of profiles, and what is said of bad ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from neuromorph_track.hardware import list_profiles, load_profile, parse_profile
from neuromorph_track.hardware.schema import profile_schema
from tests.cli.conftest import Command


@pytest.fixture
def mine(command: Command, tmp_path: Path) -> Path:
    """The starter, written as a user writes it."""
    path = tmp_path / "mine.toml"
    path.write_text(command("hardware", "new").out)
    return path


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize("verb", ["list", "show", "check", "schema", "new"])
def test_each_has_an_example(command: Command, verb: str) -> None:
    answer = command("hardware", verb, "--help")
    assert (answer.code, answer.err) == (0, "")
    assert f"Example: neuromorph-track hardware {verb}" in " ".join(answer.out.split())


def test_list(command: Command) -> None:
    table = command("hardware", "list")
    assert (table.code, table.err) == (0, "")
    assert all(f" {name} " in table.out for name in list_profiles())
    entries = json.loads(command("hardware", "list", "--json").out)
    assert sorted(entry["id"] for entry in entries) == list(list_profiles())
    kinds = ["event_driven", "manycore", "dense", "gpu", "cpu"]
    assert list(dict.fromkeys(entry["kind"] for entry in entries)) == kinds
    loihi = next(entry for entry in entries if entry["id"] == "loihi2-oheogulch")
    assert "energy.synop" in loihi["priced"]
    assert loihi["sources"] == len(load_profile("loihi2-oheogulch").source)


@pytest.mark.parametrize("name", list_profiles())
def test_show(command: Command, name: str) -> None:
    profile = load_profile(name)
    shown = command("hardware", "show", name)
    assert (shown.code, shown.err) == (0, "")
    for path, _ in profile.quantities():
        assert f" {path} " in shown.out
    for source in profile.source:
        assert f" {source.id} " in shown.out
    content = json.loads(command("hardware", "show", name, "--json").out)
    assert type(profile).model_validate(content) == profile


def test_the_starter_has_ten_lines_and_passes(command: Command, mine: Path) -> None:
    rows = [row for row in mine.read_text().splitlines() if not row.startswith("#")]
    assert len(rows) <= 10
    profile = parse_profile(mine.read_text(), mine)
    # Who forgets to replace a number gets no better grade than it deserves.
    assert {quantity.evidence for _, quantity in profile.quantities()} == {"unstated"}
    answer = command("hardware", "check", mine)
    assert (answer.code, answer.err) == (0, "")
    assert f"{mine}: ok, 3 prices (energy.synop, energy.neuron_update, power.static)" in answer.out
    assert "hint: unpriced: energy.spike_out, energy.message" in answer.out


def test_every_built_in_profile_passes(command: Command) -> None:
    answer = command("hardware", "check", *list_profiles())
    assert (answer.code, answer.out.count(": ok, ")) == (0, len(list_profiles()))


def test_check_names_every_fault_with_its_line(command: Command, mine: Path) -> None:
    spoil(mine, ' unit = "mW",', "")
    spoil(mine, "low = 9", "low = 19")
    answer = command("hardware", "check", mine)
    assert answer.code == 1
    first, second = answer.out.splitlines()
    assert first == f"{mine}:11: energy.synop: found low 19, value 12, high 15, expected low <= value <= high"
    assert second == f"{mine}:14: power.static.unit: found nothing, expected a value"


def test_check_goes_on_after_a_bad_file(command: Command, mine: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("schema = ")
    answer = command("hardware", "check", bad, tmp_path / "absent.toml", mine)
    assert answer.code == 1
    rows = answer.out.splitlines()
    assert rows[0].startswith(f"{bad}: syntax: found ")
    assert rows[1] == f"{tmp_path / 'absent.toml'}: file: found nothing, expected a profile, as TOML"
    assert rows[2].startswith(f"{mine}: ok, ")


def test_check_for_machines(command: Command, mine: Path) -> None:
    (good,) = json.loads(command("hardware", "check", "--json", mine).out)
    assert (good["faults"], good["profile"]["id"]) == ([], "mine")
    spoil(mine, '"unstated", source = ["bench"] }\n[power]', '"sure", source = ["bench"] }\n[power]')
    answer = command("hardware", "check", "--json", mine)
    (bad,) = json.loads(answer.out)
    assert (answer.code, bad["profile"]) == (1, None)
    (fault,) = bad["faults"]
    assert fault["where"] == f"{mine}:12"
    assert (fault["field"], fault["found"]) == ("energy.neuron_update.evidence", "'sure'")


def test_schema(command: Command) -> None:
    assert json.loads(command("hardware", "schema").out) == profile_schema()


@pytest.mark.parametrize("arguments", [["show", "loihi3"], ["show", "absent.toml"]])
def test_what_is_not_there(command: Command, arguments: list[str]) -> None:
    answer = command("hardware", *arguments)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("error: ")
    assert [line.split(":")[0] for line in answer.err.splitlines()] == ["error", " next"]
