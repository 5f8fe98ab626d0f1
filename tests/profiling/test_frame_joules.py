"""Joules of each single frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from neuromorph_track.backends.activity import Activity
from neuromorph_track.hardware import load_profile
from neuromorph_track.profiling import price
from neuromorph_track.profiling.frame_joules import frame_joules
from tests.profiling.conftest import layer

SYNOPS = [400, 40, 60, 20]


@pytest.fixture
def activity() -> Activity:
    counted = layer(
        frames=4,
        spikes_in=[40, 4, 6, 2],
        synops=SYNOPS,
        synops_all=SYNOPS,
        neuron_updates=10,
        neuron_updates_changed=[10, 2, 3, 1],
        spikes_out=[9, 2, 3, 1],
    )
    return Activity((counted,), 1, 3, 3)


def alone(activity: Activity, frame: int) -> Activity:
    """One frame of it."""
    part = slice(frame, frame + 1)
    layers = tuple(
        replace(each, **{count: getattr(each, count)[part] for count in Activity.COUNTS})
        for each in activity.layers
    )
    return replace(activity, layers=layers)


@pytest.mark.parametrize("chip", ["loihi1", "loihi2-oheogulch", "truenorth", "xylo", "spinnaker2"])
def test_frames_agree_with_the_report_and_with_each_alone(activity: Activity, chip: str) -> None:
    profile = load_profile(chip)
    report = price(activity, profile, 0.04)
    found = frame_joules(activity, [(report, profile)])[chip]
    figure = "total" if report.steady_state.dynamic is None else "dynamic"
    assert found.shape == (4,)
    assert found[1:].mean() == pytest.approx(getattr(report.steady_state, figure).p50)
    assert found[0] == getattr(report.first_frame, figure).p50
    # A frame priced by itself has its own mixture of events, so its median is another by a little.
    own = [getattr(price(alone(activity, k), profile, 0.04).steady_state, figure).p50 for k in range(1, 4)]
    np.testing.assert_allclose(found[1:], own, rtol=0.05)


def test_a_dense_machine_takes_as_much_for_each(activity: Activity) -> None:
    profile = load_profile("dense-45nm-int8")
    found = frame_joules(activity, [(price(activity, profile), profile)])["dense-45nm-int8"]
    np.testing.assert_allclose(found, found[0])


def test_another_counting_by_now_gives_nothing(activity: Activity) -> None:
    profile = load_profile("loihi2-oheogulch")
    report = price(activity, profile)
    term = report.terms["synop"]
    other = replace(report, terms={**report.terms, "synop": replace(term, count=term.count * 1.1)})
    less = replace(report, terms={"synop": term})
    for changed in (other, less):
        assert frame_joules(activity, [(changed, profile)]) == {}


def test_one_frame_alone(activity: Activity) -> None:
    profile = load_profile("loihi1")
    one = alone(activity, 0)
    report = price(one, profile)
    assert report.steady_state.dynamic is not None
    assert frame_joules(one, [(report, profile)])["loihi1"].tolist() == [report.steady_state.dynamic.p50]
