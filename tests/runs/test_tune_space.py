"""What is searched, and between which ends."""

from __future__ import annotations

import pytest

from neuromorph_track.association.modes import MODES
from neuromorph_track.association.settings_table import settings_to_table
from neuromorph_track.errors import InputError
from neuromorph_track.runs.tune_space import Range, search_ranges, settings_with

DEFAULTS = {
    "share": 0.9,
    "low": 0.1,
    "count": 2,
    "frames": 30,
    "speed": 4.0,
    "on": True,
    "name": "a",
    "noise": {"inner": 0.5},
}


def test_all_numbers_that_are_not_inside_another_table() -> None:
    ends = {
        each.name: (each.low, each.high, each.whole, each.logarithmic) for each in search_ranges(DEFAULTS)
    }
    assert ends == {
        "share": (pytest.approx(0.6), 1.0, False, False),
        "low": (0.0, pytest.approx(0.4), False, False),
        "count": (1, 6, True, False),
        "frames": (10, 90, True, True),
        "speed": (pytest.approx(4 / 3), 12.0, False, True),
    }


def test_what_is_wanted() -> None:
    wanted = ("noise.inner", "frames=20:40", "speed=1:9")
    assert search_ranges(DEFAULTS, wanted) == (
        Range("noise.inner", 0.5, 0.2, 0.8),
        Range("frames", 30, 20, 40),
        Range("speed", 4.0, 1.0, 9.0),
    )


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("speeed", "speeed: found no number of this name, expected one of share, low, count"),
        ("name", "name: found no number of this name"),
        ("on", "on: found no number of this name"),
        ("frames=1", "frames: found '1', expected two numbers, LOW:HIGH"),
        ("frames=1.5:60", "frames: found '1.5:60', expected two numbers"),
        ("frames=40:60", "frames: found 40:60, expected ends with the default, 30, between them"),
        ("speed=nan:60", "speed: found nan:60, expected ends with the default"),
    ],
)
def test_faults_are_named(wanted: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        search_ranges(DEFAULTS, (wanted,))


@pytest.mark.parametrize("mode", MODES)
def test_every_tracker_can_be_searched(mode: str) -> None:
    kind = MODES[mode].settings
    defaults = settings_to_table(kind())
    ranges = search_ranges(defaults)
    assert ranges
    assert all(each.low <= each.default <= each.high for each in ranges)
    assert settings_with(kind, defaults, {each.name: each.default for each in ranges}) == kind()


def test_inner_values_are_changed() -> None:
    kind = MODES["two-stage"].settings
    defaults = settings_to_table(kind())
    assert settings_with(kind, defaults, {"noise.surest": 0.125}).noise.surest == 0.125
    assert defaults == settings_to_table(kind())
