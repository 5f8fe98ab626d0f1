"""Attributes of a sequence come from what happens in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from neuromorph_track.data.targets import TargetScene, TargetSpec
from neuromorph_track.data.targets.attributes import DEFINITIONS, _measured, _visible, attributes
from neuromorph_track.data.targets.sequence import target_sequence
from neuromorph_track.data.targets.truth import LEAST_VISIBILITY, TargetTruth
from neuromorph_track.evaluation.single import score_sequence

CALM = TargetSpec(
    seed=3, kinds=("ellipse",), zoom=1.0, aspect=1.0, turn=0.0, speed=0.03, jolts=0.0, distractors=0,
    occluders=0.0, light=0.0, shadow=0.0, shake=0.0, clutter=0, size=30.0,
)  # fmt: skip


def truth(box: tuple[float, float, float, float], visibility: float = 1, inside: float = 1) -> TargetTruth:
    return TargetTruth(np.array(box, np.float32), visibility, inside)


START = truth((10, 10, 40, 40))
NOT_SEEN = TargetTruth(np.full(4, np.nan, np.float32), 0.0, 1.0)


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ([START] * 4, set()),
        ([truth((10, 10, 40, 40), 0.6)] * 2, set()),
        ([truth((10, 10, 40, 40), 0.6)] * 3, {"POC"}),
        # What the edge cuts off is not hidden.
        ([truth((0, 10, 20, 40), 0.6, 0.6)] * 3, set()),
        ([NOT_SEEN], {"FOC"}),
        ([NOT_SEEN] * 3, {"POC", "FOC"}),
        ([replace(NOT_SEEN, inside=0.0)] * 3, {"OV"}),
        ([truth((0, 10, 12, 40), 0.4, 0.4)], {"OV"}),
        ([truth((10, 10, 40 + 13, 40 + 13))], {"SV"}),
        ([truth((10, 10, 40 + 11, 40 + 11))], set()),
        ([truth((10, 10, 30, 30))], {"SV"}),
        ([truth((10, 10, 52, 30))], {"ARC"}),
        ([truth((10, 10, 29, 29))], {"SV", "LR"}),
        ([truth((21, 10, 51, 40)), truth((10, 10, 40, 40))], {"FM"}),
        ([truth((21, 10, 51, 40)), truth((31, 10, 61, 40))], {"FM"}),
        ([truth((17, 10, 47, 40)), truth((24, 10, 54, 40))], set()),
        ([truth((18, 10, 48, 40)), truth((26, 10, 56, 40))], {"FM"}),
        # Through a gap nobody knows how fast it was.
        ([NOT_SEEN, truth((90, 10, 120, 40)), NOT_SEEN, START], {"FOC"}),
    ],
)
def test_rules_on_boxes(later: list[TargetTruth], expected: set[str]) -> None:
    truths = [START, START, *later]
    assert _visible(truths) | _measured(truths) == expected


def test_a_calm_sequence_has_none() -> None:
    assert set(attributes(TargetScene(CALM))) <= {"BC"}


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"zoom": 2.0}, "SV"),
        ({"turn": 8.0}, "ROT"),
        ({"speed": 0.5}, "FM"),
        ({"kinds": ("limbs",), "deform": 1.0}, "DEF"),
        ({"light": 1.0}, "IV"),
        ({"distractors": 4}, "SOB"),
        ({"leaves": 1}, "OV"),
        ({"occluders": 8.0, "full": 1.0}, "FOC"),
        ({"occluders": 8.0, "full": 0.0}, "POC"),
        ({"aspect": 2.0}, "ARC"),
        ({"size": 14.0}, "LR"),
    ],
)
def test_each_is_found_where_it_happens(changes: dict[str, object], name: str) -> None:
    assert name in attributes(TargetScene(replace(CALM, **changes)))  # type: ignore[arg-type]


def test_clutter_of_like_colours_is_found() -> None:
    """The same grey target before a grey and before a red wall."""
    scene = TargetScene(CALM)
    sheet = scene.target.body.sheet(0)
    sheet[..., :3] = sheet[..., 3:] * (120 / 255)
    scene._backdrop._far[:] = 118
    assert "BC" in attributes(scene)
    scene._backdrop._far[:] = (255, 0, 0)
    assert "BC" not in attributes(scene)


def test_names_are_in_the_order_of_their_definitions() -> None:
    names = attributes(TargetScene(TargetSpec.preset("hard", seed=1)))
    assert list(names) == [name for name in DEFINITIONS if name in names]
    assert {"POC", "SV", "SOB"} <= set(names)


def test_the_sequence_that_trackers_are_scored_on() -> None:
    spec = TargetSpec.preset("hard", seed=2, split="test")
    sequence = target_sequence(spec)
    scene = TargetScene(spec)
    assert (sequence.name, sequence.kind, len(sequence)) == (spec.to_string(), "targets", 80)
    assert sequence.attributes == attributes(scene)
    plain = target_sequence(spec, "hard-2", with_attributes=False)
    assert (plain.name, plain.attributes) == ("hard-2", ())
    for index in (0, 17, 44):
        frame, box, visibility = scene[index]
        assert np.array_equal(sequence.frames[index], frame)
        left, top, width, height = sequence.boxes[index]
        assert np.array_equal([left, top, left + width, top + height], box, equal_nan=True)
        assert sequence.visible[index] == (visibility >= LEAST_VISIBILITY)
    perfect = score_sequence(sequence, [sequence.boxes], "truth").scores
    assert abs(perfect.AO - 1) < 1e-9
    assert not sequence.visible.all()
