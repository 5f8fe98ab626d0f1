"""Recipes of trackers of one object: what they need not say, and how each fault is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.networks.spiketrack_spec import SpiketrackSpec
from neuromorph_track.training.pair_tables import CentreLossTable, Pairs, SingleData, TargetData
from neuromorph_track.training.recipe import Recipe, read_recipe
from tests.networks.tiny_trackers import table

SHORT = """
name = "short"
[network]
family = "spiketrack"
layers = [{ channels = 4, stride = 4 }]
[[stage]]
steps = 1
batch = 2
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "recipe.toml"
    path.write_text(text)
    return path


def test_what_need_not_be_said(tmp_path: Path) -> None:
    recipe = read_recipe(written(tmp_path, SHORT))
    assert recipe.classes == ("target",)
    assert (recipe.input.height, recipe.input.width) == (128, 128)
    pixels = recipe.input.fraction_bits, recipe.input.step, recipe.input.low, recipe.input.high
    assert pixels == (8, 1, 0, 255)
    assert recipe.input.std == (256 / 255,) * 3
    assert recipe.data == (TargetData(kind="targets"),)
    assert recipe.pairs == Pairs()
    assert recipe.loss == CentreLossTable()
    assert isinstance(recipe.network, SpiketrackSpec)
    assert Recipe.model_validate_json(recipe.model_dump_json()) == recipe


@pytest.mark.parametrize("side", [64, 256])
def test_the_input_is_as_large_as_the_search_crop(tmp_path: Path, side: int) -> None:
    text = SHORT.replace("[[stage]]", f"search_side = {side}\n[input]\npad = 90\n[[stage]]")
    recipe = read_recipe(written(tmp_path, text))
    assert (recipe.input.height, recipe.input.width, recipe.input.pad) == (side, side, 90)
    assert recipe.network_as(SpiketrackSpec).search_side == side


def test_data_of_both_kinds(tmp_path: Path) -> None:
    tables = '[[data]]\nsequences = 7\n[[data]]\nkind = "single"\nfolder = "OTB"\nweight = 2\n[[stage]]'
    recipe = read_recipe(written(tmp_path, SHORT.replace("[[stage]]", tables)))
    assert [type(data) for data in recipe.data] == [TargetData, SingleData]
    assert [data.described() for data in recipe.data] == ["synthetic targets, seeds 0 to 6", "OTB"]


def test_drawn_sequences_are_of_the_part_for_training() -> None:
    data = TargetData(kind="targets", first_seed=40, side=96, frames=9)
    spec = data.spec(2)
    assert (spec.seed, spec.split, spec.width, spec.height, spec.frames) == (42, "train", 96, 96, 9)
    assert spec != data.spec(3)


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t.update(budget={"synops_per_frame": 1e6}), r"no \[budget\] for spiketrack"),
        (lambda t: t.update(data={"kind": "scenes"}), r"data that spiketrack networks .* not 'scenes'"),
        (lambda t: t.update(data={"kind": "mot", "folder": "x"}), r"spiketrack networks .* not 'mot'"),
        (lambda t: t.update(classes=["a", "b"]), r"one class for a tracker of one object, not 2"),
        (
            lambda t: t.update(input={"height": 64, "width": 64}),
            r"as large as network\.search_side, 32, not 64x64",
        ),
        (lambda t: t.update(input={"height": 64}), r"as large as network\.search_side, 32, not 32x64"),
        (lambda t: t.update(input={"mean": [0.5] * 3}), r"no input\.mean and no input\.std"),
        (lambda t: t.update(input={"std": [1.0] * 3}), r"no input\.mean and no input\.std"),
        (lambda t: t.update(input={"low": -1}), r"input\.low 0"),
        (lambda t: t.update(augment={"zoom": [0.5, 2.0]}), r"\[pairs\] instead of augment\.zoom"),
        (lambda t: t.update(augment={"mosaic": 0.5}), r"\[pairs\] instead of augment\.zoom"),
        (lambda t: t["stage"][0].update(clip=2), r"clips of one frame for spiketrack"),
        (lambda t: t.update(loss={"box": "ciou"}), r"loss\.box: found a field of this name"),
        (lambda t: t.update(loss={"giou": -1}), r"loss\.giou"),
        (lambda t: t.update(pairs={"gap": 0}), r"pairs\.gap"),
        (lambda t: t.update(pairs={"strangers": 1.5}), r"pairs\.strangers"),
        (lambda t: t["network"].update(heads=0), r"network\.heads"),
        (lambda t: t["network"].update(kernel=4), r"kernel 4, an odd number"),
        (lambda t: t["network"].update(search_side="wide"), r"network\.search_side"),
        (lambda t: t["network"].update(search_side=10**9), r"network\.search_side"),
        (lambda t: t["network"].update(search_side=-4), r"network\.search_side"),
        (lambda t: t["network"].update(anchors=[[1.0, 1.0]]), r"network\.anchors"),
        (lambda t: t.update(data={"sequences": 0}), r"data\.sequences"),
        (lambda t: t.update(data=[{"sequences": 1}, {"kind": "single"}]), r"data\.1\.folder: found nothing"),
    ],
)
def test_faults_are_named(tmp_path: Path, change: Change, told: str) -> None:
    given = table()
    change(given)
    with pytest.raises(InputError, match=told):
        read_recipe(_toml(tmp_path, given))


def test_pairs_are_for_trackers_of_one_object_alone(tmp_path: Path) -> None:
    detector = {
        "name": "detector",
        "classes": ["car"],
        "input": {"height": 64, "width": 64},
        "network": {"family": "smtrack", "layers": [{"channels": 4, "stride": 8}]},
        "data": {"size_min": 8, "size_max": 24},
        "stage": [{"steps": 1, "batch": 1}],
    }
    read_recipe(_toml(tmp_path, detector))
    with pytest.raises(InputError, match=r"\[pairs\] for spiketrack networks alone"):
        read_recipe(_toml(tmp_path, {**detector, "pairs": {"gap": 3}}))
    for data in ({"kind": "targets"}, {"kind": "single", "folder": "x"}):
        with pytest.raises(
            InputError, match=r"data that smtrack networks learn from, not '(targets|single)'"
        ):
            read_recipe(_toml(tmp_path, {**detector, "data": data}))


def _toml(folder: Path, content: dict[str, Any]) -> Path:
    return written(folder, "".join(f"{key} = {_value(value)}\n" for key, value in content.items()))


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
