"""Siamese pairs on the command line: ``inspect`` and ``verify``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from neuromorph_track.netx import write_siamese
from neuromorph_track.netx.siamese_folder import SIAMESE_FILE
from neuromorph_track.runs import verify_any as module
from neuromorph_track.runs.difference import Difference
from neuromorph_track.runs.verify import Verdict
from neuromorph_track.runs.verify_siamese import SiameseVerdict
from tests.cli.conftest import Command
from tests.netx.pairs import pair

EQUAL = Verdict("lava", 2, 2, 9, 1000, 300, True, None)
PLACE = Difference("3 conv", 1, (4, 5, 6), -64.0, 0.0, 17, "none of the known ones")
APART = Verdict("lava", 2, 2, 9, 1000, 300, True, PLACE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_siamese(pair(), tmp_path / "pair")
    return tmp_path / "pair"


def cells(printed: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in printed.splitlines()]


def test_inspect_shows_both_chains_and_what_is_written(command: Command, folder: Path) -> None:
    answer = command("inspect", folder)
    assert answer.code == 0
    assert answer.out.index("template.net") < answer.out.index("search.net")
    rows = cells(answer.out)
    assert [row[:4] for row in rows if row[:1] == ["2 conv"]] == [
        ["2 conv", "14 x 8 x 8", "ilif, 0 to 8", "128"],
        ["2 conv", "2 x 3 x 4 (heads, keys, values)", "24", "42"],
    ]
    assert ["retrieval", "memory"] in rows
    assert "search: A bias for each neuron, not for each channel: 3 conv, 5 conv." in answer.out


def test_inspect_of_a_blind_pair(command: Command, tmp_path: Path) -> None:
    write_siamese(pair("blind"), tmp_path / "blind")
    assert "Nothing of the template is written" in command("inspect", tmp_path / "blind").out


def test_inspect_as_json(command: Command, folder: Path) -> None:
    content = json.loads(command("inspect", folder / SIAMESE_FILE, "--json").out)
    assert [layer["name"] for layer in content["template"]["layers"]] == ["0 input", "1 conv"]
    assert content["memory"] == [2, 3, 4]
    assert [(row["layer"], row["weights"], row["of"]) for row in content["written"]] == [
        ("2 conv", 24, 42),
        ("4 conv", 24, 42),
    ]
    assert content["contract"]["template"]["steps"] == 3


def test_cores_are_those_of_a_full_memory(command: Command, folder: Path) -> None:
    """Zeros and what passes queries on would fit one bit."""
    answer = command("inspect", folder, "--hardware", "loihi2-oheogulch", "--json")
    content = json.loads(answer.out)
    (search,) = content["search"]["placements"]
    bits = {layer["name"]: layer["weight_bits"] for layer in search["layers"]}
    assert (bits["2 conv"], bits["4 conv"]) == (7, 7)
    assert len(content["template"]["placements"]) == 1
    table = command("inspect", folder, "--hardware", "loihi2-oheogulch").out
    assert table.index("template chain") < table.index("search chain")


@pytest.mark.parametrize("verb", [("inspect",), ("verify", "--against", "lava")])
def test_a_wrong_folder_is_one_line(command: Command, folder: Path, verb: tuple[str, ...]) -> None:
    text = (folder / SIAMESE_FILE).read_text()
    (folder / SIAMESE_FILE).write_text(text.replace("steps = 3", "steps = 0"))
    answer = command(verb[0], folder, *verb[1:])
    assert answer.code != 0
    assert "siamese.toml: contract.template.steps: found 0, expected" in answer.err.replace("\n", " ")
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(("last", "code"), [(EQUAL, 0), (APART, 1)])
def test_verify_tells_of_each_chain_and_target(
    monkeypatch: pytest.MonkeyPatch, command: Command, folder: Path, last: Verdict, code: int
) -> None:
    asked: dict[str, Any] = {}

    def verify(siamese: Any, against: str, frames: int, source: str | None, **others: Any) -> SiameseVerdict:
        asked.update(name=siamese.contract.name, against=against, frames=frames, source=source, **others)
        return SiameseVerdict(EQUAL, (EQUAL, last))

    monkeypatch.setattr(module, "verify_siamese", verify)
    answer = command("verify", folder, "--against", "lava", "--frames", "3", "--no-stock")
    assert answer.code == code
    assert (asked["name"], asked["frames"], asked["stock"], asked["source"]) == ("pair", 3, False, None)
    assert "template: equal to lava: 1,000 values" in answer.out
    assert "search, target 1: equal to lava" in answer.out
    words = "differs from lava first in layer 3 conv, step 1" if code else "equal to lava"
    assert f"search, target 2: {words}" in answer.out
    content = json.loads(command("verify", folder, "--against", "lava", "--json").out)
    assert content["equal"] is (code == 0)
    assert [part["equal"] for part in content["search"]] == [True, code == 0]


def test_of_one_target_there_is_no_number() -> None:
    told = SiameseVerdict(EQUAL, (APART,)).sentences()
    assert [line.split(":")[0] for line in told] == ["template", "search", "search"]
