"""What the cells of a search crop say."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from neuromorph_track.detection.centre import decode_cells


def test_a_cell_s_box_lies_in_that_cell() -> None:
    raw = np.zeros((5, 2, 4), np.float32)
    cells = decode_cells(raw)
    assert cells.score.shape == (2, 4)
    assert (cells.score == 0.5).all()
    np.testing.assert_allclose(cells.cxcywh[1, 2], [2.5 / 4, 1.5 / 2, 0.5, 0.5])
    raw[1:, 1, 2] = (1e9, -1e9, -1e9, 1e9)
    np.testing.assert_allclose(decode_cells(raw).cxcywh[1, 2], [3 / 4, 1 / 2, 0, 1])


@pytest.mark.parametrize("value", [0.0, 1.0, -3.0, 40.0, -40.0, 5000.0, -5000.0])
def test_sigmoids_do_not_overflow(value: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cells = decode_cells(np.full((5, 3, 3), value))
    expected = 1 / (1 + np.exp(-np.clip(value, -700, 700)))
    np.testing.assert_allclose(cells.score, expected, rtol=1e-9, atol=1e-16)
