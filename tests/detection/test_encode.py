"""Pictures to integers: the rounding of every grey level, and where a picture lands in the input."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from neuromorph_track.detection import FrameEncoder
from neuromorph_track.netx import InputSpec

IMAGENET = {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}


def grey(height: int, width: int, value: int = 200) -> NDArray[np.uint8]:
    return np.full((height, width, 3), value, np.uint8)


@pytest.mark.parametrize(
    "given_fields",
    [
        IMAGENET,
        {"mean": (0.5, 0.5, 0.5), "std": (0.25, 0.25, 0.25)},
        {**IMAGENET, "fraction_bits": 8, "step": 1, "low": -1000, "high": 1000},
        {"fraction_bits": 0, "step": 3, "low": 0, "high": 3},
    ],
)
def test_every_grey_level_follows_the_formula(given_fields: dict[str, object]) -> None:
    spec = InputSpec.model_validate({"height": 16, "width": 16, "fit": "stretch", **given_fields})
    encoder = FrameEncoder(spec)
    for channel in range(3):
        mean, std = Fraction(spec.mean[channel]), Fraction(spec.std[channel])
        for level in range(256):
            exact = (Fraction(level, 255) - mean) / std * 2**spec.fraction_bits / spec.step
            if abs(exact - round(exact)) > Fraction(4999, 10000):
                continue  # closer to a tie than float32 resolves
            expected = min(max(spec.step * round(exact), spec.low), spec.high)
            values, _ = encoder(grey(16, 16, level))
            assert values[channel, 0, 0] == expected, (channel, level)
            assert values.dtype == np.int32


@pytest.mark.parametrize(
    ("mean", "expected"),
    # White is 1 - mean here, in halves of the step: 1/2, 3/2, 5/2, -1/2, -3/2.
    [(0.0, 0), (-2.0, 4), (-4.0, 4), (2.0, 0), (4.0, -4)],
)
def test_ties_go_to_the_even_multiple(mean: float, expected: int) -> None:
    spec = InputSpec(height=4, width=4, mean=(mean, mean, mean), fraction_bits=0, step=2)
    assert FrameEncoder(spec)(grey(4, 4, 255))[0].tolist() == np.full((3, 4, 4), expected).tolist()


@pytest.mark.parametrize(("level", "expected"), [(255, 254), (0, -256)])
def test_values_are_clipped(level: int, expected: int) -> None:
    spec = InputSpec(height=4, width=4, mean=(0.5, 0.5, 0.5), std=(0.1, 0.1, 0.1))
    assert np.all(FrameEncoder(spec)(grey(4, 4, level))[0] == expected)


@pytest.mark.parametrize(
    ("fit", "frame", "place", "scale"),
    [
        # place: left, top, right, bottom of the picture in an input of 64x48
        ("letterbox", (128, 96), (0, 0, 64, 48), (0.5, 0.5)),
        ("letterbox", (128, 48), (0, 12, 64, 36), (0.5, 0.5)),
        ("letterbox", (48, 96), (20, 0, 44, 48), (0.5, 0.5)),
        ("letterbox", (32, 12), (0, 12, 64, 36), (2, 2)),
        ("letterbox", (101, 77), (0, 0, 63, 48), (63 / 101, 48 / 77)),
        ("letterbox", (1, 50), (31, 0, 32, 48), (1, 0.96)),
        ("letterbox", (5000, 1), (0, 23, 64, 24), (64 / 5000, 1)),
        ("stretch", (128, 48), (0, 0, 64, 48), (0.5, 1)),
        ("stretch", (7, 500), (0, 0, 64, 48), (64 / 7, 48 / 500)),
    ],
)
def test_where_a_picture_lands(
    fit: str, frame: tuple[int, int], place: tuple[int, int, int, int], scale: tuple[float, float]
) -> None:
    spec = InputSpec.model_validate({"height": 48, "width": 64, "fit": fit, "pad": 7})
    fitted, placement = FrameEncoder(spec).fit(grey(frame[1], frame[0]))
    left, top, right, bottom = place
    expected = grey(48, 64, 7)
    expected[top:bottom, left:right] = 200
    np.testing.assert_array_equal(fitted, expected)
    assert placement.offset == (left, top)
    assert placement.scale == pytest.approx(scale)


@given(st.integers(1, 700), st.integers(1, 700), st.sampled_from(["letterbox", "stretch"]))
def test_placement_undoes_itself(width: int, height: int, fit: str) -> None:
    spec = InputSpec.model_validate({"height": 48, "width": 64, "fit": fit})
    _, placement = FrameEncoder(spec).fit(grey(height, width))
    boxes = np.array([[0, 0, width, height], [width / 4, height / 3, width / 2, height]], np.float32)
    inside = boxes * np.tile(placement.scale, 2) + np.tile(placement.offset, 2)
    np.testing.assert_allclose(
        placement.to_frame(inside.astype(np.float32)), boxes, atol=1e-3 * max(width, height)
    )
    assert np.all(inside[0] >= 0)
    assert np.all(inside[0] <= np.array([64, 48, 64, 48]) + 1e-9)
    beyond = np.array([[-500, -500, 1000, 1000]], np.float32)
    np.testing.assert_array_equal(placement.to_frame(beyond), [[0, 0, width, height]])


@pytest.mark.parametrize("fit", ["letterbox", "stretch"])
@pytest.mark.parametrize(
    ("shape", "pattern"),
    [
        ((432, 576), "rows"),
        ((432, 576), "columns"),
        ((20, 576), "columns"),  # stretched: narrower and higher
        ((432, 30), "rows"),  # stretched: wider and lower
    ],
)
def test_fine_stripes_become_grey(fit: str, shape: tuple[int, int], pattern: str) -> None:
    """Stripes of one pixel show as their mean where nine become one: a sample would be black or white."""
    rows, columns = np.indices(shape)
    stripes = (rows if pattern == "rows" else columns) % 2 * 200
    frame = np.repeat(stripes[..., None], 3, axis=2).astype(np.uint8)
    spec = InputSpec.model_validate({"height": 48, "width": 64, "fit": fit, "pad": 100})
    fitted, _ = FrameEncoder(spec).fit(frame)
    assert np.abs(fitted.astype(int) - 100).max() <= 200 / 9 / 2 + 1


def test_enlarging_interpolates() -> None:
    frame = grey(2, 2, 0)
    frame[:, 1] = 200
    fitted, _ = FrameEncoder(InputSpec(height=16, width=16)).fit(frame)
    steps = np.diff(fitted[0, :, 0].astype(int))
    assert fitted[0, 0, 0] == 0
    assert fitted[0, -1, 0] == 200
    assert steps.min() >= 0
    assert steps.max() <= 30
