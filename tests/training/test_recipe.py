"""Recipes: what is read, and how each fault is named."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.training.recipe import read_recipe

OURS = Path(__file__).parents[2] / "netx_exports" / "scenes-nano.toml"


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
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
    scene = recipe.scene(1, 3)
    assert (scene.seed, scene.frames, scene.width, scene.objects) == (100_001, 3, 112, 3)


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
        (lambda r: r["data"].update(objects=[5, 4]), "recipe", "data.objects in order"),
        (lambda r: r["data"].update(objects=[5, 400]), "recipe", "objects"),
        (lambda r: r["stage"][1].update(clip=4), "recipe", "at least as long as a clip, 4"),
        (lambda r: r["stage"][0].update(steps=0), "stage.0.steps", "greater than or equal to 1"),
        (lambda r: r["stage"][0].update(learning_rate=0), "stage.0.learning_rate", "greater than 0"),
        (lambda r: r.update(stage=[]), "stage", "at least 1 item"),
        (lambda r: r.update(loss={"box": -1}), "loss.box", "greater than or equal to 0"),
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


@pytest.mark.parametrize("content", [None, b"name = ", b"\xff\xfe", b""])
def test_files_that_are_no_recipe(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "r.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"r\.toml") as caught:
        read_recipe(path)
    assert "\n" not in str(caught.value)
