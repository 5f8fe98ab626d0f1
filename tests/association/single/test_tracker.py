"""Where the tracker of one object looks, which cell it believes, and what it does when it finds nothing."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromorph_track.association.single import Look, SingleSettings, SingleTracker
from neuromorph_track.detection.centre import Cells, decode_cells
from neuromorph_track.detection.crop import Window
from neuromorph_track.detection.field import Field
from neuromorph_track.errors import InputError

FRAME = (320, 200)
BOX = np.array([100.0, 80.0, 30.0, 20.0])
FACTOR = 4.0
CELLS = 9


def tracker(**settings: Any) -> SingleTracker:
    found = SingleTracker(SingleSettings(**settings), FACTOR)
    found.begin(BOX, FRAME)
    return found


def cells(window: Window, shown: dict[tuple[int, int], tuple[float, np.ndarray]]) -> Cells:
    """Scores of zero and boxes as large as the first, but in the cells that are given."""
    score = np.zeros((CELLS, CELLS))
    boxes = np.zeros((CELLS, CELLS, 4))
    for row, column in np.ndindex(CELLS, CELLS):
        boxes[row, column] = (column + 0.5) / CELLS, (row + 0.5) / CELLS, *(BOX[2:] / window.side)
    for cell, (value, box) in shown.items():
        score[cell], boxes[cell] = value, window.from_frame(box)
    return Cells(score, boxes)


def see(found: SingleTracker, score: float, box: np.ndarray | None = None) -> Look:
    """Show one cell, in the middle, with this score; of a box that is where the last was by default."""
    window = found.window()
    shown = found.cxcywh if box is None else box
    return found.update(cells(window, {(CELLS // 2, CELLS // 2): (score, shown)}), window)


def hann(row: int, column: int) -> float:
    """1 in the middle, and zero half a cell beyond the map."""
    return math.prod(math.sin(math.pi * (at + 1) / (CELLS + 1)) ** 2 for at in (row, column))


def test_the_window_follows() -> None:
    found = tracker(size_rate=1.0)
    side = FACTOR * math.sqrt(30 * 20)
    assert found.window() == Window(100.0, 80.0, pytest.approx(side))
    moved = np.array([110.0, 72.0, 40.0, 10.0])
    look = see(found, 1.0, moved)
    np.testing.assert_allclose(look.cxcywh, moved)
    assert (look.score, look.lost, look.renew) == (1.0, False, False)
    assert found.window() == Window(pytest.approx(110), pytest.approx(72), pytest.approx(FACTOR * 20))


@pytest.mark.parametrize(("rate", "score"), [(0.6, 1.0), (0.6, 0.5), (1.0, 0.3), (0.0, 1.0)])
def test_the_size_follows_by_the_rate_and_the_score(rate: float, score: float) -> None:
    found = tracker(size_rate=rate)
    look = see(found, score, np.array([100.0, 80.0, 60.0, 10.0]))
    part = rate * score
    np.testing.assert_allclose(look.cxcywh, [100, 80, 30 + part * 30, 20 - part * 10])


@pytest.mark.parametrize(("weight", "chosen"), [(0.0, (0, 1)), (0.2, (0, 1)), (0.6, (4, 4)), (1.0, (4, 4))])
def test_a_window_weighs_the_neighbourhood(weight: float, chosen: tuple[int, int]) -> None:
    found = tracker(window=weight, penalty=0.0)
    shown = {(0, 1): (0.9, BOX + 1), (4, 4): (0.5, BOX - 1)}
    values = {cell: (1 - weight) * score + weight * hann(*cell) for cell, (score, _) in shown.items()}
    assert max(values, key=lambda cell: values[cell]) == chosen
    window = found.window()
    look = found.update(cells(window, shown), window)
    assert look.score == shown[chosen][0]
    np.testing.assert_allclose(look.cxcywh[:2], shown[chosen][1][:2])


@pytest.mark.parametrize("penalty", [0.0, 0.05, 0.3])
@pytest.mark.parametrize("box", [(60.0, 40.0), (15.0, 10.0), (60.0, 10.0), (15.0, 40.0), (45.0, 20.0)])
def test_changes_of_size_and_form_cost(penalty: float, box: tuple[float, float]) -> None:
    """Of two cells the larger score wins, each times exp(-penalty (r s - 1)), by hand."""
    width, height = box
    size = math.sqrt(width * height / 600)
    aspect = width / height / 1.5
    worth = 0.9 * math.exp(-penalty * (max(size, 1 / size) * max(aspect, 1 / aspect) - 1))
    for rival in (worth - 0.01, worth + 0.01):
        found = tracker(penalty=penalty, window=0.0, lost_score=0.0)
        window = found.window()
        shown = {(4, 4): (0.9, np.array([100.0, 80.0, width, height])), (4, 5): (rival, BOX)}
        assert found.update(cells(window, shown), window).score == (0.9 if rival < worth else rival)


def test_lost_then_wider_then_found() -> None:
    settings = {"lost_score": 0.3, "patience": 3, "widening": 1.5, "widest": 2.0}
    found = tracker(**settings)
    side = found.window().side
    sides = []
    for _ in range(6):
        look = see(found, 0.29)
        assert look.lost
        assert not look.renew
        np.testing.assert_array_equal(look.cxcywh, BOX)
        sides.append(found.window().side / side)
    assert sides == pytest.approx([1, 1, 1.5, 2, 2, 2])
    look = see(found, 0.3)
    assert not look.lost
    assert found.window().side == pytest.approx(side)


def test_where_it_searches_widely_all_places_are_alike() -> None:
    found = tracker(window=1.0, patience=1, penalty=0.0)
    see(found, 0.0)
    window = found.window()
    shown = {(0, 0): (0.8, BOX + 5), (4, 4): (0.7, BOX)}
    assert found.update(cells(window, shown), window).score == 0.8


@pytest.mark.parametrize(
    ("widening", "widest", "times"), [(1.15, 2.5, 2.5), (1.0, 2.5, 1.0), (1e3, 1.0, 1.0)]
)
def test_years_of_nothing(widening: float, widest: float, times: float) -> None:
    """1.15 to the power of five thousand is beyond what a float holds."""
    found = tracker(widening=widening, widest=widest)
    found._unseen = 200_000
    assert found.window().side == pytest.approx(FACTOR * times * math.sqrt(600))


def test_no_wider_than_what_there_is_to_see() -> None:
    found = SingleTracker(SingleSettings(), FACTOR)
    found.begin(np.array([160.0, 100.0, 300.0, 200.0]), FRAME)
    assert found.window().side == 2 * 320


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((-50.0, 80.0, 30.0, 20.0), (0.0, 80.0)),
        ((100.0, 900.0, 30.0, 20.0), (100.0, 200.0)),
        ((321.0, 201.0, 30.0, 20.0), (320.0, 200.0)),
    ],
)
def test_the_centre_stays_in_the_frame(box: tuple[float, ...], expected: tuple[float, float]) -> None:
    look = see(tracker(), 1.0, np.array(box))
    np.testing.assert_allclose(look.cxcywh[:2], expected, atol=1e-9)


def test_new_templates_when_it_is_sure_and_not_too_often() -> None:
    found = tracker(update_score=0.8, update_every=3)
    scores = [0.9, 0.9, 0.79, 0.8, 0.9, 0.1, 0.9, 1.0]
    # A frame that is not sure enough, or lost, is waited through.
    assert [see(found, score).renew for score in scores] == [
        *(False, False, False, True),
        *(False, False, True, False),
    ]
    assert not any(see(tracker(), 1.0).renew for _ in range(3))


def test_beginning_again_forgets_everything() -> None:
    found = tracker(patience=1)
    for _ in range(3):
        see(found, 0.0)
    see(found, 1.0, BOX * 1.5)
    found.begin(BOX, FRAME)
    assert found.window() == tracker().window()


def test_the_box_that_was_given_is_not_changed() -> None:
    given_box = BOX.copy()
    found = SingleTracker(SingleSettings(), FACTOR)
    found.begin(given_box, FRAME)
    look = see(found, 1.0, BOX + 3)
    look.cxcywh[:] = 0
    np.testing.assert_array_equal(given_box, BOX)
    assert found.window().x > 100


EXTREME = (0.0, 1.0, -1.0, 50.0, -50.0, 1e6, -1e6)


@pytest.mark.parametrize("penalty", [0.0, 0.05, 1000.0])
@pytest.mark.parametrize("score", [50.0, 0.0, -50.0])
@pytest.mark.parametrize("size", [-50.0, -1e6, 50.0])
def test_sizes_of_nothing_do_not_spoil_the_choice(penalty: float, score: float, size: float) -> None:
    """Sigmoids may come down to zero exactly; a cell with a box beside them is still the best."""
    raw = np.zeros((5, CELLS, CELLS))
    raw[0], raw[3:] = score, size
    raw[0, 4, 5], raw[3:, 4, 5] = 60.0, math.log(0.25 / 0.75)
    found = tracker(window=0.0, penalty=penalty, lost_score=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        look = found.update(decode_cells(raw), found.window())
    assert np.isfinite(look.cxcywh).all()
    assert (look.cxcywh[2:] >= 4).all()
    assert found.window().side > 0
    if penalty == 0.05 and size < 0:
        assert look.cxcywh[0] > 100


@given(st.lists(st.tuples(*[st.sampled_from(EXTREME)] * 5), min_size=1, max_size=12), st.integers(0, 3))
def test_whatever_the_network_says_there_is_a_box(answers: list[tuple[float, ...]], seed: int) -> None:
    rng = np.random.default_rng(seed)
    found = tracker(size_rate=1.0, patience=1, update_score=0.5, update_every=1)
    for answer in answers:
        raw = rng.normal(0, 1, (5, 3, 3)) + np.array(answer)[:, None, None]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            window = found.window()
            look = found.update(decode_cells(raw), window)
        assert 0 < window.side <= 2 * 320
        assert np.isfinite(look.cxcywh).all()
        assert 0 <= look.score <= 1
        x, y, width, height = look.cxcywh
        assert 0 <= x <= 320
        assert 0 <= y <= 200
        assert 4 <= width <= 640
        assert 4 <= height <= 400


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"window": 1.1}, "window"),
        ({"size_rate": -0.1}, "size_rate"),
        ({"lost_score": math.nan}, "lost_score"),
        ({"update_score": 2.0}, "update_score"),
        ({"penalty": -1.0}, "penalty"),
        ({"penalty": math.inf}, "penalty"),
        ({"widening": 0.9}, "widening"),
        ({"widest": math.nan}, "widest"),
        ({"patience": 0}, "patience"),
        ({"update_every": 0}, "update_every"),
        ({"update_every": 1.5}, "update_every"),
    ],
)
def test_settings_out_of_range(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=f"{told}: found"):
        SingleSettings(**settings)


def whole(score: dict[tuple[int, int], float], sides: np.ndarray) -> Cells:
    """Cells of a whole frame, with boxes of the first size in their middles."""
    cells = np.zeros((10, 16))
    boxes = np.zeros((10, 16, 4))
    for row, column in np.ndindex(10, 16):
        boxes[row, column] = (column + 0.5) / 16, (row + 0.5) / 10, *(BOX[2:] / sides[:2])
    for cell, value in score.items():
        cells[cell] = value
    return Cells(cells, boxes)


def test_a_whole_frame_is_weighed_around_the_last_place() -> None:
    field = Field(np.tile(np.array(FRAME, float), 2), np.zeros(4))
    found = tracker(window=1.0, penalty=0.0)
    # Cells of 20 x 20 pixels; farther away than half a search crop counts nothing.
    look = found.update(whole({(4, 5): 0.5, (9, 15): 0.9}, field.sides), field)
    np.testing.assert_allclose(look.cxcywh[:2], [110, 90])
    assert look.score == 0.5
    assert not look.lost


def test_a_lost_object_is_looked_for_farther_away() -> None:
    field = Field(np.tile(np.array(FRAME, float), 2), np.zeros(4))
    found = tracker(window=1.0, penalty=0.0, widest=8.0, widening=2.0)
    far = {(9, 12): 0.9}
    looks = [found.update(whole(far, field.sides), field) for _ in range(8)]
    assert looks[0].lost
    np.testing.assert_allclose(looks[0].cxcywh, BOX)
    first = next(look for look in looks if not look.lost)
    np.testing.assert_allclose(first.cxcywh[:2], [250, 190])
