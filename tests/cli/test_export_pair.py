"""``export`` of a tracker of one object."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from neuromorph_track.netx import read_siamese
from tests.cli.conftest import Command
from tests.networks.tiny_trackers import checkpoint


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    return checkpoint(tmp_path / "final.pt", template_steps=2)


def test_a_folder_of_two_nets(command: Command, trained: Path) -> None:
    answer = command("export", trained, "-o", "pair")
    assert (answer.code, answer.err) == (0, "")
    words = " ".join(answer.out.split())
    assert "4 + 11 layers written to pair" in words
    assert "equal to the trained network, to the last bit" in words
    assert sorted(path.name for path in Path("pair").iterdir()) == [
        "search.net",
        "siamese.toml",
        "template.net",
    ]
    assert read_siamese("pair").contract.template.steps == 2
    # What is there is not written over.
    answer = command("export", trained, "-o", "pair")
    assert answer.code == 1
    assert "a folder with files, expected a new or an empty folder" in answer.err


def test_as_json(command: Command, trained: Path) -> None:
    content = json.loads(command("export", trained, "-o", "pair", "--json").out)
    assert content["folder"] == "pair"
    assert content["proof"]["equal"] is True
    assert content["proof"]["largest_difference"] == 0
    layers = [layer["layer"] for layer in content["report"]["layers"]]
    assert layers[0] == "template/1 conv"
    assert layers[-1] == "search/10 conv"


def test_without_a_check(command: Command, trained: Path) -> None:
    answer = command("export", trained, "-o", "pair", "--no-check")
    assert answer.code == 0
    assert "not compared with what was trained" in answer.out
    content = json.loads(command("export", trained, "-o", "other", "--no-check", "--json").out)
    assert content["proof"] is None


@pytest.mark.parametrize("name", ["pair.net", "final.pt"])
def test_a_file_s_name_is_refused(command: Command, trained: Path, name: str) -> None:
    before = trained.read_bytes()
    answer = command("export", trained, "-o", trained.parent / name)
    assert answer.code == 1
    assert f"output: found a name ending in {Path(name).suffix!r}, expected" in answer.err
    assert trained.read_bytes() == before
    assert not (trained.parent / "pair.net").exists()


def test_a_file_is_not_written_over(command: Command, trained: Path) -> None:
    Path("notes").write_text("mine")
    answer = command("export", trained, "-o", "notes")
    assert answer.code == 1
    assert "found a file, expected a new or an empty folder" in answer.err
    assert Path("notes").read_text() == "mine"


@pytest.mark.parametrize(
    "option",
    [("--dt", "0.1"), ("--convention", "nir"), ("--values", "6"), ("--input-shape", "3,16,16")],
)
def test_options_of_other_networks(command: Command, trained: Path, option: tuple[str, str]) -> None:
    answer = command("export", trained, "-o", "pair", *option)
    assert answer.code == 2
    assert option[0] in answer.err
    assert not Path("pair").exists()


def test_a_network_without_spikes(command: Command, tmp_path: Path) -> None:
    answer = command("export", checkpoint(tmp_path / "relu.pt", neuron="relu"), "-o", "pair")
    assert answer.code == 1
    assert "neuron: found 'relu', expected 'integer'" in answer.err
    assert not Path("pair").exists()


def test_from_a_recipe_to_a_pair(command: Command) -> None:
    """`train` says what to do next, and that works."""
    Path("tiny.toml").write_text(
        'name = "tiny"\n[network]\nfamily = "spiketrack"\nheads = 2\nkeys = 3\nvalues = 4\n'
        "layers = [{ channels = 4, stride = 4 }]\ntemplate_side = 16\nsearch_side = 32\n"
        "[data]\nsequences = 2\nframes = 3\nside = 96\n[[stage]]\nsteps = 2\nbatch = 2\n"
    )
    answer = command("train", "tiny.toml", "-o", "trained", "-q")
    assert answer.code == 0
    assert "next: neuromorph-track export trained/final.pt -o FOLDER" in answer.out
    assert command("export", "trained/final.pt", "-o", "FOLDER").code == 0
    assert read_siamese("FOLDER").contract.provenance["data"] == "synthetic targets, seeds 0 to 1"
