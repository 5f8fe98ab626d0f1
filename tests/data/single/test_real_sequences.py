"""A sequence of OTB and one of VOT, as their owners ship them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.data.single import find_sequences


def test_both(shared_data: Path) -> None:
    crossing, bag = find_sequences(shared_data / "sot", only=["Crossing", "bag"])
    assert (crossing.kind, len(crossing), crossing.frames.size) == ("otb", 120, (360, 240))
    assert crossing.initial_box.tolist() == [205, 151, 17, 50]
    assert crossing.boxes[-1].tolist() == [56, 93, 14, 36]
    assert (bag.kind, len(bag), bag.frames.size) == ("vot", 196, (480, 360))
    assert bag.initial_box == pytest.approx([291.827, 124.711, 150.346, 139.578])
    for sequence in (crossing, bag):
        assert sequence.visible.all()
        last = sequence.frames[len(sequence) - 1]
        assert last.shape == (*sequence.frames.size[::-1], 3)
        ends = sequence.boxes[:, :2] + sequence.boxes[:, 2:]
        assert (ends <= np.array(sequence.frames.size) + 1).all()
