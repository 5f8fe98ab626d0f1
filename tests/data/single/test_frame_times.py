"""When the boxes of event datasets were true, by the clock of their events.

``six_frames.aedat4`` was written by iniVation's dv-processing 2.0.4: six frames 25 ms apart, whose exposures
end 1 ms before the first of 40 events each, so that the first frame ends before the first event.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.data.events import Events, open_events
from neuromorph_track.data.events.recording import Recording
from neuromorph_track.data.single import find_sequences
from neuromorph_track.data.single.frame_times import frame_times
from neuromorph_track.errors import InputError
from tests.data.events.files import write_es, write_text
from tests.data.single.made import boxes, write

FRAMES = Path(__file__).with_name("six_frames.aedat4")
ENDS = [-1000, 24_000, 49_000, 74_000, 99_000, 124_000]


def folder_of(root: Path, count: int, flags: str = "absent.txt", before: int = 0) -> Path:
    """Boxes and flags; of the first frames neither."""
    write(root / "groundtruth.txt", boxes(count))
    write(root / flags, "0\n" * before + "1\n" * count)
    return root


def times(folder: Path) -> list[int]:
    (found,) = find_sequences(folder)
    recording = open_events(folder)
    assert isinstance(recording, Recording)
    return list(frame_times(found, recording).tolist())


def lasting(span: int) -> Events:
    t = np.array([7, 7 + span // 3, 7 + span])
    return Events.of(t, t % 5, t % 5, t % 2 == 0)


@pytest.mark.parametrize("count", [498, 499])
def test_pictures_of_eventvot(tmp_path: Path, count: int) -> None:
    """Picture i shows the events from (i + 1) to (i + 2) five-hundredths of the time."""
    write_text(folder_of(tmp_path, count) / "recording_1.csv", lasting(5_000_321), "xypt", ",")
    found = times(tmp_path)
    assert found[0] == 2 * 10_000
    assert found[-1] == (count + 1) * 10_000


def test_fewer_pictures_share_the_time(tmp_path: Path) -> None:
    write_text(folder_of(tmp_path, 4) / "recording_1.csv", lasting(100_000), "xypt", ",")
    assert times(tmp_path) == [40_000, 60_000, 80_000, 100_000]


def test_one_box_is_the_first_of_many(tmp_path: Path) -> None:
    write_text(folder_of(tmp_path, 1) / "recording_1.csv", lasting(5_000_000), "xypt", ",")
    assert times(tmp_path) == [20_000]


def test_a_folder_by_its_own_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """COESOT is known by a folder named after the sequence's."""
    folder = folder_of(tmp_path / "dvSave-1", 6)
    shutil.copy(FRAMES, folder)
    (folder / "dvSave-1_aps").mkdir()
    monkeypatch.chdir(folder / "dvSave-1_aps")
    for given in (Path(".."), folder / "dvSave-1_aps" / ".."):
        (found,) = find_sequences(given)
        assert (found.name, found.kind) == ("dvSave-1", "coesot")
    monkeypatch.chdir(folder)
    assert times(Path()) == ENDS


@pytest.mark.parametrize("count", [6, 4])
def test_exposures_of_coesot(tmp_path: Path, count: int) -> None:
    """The authors' script leaves the last frame out; boxes may end earlier still."""
    folder = folder_of(tmp_path / "dvSave-1", count)
    shutil.copy(FRAMES, folder)
    (folder / "dvSave-1_aps").mkdir()
    assert times(folder) == ENDS[:count]


def test_a_part_of_coesot(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "dvSave-1", 3)
    shutil.copy(FRAMES, folder)
    write(folder / "start_end_index.txt", "2\n4\n")
    assert times(folder) == ENDS[2:5]


@pytest.mark.parametrize("text", ["2\n5\n", "2\n", "a b", "1 2 3", "-1 1", "4 2"])
def test_a_part_that_is_not_the_boxes(tmp_path: Path, text: str) -> None:
    folder = folder_of(tmp_path / "dvSave-1", 3)
    shutil.copy(FRAMES, folder)
    write(folder / "start_end_index.txt", text)
    with pytest.raises(InputError, match=r"start_end_index\.txt: frames: found .*, expected the first and"):
        times(folder)


def test_visevent_may_begin_without_its_object(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "tank", 3, "absent_label.txt", before=2)
    shutil.copy(FRAMES, folder)
    assert times(folder) == ENDS[2:5]


def test_fewer_frames_than_boxes(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "tank", 5, "absent_label.txt", before=2)
    shutil.copy(FRAMES, folder)
    with pytest.raises(InputError, match="frames: found 6, expected 5 from frame 2 on, one for each box"):
        times(folder)


def test_frames_are_of_aedat4(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "tank", 3, "absent_label.txt")
    write_es(folder / "tank.es", lasting(100_000))
    with pytest.raises(InputError, match="format: found ES, expected AEDAT4, whose frames the boxes are of"):
        times(folder)
