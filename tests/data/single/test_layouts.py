"""What each benchmark's folders come to: boxes, frames that count, pictures, attributes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.data.single import SingleSequence, find_sequences
from neuromorph_track.data.single.otb_attributes import ATTRIBUTES
from neuromorph_track.data.single.uav123 import PIECES
from neuromorph_track.errors import InputError
from tests.data.single import made


def only(folder: Path, name: str | None = None) -> SingleSequence:
    (found,) = find_sequences(folder, only=None if name is None else [name])
    return found


def shown(sequence: SingleSequence) -> list[int]:
    """The numbers of the pictures that belong to it."""
    return [int(frame[0, 0, 0]) for frame in sequence.frames]


@pytest.mark.parametrize("between", ["\t", ",", " "])
def test_otb(tmp_path: Path, between: str) -> None:
    found = only(made.otb(tmp_path, between=between))
    assert (found.name, found.kind, len(found)) == ("Crossing", "otb", 4)
    assert found.initial_box.tolist() == [1, 2, 5, 6]
    assert found.visible.all()
    assert found.attributes == ("SV", "DEF", "FM", "OPR", "BC")
    assert shown(found) == [1, 2, 3, 4]


def test_two_objects_of_one_film(tmp_path: Path) -> None:
    folder = tmp_path / "Jogging"
    for number in (1, 2):
        made.write(folder / f"groundtruth_rect.{number}.txt", made.boxes(3, first=number))
    made.pictures(folder / "img", (1, 2, 3))
    found = find_sequences(tmp_path)
    assert [each.name for each in found] == ["Jogging-1", "Jogging-2"]
    assert [each.initial_box[0] for each in found] == [1, 2]
    assert {each.attributes for each in found} == {("OCC", "DEF", "OPR")}


def test_an_empty_truth_beside_another_is_none(tmp_path: Path) -> None:
    folder = made.otb(tmp_path, "Human4")
    (folder / "groundtruth_rect.txt").rename(folder / "groundtruth_rect.2.txt")
    made.write(folder / "groundtruth_rect.1.txt", "")
    assert only(tmp_path).name == "Human4-2"


@pytest.mark.parametrize(
    ("name", "numbers", "expected"),
    [
        ("David", range(295, 310), [300, 301, 302]),
        ("Football1", range(1, 9), [1, 2, 3]),
        ("BlurCar1", range(247, 250), [247, 248, 249]),
        ("BlurCar3", range(1, 8), [3, 4, 5]),
        ("Mine", range(40, 43), [40, 41, 42]),
    ],
)
def test_sequences_that_do_not_begin_with_the_first_picture(
    tmp_path: Path, name: str, numbers: range, expected: list[int]
) -> None:
    made.write(tmp_path / name / "groundtruth_rect.txt", made.boxes(3))
    made.pictures(tmp_path / name / "img", numbers)
    found = only(tmp_path)
    assert [number % 256 for number in expected] == shown(found)
    assert found.frames[1][0, 0, 0] == expected[1] % 256


def test_tiger1_begins_where_the_object_is_seen(tmp_path: Path) -> None:
    made.write(tmp_path / "Tiger1" / "groundtruth_rect.txt", made.boxes(354))
    made.pictures(tmp_path / "Tiger1" / "img", range(1, 355))
    found = only(tmp_path)
    assert (len(found), found.initial_box[0], shown(found)[0]) == (349, 6, 6)


def test_attributes_beside_the_boxes_come_first(tmp_path: Path) -> None:
    made.write(made.otb(tmp_path) / "attrs.txt", "OCC, LR\n")
    assert only(tmp_path).attributes == ("OCC", "LR")


def test_the_table_of_attributes() -> None:
    names = {name for attributes in ATTRIBUTES.values() for name in attributes}
    assert names == {"IV", "SV", "OCC", "DEF", "MB", "FM", "IPR", "OPR", "OV", "BC", "LR"}
    assert len(ATTRIBUTES) == 98
    assert all(len(set(attributes)) == len(attributes) > 0 for attributes in ATTRIBUTES.values())


def test_lasot(tmp_path: Path) -> None:
    made.lasot(tmp_path / "cat")
    made.write(tmp_path / "att" / "cat-1.txt", "1,0,0,0,0,0,0,0,0,1,0,0,0,0\n")
    found = only(tmp_path)
    assert (found.name, found.kind) == ("cat-1", "lasot")
    assert found.visible.tolist() == [True, True, False, False]
    assert np.isnan(found.boxes).all(axis=1).tolist() == [False, False, True, True]
    assert found.attributes == ("IV", "FOC")
    # One more picture than boxes, as monkey-17 has.
    assert shown(found) == [1, 2, 3, 4]


def test_got10k(tmp_path: Path) -> None:
    found = only(made.got10k(tmp_path))
    assert (found.kind, found.frames.fps) == ("got10k", 10)
    # The benchmark's toolkit goes by how much is visible, not by the mark of absence.
    assert found.visible.tolist() == [True, False, True, True]
    assert found.attributes == ("animal", "walking")


def test_got10k_without_cover(tmp_path: Path) -> None:
    (made.got10k(tmp_path) / "cover.label").unlink()
    assert only(tmp_path).visible.tolist() == [True, True, False, True]


def test_withheld_truth(tmp_path: Path) -> None:
    made.write(tmp_path / "GOT-10k_Test_000001" / "groundtruth.txt", "1,2,3,4\n")
    made.pictures(tmp_path / "GOT-10k_Test_000001", range(1, 6), digits=8)
    found = only(tmp_path)
    assert (found.kind, len(found), found.visible.sum()) == ("got10k", 5, 1)


def test_trackingnet(tmp_path: Path) -> None:
    made.trackingnet(tmp_path / "TEST")
    found = find_sequences(tmp_path)
    assert [(each.name, each.kind) for each in found] == [("a_0", "trackingnet"), ("b_0", "trackingnet")]
    assert shown(found[0]) == [0, 1, 2]


def test_uav123(tmp_path: Path) -> None:
    bird, boat = find_sequences(made.uav123(tmp_path))
    assert (bird.name, bird.visible.tolist()) == ("bird1_2", [True, False, True])
    assert shown(bird) == [number % 256 for number in (775, 776, 777)]
    assert boat.attributes == ("SV", "OV", "SOB")


def test_pieces_of_films_follow_each_other() -> None:
    assert all(list(starts) == sorted(set(starts)) and starts[0] == 1 for starts in PIECES.values())
    assert sum(len(starts) for starts in PIECES.values()) == 51


def test_vot(tmp_path: Path) -> None:
    found = only(made.vot(tmp_path))
    assert (found.kind, found.attributes) == ("vot", ("occlusion",))
    assert found.initial_box.tolist() == [0, 0, 8, 8]
    assert shown(found) == [1, 2, 3]


def test_vot_with_rectangles_and_pictures_beside_them(tmp_path: Path) -> None:
    made.write(tmp_path / "bolt" / "groundtruth.txt", made.boxes(2))
    made.pictures(tmp_path / "bolt", (1, 2), digits=8)
    assert only(tmp_path).initial_box.tolist() == [1, 2, 5, 6]


def test_boxes_without_an_area_do_not_count(tmp_path: Path) -> None:
    made.write(tmp_path / "A" / "groundtruth_rect.txt", "1,2,3,4\n0,0,0,0\n1,2,3,4\n")
    assert only(tmp_path).visible.tolist() == [True, False, True]


@pytest.mark.parametrize("first", ["0,0,0,0", "nan,nan,nan,nan"])
def test_a_first_frame_without_a_box(tmp_path: Path, first: str) -> None:
    made.write(tmp_path / "A" / "groundtruth_rect.txt", f"{first}\n1,2,3,4\n")
    with pytest.raises(InputError, match="A: first frame: found no box"):
        find_sequences(tmp_path)


def test_nothing_is_decoded_before_it_is_used(tmp_path: Path) -> None:
    folder = made.otb(tmp_path)
    for path in (folder / "img").iterdir():
        path.write_bytes(b"no picture")
    found = only(tmp_path)
    assert found.frames.frames == 4
    with pytest.raises(InputError, match="do not decode"):
        next(iter(found.frames))


@pytest.mark.parametrize(
    ("name", "numbers", "fault"),
    [
        ("Mine", range(1, 6), "pictures: found 5, expected 3, as many as there are boxes"),
        ("Mine", range(1, 3), "pictures: found 2, expected 3"),
        ("David", range(300, 302), "picture 302: found nothing, expected pictures 300 to 302"),
        ("Mine", range(0), "no pictures"),
    ],
)
def test_pictures_that_do_not_go_with_the_boxes(
    tmp_path: Path, name: str, numbers: range, fault: str
) -> None:
    made.write(tmp_path / name / "groundtruth_rect.txt", made.boxes(3))
    made.pictures(tmp_path / name / "img", numbers)
    with pytest.raises(InputError, match=fault):
        list(only(tmp_path).frames)


def test_frames_can_be_read_again_and_told_apart(tmp_path: Path) -> None:
    first, second = (
        only(made.otb(tmp_path / name, count=count)).frames for name, count in (("a", 3), ("b", 4))
    )
    assert [frame.tolist() for frame in first] == [frame.tolist() for frame in first]
    assert first.size == made.SIZE
    assert first.fingerprint() != second.fingerprint()
