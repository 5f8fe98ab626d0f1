"""Results come back as they were written, in every format and whoever wrote them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.data.single import FORMATS, ResultFormat, SingleResult, read_results, write_result
from neuromorph_track.errors import InputError, JobError
from tests.conftest import SmallDisk
from tests.data.single.made import write

BOXES = np.array([[1.5, 2, 3, 4], [np.nan] * 4, [-0.25, 0, 0, 9.125]])


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("seconds", [None, np.array([0.5, 0.25, 1e-4])])
def test_back_again(tmp_path: Path, form: ResultFormat, seconds: np.ndarray | None) -> None:
    path = write_result(tmp_path, "A", SingleResult(BOXES, seconds), form)
    assert path == tmp_path / ("A/A_001.txt" if form == "got10k" else "A.txt")
    (found,) = read_results(tmp_path, "A")
    np.testing.assert_array_equal(found.boxes, BOXES)
    assert (found.seconds is None) == (seconds is None)
    if seconds is not None:
        np.testing.assert_array_equal(found.seconds, seconds)


def test_what_the_files_hold(tmp_path: Path) -> None:
    result = SingleResult(BOXES[:1], np.array([0.5]))
    assert write_result(tmp_path, "A", result, "got10k").read_text() == "1.500,2.000,3.000,4.000\n"
    assert (tmp_path / "A" / "A_time.txt").read_text() == "0.50000000\n"
    assert write_result(tmp_path, "B", result).read_text() == "1.5000,2.0000,3.0000,4.0000\n"
    assert (tmp_path / "times" / "B_time.txt").is_file()


def test_tabs_and_times_beside_the_boxes(tmp_path: Path) -> None:
    write(tmp_path / "A.txt", "1\t2\t3\t4\n5\t6\t7\t8\n")
    write(tmp_path / "A_time.txt", "0.1\n0.2\n")
    (found,) = read_results(tmp_path, "A")
    assert found.boxes.tolist() == [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert found.seconds is not None
    assert found.seconds.tolist() == [0.1, 0.2]


def test_repetitions(tmp_path: Path) -> None:
    for number in (2, 1):
        write(tmp_path / "A" / f"A_{number:03}.txt", f"{number},2,3,4\n")
    write(tmp_path / "A" / "A_time.txt", "0.1,0.2\n")
    found = read_results(tmp_path, "A")
    assert [run.boxes[0, 0] for run in found] == [1, 2]
    assert [run.seconds[0] for run in found if run.seconds is not None] == [0.1, 0.2]


@pytest.mark.parametrize("written", ["Jogging-2", "Jogging_2", "Jogging.2"])
def test_other_spellings_of_a_second_object(tmp_path: Path, written: str) -> None:
    write(tmp_path / f"{written}.txt", "1,2,3,4\n")
    assert len(read_results(tmp_path, "Jogging-2")) == 1


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({}, "A: found nothing, expected A.txt or A/A_001.txt"),
        ({"A.txt": "1,2,3\n"}, "line 1: found 3 columns"),
        ({"A.txt": "1,2,3,four\n"}, "line 1, h: found 'four'"),
        ({"A.txt": "1,2,3,4\n", "A_time.txt": "1\n2\n"}, "A_time.txt: lines: found 2, expected 1"),
        ({"A.txt": "1,2,3,4\n", "A_time.txt": "soon\n"}, "A_time.txt: line 1, column 1: found 'soon'"),
    ],
)
def test_faults(tmp_path: Path, files: dict[str, str], fault: str) -> None:
    for name, text in files.items():
        write(tmp_path / name, text)
    with pytest.raises(InputError, match=fault):
        read_results(tmp_path, "A")


@pytest.mark.parametrize("name", ["../A", "a/b", ".hidden", ""])
def test_names_that_would_leave_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="a name without folders"):
        write_result(tmp_path, name, SingleResult(BOXES))


def test_a_format_that_nobody_knows(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected one of otb, lasot, got10k, trackingnet"):
        write_result(tmp_path, "A", SingleResult(BOXES), "davis")  # type: ignore[arg-type]


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, small_disk: SmallDisk) -> None:
    write_result(tmp_path, "A", SingleResult(BOXES))
    before = (tmp_path / "A.txt").read_text()
    with small_disk(), pytest.raises(JobError):
        write_result(tmp_path, "A", SingleResult(np.ones((10_000, 4))))
    assert (tmp_path / "A.txt").read_text() == before
    assert [path.name for path in tmp_path.iterdir()] == ["A.txt"]
