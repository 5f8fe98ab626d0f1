"""Settings of every tracker as tables, and back."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from neuromorph_track.association.modes import MODES
from neuromorph_track.association.settings_table import settings_from_table, settings_to_table
from neuromorph_track.errors import InputError


@dataclass(frozen=True)
class Inner:
    share: float = 0.5


@dataclass(frozen=True)
class Outer:
    count: int = 3
    name: str = "a"
    on: bool = True
    ends: tuple[float, float] = (0.0, 1.0)
    limit: float | None = None
    inner: Inner = field(default_factory=Inner)

    def __post_init__(self) -> None:
        if self.count < 1:
            raise InputError("settings", "count", str(self.count), "1 or more")


@pytest.mark.parametrize("mode", MODES)
def test_every_tracker(mode: str) -> None:
    kind = MODES[mode].settings
    assert settings_from_table(kind, settings_to_table(kind()), "x") == kind()


def test_there_and_back() -> None:
    settings = Outer(count=5, ends=(2.0, 3.0), inner=Inner(0.25))
    table = settings_to_table(settings)
    assert "limit" not in table
    assert settings_from_table(Outer, {**table, "ends": [2, 3]}, "x") == settings
    assert settings_from_table(Outer, {"limit": 2.5}, "x") == Outer(limit=2.5)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"cuont": 3}, "x: settings.cuont: found no such field, expected one of count, name"),
        ({"count": 2.5}, "x: settings.count: found 2.5, expected a valid integer"),
        ({"count": True}, "x: settings.count: found True, expected a valid integer"),
        ({"count": 0}, "x: settings.count: found 0, expected 1 or more"),
        ({"name": 3}, "x: settings.name: found 3, expected a valid string"),
        ({"ends": [1]}, r"x: settings.ends: found \[1\]"),
        ({"inner": 3}, "x: settings.inner: found 3, expected a table"),
        ({"inner": {"share": "a"}}, "x: settings.inner.share: found 'a', expected a valid number"),
    ],
)
def test_faults_are_named(table: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        settings_from_table(Outer, table, "x")
