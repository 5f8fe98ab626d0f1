"""Tables of numbers: quick and slow reading agree, every fault has its line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.data.number_table import first_line, number_table, read_lines, require_frames
from neuromorph_track.errors import InputError

COLUMNS = ("frame", "id", "x")
WHERE = Path("boxes.txt")


def test_lines_without_characters_are_left_out_and_counted() -> None:
    table, lines = number_table(WHERE, ["1,2,3.5", "", "  ", " 4 , -1 ,1e3"], COLUMNS, (3,))
    assert table.tolist() == [[1, 2, 3.5], [4, -1, 1000]]
    assert lines.tolist() == [1, 4]


def test_a_byte_order_mark_is_no_character_of_the_first_number(tmp_path: Path) -> None:
    path = tmp_path / "boxes.txt"
    path.write_text("1,2,3\n", encoding="utf-8-sig")
    assert read_lines(path, "numbers") == ["1,2,3"]
    assert first_line(path) == "1,2,3\n"


def test_nothing_is_a_table() -> None:
    assert number_table(WHERE, ["", " "], COLUMNS, (3,))[0].shape == (0, 3)


def test_spaces_may_be_many() -> None:
    table, _ = number_table(WHERE, ["1  2\t3"], COLUMNS, (3,), delimiter=None)
    assert table.tolist() == [[1, 2, 3]]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1,2", "line 3: found 2 columns, expected 3 separated by commas"),
        ("1,2,3,4", "line 3: found 4 columns"),
        ("1 2 3", "line 3: found 1 columns"),
        ("1,2,x", "line 3, x: found 'x', expected a number"),
        ("1,2,", "line 3, x: found '', expected a number"),
        ("1,2,nan", "line 3, x: found nan, expected a finite number"),
        ("1,2,-inf", "line 3, x: found -inf, expected a finite number"),
        ("1,2,1e999", "line 3, x: found 1e999, expected a finite number"),
        ("1,2.5,3", "line 3, id: found 2.5, expected a whole number"),
        ("1,1e300,3", "line 3, id: found 1e300, expected a whole number"),
        ("1,2,3#4", "line 3, x: found '3#4', expected a number"),
        ("1,2," + "9" * 5000 + "x", "line 3, x: found '9999"),
    ],
)
def test_the_first_fault_is_named(line: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        number_table(WHERE, ["1,1,1", "", line, "also wrong"], COLUMNS, (3,))
    assert str(caught.value).startswith(f"boxes.txt: {message}")
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("frame", [0, -3, 10_000_001])
def test_frames_have_ends(frame: int) -> None:
    require_frames(WHERE, np.array([1.0, 10_000_000]), np.array([1, 2]), first=1)
    with pytest.raises(
        InputError, match=f"line 8, frame: found {frame}, expected a whole number from 1 to 1"
    ):
        require_frames(WHERE, np.array([5.0, frame]), np.array([7, 8]), first=1)


def test_the_first_line_of_what_is_no_text_is_empty(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\n  \n3 4\n5")
    (tmp_path / "b").write_bytes(b"\xff\xfe")
    (tmp_path / "c").write_text("x" * 100_000)
    assert first_line(tmp_path / "a") == "3 4\n"
    assert first_line(tmp_path / "b") == first_line(tmp_path / "none") == ""
    assert len(first_line(tmp_path / "c")) < 10_000


def test_a_file_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with open(path, "wb") as file:
        file.truncate((1 << 30) + 1)
    with pytest.raises(InputError, match="found 1073741825 bytes, expected at most 1073741824"):
        read_lines(path, "a text file")
