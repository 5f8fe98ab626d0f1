"""Boxes and flags as text: every separator, NaN, and every fault named."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from neuromorph_track.data.single.box_files import (
    polygon_bounds,
    read_boxes,
    read_flags,
    read_truth_boxes,
)
from neuromorph_track.errors import InputError
from tests.data.single.made import write


@pytest.mark.parametrize("between", [",", "\t", " ", ", ", "   "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators(tmp_path: Path, between: str, end: str) -> None:
    lines = [between.join(("1", "2.5", "3", "4")), between.join(("-1", "0", "7", "8"))]
    boxes = read_truth_boxes(write(tmp_path / "a.txt", end.join(lines) + end + end))
    assert boxes.tolist() == [[1, 2.5, 3, 4], [-1, 0, 7, 8]]


def test_nan_and_lines_without_characters(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "\n1,2,3,4\nNaN,nan, NaN,NaN\n\n5,6,7,8\n")
    boxes, lines = read_boxes(path, "boxes")
    np.testing.assert_array_equal(boxes, [[1, 2, 3, 4], [np.nan] * 4, [5, 6, 7, 8]])
    assert lines.tolist() == [2, 3, 5]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "lines: found none"),
        ("1,2,3\n", "line 1: found 3 columns, expected 4 separated by commas"),
        ("1 2 3 4\n1 2 3\n", "line 2: found 3 columns, expected 4 separated by spaces"),
        ("1,2,3,4\n\n1,2,x,4\n", "line 3, w: found 'x', expected a number"),
        ("1,2,3,4\n1,nan,3,4\n", "line 2, y: found nan, expected a finite number"),
        ("1,2,3,4\n1,2,inf,4\n", "line 2, w: found inf"),
        ("1,2,3,4\n\n1,2,3,-4\n", "line 3, h: found -4, expected 0 or more"),
        ("1,2,1e9,4\n", "line 1, w: found 1e+09"),
        ("m1,2,3,4\n", "line 1, x: found 'm1'"),
    ],
)
def test_faults(tmp_path: Path, text: str, fault: str) -> None:
    path = write(tmp_path / "truth.txt", text)
    with pytest.raises(InputError) as error:
        read_truth_boxes(path)
    assert str(error.value).startswith(f"{path}: {fault}")


@pytest.mark.parametrize("text", ["0,0,1", "0\n0\n1\n", "0 0.0 1.0\n"])
def test_flags(tmp_path: Path, text: str) -> None:
    assert read_flags(write(tmp_path / "a.txt", text), 3).tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("0,1", "flags: found 2, expected 3"),
        ("0,x,1", "flag 2: found 'x'"),
        ("0,-1,1", "flag 2: found '-1'"),
        ("0,0,nan", "flag 3: found 'nan'"),
    ],
)
def test_faults_of_flags(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        read_flags(write(tmp_path / "a.txt", text), 3)


LINES = st.lists(st.text("0123456789.,-+e \tnaif_", max_size=20), max_size=5).map("\n".join)


@given(st.one_of(LINES, st.text(max_size=40)))
def test_any_text_is_boxes_or_a_fault(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_text(text, encoding="utf-8")
    for read in (read_truth_boxes, lambda path: read_flags(path, 3)):
        # Anything else that is raised fails the test.
        with contextlib.suppress(InputError):
            found = read(path)
            assert found.shape in ((len(found), 4), (3,))


def test_polygons() -> None:
    diamond = np.array([[0.0, 4, 4, 0, 8, 4, 4, 8]])
    assert polygon_bounds(diamond).tolist() == [[0, 0, 8, 8]]


@given(arrays(np.float64, (3, 8), elements=st.floats(-1e3, 1e3)))
def test_the_bounds_hold_all_corners_and_no_more(polygons: np.ndarray) -> None:
    left, top, width, height = polygon_bounds(polygons).T
    x, y = polygons[:, 0::2], polygons[:, 1::2]
    np.testing.assert_array_equal(left, x.min(axis=1))
    np.testing.assert_array_equal(top, y.min(axis=1))
    np.testing.assert_array_equal(width, np.ptp(x, axis=1))
    np.testing.assert_array_equal(height, np.ptp(y, axis=1))
