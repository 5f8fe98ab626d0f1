"""What `sot` is given: every kind of source, and what is said of those it cannot take."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from neuromorph_track.data.targets.sequence import target_sequence
from neuromorph_track.data.targets.spec import TargetSpec
from neuromorph_track.errors import InputError
from neuromorph_track.runs.sot_source import limited, open_sot, parse_box

TARGETS = "targets:seed=3,frames=5,width=96,height=80,size=20"


def pictures(folder: Path, number: int = 3) -> Path:
    folder.mkdir(parents=True)
    for index in range(1, number + 1):
        cv2.imwrite(str(folder / f"{index:04d}.png"), np.full((40, 60, 3), 9 * index, np.uint8))
    return folder


def otb(folder: Path, truth: str = "5,6,10,12\n6,6,10,12\n7,6,10,12\n") -> Path:
    pictures(folder / "img")
    (folder / "groundtruth_rect.txt").write_text(truth)
    return folder


@pytest.mark.parametrize(
    ("text", "box"),
    [("1,2,3,4", [1, 2, 3, 4]), (" 1.5, -2 ,3e1,4", [1.5, -2, 30, 4])],
)
def test_a_box(text: str, box: list[float]) -> None:
    assert parse_box(text).tolist() == box


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "1,2,3,nan", "1,2,inf,4", "1;2;3;4", "1 2 3 4", "1,,3,4"]
)
def test_no_box(text: str) -> None:
    with pytest.raises(InputError, match=r"--init: box: found .*, expected four numbers: x,y,w,h"):
        parse_box(text)


@pytest.mark.parametrize(
    "init",
    [
        "61,0,10,10",
        "0,41,10,10",
        "-11,0,10,10",
        "0,-10,10,10",
        "0,0,1,10",
        "0,0,10,-10",
        "0,0,0,0",
        "0,0,121,10",
        "0,0,10,81",
        "0,0,1e300,1e300",
    ],
)
def test_a_box_outside_of_the_frame(tmp_path: Path, init: str) -> None:
    folder = pictures(tmp_path / "p")
    with pytest.raises(InputError, match=r"--init: found .*, expected a box inside of the 60x40 picture"):
        open_sot(str(folder), init, None)


@pytest.mark.parametrize("init", ["-5,-5,10,10", "55,35,20,20", "0,0,60,40", "58,38,2,2"])
def test_a_box_that_is_partly_seen_will_do(tmp_path: Path, init: str) -> None:
    opened = open_sot(str(pictures(tmp_path / "p")), init, None)
    assert opened.initial.tolist() == [float(part) for part in init.split(",")]


def test_pictures_and_a_box(tmp_path: Path) -> None:
    opened = open_sot(str(pictures(tmp_path / "my seq.1")), "5,6,10,12", 2)
    assert opened.truth is None
    assert len(list(limited(opened.frames, 2))) == 2
    # A point in a folder's name is no suffix.
    assert opened.name == "my-seq.1"
    with pytest.raises(InputError, match="--init: found nothing, expected x,y,w,h of the object"):
        open_sot(str(tmp_path / "my seq.1"), None, None)


def test_a_sequence_with_truth(tmp_path: Path) -> None:
    opened = open_sot(str(otb(tmp_path / "Bird")), None, None)
    assert opened.truth is not None
    assert (opened.name, len(opened.truth.sequence)) == ("Bird", 3)
    np.testing.assert_array_equal(opened.initial, opened.truth.sequence.initial_box)
    # A box that is given goes before the truth's, which is still what it is scored against.
    other = open_sot(str(tmp_path / "Bird"), "1,2,8,9", 2)
    assert other.initial.tolist() == [1, 2, 8, 9]
    assert other.truth is not None
    assert len(other.truth.sequence) == 2
    assert len(list(limited(other.frames, 2))) == 2


def test_a_run_may_begin_later(tmp_path: Path) -> None:
    """Frames and truth both, and as many of them as were asked for."""
    whole = open_sot(str(otb(tmp_path / "otb")), None, None)
    later = open_sot(str(tmp_path / "otb"), None, 1, start=1)
    assert later.truth is not None
    np.testing.assert_array_equal(later.initial, [6, 6, 10, 12])
    assert len(later.truth.sequence) == 1
    assert later.frames.frames == 2
    assert later.frames.fingerprint() == whole.frames.fingerprint()
    for shown, expected in zip(limited(later.frames, None), list(whole.frames)[1:], strict=True):
        np.testing.assert_array_equal(shown, expected)


def test_a_start_without_truth_needs_a_box(tmp_path: Path) -> None:
    folder = otb(tmp_path / "otb", "5,6,10,12\n0,0,0,0\n7,6,10,12\n")
    text = "the truth of otb says nothing of frame 1, in which the run begins"
    with pytest.raises(
        InputError, match=f"--init: found nothing; {text}, expected x,y,w,h of the object in f"
    ):
        open_sot(str(folder), None, None, start=1)
    named = open_sot(str(folder), "6,6,10,12", None, start=1)
    assert (named.truth, named.warnings) == (None, (text,))


@pytest.mark.parametrize("start", [-1, 3, 4])
def test_a_start_that_is_not_there(tmp_path: Path, start: int) -> None:
    with pytest.raises(InputError, match=f"start: found {start}, expected 0 to 2"):
        open_sot(str(otb(tmp_path / "otb")), None, None, start=start)


def test_a_truth_that_is_broken_is_said(tmp_path: Path) -> None:
    folder = otb(tmp_path / "Bird", "5,6,10,12\nno box\n7,6,10,12\n")
    for init in (None, "1,2,8,9"):
        with pytest.raises(InputError, match=r"groundtruth_rect\.txt"):
            open_sot(str(folder), init, None)


def test_several_sequences(tmp_path: Path) -> None:
    for name in ("a", "b"):
        otb(tmp_path / "many" / name)
    with pytest.raises(InputError, match=r"sequence: found 2: a, b \.\.\., expected one sequence"):
        open_sot(str(tmp_path / "many"), None, None)


def test_a_synthetic_sequence_is_scored_as_in_benchmarks() -> None:
    opened = open_sot(TARGETS, None, None)
    expected = target_sequence(TargetSpec.from_string(TARGETS))
    assert opened.truth is not None
    np.testing.assert_array_equal(opened.truth.sequence.boxes, expected.boxes)
    np.testing.assert_array_equal(opened.truth.sequence.visible, expected.visible)
    assert opened.truth.sequence.kind == expected.kind
    np.testing.assert_array_equal(opened.frames.__getitem__(2), expected.frames[2])
    assert opened.name == "targets-seed-3-frames-5-width-96-height-80-size-20.0"


def test_settings_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[targets]\nseed = 3\nframes = 4\n")
    opened = open_sot(str(path), None, 3)
    assert opened.truth is not None
    assert len(opened.truth.sequence) == 3
    # A street has many objects, none of which is the one.
    path.write_text("[scene]\nseed = 3\nframes = 4\n")
    with pytest.raises(InputError, match="--init"):
        open_sot(str(path), None, None)
    assert open_sot(str(path), "5,5,20,20", None).truth is None


@pytest.mark.parametrize("source", ["nowhere", "n" * 5000, "targets:seed=x", "targets:nothing=1", "a.toml"])
def test_sources_that_are_none(source: str) -> None:
    with pytest.raises(InputError):
        open_sot(source, "1,2,3,4", None)


@pytest.mark.parametrize(("name", "kind"), [("Crossing", "otb"), ("bag", "vot")])
def test_real_sequences(shared_data: Path, name: str, kind: str) -> None:
    folder = shared_data / "sot" / name
    if not folder.is_dir():
        pytest.skip("the sequence is not there")
    opened = open_sot(str(folder), None, 5)
    assert opened.truth is not None
    assert opened.truth.sequence.kind == kind
    assert (opened.name, len(opened.truth.sequence)) == (name, 5)
    assert opened.initial[2:].min() > 4
