"""Videos as browsers play them, within a number of bytes."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.reports.web_video import web_clip

PLENTY = 10_000_000


def film(path: Path, codec: str, frames: int = 30, size: tuple[int, int] = (320, 240)) -> Path:
    """A bright square on noise, which no encoder makes small by itself."""
    noise = np.random.default_rng(0)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        for number in range(frames):
            picture = noise.integers(0, 90, (size[1], size[0], 3), dtype=np.uint8)
            picture[40:80, 4 * number : 4 * number + 40] = 250
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


def decoded(data: bytes) -> tuple[str, list[np.ndarray]]:
    with av.open(BytesIO(data)) as container:
        name = container.streams.video[0].codec_context.name
        return name, [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_what_browsers_play_is_left_alone(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", "libx264")
    clip = web_clip(path, PLENTY)
    assert clip.data == path.read_bytes()
    assert (clip.fps, clip.size, clip.encoded_again) == (10.0, (320, 240), False)


@pytest.mark.parametrize(("codec", "share"), [("mpeg4", 10.0), ("libx264", 0.25)])
def test_the_rest_is_encoded_again(tmp_path: Path, codec: str, share: float) -> None:
    path = film(tmp_path / "a.mp4", codec)
    most = int(path.stat().st_size * share)
    clip = web_clip(path, most)
    assert clip.encoded_again
    assert len(clip.data) <= most
    name, frames = decoded(clip.data)
    assert (name, len(frames)) == ("h264", 30)
    # Frame 10 is still frame 10: the square is where it was.
    assert frames[10][60, 60].mean() > 180
    assert frames[10][60, 160].mean() < 120


def test_every_frame_of_a_long_video_has_its_time(tmp_path: Path) -> None:
    """Without times of their own, packets repeat them, and from some hundred frames on none is written."""
    path = film(tmp_path / "a.mp4", "libx264", 700, (96, 96))
    clip = web_clip(path, path.stat().st_size // 3)
    assert clip.encoded_again
    with av.open(BytesIO(clip.data)) as container:
        assert container.streams.video[0].average_rate == 10
        times = [frame.time for frame in container.decode(video=0)]
    assert times == pytest.approx([number / 10 for number in range(700)])


def test_a_wide_video_becomes_narrower(tmp_path: Path) -> None:
    clip = web_clip(film(tmp_path / "a.mp4", "mpeg4", 3, (1280, 480)), PLENTY)
    assert clip.size == (960, 360)
    assert decoded(clip.data)[1][0].shape == (360, 960, 3)


def test_too_few_bytes(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="3 s, expected a video that fits into 1,000 bytes"):
        web_clip(film(tmp_path / "a.mp4", "libx264"), 1000)


@pytest.mark.parametrize("content", [b"", b"no video at all", b"\0" * 5000])
def test_no_video(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.mp4").write_bytes(content)
    with pytest.raises(InputError, match="video"):
        web_clip(tmp_path / "a.mp4", PLENTY)


def test_an_encoder_that_fails_is_no_fault_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = film(tmp_path / "a.mp4", "mpeg4", 3)

    def refused(*given: object) -> None:
        raise av.ArgumentError(22, "Invalid argument")

    monkeypatch.setattr("neuromorph_track.reports.web_video._encoded", refused)
    with pytest.raises(JobError, match=r"a\.mp4: cannot be encoded again for the page: Invalid argument"):
        web_clip(path, PLENTY)


def test_a_video_that_breaks_off(tmp_path: Path) -> None:
    whole = film(tmp_path / "a.mp4", "mpeg4").read_bytes()
    (tmp_path / "a.mp4").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="video"):
        web_clip(tmp_path / "a.mp4", PLENTY)
