"""Branching networks on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from neuromorph_track.netx import read_net, write_graph
from tests.backends.two_heads import SHIPPED, two_heads
from tests.cli.conftest import Command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_graph(two_heads(read_net(SHIPPED)), tmp_path / "heads")
    return tmp_path / "heads"


def test_inspect_shows_branches(command: Command, folder: Path) -> None:
    answer = command("inspect", folder)
    assert answer.code == 0
    assert "embedding/1 conv" in answer.out
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in answer.out.splitlines()]
    assert ["embedding", "embedding.net", "trunk +3, neck", "concat", "4 x 24 x 32", "2"] in rows
    assert ["boxes", "boxes.net", "neck", "", "8 x 24 x 32", "1"] in rows


def test_inspect_as_json(command: Command, folder: Path) -> None:
    content = json.loads(command("inspect", folder / "graph.toml", "--json").out)
    assert [node["name"] for node in content["graph"]["nodes"]] == ["trunk", "neck", "boxes", "embedding"]
    assert content["contract"]["name"] == "scenes-nano"


@pytest.mark.parametrize("verb", [("inspect",), ("verify", "--against", "lava")])
def test_a_wrong_folder_is_one_line(command: Command, folder: Path, verb: tuple[str, ...]) -> None:
    (folder / "graph.toml").write_text("format_version = 1\noutputs = []\nnode = []\n")
    answer = command(verb[0], folder, *verb[1:])
    assert answer.code != 0
    assert "graph.toml: outputs: found [], expected" in answer.err.replace("\n", " ")
    assert "Traceback" not in answer.err


@pytest.mark.slow
@pytest.mark.slayer
def test_verify_against_lava(command: Command, folder: Path) -> None:
    answer = command("verify", folder, "--against", "lava", "--frames", "1", "--no-stock", "--json")
    content = json.loads(answer.out)
    assert answer.code == 0
    assert content["equal"] is True
    assert content["counts_equal"] is True
    assert content["layers"] == 10
