from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromorph_track.reports.text_fit import ELLIPSIS, clip, text_width, wrap

WORDS = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), min_size=1, max_size=30)


def test_a_width_grows_with_size_and_weight() -> None:
    assert text_width("spike", 10) == pytest.approx(text_width("spike", 5) * 2, rel=0.05)
    assert text_width("spike", 10, "bold") > text_width("spike", 10)
    # No mathematics: a dollar sign is as wide as it looks.
    assert text_width("$x$", 10) > text_width("x", 10)


@pytest.mark.parametrize(
    ("text", "inches", "shown"),
    [
        ("short", 1.0, "short"),
        ("", 1.0, ""),
        ("a name that is too long for its place", 0.01, ELLIPSIS),
    ],
)
def test_clipping(text: str, inches: float, shown: str) -> None:
    assert clip(text, inches, 8) == shown


def test_both_ends_of_a_long_name_stay() -> None:
    shown = clip("first and a lot more in the middle of it and last", 1.2, 8)
    assert shown.startswith("first")
    assert shown.endswith("last")
    assert text_width(shown, 8) <= 1.2


@given(st.lists(WORDS, max_size=20), st.integers(1, 6))
def test_lines_are_never_too_wide_nor_too_many(words: list[str], most: int) -> None:
    lines = wrap(" ".join(words), 1.5, 7, most=most)
    assert len(lines) <= most
    assert all(text_width(line, 7) <= 1.5 for line in lines)
    if len(lines) < most and ELLIPSIS not in "".join(lines):
        assert " ".join(lines) == " ".join(words)
