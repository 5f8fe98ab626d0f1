"""What the pages show of the code: nothing is left out, and names that mean nothing are found."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, Field

from neuromorph_track.hardware import HardwareProfile, load_profiles
from neuromorph_track.profiling.activity_layout import MEANING

pytest.importorskip("sphinx", reason="the extra docs is not installed")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs"))

from pages_from_code.activity import activity
from pages_from_code.docstrings import escaped
from pages_from_code.fields import fields
from pages_from_code.hardware import catalogue
from pages_from_code.printed import printed
from pages_from_code.references import exists

CATALOGUE = catalogue("")


class Wheel(BaseModel):
    """A wheel.

    Attributes
    ----------
    spokes : int
        How many, see :class:`~somewhere.Spoke`.
    """

    spokes: int = Field(ge=3, lt=100)


class Cart(BaseModel):
    """What rolls.

    Attributes
    ----------
    wheels, colour
        Of the cart.
    """

    wheels: tuple[Wheel, ...]
    colour: Literal["red", "blue"] = "red"
    weight: float | None = None
    open: bool = True


def test_a_model_becomes_tables() -> None:
    lines = fields(f"{__name__}:Cart").splitlines()
    assert lines == [
        "What rolls.",
        "",
        "| field | what it takes | default | |",
        "|---|---|---|---|",
        "| `wheels` | list of [Wheel](#wheel) | required | Of the cart. |",
        "| `colour` | `red`, `blue` | `red` | Of the cart. |",
        "| `weight` | number |  |  |",
        "| `open` | true or false | `true` |  |",
        "",
        "## Wheel",
        "",
        "A wheel.",
        "",
        "| field | what it takes | default | |",
        "|---|---|---|---|",
        "| `spokes` | whole number ≥ 3 and < 100 | required | How many, see `Spoke`. |",
    ]


@pytest.mark.parametrize("profile", load_profiles(), ids=lambda profile: profile.id)
def test_the_catalogue_has_every_number_and_source(profile: HardwareProfile) -> None:
    entry = CATALOGUE.partition(f"\n## `{profile.id}`\n")[2].partition("\n## ")[0]
    rows = [line for line in entry.splitlines() if line.startswith("| `")]
    numbers = list(profile.quantities())
    assert len(rows) == len(numbers)
    for row, (path, quantity) in zip(rows, numbers, strict=True):
        assert row.startswith(f"| `{path}`")
        assert f" {quantity.evidence} |" in row
        assert all(f"`{source}`" in row for source in quantity.source)
        assert f"| {quantity.low:,.6g} to {quantity.high:,.6g} |" in row
    for source in profile.source:
        assert f"- `{source.id}`: " in entry
        assert source.url is None or f"<{source.url}>" in entry


def test_the_tables_of_an_activity_file() -> None:
    assert all(f"| `{name}` | {meaning} |" in activity("") for name, meaning in MEANING.items())


@pytest.mark.parametrize(
    ("name", "within", "expected"),
    [
        ("neuromorph_track.netx.Layer", None, True),
        ("neuromorph_track.netx.graph", None, True),
        ("Layer", None, True),
        ("spikes_in", "LayerActivity", True),
        ("run", "FixedSimulator", True),
        ("network", "FixedSimulator", True),
        ("numpy.random.Generator", None, True),
        ("neuromorph_track.netx.Lair", None, False),
        ("neuromorph_track.nets.Layer", None, False),
        ("Lair", None, False),
        ("spikes_inn", "LayerActivity", False),
    ],
)
def test_a_name_in_a_docstring_means_something(name: str, within: str | None, expected: bool) -> None:
    import neuromorph_track.backends.fixed

    assert exists(name, neuromorph_track.backends.fixed.__name__, within) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("values : (T, *shape) int32", "values : (T, \\*shape) int32"),
        ("values : ``(T, *shape)`` int32", "values : ``(T, *shape)`` int32"),
        ("``f(a, *b)`` is *not* a shape", "``f(a, *b)`` is *not* a shape"),
    ],
)
def test_a_shape_is_no_emphasis(line: str, expected: str) -> None:
    assert escaped(line) == expected


def test_what_a_verb_prints() -> None:
    first, second, *lines = printed("hardware list").splitlines()
    assert (first, second) == ("```text", "$ neuromorph-track hardware list")
    for profile in load_profiles():
        assert any(profile.id in line for line in lines)
    assert "\x1b" not in "".join(lines)
    with pytest.raises(ValueError, match="hardware show nothing ended with"):
        printed("hardware show nothing")
