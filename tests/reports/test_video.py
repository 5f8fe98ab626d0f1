from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from neuromorph_track.data.detections import Tracks
from neuromorph_track.errors import JobError
from neuromorph_track.reports.annotate import Annotator, track_colour, upscale_factor
from neuromorph_track.reports.video import AnnotatedVideo
from tests.conftest import SmallDisk


def tracks(*boxes: tuple[int, tuple[float, float, float, float]], class_id: int = 0) -> Tracks:
    return Tracks(
        np.array([box for _, box in boxes], np.float32).reshape(-1, 4),
        np.full(len(boxes), 0.9, np.float32),
        np.full(len(boxes), class_id, np.int64),
        np.array([track_id for track_id, _ in boxes], np.int64),
    )


def grey(width: int, height: int) -> NDArray[np.uint8]:
    return np.full((height, width, 3), 128, np.uint8)


@pytest.mark.parametrize(
    ("size", "factor"),
    [((256, 192), 3), ((192, 256), 3), ((320, 240), 2), ((640, 480), 1), ((768, 576), 1), ((1, 1), 640)],
)
def test_small_pictures_are_enlarged_by_a_whole_number(size: tuple[int, int], factor: int) -> None:
    assert upscale_factor(size) == factor


def test_the_box_lies_where_the_track_is() -> None:
    picture = Annotator(scale=2).draw(grey(100, 80), tracks((1, (20, 30, 60, 70))))
    assert picture.shape == (160, 200, 3)
    colour = np.array(track_colour(1))
    np.testing.assert_array_equal(picture[100, 40], colour)  # left edge, half-way down
    np.testing.assert_array_equal(picture[140, 80], colour)  # bottom edge
    np.testing.assert_array_equal(picture[120, 60], [128] * 3)  # inside
    np.testing.assert_array_equal(picture[150, 60], [128] * 3)  # below


def test_one_identity_keeps_its_colour_and_neighbours_differ() -> None:
    assert track_colour(3) == track_colour(3)
    assert len({track_colour(track_id) for track_id in range(1, 7)}) == 6


def test_a_label_stays_inside_the_picture() -> None:
    for box in ((-5, -5, 10, 10), (90, 0, 120, 20), (0, 70, 10, 90)):
        picture = Annotator(("walker",)).draw(grey(100, 80), tracks((1, box)))
        patch = (picture == track_colour(1)).all(axis=-1)
        assert patch.sum() > 300


def test_a_class_without_a_name_is_drawn_by_its_number() -> None:
    unnamed = Annotator(("walker",)).draw(grey(200, 80), tracks((1, (20, 30, 60, 70)), class_id=7))
    named = Annotator(("",) * 7 + ("class 7",)).draw(grey(200, 80), tracks((1, (20, 30, 60, 70)), class_id=7))
    np.testing.assert_array_equal(unnamed, named)


def test_a_trail_follows_its_track_and_fades_when_it_is_gone() -> None:
    annotator = Annotator(trail=3)
    for left in (0, 20, 40):
        picture = annotator.draw(grey(200, 100), tracks((1, (left, 60, left + 20, 80))))
    np.testing.assert_array_equal(picture[70, 25], track_colour(1))
    for _ in range(3):
        picture = annotator.draw(grey(200, 100), Tracks.empty())
    np.testing.assert_array_equal(picture, grey(200, 100))


@pytest.mark.parametrize(
    ("size", "written"), [((700, 500), (700, 500)), ((701, 501), (702, 502)), ((65, 33), (650, 330))]
)
def test_a_browser_can_play_it(tmp_path: Path, size: tuple[int, int], written: tuple[int, int]) -> None:
    path = tmp_path / "annotated.mp4"
    with AnnotatedVideo(path, 29.97, size, ("walker",)) as video:
        for left in range(5):
            video.write(grey(*size), tracks((1, (left, 5, left + 20, 25))))
    assert list(tmp_path.iterdir()) == [path]
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == written
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
        assert float(stream.average_rate or 0) == pytest.approx(29.97, rel=1e-4)
        pictures = [picture.to_ndarray(format="rgb24") for picture in container.decode(video=0)]
    assert len(pictures) == 5
    assert abs(pictures[0][-1, -1].astype(int) - 128).max() < 10
    # The index stands before the pictures, so that playing begins before all is loaded.
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_a_run_that_fails_leaves_no_file(tmp_path: Path) -> None:
    def run() -> None:
        with AnnotatedVideo(tmp_path / "annotated.mp4", 25, (64, 64)) as video:
            video.write(grey(64, 64), Tracks.empty())
            raise KeyError("the run died")

    with pytest.raises(KeyError):
        run()
    assert list(tmp_path.iterdir()) == []


def test_no_frames_make_no_video(tmp_path: Path) -> None:
    with pytest.raises(JobError, match="no frame"), AnnotatedVideo(tmp_path / "a.mp4", 25, (64, 64)):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk(tmp_path: Path, small_disk: SmallDisk) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (40, 480, 640, 3), dtype=np.uint8)

    def run() -> None:
        with AnnotatedVideo(tmp_path / "annotated.mp4", 25, (640, 480)) as video:
            for frame in noise:
                video.write(frame, Tracks.empty())

    with small_disk(), pytest.raises(JobError, match=r"annotated\.mp4: cannot be written: File too large"):
        run()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file where the folder should be")
    with pytest.raises(JobError), AnnotatedVideo(tmp_path / "run" / "a.mp4", 25, (64, 64)):
        pass


def test_a_frame_of_another_size(tmp_path: Path) -> None:
    with AnnotatedVideo(tmp_path / "a.mp4", 25, (64, 64)) as video:
        with pytest.raises(ValueError, match="64x64"):
            video.write(grey(64, 65), Tracks.empty())
        video.write(grey(64, 64), Tracks.empty())
