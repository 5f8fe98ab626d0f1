"""Every way to give frames, and what happens when there are none, or fewer than promised."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from neuromorph_track.data.frames import FrameSource, SceneSource, TargetSource, open_source
from neuromorph_track.data.scenes import Scene, SceneSpec
from neuromorph_track.data.targets import TargetScene, TargetSpec
from neuromorph_track.errors import InputError
from tests.data.noise_video import save_video


def save_picture(path: Path, value: int, size: tuple[int, int] = (8, 6)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    picture[..., 2] = value
    cv2.imwrite(str(path), picture)


def cut(source: Path, target: Path, share: float) -> Path:
    data = source.read_bytes()
    target.write_bytes(data[: int(len(data) * share)])
    return target


def reds(source: FrameSource) -> list[int]:
    return [int(frame[0, 0, 0]) for frame in source]


def test_pictures_come_in_natural_order_as_rgb(tmp_path: Path) -> None:
    for number in (10, 9, 1, 100):
        save_picture(tmp_path / f"f{number}.png", number)
    (tmp_path / "notes.txt").write_text("no picture")
    source = open_source(tmp_path)
    assert reds(source) == [1, 9, 10, 100] == reds(source)
    assert (source.name, source.frames, source.size) == (tmp_path.name, 4, (8, 6))
    assert next(iter(source)).shape == (6, 8, 3)
    assert reds(open_source(str(tmp_path), max_frames=2)) == [1, 9]


def write_seqinfo(folder: Path, frames: int) -> None:
    (folder / "seqinfo.ini").write_text(
        f"[Sequence]\nname=S\nimDir=pics\nframeRate=7\nseqLength={frames}\nimWidth=8\nimHeight=6\nimExt=.png\n"
    )


@pytest.mark.parametrize(
    ("announced", "max_frames", "early"), [(2, None, False), (5, None, True), (5, 2, False)]
)
def test_motchallenge_folder(tmp_path: Path, announced: int, max_frames: int | None, early: bool) -> None:
    write_seqinfo(tmp_path, announced)
    for number in (1, 2):
        save_picture(tmp_path / "pics" / f"{number:06d}.png", number)
    source = open_source(tmp_path, max_frames)
    assert (source.name, source.fps, source.frames, reds(source)) == ("S", 7, 2, [1, 2])
    assert (source.ended_early is not None) == early
    assert not early or "2 pictures of the 5" in str(source.ended_early)


def test_real_motchallenge_folder(shared_data: Path) -> None:
    source = open_source(shared_data / "mot" / "MOT17-mini" / "MOT17-02-FRCNN")
    assert (source.name, source.fps, source.frames, source.size) == ("MOT17-02-FRCNN", 30, 4, (1920, 1080))
    assert "4 pictures of the 600" in str(source.ended_early)
    assert len(list(source)) == 4


def empty_folder(folder: Path) -> Path:
    folder.mkdir()
    return folder


def folder_without_images(folder: Path) -> Path:
    folder.mkdir()
    write_seqinfo(folder, 3)
    return folder


def broken_picture(folder: Path) -> Path:
    folder.mkdir()
    (folder / "1.png").write_bytes(b"no picture")
    return folder


def empty_file(path: Path) -> Path:
    path.touch()
    return path


def text_file(path: Path) -> Path:
    path.write_text("no video " * 100)
    return path


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda path: path, "input"),
        (empty_folder, "folder"),
        (folder_without_images, "folder"),
        (broken_picture, "picture"),
        (empty_file, "video"),
        (text_file, "video"),
    ],
)
def test_unusable_input_is_named(tmp_path: Path, make: Callable[[Path], Path], field: str) -> None:
    with pytest.raises(InputError) as caught:
        open_source(make(tmp_path / "given"))
    assert caught.value.field == field
    assert str(tmp_path / "given") in caught.value.source
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("fault", ["size", "picture"])
def test_a_later_bad_picture_is_named(tmp_path: Path, fault: str) -> None:
    save_picture(tmp_path / "1.png", 1)
    if fault == "size":
        save_picture(tmp_path / "2.png", 2, size=(9, 6))
    else:
        (tmp_path / "2.png").write_bytes(b"")
    source = iter(open_source(tmp_path))
    next(source)
    with pytest.raises(InputError) as caught:
        next(source)
    assert (caught.value.source, caught.value.field) == (str(tmp_path / "2.png"), fault)


def test_max_frames_below_one_is_wrong() -> None:
    with pytest.raises(InputError, match="max_frames"):
        open_source("scene:", max_frames=0)


@pytest.mark.parametrize(
    ("name", "frames", "size", "fps"),
    [
        ("TUD-Campus/TUD-Campus.mp4", 71, (640, 480), 25),
        ("PETS09-S2L1/vtest.avi", 795, (768, 576), 10),
    ],
)
def test_real_video(shared_data: Path, name: str, frames: int, size: tuple[int, int], fps: float) -> None:
    path = shared_data / "mot" / name
    source = open_source(path)
    assert (source.name, source.frames, source.size, source.fps) == (path.stem, frames, size, fps)
    assert source.fingerprint() == hashlib.sha256(path.read_bytes()).hexdigest()
    short = open_source(path, max_frames=5)
    assert (short.frames, len(list(short)), short.ended_early) == (5, 5, None)


def test_real_video_to_its_end(shared_data: Path) -> None:
    source = open_source(shared_data / "mot" / "TUD-Campus" / "TUD-Campus.mp4")
    assert sum(1 for _ in source) == 71
    assert source.ended_early is None


def test_cut_video_gives_what_it_has(tmp_path: Path) -> None:
    save_video(tmp_path / "whole.mp4", 30)
    source = open_source(cut(tmp_path / "whole.mp4", tmp_path / "cut.mp4", 0.5))
    assert source.frames == 30
    done = len(list(source))
    assert 5 < done < 25
    assert source.ended_early == f"{tmp_path / 'cut.mp4'}: {done} frames of the 30 that its header announces"
    within = open_source(tmp_path / "cut.mp4", max_frames=3)
    assert (len(list(within)), within.ended_early) == (3, None)


def test_cut_real_avi_gives_what_it_has(shared_data: Path, tmp_path: Path) -> None:
    source = open_source(cut(shared_data / "mot" / "PETS09-S2L1" / "vtest.avi", tmp_path / "cut.avi", 0.1))
    done = sum(1 for _ in source)
    assert 20 < done < 200
    assert f"{done} frames of the 795" in str(source.ended_early)


def test_cut_real_mp4_without_its_index_is_named(shared_data: Path, tmp_path: Path) -> None:
    """Its index is the last thing in the file, so nothing of a part can be decoded."""
    path = cut(shared_data / "mot" / "TUD-Campus" / "TUD-Campus.mp4", tmp_path / "cut.mp4", 0.9)
    with pytest.raises(InputError, match="do not decode"):
        open_source(path)


def test_decoder_keeps_quiet(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    save_video(tmp_path / "whole.mp4", 30)
    capfd.readouterr()
    list(open_source(cut(tmp_path / "whole.mp4", tmp_path / "cut.mp4", 0.5)))
    assert capfd.readouterr() == ("", "")


def test_scene_sources(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text("[scene]\nseed = 3\nframes = 4\n")
    wanted = [frame for frame, _ in Scene(SceneSpec(seed=3, frames=4))]
    for text in ("scene:seed=3,frames=4", str(tmp_path / "s.toml")):
        source = open_source(text)
        assert isinstance(source, SceneSource)
        assert (source.name, source.frames, source.size, source.fps) == (
            "scene:seed=3,frames=4",
            4,
            (256, 192),
            20,
        )
        assert all(np.array_equal(a, b) for a, b in zip(source, wanted, strict=True))
    short = open_source("scene:seed=3,frames=4", max_frames=2)
    assert (short.frames, len(list(short))) == (2, 2)


def test_target_sources(tmp_path: Path) -> None:
    (tmp_path / "t.toml").write_text('[targets]\npreset = "easy"\nseed = 3\nframes = 4\n')
    spec = TargetSpec.preset("easy", seed=3, frames=4)
    wanted = [frame for frame, _, _ in TargetScene(spec)]
    for text in ("targets:preset=easy,seed=3,frames=4", spec.to_string(), str(tmp_path / "t.toml")):
        source = open_source(text)
        assert isinstance(source, TargetSource)
        assert (source.name, source.frames, source.size, source.fps) == (spec.to_string(), 4, (160, 160), 25)
        assert all(np.array_equal(a, b) for a, b in zip(source, wanted, strict=True))
        assert np.array_equal(source[2], wanted[2])
    short = open_source("targets:frames=4", max_frames=2)
    assert (short.frames, len(list(short))) == (2, 2)


def test_fingerprints_tell_inputs_apart(tmp_path: Path) -> None:
    save_picture(tmp_path / "1.png", 1)
    one = open_source(tmp_path).fingerprint()
    save_picture(tmp_path / "2.png", 1)
    prints = {
        one,
        open_source(tmp_path).fingerprint(),
        open_source("scene:seed=1").fingerprint(),
        open_source("scene:seed=2").fingerprint(),
        open_source("targets:seed=1").fingerprint(),
        open_source("targets:seed=1,split=test").fingerprint(),
    }
    assert len(prints) == 6
    assert open_source("scene:fps=20").fingerprint() == open_source("scene:").fingerprint()


def test_memory_does_not_grow_with_the_length(shared_data: Path) -> None:
    def peak(source: FrameSource) -> int:
        tracemalloc.start()
        last: NDArray[np.uint8] | None = None
        for frame in source:
            last = frame
        assert last is not None
        high = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return high

    path = shared_data / "mot" / "PETS09-S2L1" / "vtest.avi"
    assert peak(open_source(path, max_frames=150)) < 1.2 * peak(open_source(path, max_frames=10)) + 2**20
