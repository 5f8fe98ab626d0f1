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


LAYERS, MORE_LAYERS, MORE_MACS = 3, 100, 256 * 256


@pytest.mark.parametrize(("profile", "meter"), [("desktop-cpu", CPU), ("datacentre-gpu", GPU)])
@pytest.mark.parametrize("kind", ["energy", "time"])
def test_calls_and_layers_are_what_the_meter_showed(profile: str, meter: dict, kind: str) -> None:
    """A call of 3 layers and one of 103 make two equations; MACs are priced by themselves."""
    if kind == "energy":
        shallow, deep = (per_call(meter[size][0], meter["idle"], meter[size][1]) for size in ("one", "deep"))
    else:
        shallow, deep = (1 / meter[size][1] for size in ("one", "deep"))
    mac = number(profile, f"{kind}.mac").si[1]
    layer = (deep - shallow) / MORE_LAYERS - MORE_MACS * mac
    low, value, high = number(profile, f"{kind}.layer").si
    assert value == pytest.approx(layer, rel=0.01)
    assert low <= value * 1.001
    assert high == pytest.approx((deep - shallow) / MORE_LAYERS, rel=0.01)
    call = number(profile, f"{kind}.inference").si[1]
    assert call == pytest.approx(shallow - LAYERS * layer - MACS * mac, rel=0.01)


@pytest.mark.parametrize(("kind", "shallow"), [("energy", per_call(4.98, 2.64, 419)), ("time", 1 / 419)])
def test_a_layer_on_the_edge_board_is_the_share_that_it_has_elsewhere(kind: str, shallow: float) -> None:
    low, value, high = number("jetson-maxwell", f"{kind}.layer").si
    assert (2 * low, high / 2) == pytest.approx((value, value), rel=0.03)
    elsewhere = []
    for profile in ("desktop-cpu", "datacentre-gpu"):
        layer = number(profile, f"{kind}.layer").si[2]
        elsewhere.append(layer / (number(profile, f"{kind}.inference").si[1] + LAYERS * layer))
    assert min(elsewhere) * 0.97 < value / shallow < max(elsewhere) * 1.03
    macs = MACS * number("jetson-maxwell", f"{kind}.mac").si[1]
    for call, each in zip(number("jetson-maxwell", f"{kind}.inference").si, (high, value, low), strict=True):
        assert call + LAYERS * each + macs == pytest.approx(shallow, rel=0.02)


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
