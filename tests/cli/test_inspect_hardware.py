"""``inspect --hardware``: a network on the cores of a chip."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from neuromorph_track.netx import read_net, write_graph
from tests.backends.two_heads import SHIPPED, two_heads
from tests.cli.conftest import Command


def rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines]


def test_cores_by_layer_and_what_would_make_it_fit(command: Command) -> None:
    answer = command("inspect", "scenes-nano", "--hardware", "loihi2-oheogulch")
    assert answer.code == 0
    assert "Loihi 2 (Oheo Gulch): 210 cores, 2 chips" in answer.out
    table = rows(answer.out)
    assert table[0][:2] == ["0 input", "host"]
    assert table[1][:6] == ["1 conv", "64", "16 x 96 x 2", "3,072 75 %", "54 <1 %", "6"]
    assert table[-1][:2] == ["total", "210"]
    text = " ".join(answer.out.split())
    assert "needs 210 cores, 2 chips; limit: 1 chip of 120 cores; would fit: profile loihi2-kapoho" in text


def test_several_chips_and_an_encoder_on_the_chip(command: Command) -> None:
    chips = ("--hardware", "loihi2-kapoho-point", "--hardware", "loihi1")
    answer = command("inspect", "scenes-nano", *chips, "--chip-encoder")
    assert answer.code == 0
    assert "Loihi 2 (Kapoho Point" in answer.out
    assert "Loihi 1: 730 cores, 6 chips" in answer.out
    assert "0 input to 7 conv: spikes that carry 16 bits; limit: binary spikes" in answer.out
    assert "host" not in [row[1] for row in rows(answer.out)]


def test_as_json(command: Command) -> None:
    content = json.loads(command("inspect", "scenes-nano", "--hardware", "loihi2-oheogulch", "--json").out)
    assert content["contract"]["name"] == "scenes-nano"
    (placement,) = content["placements"]
    assert (placement["profile"], placement["cores"], placement["chips"]) == ("loihi2-oheogulch", 210, 2)
    assert placement["fits"] is False
    assert placement["problems"][0]["found"] == "needs 210 cores, 2 chips"
    assert sum(layer["cores"] for layer in placement["layers"]) == 210
    assert placement["layers"][1]["utilisation"]["neurons_per_core"] == pytest.approx(3072 / 4095)
    assert "placements" not in json.loads(command("inspect", "scenes-nano", "--json").out)


def test_a_branching_network(command: Command, tmp_path: Path) -> None:
    write_graph(two_heads(read_net(SHIPPED)), tmp_path / "heads")
    answer = command("inspect", tmp_path / "heads", "--hardware", "loihi2-kapoho-point")
    assert answer.code == 0
    assert "embedding/1 conv" in [row[0] for row in rows(answer.out)]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--hardware", "dense-45nm-int8"), "found no cores to map to"),
        (("--hardware", "loihi3"), "'loihi3'"),
        (("--host-encoder",), "found no --hardware, expected a chip to place the network on"),
    ],
)
def test_what_cannot_be_placed_is_one_line(
    command: Command, arguments: tuple[str, ...], expected: str
) -> None:
    answer = command("inspect", "scenes-nano", *arguments)
    assert answer.code == 1
    assert expected in answer.err.replace("\n", " ")
    assert answer.out == ""
