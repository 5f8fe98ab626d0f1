"""Files of settings: there and back, by hand, and every fault named."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromorph_track.association.settings import TwoStageSettings
from neuromorph_track.errors import InputError
from neuromorph_track.files import parse_toml
from neuromorph_track.runs.tracker_file import FORMAT, KnownSequence, read_tracker_file, write_tracker_file

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SEQUENCE = {"name": "A", "role": "train", "detections": "aa", "truth": "bb"}


def test_there_and_back(tmp_path: Path) -> None:
    table = {
        "format": FORMAT,
        "tracker": "two-stage",
        "settings": {"max_lost": 12, "noise": {"surest": 0.25}},
        "tuned": {"metric": "HOTA", "searched": ["a=1:2"], "sequence": [SEQUENCE]},
    }
    write_tracker_file(tmp_path / "t.toml", table, ["made by hand"])
    assert (tmp_path / "t.toml").read_text().startswith("# made by hand\nformat = ")
    found = read_tracker_file(tmp_path / "t.toml")
    assert isinstance(found.settings, TwoStageSettings)
    assert (found.settings.max_lost, found.settings.noise.surest) == (12, 0.25)
    assert found.sequences == (KnownSequence("A", "train", "aa", "bb"),)
    assert (found.tuned_on("bb"), found.tuned_on("cc"), found.tuned_on("")) == (["A"], [], [])


def test_a_line_is_enough(tmp_path: Path) -> None:
    (tmp_path / "t.toml").write_text('tracker = "ocsort"\n')
    assert (found := read_tracker_file(tmp_path / "t.toml")).tracker == "ocsort"
    assert found.sequences == ()


VALUES = st.one_of(
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f"), max_size=20),
    st.lists(st.integers(0, 9), max_size=3),
)
NAMES = st.text("abc_", min_size=1, max_size=4)
TABLES = st.recursive(
    st.dictionaries(NAMES, VALUES, max_size=3),
    lambda inner: st.dictionaries(
        NAMES, st.one_of(VALUES, inner, st.lists(inner, min_size=1, max_size=2)), max_size=3
    ),
    max_leaves=6,
)


@given(TABLES)
def test_what_is_written_is_toml(tmp_path_factory: pytest.TempPathFactory, table: dict[str, object]) -> None:
    path = tmp_path_factory.mktemp("toml") / "t.toml"
    write_tracker_file(path, table, [])
    assert tomllib.loads(path.read_text(encoding="utf-8")) == table
    assert parse_toml(path.read_text(encoding="utf-8"), path) == table


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "tracker: found nothing, expected one of two-stage"),
        ("tracker = 3", "tracker: found 3, expected one of two-stage"),
        ('tracker = "sort"', "tracker: found 'sort', expected one of two-stage"),
        ('tracker = "two-stage"\nsettings = 3', "settings: found 3, expected a table"),
        ('tracker = "two-stage"\n[settings]\nhigh = 1', "settings.high: found no such field"),
        ('tracker = "two-stage"\n[settings]\nlow_score = 0.9', "found .*, expected"),
        ('tracker = "two-stage"\nspeed = 3', "speed: found a field of this name, expected format, tracker"),
        (
            'format = "x/2"\ntracker = "two-stage"',
            "format: found 'x/2', expected 'neuromorph-track tracker/1'",
        ),
        ('tracker = "two-stage"\ntuned = 3', "tuned.sequence: found None, expected a list of tables"),
        (
            'tracker = "two-stage"\n[[tuned.sequence]]\nname = "A"',
            "tuned.sequence 1: found .*, expected name, role",
        ),
        ("tracker =", "syntax: found .*, expected valid TOML"),
    ],
)
def test_faults_are_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "t.toml").write_text(text)
    with pytest.raises(InputError, match=message):
        read_tracker_file(tmp_path / "t.toml")
