"""Settings of a target's sequence: their text forms, presets, random draws, and every wrong value named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromorph_track.data.targets import KINDS, PRESETS, SPLITS, TargetSpec
from neuromorph_track.errors import InputError

SPECS = st.builds(
    TargetSpec,
    seed=st.integers(0, 2**63 - 1),
    split=st.sampled_from(SPLITS),
    frames=st.integers(1, 100_000),
    width=st.integers(160, 2048),
    height=st.integers(160, 2048),
    kinds=st.lists(st.sampled_from(KINDS), min_size=1, unique=True).map(tuple),
    size=st.floats(12, 41),
    zoom=st.floats(1, 2.5),
    distractors=st.integers(0, 6),
    noise=st.floats(0, 50),
    jpeg=st.integers(0, 100),
)


@given(SPECS)
def test_text_form_reads_back(spec: TargetSpec) -> None:
    assert TargetSpec.from_string(spec.to_string()) == spec


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_named_in_texts(name: str) -> None:
    spec = TargetSpec.from_string(f"targets:preset={name},seed=3,distractors=1")
    assert spec == TargetSpec.preset(name, seed=3, distractors=1)
    assert TargetSpec.from_string(spec.to_string()) == spec
    assert (spec.seed, spec.distractors) == (3, 1)


def test_usual_is_the_default() -> None:
    assert TargetSpec.preset("usual", seed=5) == TargetSpec(seed=5)
    assert TargetSpec(seed=5, split="test", kinds=("walker", "blob")).to_string() == (
        "targets:seed=5,split=test,kinds=walker+blob"
    )


def test_presets_get_harder() -> None:
    easy, usual, hard = (TargetSpec.preset(name) for name in ("easy", "usual", "hard"))
    for field in ("zoom", "turn", "speed", "distractors", "occluders", "clutter", "light", "blur", "noise"):
        assert getattr(easy, field) < getattr(usual, field) < getattr(hard, field)
    assert hard.distractors >= 3


def test_from_toml(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text('[targets]\npreset = "hard"\nseed = 7\nkinds = ["limbs", "pair"]\nnoise = 3\n')
    wanted = TargetSpec.preset("hard", seed=7, kinds=("limbs", "pair"), noise=3.0)
    assert TargetSpec.from_toml(path) == wanted


@given(st.integers(0, 2**32), st.integers(64, 400), st.integers(64, 400))
def test_random_settings_are_valid_and_repeatable(seed: int, width: int, height: int) -> None:
    spec = TargetSpec.random(seed, width=width, height=height, split="test", frames=40)
    assert spec == TargetSpec.random(seed, width=width, height=height, split="test", frames=40)
    assert (spec.seed, spec.width, spec.height, spec.split, spec.frames) == (seed, width, height, "test", 40)


def test_random_settings_cover_their_ranges() -> None:
    drawn = [TargetSpec.random(seed) for seed in range(200)]
    assert {spec.distractors for spec in drawn} == set(range(6))
    assert min(spec.zoom for spec in drawn) < 1.1
    assert max(spec.zoom for spec in drawn) > 2.1
    assert 0.15 < sum(spec.jpeg > 0 for spec in drawn) / 200 < 0.45
    assert {TargetSpec.random(seed, distractors=4).distractors for seed in range(9)} == {4}


@pytest.mark.parametrize(
    ("text", "field", "found"),
    [
        ("scene:seed=1", "targets", "no 'targets:' at the start"),
        ("targets:seed", "seed", "no '='"),
        ("targets:seed=1,seed=2", "seed", "it twice"),
        ("targets:preset=harder", "preset", "'harder'"),
        ("targets:split=validation", "split", "'validation'"),
        ("targets:kinds=dog", "kinds", "'dog'"),
        ("targets:kinds=", "kinds", "''"),
        ("targets:kinds=blob+blob", "kinds", "blob+blob"),
        ("targets:distractors=7", "distractors", "7"),
        ("targets:distractors=1.5", "distractors", "'1.5'"),
        ("targets:zoom=2.6", "zoom", "2.6"),
        ("targets:zoom=nan", "zoom", "nan"),
        ("targets:alike=2", "alike", "2"),
        ("targets:size=90", "size", "90"),
        ("targets:colour=red", "colour", "an unknown field"),
    ],
)
def test_wrong_text_is_named(text: str, field: str, found: str) -> None:
    with pytest.raises(InputError) as caught:
        TargetSpec.from_string(text)
    assert (caught.value.source, caught.value.field, caught.value.found) == (text, field, found)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kinds": ["blob"]}, "kinds"),
        ({"kinds": ()}, "kinds"),
        ({"split": 1}, "split"),
        ({"seed": True}, "seed"),
        ({"frames": 2.0}, "frames"),
        ({"noise": "3"}, "noise"),
    ],
)
def test_wrong_values_are_named(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as caught:
        TargetSpec(**values)
    assert caught.value.field == field
