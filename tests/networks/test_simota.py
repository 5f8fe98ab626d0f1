"""SimOTA against a loop over objects and cells, and cases by hand."""

from __future__ import annotations

from math import exp, log, sqrt

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from neuromorph_track.networks.loss import Targets
from neuromorph_track.networks.simota import Assignment, Predictions, assign

Box = tuple[float, float, float, float]
CLASSES = 3


def targets(rows: list[tuple[int, int, Box, bool]]) -> Targets:
    """From (picture, class, box, ignored)."""
    return Targets(
        torch.tensor([box for _, _, box, _ in rows], dtype=torch.float64).reshape(-1, 4),
        torch.tensor([kind for _, kind, _, _ in rows], dtype=torch.int64),
        torch.tensor([picture for picture, _, _, _ in rows], dtype=torch.int64),
        torch.tensor([hidden for _, _, _, hidden in rows], dtype=torch.bool),
    )


def random_case(seed: int, pictures: int, height: int, width: int, most: int) -> tuple[Predictions, Targets]:
    generator = torch.Generator().manual_seed(seed)

    def uniform(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator, dtype=torch.float64)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    rows: list[tuple[int, int, Box, bool]] = []
    for picture in range(pictures):
        for _ in range(int(torch.randint(most + 1, (), generator=generator))):
            place = uniform(2) * torch.tensor([width, height])
            size = 0.3 + 4 * uniform(2)
            kind = int(torch.randint(CLASSES, (), generator=generator))
            box = (place[0].item(), place[1].item(), size[0].item(), size[1].item())
            rows.append((picture, kind, box, bool(uniform(1) < 0.15)))
    # Objects of a picture need not stand together.
    order = torch.randperm(len(rows), generator=generator).tolist()
    centre = torch.stack(
        torch.meshgrid(torch.arange(width) + 0.5, torch.arange(height) + 0.5, indexing="xy"), -1
    )
    boxes = torch.cat(
        [
            centre + 0.5 * normal(pictures, height, width, 2),
            2 * (0.5 * normal(pictures, height, width, 2)).exp(),
        ],
        -1,
    )
    said = Predictions(
        boxes, 2 * normal(pictures, height, width), 2 * normal(pictures, height, width, CLASSES)
    )
    return said, targets([rows[i] for i in order])


def iou(a: list[float], b: list[float]) -> float:
    shared = 1.0
    for axis in (0, 1):
        low = max(a[axis] - a[axis + 2] / 2, b[axis] - b[axis + 2] / 2)
        high = min(a[axis] + a[axis + 2] / 2, b[axis] + b[axis + 2] / 2)
        shared *= max(high - low, 0)
    return shared / (a[2] * a[3] + b[2] * b[3] - shared)


def class_cost(objectness: float, classes: list[float], kind: int) -> float:
    total = 0.0
    for index, logit in enumerate(classes):
        p = sqrt(1 / (1 + exp(-objectness)) / (1 + exp(-logit)))
        total -= log(p) if index == kind else log(1 - p)
    return total


Placed = dict[tuple[int, int, int], int]


def looped(said: Predictions, wanted: Targets, radius: float) -> tuple[Placed, set[tuple[int, int, int]]]:
    """Object of each positive cell, and cells that do not count, one picture and object after the other."""
    pictures, height, width = said.objectness.shape
    placed: Placed = {}
    uncounted = set()
    for picture in range(pictures):
        own = [i for i in range(len(wanted.picture)) if wanted.picture[i] == picture]
        within: dict[tuple[int, int, int], tuple[bool, bool]] = {}
        for i in own:
            x, y, w, h = wanted.cxcywh[i].tolist()
            for row in range(height):
                for column in range(width):
                    dx, dy = abs(column + 0.5 - x), abs(row + 0.5 - y)
                    within[i, row, column] = (dx < w / 2 and dy < h / 2, dx < radius and dy < radius)
        sure = [
            i
            for i in own
            if not wanted.ignored[i] and any(any(place) for (j, _, _), place in within.items() if j == i)
        ]
        candidates = sorted({(r, c) for (i, r, c), place in within.items() if i in sure and any(place)})
        overlaps, costs = {}, {}
        for i in sure:
            for row, column in candidates:
                overlap = iou(said.cxcywh[picture, row, column].tolist(), wanted.cxcywh[i].tolist())
                overlaps[i, row, column] = overlap
                costs[i, row, column] = (
                    class_cost(
                        said.objectness[picture, row, column].item(),
                        said.classes[picture, row, column].tolist(),
                        int(wanted.class_id[i]),
                    )
                    - 3 * log(overlap + 1e-8)
                    + (0 if all(within[i, row, column]) else 1e5)
                )
        takers: dict[tuple[int, int], list[int]] = {}
        for i in sure:
            best = sorted((overlaps[i, r, c] for r, c in candidates), reverse=True)[:10]
            k = max(1, int(sum(best)))
            for cell in sorted(candidates, key=lambda rc: costs[i, rc[0], rc[1]])[:k]:
                takers.setdefault(cell, []).append(i)
        for (row, column), who in takers.items():
            owner = who[0] if len(who) == 1 else min(sure, key=lambda i: costs[i, row, column])
            placed[picture, row, column] = owner
        for i, row, column in within:
            x, y, w, h = wanted.cxcywh[i].tolist()
            reach = [max(min(side / 2, radius), 0.5) for side in (w, h)]
            if wanted.ignored[i] and abs(column + 0.5 - x) < reach[0] and abs(row + 0.5 - y) < reach[1]:
                uncounted.add((picture, row, column))
    return placed, uncounted - set(placed)


def cells_of(found: Assignment) -> Placed:
    places = zip(found.picture.tolist(), found.row.tolist(), found.column.tolist(), strict=True)
    return dict(zip(places, found.target.tolist(), strict=True))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("radius", [1.5, 2.5])
def test_as_the_loop_does(seed: int, radius: float) -> None:
    # Crowded for some seeds, so that objects fight for cells; of some pictures nothing is known.
    said, wanted = random_case(seed, pictures=4, height=6, width=9, most=(4, 12, 25)[seed % 3])
    found = assign(said, wanted, radius)
    placed, uncounted = looped(said, wanted, radius)
    assert cells_of(found) == placed
    assert len(found.target) == len(placed)
    assert {tuple(cell) for cell in (~found.counted).nonzero().tolist()} == uncounted
    for picture, row, column, target, overlap in zip(*found[:5], strict=True):
        expected = iou(said.cxcywh[picture, row, column].tolist(), wanted.cxcywh[target].tolist())
        assert float(overlap) == pytest.approx(expected, abs=1e-9)


def test_the_cases_have_what_they_should_test() -> None:
    """Contested cells, objects with several cells, ignored objects, and empty pictures occur."""
    several = ignored = empty = lost = 0
    for seed in range(12):
        said, wanted = random_case(seed, pictures=4, height=6, width=9, most=(4, 12, 25)[seed % 3])
        found = assign(said, wanted)
        counts = torch.bincount(found.target, minlength=len(wanted.picture))
        several += int((counts > 1).sum())
        ignored += int(wanted.ignored.sum())
        empty += 4 - len(wanted.picture.unique())
        lost += int(((counts == 0) & ~wanted.ignored).sum())
    assert min(several, ignored, empty, lost) > 0


def test_float32_agrees_but_for_rounding() -> None:
    said, wanted = random_case(5, pictures=8, height=12, width=16, most=20)
    single = Predictions(said.cxcywh.float(), said.objectness.float(), said.classes.float())
    exact = cells_of(assign(said, wanted))
    rounded = cells_of(
        assign(single, Targets(wanted.cxcywh.float(), wanted.class_id, wanted.picture, wanted.ignored), 1.5)
    )
    # Beside 1e5 a float32 has steps of 1/128, so cells outside may change places.
    same = sum(rounded.get(cell) == target for cell, target in exact.items())
    assert same >= 0.97 * len(exact)


def plain(height: int, width: int, box: tuple[float, float] = (2.0, 2.0)) -> Predictions:
    """Every cell says a box of one size at its own centre, and nothing about classes."""
    rows, columns = torch.meshgrid(torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij")
    boxes = torch.stack(
        [columns, rows, torch.full_like(rows, box[0]), torch.full_like(rows, box[1])], -1
    ).double()
    return Predictions(
        boxes[None],
        torch.zeros(1, height, width, dtype=torch.float64),
        torch.zeros(1, height, width, 1, dtype=torch.float64),
    )


def test_number_of_cells_by_hand() -> None:
    """A box of 2 x 2 at a cell's centre, and the boxes of the cells around it, which are as large.

    IoU 1 in the middle, 2/6 in four neighbours, 1/7 in four corners, 0 two cells away: together
    1 + 4/3 + 4/7 = 2.90, so it takes two cells, of which it costs the least in the middle, and then in a
    neighbour.
    """
    found = assign(plain(7, 7), targets([(0, 0, (3.5, 3.5, 2, 2), False)]))
    assert len(found.target) == 2
    placed = cells_of(found)
    assert (0, 3, 3) in placed
    assert len(set(placed) & {(0, 2, 3), (0, 4, 3), (0, 3, 2), (0, 3, 4)}) == 1
    assert sorted(found.overlap.tolist()) == pytest.approx([1 / 3, 1])
    assert found.counted.all()


def test_a_cell_in_box_and_centre_goes_before_a_better_one_outside() -> None:
    said = plain(7, 7, (0.1, 0.1))
    # Far from the object's box (one cell around 3.5, 3.5), but within its centre, lies a perfect prediction.
    said.cxcywh[0, 3, 4] = torch.tensor([3.5, 3.5, 1, 1])
    found = assign(said, targets([(0, 0, (3.5, 3.5, 1, 1), False)]))
    # Sum of IoUs 1.01: one cell.
    assert cells_of(found) == {(0, 3, 3): 0}


def test_a_small_box_between_cell_centres_takes_a_cell_at_its_centre() -> None:
    found = assign(plain(6, 6), targets([(0, 0, (3, 3, 0.4, 0.4), False)]))
    assert len(found.target) == 1
    assert (int(found.row[0]), int(found.column[0])) in {(2, 2), (2, 3), (3, 2), (3, 3)}


def test_class_and_objectness_decide_between_equal_boxes() -> None:
    said = plain(6, 6, (0.5, 0.5))
    classes = torch.zeros(1, 6, 6, 2, dtype=torch.float64)
    classes[0, 2, 3, 1], classes[0, 3, 3, 0] = 3, 3
    wanted = targets([(0, 1, (3, 3, 2, 2), False)])
    # The four cells in the box are alike but for what they say of classes.
    assert cells_of(assign(Predictions(said.cxcywh, said.objectness, classes), wanted)) == {(0, 2, 3): 0}
    objectness = torch.zeros(1, 6, 6, dtype=torch.float64)
    objectness[0, 3, 2] = 4
    one_class = torch.full((1, 6, 6, 1), 2.0, dtype=torch.float64)
    wanted = targets([(0, 0, (3, 3, 2, 2), False)])
    assert cells_of(assign(Predictions(said.cxcywh, objectness, one_class), wanted)) == {(0, 3, 2): 0}


def test_ignored_boxes() -> None:
    """Cells in the box and at its centre do not count, unless they learn another object."""
    ignored = (0, 0, (3.5, 3.5, 6, 2), True)
    found = assign(plain(7, 7), targets([ignored]))
    assert len(found.target) == 0
    # In the box are rows 3 (and 2 and 4 only at their edges), at the centre columns 2 to 4.
    expected = {(0, 3, column) for column in (2, 3, 4)}
    assert {tuple(cell) for cell in (~found.counted).nonzero().tolist()} == expected
    both = assign(plain(7, 7), targets([ignored, (0, 0, (3.5, 3.5, 1, 1), False)]))
    assert cells_of(both) == {(0, 3, 3): 1}
    assert {tuple(cell) for cell in (~both.counted).nonzero().tolist()} == expected - {(0, 3, 3)}


def test_a_tiny_ignored_box_hides_the_cell_that_holds_it() -> None:
    found = assign(plain(5, 5), targets([(0, 0, (2.1, 3.8, 0.2, 0.2), True)]))
    assert (~found.counted).nonzero().tolist() == [[0, 3, 2]]


def test_nothing_to_assign() -> None:
    for rows in ([], [(0, 0, (-20.0, 3.0, 2.0, 2.0), False)], [(0, 0, (3.5, 3.5, 1.0, 1.0), True)]):
        found = assign(plain(5, 5), targets(rows))
        assert [len(column) for column in found[:5]] == [0] * 5
        assert found.counted.shape == (1, 5, 5)


def test_an_object_off_the_grid_takes_no_cell_of_others() -> None:
    rows = [(0, 0, (3.5, 3.5, 2.0, 2.0), False), (0, 0, (-20.0, 3.0, 2.0, 2.0), False)]
    assert set(assign(plain(7, 7), targets(rows)).target.tolist()) == {0}


@given(st.integers(0, 10_000))
def test_what_holds_for_every_case(seed: int) -> None:
    said, wanted = random_case(seed, pictures=3, height=5, width=7, most=8)
    found = assign(said, wanted)
    places = list(zip(found.picture.tolist(), found.row.tolist(), found.column.tolist(), strict=True))
    assert len(set(places)) == len(places)
    assert places == sorted(places)
    assert torch.equal(wanted.picture[found.target], found.picture)
    assert not wanted.ignored[found.target].any()
    # A picture alone is assigned as among others.
    own = wanted.picture == 1
    alone = assign(
        Predictions(said.cxcywh[1:2], said.objectness[1:2], said.classes[1:2]),
        Targets(
            wanted.cxcywh[own],
            wanted.class_id[own],
            torch.zeros(int(own.sum()), dtype=torch.int64),
            wanted.ignored[own],
        ),
    )
    here = found.picture == 1
    assert torch.equal(alone.row, found.row[here])
    assert torch.equal(alone.column, found.column[here])
    assert torch.equal(own.nonzero().squeeze(1)[alone.target], found.target[here])
