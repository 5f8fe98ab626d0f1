"""``[input.events]`` in a contract: what it may say, and that files without it stay as they were."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import pytest
from pydantic import ValidationError

from neuromorph_track.netx import EventsSpec, InputSpec, read_net, write_net
from tests.netx.test_contract import network

WINDOW = {"window_us": 10_000}


def test_events_are_written_and_read(tmp_path: Path) -> None:
    spec = InputSpec(height=4, width=4, events=EventsSpec(window_us=5000, picture="surface", decay_us=900))
    write_net(network(input=spec), tmp_path / "a.net")
    contract = read_net(tmp_path / "a.net").contract
    assert contract is not None
    assert contract.input == spec


def test_a_file_without_events_is_as_before(tmp_path: Path) -> None:
    """No field that other versions would refuse, and a file of theirs is read."""
    write_net(network(), tmp_path / "a.net")
    with h5py.File(tmp_path / "a.net") as file:
        written = json.loads(file["neuromorph_track/contract"][()])
    assert "events" not in written["input"]
    contract = read_net(tmp_path / "a.net").contract
    assert contract is not None
    assert contract.input.events is None


def test_the_padding_is_quiet_too() -> None:
    assert InputSpec(height=4, width=4).pad == 114
    assert InputSpec(height=4, width=4, events=EventsSpec(**WINDOW)).pad == 0
    assert InputSpec.model_validate({"height": 4, "width": 4, "events": WINDOW}).pad == 0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"mean": (0.5, 0.5, 0.5), "events": WINDOW}, "mean and pad are 0"),
        ({"pad": 114.0, "events": WINDOW}, "mean and pad are 0"),
        ({"events": {}}, "window_us"),
        ({"events": {"window_us": 99}}, "greater than or equal to 100"),
        ({"events": {"window_us": 10_000_001}}, "less than or equal to 10000000"),
        ({"events": {**WINDOW, "picture": "voxels"}}, "'counts' or 'surface'"),
        ({"events": {**WINDOW, "gain": 0}}, "greater than or equal to 1"),
        ({"events": {**WINDOW, "decay_us": 99}}, "greater than or equal to 100"),
        ({"events": {**WINDOW, "windows": 3}}, "Extra inputs"),
    ],
)
def test_what_it_may_not_say(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        InputSpec(height=4, width=4, **given)
