"""Pairs that see whole windows and remember: bits, templates, and what becomes of a recording."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from neuromorph_track.export.siamese import SiameseExport, siamese_of
from neuromorph_track.netx import Siamese, read_siamese, write_siamese
from neuromorph_track.runs.follow import settings_of
from neuromorph_track.runs.stream import stream
from neuromorph_track.runs.stream_net import StreamNet
from neuromorph_track.runs.stream_proof import prove_stream
from tests.networks.tiny_streams import TWIN, lived, recipe

BOX = np.array([20.0, 20.0, 20.0, 16.0])
RETRIEVALS: list[dict[str, Any]] = [
    {},
    {"retrieval": "blind"},
    {"retrieval": "correlation"},
    {"refinements": 1},
]


def exported(**network: Any) -> SiameseExport:
    plan = recipe(**network)
    return siamese_of(plan, lived(plan).state_dict(), "tiny")


def windows(count: int, height: int = 64, width: int = 72) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    spoken = rng.random((count, height, width, 1)) < 0.1
    return list((rng.integers(0, 256, (count, height, width, 3)) * spoken).astype(np.uint8))


@pytest.mark.parametrize("network", RETRIEVALS)
@pytest.mark.parametrize("neurons", [{"decay": 0.0}, {"decay": 0.75}, TWIN], ids=str)
def test_the_pair_computes_what_was_trained(network: dict[str, Any], neurons: dict[str, Any]) -> None:
    made = exported(**neurons, **network)
    proof = prove_stream(made.model, made.siamese)
    assert proof.equal
    assert proof.values == 2 * 12 * 5 * 8 * 9
    assert proof.largest_potential > 1000


def test_a_proof_can_fail() -> None:
    made = exported()
    search = made.siamese.search
    last = search.layers[-1]
    assert last.bias is not None
    other = replace(search, layers=(*search.layers[:-1], replace(last, bias=last.bias + 1)))
    assert not prove_stream(made.model, replace(made.siamese, search=other)).equal


def test_it_comes_back_from_its_folder(tmp_path: Any) -> None:
    made = exported()
    write_siamese(made.siamese, tmp_path / "pair")
    again = read_siamese(tmp_path / "pair")
    assert again.contract == made.siamese.contract
    assert again.contract.streams
    assert prove_stream(made.model, again).equal


def net(**network: Any) -> StreamNet:
    return StreamNet(exported(**network).siamese)


@pytest.mark.parametrize(("network", "remembers"), [({}, True), (TWIN, False)])
def test_a_window_knows_of_the_one_before(network: dict[str, Any], remembers: bool) -> None:
    given, (first, second) = net(**network), windows(2)
    given.begin(72, 64)
    given.see(first)
    after = given.see(second)[0]
    given.begin(72, 64)
    assert np.array_equal(after, given.see(second)[0]) != remembers


@pytest.mark.parametrize("network", [{}, TWIN])
def test_a_silent_scene_costs_nothing(network: dict[str, Any]) -> None:
    given = net(**network)
    given.begin(72, 64)
    for window in windows(3):
        given.look(window)
    empty = np.zeros((64, 72, 3), np.uint8)
    looks = [given.look(empty)[1] for _ in range(30)]
    costs = [sum(int(layer.synops.sum()) for layer in look.layers) for look in looks]
    assert costs[-1] == 0
    # Nor has a host anything to hand over.
    assert looks[-1].input_events
    assert not looks[-1].layers[0].spikes_out.any()


def test_the_template_waits_for_what_speaks() -> None:
    given, shown = net(), windows(7)
    for index in (0, 2):
        shown[index][:] = 0
    steps = list(stream(given, shown, BOX, settings_of(given)))
    assert [step.template is not None for step in steps] == [False] * 3 + [True] + [False] * 3
    for step in steps[:4]:
        np.testing.assert_array_equal(step.xywh, BOX)
    direct = given.template([shown[1], shown[3]], np.array([30.0, 28.0, 20.0, 16.0]))
    made = steps[3].template
    assert made is not None
    assert made.sums is not None
    assert direct.sums is not None
    np.testing.assert_array_equal(made.sums, direct.sums)


def test_where_nothing_happens_the_box_stays() -> None:
    """Of 64 × 72 windows one in ten pixels speaks, but of the third to sixth only those outside."""
    given, shown = net(), windows(8)
    for window in shown[3:6]:
        window[10:46, 10:50] = 0
    steps = list(stream(given, shown, BOX, settings_of(given, lost_score=0.0)))
    boxes = [tuple(step.xywh) for step in steps]
    assert boxes[2] == boxes[3] == boxes[5] != boxes[6]
    assert [step.score for step in steps[3:6]] == [steps[2].score] * 3
    looked = list(stream(given, shown, BOX, settings_of(given, lost_score=0.0, still=0.0)))
    assert tuple(looked[3].xywh) != boxes[3]


def test_who_is_lost_is_looked_for_where_nothing_happens() -> None:
    given, shown = net(), windows(6)
    for window in shown[3:]:
        window[10:46, 10:50] = 0
    steps = list(stream(given, shown, BOX, settings_of(given, lost_score=1.0)))
    assert all(step.lost for step in steps[2:])
    assert steps[4].score != steps[3].score


@pytest.mark.parametrize(
    ("cxcywh", "expected"),
    [
        ([20.0, 16.0, 8.0, 4.0], 0.5),
        # Half of it lies outside of the picture.
        ([0.0, 16.0, 8.0, 4.0], 0.0),
        ([-20.0, 16.0, 8.0, 4.0], 0.0),
    ],
)
@pytest.mark.parametrize("times", [1, 2])
def test_how_much_of_a_box_speaks(cxcywh: list[float], expected: float, times: int) -> None:
    given = net()
    given.begin(72 * times, 64 * times)
    window = np.zeros((64, 72, 3), np.uint8)
    window[:, 16:20] = 100
    window = window.repeat(times, 0).repeat(times, 1)
    assert given.stir(window, times * np.array(cxcywh)) == expected


def test_states_are_carried_from_window_to_window() -> None:
    given, shown = net(), windows(4)
    given.begin(72, 64)
    together = [given.see(window)[0] for window in shown][-1]
    given.begin(72, 64)
    assert not np.array_equal(given.see(shown[-1])[0], together)


def test_a_larger_sensor_is_scaled() -> None:
    given = net()
    steps = list(stream(given, windows(4, 128, 144), 2 * BOX, settings_of(given)))
    assert len(steps) == 4
    np.testing.assert_allclose(given.field.sides, [144, 128, 144, 128])


def test_a_contract_that_does_not_fit() -> None:
    contract = exported().siamese.contract.model_dump()
    contract["search"]["steps"] = 2
    with pytest.raises(ValueError, match="one search step"):
        type(exported().siamese.contract).model_validate(contract)


def test_pairs_of_crops_are_no_streams() -> None:
    from tests.networks.tiny_trackers import pair

    crops: Siamese = pair()
    assert not crops.contract.streams
