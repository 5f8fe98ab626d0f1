"""VisEvent, COESOT and EventVOT: their layouts, and flags that say the opposite of each other."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from neuromorph_track.data.single import SingleSequence, find_sequences
from neuromorph_track.errors import InputError
from tests.data.single.made import pictures, write

# The object is not seen in the third of four frames.
BOXES = "1,2,5,6\n2,2,5,6\n0,0,0,0\n4,2,5,6\n"
PRESENT, ABSENT = "1\n1\n0\n1\n", "0\n0\n1\n0\n"
SEEN = [True, True, False, True]


def eventvot(root: Path, name: str = "recording_1", flags: str = PRESENT) -> Path:
    write(root / name / "groundtruth.txt", BOXES)
    write(root / name / "absent.txt", flags)
    return root / name


def coesot(root: Path, name: str = "dvSave-1", flags: str = PRESENT) -> Path:
    write(eventvot(root, name, flags) / "start_end_index.txt", "0\n3\n")
    return root / name


def visevent_toolkit(root: Path, name: str = "tank", flags: str = ABSENT) -> Path:
    write(root / "gt_rect" / f"{name}.txt", BOXES)
    write(root / "absent" / f"{name}.txt", flags)
    return root


def visevent(root: Path, name: str = "tank", flags: str = PRESENT, boxes: str = BOXES) -> Path:
    write(root / name / "groundtruth.txt", boxes)
    write(root / name / "absent_label.txt", flags)
    return root / name


def only(folder: Path, kind: str | None = None) -> SingleSequence:
    (found,) = find_sequences(folder, kind)
    return found


@pytest.mark.parametrize(
    ("make", "kind", "name"),
    [
        (eventvot, "eventvot", "recording_1"),
        (coesot, "coesot", "dvSave-1"),
        (visevent, "visevent", "tank"),
        (visevent_toolkit, "visevent", "tank"),
    ],
)
def test_layouts(tmp_path: Path, make: object, kind: str, name: str) -> None:
    make(tmp_path)  # type: ignore[operator]
    for found in (only(tmp_path), only(tmp_path, kind)):
        assert (found.name, found.kind) == (name, kind)
        assert found.visible.tolist() == SEEN
        assert found.initial_box.tolist() == [1, 2, 5, 6]


@pytest.mark.parametrize(("flag", "present"), [("0", False), ("1", True)])
def test_without_absent_frames_flags_are_checked_too(tmp_path: Path, flag: str, present: bool) -> None:
    for make in (eventvot, coesot, visevent):
        folder = make(tmp_path / make.__name__, flags=f"{flag}\n" * 4)
        (folder / "groundtruth.txt").write_text("1,2,5,6\n" * 4)
        if present:
            assert only(folder).visible.all()
        else:
            with pytest.raises(InputError, match="flag"):
                only(folder)


@pytest.mark.parametrize(
    ("make", "flags"),
    [(eventvot, ABSENT), (coesot, ABSENT), (visevent_toolkit, PRESENT)],
)
def test_the_opposite_meaning_is_a_contradiction(tmp_path: Path, make: object, flags: str) -> None:
    make(tmp_path, flags=flags)  # type: ignore[operator]
    with pytest.raises(InputError, match=r"flag 1: found . \(absent\), and a box 1,2,5,6 \(3 such frames\)"):
        only(tmp_path)


def test_no_box_where_the_flag_says_present(tmp_path: Path) -> None:
    eventvot(tmp_path, flags="1\n" * 4)
    with pytest.warns(UserWarning, match="flag 3 and 0 more say that the object is present"):
        found = only(tmp_path)
    assert found.visible.tolist() == SEEN


def test_no_warning_where_all_is_well(tmp_path: Path) -> None:
    coesot(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        only(tmp_path)


@pytest.mark.parametrize("boxes", [BOXES, "0,0,0,0\n0,0,0,0\n" + BOXES], ids=["none", "zeros"])
def test_a_video_that_begins_without_its_object(tmp_path: Path, boxes: str) -> None:
    """Two frames come before, with boxes of zeros or without."""
    folder = visevent(tmp_path, flags="0\n0\n" + PRESENT, boxes=boxes)
    pictures(folder / "vis_imgs", range(6))
    found = only(tmp_path)
    assert found.visible.tolist() == SEEN
    assert [int(frame[0, 0, 0]) for frame in found.frames] == [2, 3, 4, 5]


def test_attributes(tmp_path: Path) -> None:
    coesot(tmp_path / "coesot_anno")
    write(tmp_path / "att" / "dvSave-1.txt", "\n".join("11000000000000001"))
    assert only(tmp_path / "coesot_anno").attributes == ("CM", "ROT", "BOM")
    toolkit = visevent_toolkit(tmp_path / "annos")
    write(toolkit / "att" / "tank_attribute.txt", ",".join("00000000000010000"))
    assert only(toolkit).attributes == ("FM",)
    eventvot(tmp_path / "eventvot_anno")
    write(tmp_path / "eventvot_anno" / "att" / "recording_1.txt", ",".join("00000000000001"))
    assert only(tmp_path / "eventvot_anno" / "recording_1").attributes == ("ST",)


def test_pictures(tmp_path: Path) -> None:
    folder = coesot(tmp_path)
    pictures(folder / "dvSave-1_aps", range(4))
    assert [int(frame[0, 0, 0]) for frame in only(tmp_path).frames] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("make", "flags", "fault"),
    [
        (eventvot, "1\n1\n0\n", "flags: found 3, expected 4"),
        (eventvot, "1\n1\n2\n1\n", "flag 3: found 2, expected 0 or 1"),
        (visevent, "0\n0\n0\n0\n", "flags: found no frame with the object"),
        (visevent, "1\n1\n1\n0\n1\n1\n", "flags: found 6, expected 4, one for each frame"),
    ],
)
def test_faults(tmp_path: Path, make: object, flags: str, fault: str) -> None:
    make(tmp_path, flags=flags)  # type: ignore[operator]
    with pytest.raises(InputError, match=fault):
        only(tmp_path)
