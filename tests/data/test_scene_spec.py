"""Settings of a scene: their text forms, and every wrong value named."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromorph_track.data.scenes import CLASSES, SceneSpec
from neuromorph_track.errors import InputError

SPECS = st.builds(
    SceneSpec,
    seed=st.integers(0, 2**63 - 1),
    frames=st.integers(1, 1_000_000),
    width=st.integers(32, 4096),
    height=st.integers(128, 4096),
    fps=st.floats(1, 1000),
    objects=st.integers(0, 200),
    size_min=st.floats(8, 30),
    size_max=st.floats(30, 76),
    classes=st.lists(st.sampled_from(CLASSES), min_size=1, unique=True).map(tuple),
    occlusion=st.booleans(),
    light=st.floats(0, 0.9),
    noise=st.floats(0, 100),
)


@given(SPECS)
def test_text_form_reads_back(spec: SceneSpec) -> None:
    assert SceneSpec.from_string(spec.to_string()) == spec


def test_text_form_is_short() -> None:
    assert SceneSpec().to_string() == "scene:"
    assert SceneSpec(seed=7, classes=("car",), occlusion=False).to_string() == (
        "scene:seed=7,classes=car,occlusion=false"
    )


def test_from_string() -> None:
    spec = SceneSpec.from_string("scene:seed=7, frames=200,objects=10,classes=walker+car,occlusion=False")
    assert spec == SceneSpec(
        seed=7, frames=200, objects=10, classes=("walker", "car"), occlusion=False, width=256, height=192
    )


def test_equal_settings_have_one_form() -> None:
    assert repr(SceneSpec(seed=cast(int, np.int64(3)), fps=20)) == repr(SceneSpec(seed=3, fps=20.0))


def test_from_toml(tmp_path: Path) -> None:
    path = tmp_path / "scene.toml"
    path.write_text('[scene]\nseed = 7\nclasses = ["car", "jelly"]\nnoise = 3\nocclusion = false\n')
    assert SceneSpec.from_toml(path) == SceneSpec(
        seed=7, classes=("car", "jelly"), noise=3.0, occlusion=False
    )


@pytest.mark.parametrize(
    ("text", "field", "found"),
    [
        ("seed=1", "scene", "no 'scene:' at the start"),
        ("scene:seed", "seed", "no '='"),
        ("scene:seed=1,seed=2", "seed", "it twice"),
        ("scene:seed=x", "seed", "'x'"),
        ("scene:seed=-1", "seed", "-1"),
        ("scene:frames=0", "frames", "0"),
        ("scene:frames=1.5", "frames", "'1.5'"),
        ("scene:fps=nan", "fps", "nan"),
        ("scene:width=8", "width", "8"),
        ("scene:noise=-1", "noise", "-1"),
        ("scene:light=inf", "light", "inf"),
        ("scene:blur=1.1", "blur", "1.1"),
        ("scene:occlusion=maybe", "occlusion", "'maybe'"),
        ("scene:classes=dog", "classes", "'dog'"),
        ("scene:classes=", "classes", "''"),
        ("scene:classes=car+car", "classes", "car+car"),
        ("scene:size_min=50,size_max=40", "size_min", "50"),
        ("scene:height=100,size_max=64", "size_max", "64"),
        ("scene:colour=red", "colour", "an unknown field"),
    ],
)
def test_wrong_text_is_named(text: str, field: str, found: str) -> None:
    with pytest.raises(InputError) as caught:
        SceneSpec.from_string(text)
    assert (caught.value.source, caught.value.field, caught.value.found) == (text, field, found)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[scene\n", "syntax"),
        ("seed = 1\n", "scene"),
        ("[scene]\nseed = '7'\n", "seed"),
        ("[scene]\nclasses = 'car'\n", "classes"),
        ("[scene]\nclasses = [1]\n", "classes"),
        ("[scene]\nocclusion = 1\n", "occlusion"),
        ("[scene]\nobjects = true\n", "objects"),
    ],
)
def test_wrong_toml_is_named(tmp_path: Path, text: str, field: str) -> None:
    path = tmp_path / "scene.toml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        SceneSpec.from_toml(path)
    assert (caught.value.source, caught.value.field) == (str(path), field)
    assert "\n" not in str(caught.value)


def test_missing_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="found nothing"):
        SceneSpec.from_toml(tmp_path / "none.toml")


@given(st.integers(8, 400), st.integers(8, 400))
def test_a_scene_for_any_input_has_its_shape(width: int, height: int) -> None:
    spec = SceneSpec.shaped_like(width, height, seed=3, frames=2)
    times = spec.width // width
    assert (spec.width, spec.height) == (times * width, times * height)
    if height >= 107 and width >= 32:
        assert times == 1
