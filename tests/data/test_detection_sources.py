"""Detection files are found in every layout, and their format by their content."""

from __future__ import annotations

from pathlib import Path

import pytest

from neuromorph_track.data.detection_sources import find_detections
from neuromorph_track.errors import InputError

MOT = "1,-1,10,20,30,40,0.9\n"
LABEL = "0 -1 Car 0 0 0 10 20 40 60 1 1 1 1 1 1 0 0.9\n"
ROW = "0,10,20,40,60,0.9\n"
SEQINFO = "[Sequence]\nframeRate=30\nseqLength=9\nimWidth=64\nimHeight=48\n"


def make(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


@pytest.mark.parametrize(
    ("files", "places", "names"),
    [
        ({"S/det/det.txt": MOT, "S/gt/gt.txt": MOT}, ["S"], ["S"]),
        ({"S/det.txt": MOT, "S/gt.txt": MOT}, ["S"], ["S"]),
        ({"S/det_yolox.txt": MOT, "S/gt.txt": MOT, "S/gmc.txt": ""}, ["S"], ["S"]),
        ({"S/det/det.txt": MOT}, ["S/det/det.txt"], ["S"]),
        ({"S/det.txt": MOT}, ["S/det.txt"], ["S"]),
        ({"a/S.txt": MOT}, ["a/S.txt"], ["S"]),
        ({"T/det.txt": MOT, "S/det/det.txt": MOT, "notes/x.md": ""}, ["."], ["S", "T"]),
        ({"a/S.txt": MOT, "a/T.txt": "", "a/x.md": ""}, ["a"], ["S", "T"]),
        ({"S/det.txt": MOT, "T/det.txt": MOT}, ["T", "S"], ["T", "S"]),
    ],
)
def test_layouts(tmp_path: Path, files: dict[str, str], places: list[str], names: list[str]) -> None:
    make(tmp_path, files)
    found = find_detections([tmp_path / place for place in places])
    assert [source.name for source in found] == names
    assert not any(source.is_kitti for source in found)


@pytest.mark.parametrize(
    ("text", "form"), [(MOT, "mot"), (LABEL, "kitti-labels"), ("\n" + ROW, "kitti-rows")]
)
def test_forms_are_told_by_content(tmp_path: Path, text: str, form: str) -> None:
    make(tmp_path, {"rrc_Car/0001.txt": text})
    (source,) = find_detections([tmp_path / "rrc_Car"])
    assert source.files[0].form == form
    assert source.is_kitti == (form != "mot")


def test_an_empty_file_has_the_form_of_the_others(tmp_path: Path) -> None:
    make(tmp_path, {"labels/0000.txt": "", "labels/0001.txt": LABEL, "alone/S.txt": ""})
    assert [source.is_kitti for source in find_detections([tmp_path / "labels"])] == [True, True]
    assert [source.is_kitti for source in find_detections([tmp_path / "alone"])] == [False]


def test_types_of_a_sequence_come_together(tmp_path: Path) -> None:
    make(tmp_path, {"det_Car/0001.txt": ROW, "det_Pedestrian/0001.txt": ROW, "det_Car/0002.txt": ROW})
    found = find_detections([tmp_path / "det_Car", tmp_path / "det_Pedestrian"])
    kinds = {source.name: [file.type_name for file in source.files] for source in found}
    assert kinds == {"0001": ["Car", "Pedestrian"], "0002": ["Car"]}


def test_seqinfo_belongs_to_the_folder_of_a_sequence(tmp_path: Path) -> None:
    make(tmp_path, {"S/det/det.txt": MOT, "S/seqinfo.ini": SEQINFO, "a/T.txt": MOT, "a/seqinfo.ini": SEQINFO})
    assert find_detections([tmp_path / "S"])[0].seqinfo == (tmp_path / "S" / "seqinfo.ini").resolve()
    assert find_detections([tmp_path / "a"])[0].seqinfo is None
    folders = [source.folder.name for source in find_detections([tmp_path / "S", tmp_path / "a"])]
    assert folders == ["S", "a"]


@pytest.mark.parametrize(
    ("files", "places", "message"),
    [
        ({}, [], "detections: path: found none, expected a detection file"),
        ({}, ["nowhere"], "nowhere: path: found nothing, expected a detection file"),
        ({"a/x.md": ""}, ["a"], "a: folder: found no det/det.txt, det\\*.txt or SEQUENCE.txt"),
        (
            {"S/det_a.txt": MOT, "S/det_b.txt": MOT},
            ["S"],
            "S: detections: found det_a.txt, det_b.txt, expected one",
        ),
        (
            {"a/S.txt": MOT, "b/S.txt": MOT},
            ["a", "b"],
            "sequence S: found .* and .*, expected one file for each",
        ),
        (
            {"a_Car/1.txt": ROW, "b_Car/1.txt": ROW},
            ["a_Car", "b_Car"],
            "sequence 1: found .*, expected one file",
        ),
        (
            {"a/S.txt": MOT, "a/T.txt": LABEL},
            ["a"],
            "form: found mot, expected kitti-labels, as .*, in one go",
        ),
        (
            {"a/S.txt": "1,2,3\n"},
            ["a"],
            "line 1: found 3 columns, expected 7 or 10 .MOTChallenge., 6 .KITTI. or 15",
        ),
        ({"a/S.txt": "1,1,2,3,4,5,1,1,1\n"}, ["a"], "line 1: found 9 columns, expected 7 or 10"),
        (
            {"boats/1.txt": ROW},
            ["boats"],
            "class .the end of the folder's name.: found 'boats', expected one of Car",
        ),
    ],
)
def test_faults_are_named(tmp_path: Path, files: dict[str, str], places: list[str], message: str) -> None:
    make(tmp_path, files)
    with pytest.raises(InputError, match=message):
        find_detections([tmp_path / place for place in places])


def test_a_type_that_was_told(tmp_path: Path) -> None:
    make(tmp_path, {"boats/1.txt": ROW})
    assert find_detections([tmp_path / "boats"], type_name="tram")[0].files[0].type_name == "tram"
    with pytest.raises(InputError, match="class: found 'boat', expected one of Car"):
        find_detections([tmp_path / "boats"], type_name="boat")
