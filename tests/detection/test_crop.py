"""Square crops: which pixel goes where, and the way back."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.detection.crop import LARGEST_WINDOW, Window

PAD = 114


@pytest.fixture
def frame() -> np.ndarray:
    """Rows and columns tell where a pixel is; not square."""
    rows, columns = np.mgrid[:40, :60]
    return np.stack([columns * 4, rows * 6, np.full_like(rows, 50)], -1).astype(np.uint8)


def test_at_its_own_size_a_crop_is_a_cut(frame: np.ndarray) -> None:
    picture = Window(30.0, 20.0, 16.0).cut(frame, 16, PAD)
    np.testing.assert_array_equal(picture, frame[12:28, 22:38])


@pytest.mark.parametrize(("x", "y"), [(4.0, 4.0), (58.0, 4.0), (2.0, 39.0), (60.0, 40.0)])
def test_what_lies_outside_of_the_frame_is_grey(frame: np.ndarray, x: float, y: float) -> None:
    picture = Window(x, y, 16.0).cut(frame, 16, PAD)
    for row, column in np.ndindex(16, 16):
        source_x, source_y = int(x) - 8 + column, int(y) - 8 + row
        inside = 0 <= source_x < 60 and 0 <= source_y < 40
        expected = frame[source_y, source_x] if inside else (PAD,) * 3
        np.testing.assert_array_equal(picture[row, column], expected)


def test_halves_of_a_pixel(frame: np.ndarray) -> None:
    picture = Window(30.5, 20.25, 16.0).cut(frame, 16, PAD).astype(float)
    # Pixel (r, c) of the crop is at (22.5 + c, 12.25 + r) of the frame's pixels, which are a ramp.
    rows, columns = np.mgrid[:16, :16]
    np.testing.assert_allclose(picture[..., 0], 4 * (22.5 + columns), atol=0.51)
    np.testing.assert_allclose(picture[..., 1], 6 * (12.25 + rows), atol=0.51)


@pytest.mark.parametrize("side", [5.0, 8.0, 12.0, 16.0, 23.0, 24.0, 25.0, 33.0])
@pytest.mark.parametrize("size", [16, 24])
def test_larger_and_smaller_the_ramp_stays_where_it_is(frame: np.ndarray, side: float, size: int) -> None:
    """The grey level of a ramp says where in the frame a pixel was taken."""
    window = Window(30.3, 19.6, side)
    picture = window.cut(frame, size, PAD).astype(float)
    at = (np.arange(size) + 0.5) / size * side - side / 2
    np.testing.assert_allclose(picture[..., 0], np.tile(4 * (30.3 + at - 0.5), (size, 1)), atol=1.1)
    np.testing.assert_allclose(picture[..., 1].T, np.tile(6 * (19.6 + at - 0.5), (size, 1)), atol=1.1)


def test_fine_patterns_turn_grey_when_they_are_made_smaller() -> None:
    frame = np.zeros((256, 256, 3), np.uint8)
    frame[::2] = 255
    picture = Window(128.0, 128.0, 192.0).cut(frame, 16, 0)
    assert np.abs(picture.astype(int) - 127).max() <= 3


@pytest.mark.parametrize(
    "window",
    [
        Window(30.0, 20.0, 0.01),
        Window(30.0, 20.0, 1e-6),
        Window(-1e4, 20.0, 10.0),
        Window(1e7, -1e7, 10.0),
        Window(30.0, 20.0, 1e4),
        Window(30.0, 20.0, 1e7),
    ],
)
def test_odd_windows_are_pictures_too(frame: np.ndarray, window: Window) -> None:
    picture = window.cut(frame, 16, PAD)
    assert (picture.shape, picture.dtype) == ((16, 16, 3), np.uint8)
    if window.side < 1:
        assert np.ptp(picture.reshape(-1, 3).astype(int), axis=0).max() <= 6
    elif abs(window.x) > 1e3 or window.side > 16 * LARGEST_WINDOW * 60:
        assert (np.abs(picture.astype(int) - PAD) <= 1).all()


def test_the_square_around_a_box() -> None:
    window = Window.around(np.array([10.0, 20.0, 9.0, 4.0]), 2.0)
    assert window == Window(10.0, 20.0, 12.0)
    box = window.from_frame(np.array([10.0, 20.0, 9.0, 4.0]))
    np.testing.assert_allclose(box, [0.5, 0.5, 9 / 12, 4 / 12])


def test_there_and_back() -> None:
    rng = np.random.default_rng(0)
    window = Window(31.7, -5.2, 47.3)
    boxes = rng.uniform(-100, 100, (5, 6, 4))
    np.testing.assert_allclose(window.to_frame(window.from_frame(boxes)), boxes, atol=1e-10)
    # The window's own corners.
    np.testing.assert_allclose(window.to_frame(np.array([0.0, 1.0, 1.0, 0.5])), [8.05, 18.45, 47.3, 23.65])


@pytest.mark.parametrize("side", [20.0, 37.0, 90.0])
def test_a_thing_in_the_crop_is_where_the_box_says(side: float) -> None:
    """Pixels and boxes go the same way: a bright rectangle, found again by its centre of mass."""
    frame = np.zeros((100, 140, 3), np.uint8)
    frame[40:52, 60:68] = 255
    window = Window(66.4, 44.9, side)
    picture = window.cut(frame, 64, 0)[..., 0].astype(float)
    rows, columns = np.mgrid[:64, :64] + 0.5
    centre = np.array([(picture * columns).sum(), (picture * rows).sum()]) / picture.sum() / 64
    box = window.from_frame(np.array([64.0, 46.0, 8.0, 12.0]))
    np.testing.assert_allclose(centre, box[:2], atol=0.25 / side)
    assert picture.sum() / 255 / 64**2 == pytest.approx(box[2] * box[3], rel=0.05)
