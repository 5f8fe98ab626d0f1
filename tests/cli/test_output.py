"""What the verbs print: JSON for machines, tables for people, and the files they name."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neuromorph_track.cli.options import split_names
from neuromorph_track.cli.output import counted
from neuromorph_track.data.scenes import Scene, SceneSpec
from neuromorph_track.data.scenes.record import truth_text
from neuromorph_track.export.zoo import load_network
from neuromorph_track.hardware import list_profiles
from neuromorph_track.netx import Neuron, read_net, write_net
from tests.cli.conftest import Command

SCENE = "scene:seed=3,frames=6"
CHECKPOINT = Path(__file__).parents[2] / "netx_exports" / "scenes-nano.pt"


def parsed(command: Command, *arguments: str | Path) -> Any:
    """What ``--json`` prints: one document, and nothing else."""
    answer = command(*arguments, "--json")
    assert (answer.code, answer.err) == (0, "")
    return json.loads(answer.out)


def test_zoo(command: Command) -> None:
    assert [entry["name"] for entry in parsed(command, "zoo")] == [
        "scenes-nano",
        "spiketrack-nano",
        "hadtrack-nano",
        "smtrack-nano",
        "yolo-kp",
    ]
    answer = command("zoo")
    assert answer.code == 0
    assert "yolo-kp" in answer.out


def test_inspect(command: Command, net: Path) -> None:
    content = parsed(command, "inspect", net)
    network = read_net(net)
    assert [layer["shape"] for layer in content["layers"]] == [list(layer.shape) for layer in network.layers]
    assert content["contract"]["classes"] == ["walker", "car", "jelly"]
    answer = command("inspect", net)
    assert "8 conv" in answer.out
    assert "walker, car, jelly" in answer.out


def test_a_run_and_what_can_be_done_with_it(command: Command) -> None:
    """One run, then compare and eval on it."""
    run = parsed(command, "track", SCENE, "-o", "run", "--hardware", "loihi1", "--hardware", "spinnaker2")
    assert (run["folder"], run["frames"]) == ("run", 6)
    assert [report["profile"] for report in run["energy"]] == ["loihi1", "spinnaker2"]
    assert len(run["layers"]) == 9

    assert len(parsed(command, "compare", "run")["energy"]) == len(list_profiles())
    assert not Path("runs").exists()

    truth = truth_text(truth for _, truth in Scene(SceneSpec.from_string(SCENE)))
    Path("gt.txt").write_text(truth)
    rows = parsed(command, "eval", "--gt", "gt.txt", "--results", "run")
    assert 0 < rows[-1]["HOTA"] <= 1
    answer = command("eval", "--gt", "gt.txt", "--results", "run")
    assert f"{100 * rows[-1]['HOTA']:.1f}" in answer.out


def test_profile(command: Command) -> None:
    run = parsed(command, "profile", SCENE, "-o", "cost", "--max-frames", "1")
    assert (run["frames"], run["tracks"]) == (1, None)


def test_a_run_for_people(command: Command) -> None:
    answer = command("track", SCENE, "-o", "run", "--max-frames", "1")
    assert answer.code == 0
    assert "1 frame, " in answer.out
    assert "Loihi 2" in answer.out
    # The progress bar is no part of what is said.
    assert "frames/s" in answer.err
    assert "frames/s" not in answer.out
    assert command("track", SCENE, "-q", "-o", "run", "--overwrite", "--max-frames", "1").err == ""


def test_demo(command: Command) -> None:
    answer = command("demo", "--quiet", "--scene", SCENE, "-o", "demo")
    assert answer.code == 0
    for name in ("annotated.mp4", "energy.png", "tracks.txt", "gt.txt", "activity.h5"):
        assert f"demo/{name}" in answer.out
        assert Path("demo", name).stat().st_size > 0
    assert "HOTA" in answer.out


@pytest.mark.slow
def test_export(command: Command) -> None:
    content = parsed(command, "export", CHECKPOINT, "-o", "x.net", "--no-check")
    report = content.pop("report")
    assert content == {"file": "x.net", "proof": None}
    assert [len(report["layers"]), report["clipped"]] == [8, 4]
    assert read_net("x.net").contract == read_net(CHECKPOINT.with_suffix(".net")).contract
    answer = command("export", CHECKPOINT, "-o", "x.net", "--no-check")
    assert "9 layers written to x.net" in answer.out
    assert "not compared with what was trained" in answer.out


@pytest.mark.slayer
@pytest.mark.slow
def test_export_with_its_proof(command: Command) -> None:
    proof = parsed(command, "export", CHECKPOINT, "-o", "x.net")["proof"]
    assert proof["equal"] is True
    assert proof["frames"] > 0


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 frames"), (1, "1 frame"), (2, "2 frames"), (1234, "1,234 frames")]
)
def test_numbers_of_things(number: int, text: str) -> None:
    assert counted(number, "frame") == text


@pytest.mark.parametrize(
    ("text", "names"),
    [(None, None), ("a", ["a"]), (" a , b,", ["a", "b"]), ("traffic light", ["traffic light"])],
)
def test_lists_of_names(text: str | None, names: list[str] | None) -> None:
    assert split_names(text) == names


def test_a_dead_layer_is_the_first_thing_that_is_seen(command: Command, tmp_path: Path) -> None:
    """A layer without weights sends nothing, and what hears it receives nothing."""
    network = load_network("scenes-nano")
    layers = list(network.layers)
    layers[1] = replace(layers[1], weight=layers[1].weight * 0, bias=None)
    write_net(replace(network, layers=tuple(layers)), tmp_path / "dead.net")
    verb = ("profile", SCENE, "--net", tmp_path / "dead.net", "--hardware", "loihi1", "--output")
    answer = command(*verb, "a")
    assert answer.code == 0
    first, second = answer.out.splitlines()[:2]
    assert first.startswith("warning: SILENT: layer 1 conv sent no spike in 6 frames")
    assert second.startswith("warning: DEAD INPUT: layer 2 conv received no spike in 6 frames")
    assert "! DEAD INPUT: layer 2 conv" in answer.out
    found = parsed(command, *verb, "b")
    assert found["warnings"][0].startswith("SILENT: layer 1 conv")
    assert [layer["flags"] for layer in found["layers"][:3]] == [[], ["silent"], ["dead input"]]
    assert json.loads(Path("b/run.json").read_text())["warnings"] == found["warnings"]


def test_a_layer_that_always_spikes_is_told(command: Command, tmp_path: Path) -> None:
    """Neurons whose bias alone is above their threshold; what hears them hears all of them in each step."""
    network = load_network("scenes-nano")
    contract = network.contract
    assert contract is not None
    always = Neuron("cuba", "CUBA", 10, 4096, 0)
    layers = list(network.layers)
    layers[0] = replace(layers[0], neuron=always)
    layers[1] = replace(layers[1], neuron=always, bias=np.full(layers[1].shape[0], 1 << 12, np.int32))
    layers[2:] = [replace(layer, neuron=replace(always, threshold=1 << 17)) for layer in layers[2:]]
    head = contract.head.model_copy(update={"scale": 2.0**-12})
    changed = contract.model_copy(update={"encoder": "bias", "steps_per_frame": 2, "head": head})
    write_net(replace(network, layers=tuple(layers), contract=changed), tmp_path / "loud.net")
    verb = ("profile", SCENE, "--net", tmp_path / "loud.net", "--hardware", "loihi1", "--output")
    answer = command(*verb, "a")
    assert answer.code == 0
    said = "SATURATED: every neuron of layer 1 conv spiked in every timestep of 6 frames"
    assert said in answer.out
    assert f"! {said}" in " ".join(answer.out.split())
    found = parsed(command, *verb, "b")
    assert found["layers"][1]["flags"] == ["saturated"]
    assert json.loads(Path("b/run.json").read_text())["warnings"] == found["warnings"]
