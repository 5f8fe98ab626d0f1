"""Which truth counts and which forgives, by the rules of each benchmark."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.data.benchmark_rules import PROTOCOLS, protocol_for
from neuromorph_track.data.motchallenge import MotBoxes

# Mark and class of the truth boxes of each case.
PEDESTRIAN, IGNORED, CAR, VEHICLE, STATIC = (1, 1), (0, 1), (1, 3), (0, 6), (0, 7)


@pytest.mark.parametrize(
    ("name", "counts", "forgives"),
    [
        ("plain", [PEDESTRIAN, CAR], [IGNORED, VEHICLE, STATIC]),
        ("mot15", [PEDESTRIAN, CAR], []),
        ("mot17", [PEDESTRIAN], [STATIC]),
        ("mot20", [PEDESTRIAN], [VEHICLE, STATIC]),
    ],
)
def test_rules(name: str, counts: list[tuple[int, int]], forgives: list[tuple[int, int]]) -> None:
    kinds = [PEDESTRIAN, IGNORED, CAR, VEHICLE, STATIC]
    marks, classes = (np.array(column) for column in zip(*kinds, strict=True))
    one = np.ones(len(kinds), np.int64)
    truth = MotBoxes(one, one, np.zeros((len(kinds), 4)), marks.astype(np.float64), classes, one * 1.0)
    protocol = PROTOCOLS[name]
    assert [k for k, yes in zip(kinds, protocol.counts(truth), strict=True) if yes] == counts
    assert [k for k, yes in zip(kinds, protocol.forgives(truth), strict=True) if yes] == forgives


@pytest.mark.parametrize(
    ("sequence_name", "protocol"),
    [
        ("MOT17-02-FRCNN", "mot17"),
        ("MOT16-02", "mot16"),
        ("mot20-01", "mot20"),
        ("PETS09-S2L1", "mot15"),
        ("scene", "plain"),
    ],
)
def test_rules_by_name(sequence_name: str, protocol: str) -> None:
    assert protocol_for(sequence_name) == PROTOCOLS[protocol]
