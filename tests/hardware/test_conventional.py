"""The conventional machines: their numbers worked out again from what was published."""

from __future__ import annotations

import pytest

from neuromorph_track.hardware import Quantity, load_profile

# Blouw et al. 2018: 390 inputs, two layers of 256 and 29 outputs.
MACS = 390 * 256 + 256 * 256 + 256 * 29


def number(profile: str, path: str) -> Quantity:
    return dict(load_profile(profile).quantities())[path]


def per_call(watts: float, idle: float, calls_per_second: float) -> float:
    return (watts - idle) / calls_per_second


# Watts and calls a second: one call at a time; 64 networks in a call; 100 layers more.
CPU = {"idle": 17.01, "one": (28.48, 1813.63), "batch": (31.8, 38_210.2 / 64), "deep": (28.4, 185.93)}
GPU = {"idle": 14.97, "one": (37.83, 770.39), "deep": (40.9, 92.96)}
JETSON = {"idle": 2.64, "one": (4.98, 419.0), "batch": (4.365, 16_976 / 64)}


@pytest.mark.parametrize(
    ("profile", "meter"), [("desktop-cpu", CPU), ("datacentre-gpu", GPU), ("jetson-maxwell", JETSON)]
)
def test_what_a_call_costs_is_what_the_meter_showed(profile: str, meter: dict) -> None:
    joules, seconds = number(profile, "energy.inference").si, number(profile, "time.inference").si
    shallow = per_call(meter["one"][0], meter["idle"], meter["one"][1])
    assert joules[0] == pytest.approx(shallow, rel=0.01)
    assert seconds[0] == pytest.approx(1 / meter["one"][1], rel=0.01)
    if "deep" not in meter:
        return
    deep = per_call(meter["deep"][0], meter["idle"], meter["deep"][1])
    assert joules[2] == pytest.approx(deep, rel=0.01)
    assert joules[1] == pytest.approx(shallow + 0.1 * (deep - shallow), rel=0.02)
    assert seconds[1] == pytest.approx(0.9 / meter["one"][1] + 0.1 / meter["deep"][1], rel=0.02)
    assert seconds[2] == pytest.approx(1 / meter["deep"][1], rel=0.01)


@pytest.mark.parametrize(("profile", "meter"), [("desktop-cpu", CPU), ("jetson-maxwell", JETSON)])
def test_a_mac_is_what_63_more_networks_in_a_call_cost(profile: str, meter: dict) -> None:
    single = per_call(meter["one"][0], meter["idle"], meter["one"][1])
    batch = per_call(meter["batch"][0], meter["idle"], meter["batch"][1])
    assert number(profile, "energy.mac").si[1] == pytest.approx((batch - single) / (63 * MACS), rel=0.02)
    seconds = (1 / meter["batch"][1] - 1 / meter["one"][1]) / (63 * MACS)
    assert number(profile, "time.mac").si[2] == pytest.approx(seconds, rel=0.02)


@pytest.mark.parametrize("name", ["dense-45nm-fp32", "dense-45nm-int8"])
def test_memory_at_45_nm_spans_both_readings_of_the_table(name: str) -> None:
    low, value, high = number(name, "energy.memory_bit").si
    assert (low, value, high) == pytest.approx((10e-12 / 64, 20e-12 / 64, 100e-12 / 32))


def test_memory_at_7_nm() -> None:
    low, value, high = number("dense-7nm-int8", "energy.memory_bit").si
    assert (low, value, high) == pytest.approx((7.5e-12 / 64, 8.5e-12 / 64, 14e-12 / 64), rel=1e-3)


@pytest.mark.parametrize(
    ("channels", "gigasynops", "millijoules"), [(48, 3.88, 4.69), (64, 6.52, 7.46), (96, 12.54, 13.68)]
)
def test_the_papers_arithmetic_gives_what_a_paper_printed(
    channels: int, gigasynops: float, millijoules: float
) -> None:
    # Spikingformer, arXiv 2304.11954: 4 timesteps, 3 x 3 first convolution of 224 x 224 pictures.
    first_layer = 3 * 9 * channels * 224 * 224 * 4
    accumulate = number("papers-45nm-arithmetic", "energy.synop").si[1]
    multiply = number("papers-45nm-arithmetic", "energy.mac").si[1]
    joules = gigasynops * 1e9 * accumulate + first_layer * multiply
    assert 1e3 * joules == pytest.approx(millijoules, abs=0.01)


def test_the_papers_arithmetic_is_counted_as_papers_count() -> None:
    counting = load_profile("papers-45nm-arithmetic").counting
    assert (counting.synop, counting.first_layer) == ("nominal", "macs")
