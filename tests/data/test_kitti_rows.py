"""Detections for KITTI between commas: boxes of one type, and AB3DMOT's, whose rows name their type."""

from __future__ import annotations

from pathlib import Path

import pytest

from neuromorph_track.data.detection_files import load_detections
from neuromorph_track.data.detection_sources import find_detections
from neuromorph_track.data.kitti import TYPES, read_label_lines
from neuromorph_track.data.kitti_rows import read_rows, read_space_rows
from neuromorph_track.errors import InputError

SPACE = "1.5,1.6,3.9,-2.5,1.7,20.1,-1.57,-1.5"
BOX = "10.5,20,40,60.25"


def write(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def test_both_forms_are_read_as_the_same_labels_are(tmp_path: Path) -> None:
    plain, _ = read_rows(write(tmp_path / "a.txt", f"0,{BOX},0.5", f"3,{BOX},0.9"), "Car")
    space, lines = read_space_rows(
        write(tmp_path / "b.txt", f"0,2,{BOX},0.5,{SPACE}", "", f"3,2,{BOX},0.9,{SPACE}")
    )
    text = [
        f"{frame} -1 Car 0 0 0 {BOX.replace(',', ' ')} 1 1 1 1 1 1 0 {score}"
        for frame, score in ((0, 0.5), (3, 0.9))
    ]
    labels, _ = read_label_lines(write(tmp_path / "c.txt", *text))
    for name in vars(labels):
        expected = getattr(labels, name).tolist()
        assert getattr(plain, name).tolist() == expected
        assert getattr(space, name).tolist() == expected
    assert lines.tolist() == [1, 3]


def test_ab3dmot_numbers_types_its_own_way(tmp_path: Path) -> None:
    path = write(tmp_path / "0000.txt", *(f"0,{kind},{BOX},0.5,{SPACE}" for kind in (1, 2, 3)))
    kinds = read_space_rows(path)[0].class_id.tolist()
    assert kinds == [TYPES["Pedestrian"], TYPES["Car"], TYPES["Cyclist"]]


def test_files_of_several_types_make_one_sequence(tmp_path: Path) -> None:
    write(tmp_path / "x_Car_val" / "0000.txt", f"0,2,{BOX},0.5,{SPACE}")
    write(tmp_path / "x_Pedestrian_val" / "0000.txt", f"0,1,{BOX},0.5,{SPACE}")
    write(tmp_path / "x_Cyclist_val" / "0000.txt")
    places = [tmp_path / f"x_{kind}_val" for kind in ("Car", "Pedestrian", "Cyclist")]
    (source,) = find_detections(places)
    assert [file.form for file in source.files] == ["ab3dmot"] * 3
    assert sorted(load_detections(source).boxes.class_id.tolist()) == [TYPES["Car"], TYPES["Pedestrian"]]
    with pytest.raises(InputError, match=r"sequence 0000: found .*, expected one file for each"):
        find_detections([*places[:2], write(tmp_path / "other" / "0000.txt", f"0,2,{BOX},0.5,{SPACE}")])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            f"0,4,{BOX},0.5,{SPACE}",
            "line 2, type: found 4, expected one of 1 .Pedestrian., 2 .Car., 3 .Cyclist.",
        ),
        (f"0,1.5,{BOX},0.5,{SPACE}", "line 2, type: found 1.5, expected a whole number"),
        (f"-1,2,{BOX},0.5,{SPACE}", "line 2, frame: found -1"),
        (f"0,2,{BOX},0.5", "line 2: found 7 columns, expected 15"),
        (f"0,2,50,20,40,60,0.5,{SPACE}", "line 2, right: found 40, expected 50 .left. or more"),
        (f"0,2,10,60,40,20,0.5,{SPACE}", "line 2, bottom: found 20, expected 60 .top. or more"),
        (f"0,2,{BOX},nan,{SPACE}", "line 2, score: found nan"),
        (f"0,2,{BOX},12.7,{SPACE}", "line 2, score: found 12.7, expected .* --scores logistic"),
    ],
)
def test_faults_are_named(tmp_path: Path, row: str, message: str) -> None:
    path = write(tmp_path / "0000.txt", f"0,2,{BOX},0.5,{SPACE}", row)
    with pytest.raises(InputError, match=message):
        load_detections(find_detections([path])[0])


def test_an_unknown_type(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="class: found 'boat', expected one of Car"):
        read_rows(write(tmp_path / "0000.txt", f"0,{BOX},0.5"), "boat")
