"""Layouts are told by the files, and what cannot be told is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from neuromorph_track.data.single import KINDS, find_sequences
from neuromorph_track.errors import InputError
from tests.data.single import made


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (made.otb, "otb"),
        (made.lasot, "lasot"),
        (made.got10k, "got10k"),
        (made.trackingnet, "trackingnet"),
        (made.uav123, "uav123"),
        (made.vot, "vot"),
    ],
)
def test_each_layout_is_recognised(tmp_path: Path, make: Callable[[Path], Path], kind: str) -> None:
    folder = make(tmp_path)
    assert {each.kind for each in find_sequences(folder)} == {kind}
    assert {each.kind for each in find_sequences(tmp_path)} == {kind}
    assert {each.kind for each in find_sequences(tmp_path, kind)} == {kind}


def test_layouts_side_by_side(tmp_path: Path) -> None:
    made.otb(tmp_path, "A")
    made.vot(tmp_path, "B")
    made.lasot(tmp_path / "cat")
    (tmp_path / ".hidden").mkdir()
    assert [(each.name, each.kind) for each in find_sequences(tmp_path)] == [
        ("A", "otb"),
        ("B", "vot"),
        ("cat-1", "lasot"),
    ]


def test_the_kind_that_is_asked_for(tmp_path: Path) -> None:
    made.lasot(tmp_path)
    (found,) = find_sequences(tmp_path, "vot")
    assert (found.kind, found.visible.all()) == ("vot", True)


def test_the_long_sequences_of_uav123(tmp_path: Path) -> None:
    made.uav123(tmp_path)
    made.write(tmp_path / "anno" / "UAV20L" / "boat1.txt", made.boxes(2))
    assert [each.name for each in find_sequences(tmp_path, "uav20l")] == ["boat1"]
    assert [each.name for each in find_sequences(tmp_path)] == ["bird1_2", "boat1"]


def test_a_list_says_which_and_in_what_order(tmp_path: Path) -> None:
    for name in "ABC":
        made.vot(tmp_path, name)
    made.write(tmp_path / "list.txt", "C\r\nA\n../A\nabsent\n\nA\n")
    assert [each.name for each in find_sequences(tmp_path)] == ["C", "A"]


def test_some_of_them(tmp_path: Path) -> None:
    for name in "ABC":
        made.otb(tmp_path, name)
    assert [each.name for each in find_sequences(tmp_path, only=["C", "A"])] == ["C", "A"]
    with pytest.raises(InputError, match="found A, B, C, expected D too"):
        find_sequences(tmp_path, only=["A", "D"])


@pytest.mark.parametrize(
    ("given", "kind", "fault"),
    [
        ("absent", None, "folder: found nothing, expected a folder of sequences"),
        ("a" * 5000, None, "folder: found nothing"),
        ("file.txt", None, "folder: found a file"),
        ("empty", None, "sequences: found an empty folder, expected groundtruth_rect.txt"),
        (".", "vot", "sequences: found empty/, file.txt, expected sequences of vot"),
        (".", "davis", f"kind: found 'davis', expected one of {', '.join(KINDS)}"),
    ],
)
def test_faults(tmp_path: Path, given: str, kind: str | None, fault: str) -> None:
    (tmp_path / "empty").mkdir()
    made.write(tmp_path / "file.txt", "")
    with pytest.raises(InputError, match=fault):
        find_sequences(tmp_path / given, kind)


def test_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    made.otb(tmp_path, "A")
    (tmp_path / "A" / "groundtruth_rect.2.txt").symlink_to(tmp_path / "absent")
    with pytest.raises(InputError, match=r"groundtruth_rect\.2\.txt: file: found nothing"):
        find_sequences(tmp_path)


def test_two_of_one_name(tmp_path: Path) -> None:
    made.otb(tmp_path / "a", "X")
    made.otb(tmp_path / "b", "X")
    with pytest.raises(InputError, match="found X twice, expected different names"):
        find_sequences(tmp_path)
