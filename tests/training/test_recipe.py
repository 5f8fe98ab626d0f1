"""Recipes: what is read, and how each fault is named."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from neuromorph_track.errors import InputError
from neuromorph_track.networks.detector import DetectorSpec
from neuromorph_track.networks.smtrack_spec import SmtrackSpec
from neuromorph_track.training.checkpoint import load_checkpoint
from neuromorph_track.training.data_tables import MotData, SceneData
from neuromorph_track.training.families import FAMILIES
from neuromorph_track.training.recipe import Recipe, read_recipe
from neuromorph_track.training.tables import GridLossTable

MOT = {"kind": "mot", "folder": "x"}
OURS = Path(__file__).parents[2] / "netx_exports" / "scenes-nano.toml"


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def write(path: Path, table: dict[str, Any]) -> Path:
    path.write_text("".join(f"{key} = {toml(value)}\n" for key, value in table.items()), encoding="utf-8")
    return path


def test_the_recipe_that_comes_with_the_project_is_read() -> None:
    recipe = read_recipe(OURS)
    assert recipe.name == "scenes-nano"
    assert recipe.network.stride == 8
    assert recipe.steps == sum(stage.steps for stage in recipe.stage)


def test_defaults_and_scenes(tiny: dict[str, Any], tmp_path: Path) -> None:
    recipe = read_recipe(write(tmp_path / "r.toml", tiny))
    assert (recipe.loss.box, recipe.average_decay, recipe.steps) == (2.0, 0.998, 7)
    (data,) = recipe.data
    assert isinstance(data, SceneData)
    scene = data.scene(1, 3, recipe.input, recipe.classes)
    assert (scene.seed, scene.frames, scene.width, scene.objects) == (100_001, 3, 112, 3)


def test_families_and_kinds_of_data(tiny_smtrack: dict[str, Any], tmp_path: Path) -> None:
    real = {"kind": "mot", "folder": "MOT17/train", "sequences": ["*-FRCNN"], "counts_as": "walker"}
    tiny_smtrack["data"] = [tiny_smtrack["data"], {**real, "part": [0.0, 0.5], "weight": 3.0}]
    tiny_smtrack["loss"] = {"box": "ciou", "l1_weight": 1.0}
    recipe = read_recipe(write(tmp_path / "r.toml", tiny_smtrack))
    assert isinstance(recipe.network, SmtrackSpec)
    assert isinstance(recipe.loss, GridLossTable)
    assert recipe.loss.settings().box == "ciou"
    assert (recipe.loss.settings().l1_weight, recipe.loss.settings(0.5).l1_weight) == (1.0, 0.5)
    assert [type(data) for data in recipe.data] == [SceneData, MotData]
    assert recipe.data[1].described() == "MOT17/train (*-FRCNN), from 0 to 0.5 of each"
    # What a checkpoint keeps gives the same recipe.
    assert Recipe.model_validate_json(recipe.model_dump_json()) == recipe
    with pytest.raises(InputError, match=r"network\.family: found 'smtrack', expected 'sigma-delta'"):
        recipe.network_as(DetectorSpec)


def test_a_recipe_of_a_checkpoint_from_before_there_were_families() -> None:
    old = load_checkpoint(OURS.with_suffix(".pt"))["recipe"]
    assert "family" not in old
    assert Recipe.model_validate_json(old) == read_recipe(OURS)


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        (lambda r: r.pop("name"), "name", "found nothing"),
        (lambda r: r.update(name="Not A Name"), "name", "match pattern"),
        (lambda r: r.update(colour="red"), "colour", "only fields that a recipe knows"),
        (lambda r: r.update(seed=-1), "seed", "found -1"),
        (lambda r: r.update(classes=[]), "classes", "at least 1 item"),
        (lambda r: r.update(classes=["walker", "dog"]), "recipe", "'dog'"),
        (lambda r: r["input"].update(height=111), "recipe", "multiple of the network's stride, 8"),
        (lambda r: r["input"].update(height=64), "recipe", "size_max"),
        (lambda r: r["input"].update(std=[0, 1, 1]), "input.std.0", "greater than 0"),
        (lambda r: r["network"].update(layers=[]), "network.layers", "at least 1 item"),
        (lambda r: r["network"]["layers"][0].update(kernel=4), "network.layers.0.kernel", "an odd number"),
        (lambda r: r["network"].update(anchors=[[0.0, 1.0]]), "network.anchors.0.0", "greater than 0"),
        (lambda r: r["network"].update(threshold="low"), "network.threshold", "a valid number"),
        (lambda r: r["data"].update(objects=[5, 4]), "data", "data.objects in order"),
        (lambda r: r["data"].update(objects=[5, 400]), "recipe", "objects"),
        (lambda r: r["stage"][1].update(clip=4), "recipe", "at least as long as a clip, 4"),
        (lambda r: r["stage"][0].update(steps=0), "stage.0.steps", "greater than or equal to 1"),
        (lambda r: r["stage"][0].update(learning_rate=0), "stage.0.learning_rate", "greater than 0"),
        (lambda r: r.update(stage=[]), "stage", "expected at least 1 item"),
        (lambda r: r.update(loss={"box": -1}), "loss.box", "greater than or equal to 0"),
        (lambda r: r["network"].update(family="other"), "network.family", "'sigma-delta', 'smtrack'"),
        (lambda r: r["data"].update(frames=0), "data.frames", "greater than or equal to 1"),
        (lambda r: r.update(data=[r["data"], {"scenes": 0}]), "data.1.scenes", "greater than or equal to 1"),
        (lambda r: r["data"].update(classes=["tram"]), "recipe", "not 'tram'"),
        (lambda r: r.update(data={"kind": "film"}), "data.kind", "found 'film', expected one of 'scenes'"),
        (lambda r: r.update(classes=["walker"] * 2), "recipe", "classes with names that differ"),
        (lambda r: r.update(data={"kind": "mot"}), "data.folder", "found nothing"),
        (lambda r: r.update(data={**MOT, "part": [0.5, 0.5]}), "data", "a part that is not empty"),
        (lambda r: r.update(data={**MOT, "rules": "kitti"}), "data.rules", "'mot17'"),
        (lambda r: r.update(data={**MOT, "counts_as": "dog"}), "recipe", "not 'dog'"),
        (lambda r: r.update(augment={"zoom": [2.0, 1.0]}), "augment", "augment.zoom in order"),
        (lambda r: r.update(augment={"mosaic": 2}), "augment.mosaic", "less than or equal to 1"),
        (lambda r: r.update(budget={"synops_per_frame": 0}), "budget.synops_per_frame", "greater than 0"),
        (lambda r: r.update(budget={"joules_per_frame": 1e-3}), "budget", "a profile with joules_per_frame"),
        (lambda r: r.update(budget={"profile": "loihi1"}), "budget", "either joules_per_frame or"),
        (lambda r: r["stage"][0].update(precision="int4"), "stage.0.precision", "'float32'"),
        (lambda r: r["stage"][0].update(freeze_norm=True), "recipe", "freeze_norm in all stages after"),
    ],
)
def test_faults_are_named(
    tiny: dict[str, Any], tmp_path: Path, change: Change, field: str, words: str
) -> None:
    table = deepcopy(tiny)
    change(table)
    path = write(tmp_path / "r.toml", table)
    with pytest.raises(InputError) as caught:
        read_recipe(path)
    assert caught.value.field == field
    assert words in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        (lambda r: r["network"].update(steps=0), "network.steps", "greater than or equal to 1"),
        (lambda r: r["network"].update(anchors=[[1.0, 1.0]]), "network.anchors", "only fields that a recipe"),
        (lambda r: r["network"].update(history=True), "recipe", "clips of one frame where history"),
        (lambda r: r["network"].update(steps=1, history=True), "network", "more than one step per frame"),
        (
            lambda r: r["network"]["layers"][0].update(chanels=r["network"]["layers"][0].pop("channels")),
            "network.layers.0.chanels",
            "found a field of this name",
        ),
        (
            lambda r: r.update(
                budget={"synops_per_frame": 1e6}, network={**r["network"], "neuron": "relu", "steps": 1}
            ),
            "recipe",
            "no [budget] for relu neurons",
        ),
        (lambda r: r.update(loss={"box": "l7"}), "loss.box", "one of "),
        (lambda r: r.update(loss={"classes": 1.0}), "loss.classes", "only fields that a recipe knows"),
    ],
)
def test_faults_of_the_other_family(
    tiny_smtrack: dict[str, Any], tmp_path: Path, change: Change, field: str, words: str
) -> None:
    change(tiny_smtrack)
    with pytest.raises(InputError) as caught:
        read_recipe(write(tmp_path / "r.toml", tiny_smtrack))
    assert caught.value.field == field
    assert words in str(caught.value)


@pytest.mark.parametrize("content", [None, b"name = ", b"\xff\xfe", b""])
def test_files_that_are_no_recipe(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "r.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"r\.toml") as caught:
        read_recipe(path)
    assert "\n" not in str(caught.value)


def test_neurons_that_are_fed_pixels_need_no_format_of_them_and_take_no_other() -> None:
    table = {
        "name": "pixels",
        "classes": ["walker"],
        "input": {"height": 128, "width": 160},
        "network": {"family": "smtrack", "layers": [{"channels": 4, "stride": 8}]},
        "stage": [{"steps": 1, "batch": 1}],
    }
    spec = Recipe.model_validate(table).input
    assert (spec.fraction_bits, spec.step, spec.low, spec.high) == (8, 1, 0, 255)
    with pytest.raises(ValidationError, match=r"input.low 0"):
        Recipe.model_validate({**table, "input": {**table["input"], "low": -1}})  # type: ignore[dict-item]
    changes = {**table, "network": {**table["network"], "neuron": "sigma_delta"}}  # type: ignore[dict-item]
    assert Recipe.model_validate(changes).input.fraction_bits == 6


@pytest.mark.parametrize(
    ("name", "most_weights"), [("nano", 1_000_000), ("tiny", 3_000_000), ("small", 8_000_000)]
)
def test_recipes_that_come_with_the_project(name: str, most_weights: int) -> None:
    recipe = read_recipe(Path(__file__).parents[2] / "netx_exports" / f"smtrack-{name}.toml")
    model = FAMILIES["smtrack"].build(recipe)
    assert recipe.name == f"smtrack-{name}"
    assert sum(parameter.numel() for parameter in model.parameters()) <= most_weights
    assert recipe.stage[-1].freeze_norm


@pytest.mark.parametrize("path", sorted(OURS.parent.glob("*.toml")), ids=lambda path: path.stem)
def test_what_is_shipped_can_be_trained(path: Path) -> None:
    recipe = read_recipe(path)
    assert recipe.name == path.stem
    assert sum(stage.steps for stage in recipe.stage) > 100
