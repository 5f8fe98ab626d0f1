"""What may be said about two energies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from neuromorph_track.backends.activity import Activity
from neuromorph_track.errors import InputError
from neuromorph_track.hardware import HardwareProfile
from neuromorph_track.profiling import EnergyReport, price, ratio
from tests.profiling.conftest import layer
from tests.profiling.made_profiles import made

WIDE = {"energy.synop": (1, 10, 100)}


def report(synops: int, profile: HardwareProfile, **options: int) -> EnergyReport:
    return price(Activity((layer(synops=synops),), 1), profile, **options)


def test_a_report_by_itself_is_exactly_one() -> None:
    one = report(100, made(WIDE))
    found = ratio(one, one, "dynamic")
    assert (found.p5, found.p50, found.p95) == (1, 1, 1)
    assert found.verdict.startswith("no claim")
    assert not found.claim


def test_two_runs_on_one_chip_share_its_boards() -> None:
    found = ratio(report(120, made(WIDE)), report(100, made(WIDE)), "dynamic")
    assert (found.p5, found.p50, found.p95) == pytest.approx((1.2, 1.2, 1.2))
    assert found.claim
    needs = "the first run on Mine needs more dynamic energy: 1.2 times that of the second"
    assert found.verdict == f"{needs} (P5 to P95: 1.2 to 1.2)"


def test_two_chips_do_not() -> None:
    found = ratio(report(120, made(WIDE)), report(100, made(WIDE, name="other")), "dynamic")
    assert found.p5 < 0.1
    assert found.p95 > 10
    assert found.p50 == pytest.approx(1.2, rel=0.1)
    assert found.verdict.startswith("no claim: the dynamic energy of Mine is 1.")


def test_less_is_said_as_less() -> None:
    found = ratio(report(1, made(WIDE)), report(10**6, made(WIDE, name="other")), "dynamic")
    assert found.verdict.startswith("Mine needs less dynamic energy")


@pytest.mark.parametrize(("more", "claim"), [(10001, False), (10009, False), (10020, True), (10100, True)])
def test_a_claim_does_not_depend_on_which_comes_first(more: int, claim: bool) -> None:
    one, other = report(more, made(WIDE)), report(10000, made(WIDE))
    there, back = ratio(one, other, "dynamic"), ratio(other, one, "dynamic")
    assert there.p5 > 1 > back.p95
    assert (there.claim, back.claim) == (claim, claim)
    if claim:
        assert f"needs more dynamic energy: {more / 10000:g} times" in there.verdict
    else:
        assert "differ by less than 0.1 % in dynamic energy" in there.verdict


def test_boundaries_that_differ_are_named() -> None:
    one = report(100, made(WIDE))
    found = ratio(one, replace(one, boundary="board", name="Other"), "dynamic")
    assert found.boundaries_differ
    assert found.verdict.endswith("; the first ends at the chip, the second at the board")


def test_the_dense_twin_is_set_against_the_network() -> None:
    # 400 connections once, against 100 synops: the same boards, so that nothing but counts is left.
    found = report(100, made(WIDE)).dense_twin_ratio
    assert found is not None
    assert (found.p5, found.p95) == pytest.approx((4, 4))
    assert found.verdict.startswith("the equivalent ANN in one pass needs more dynamic energy: 4 times")


@pytest.mark.parametrize(
    ("other", "figure", "named"),
    [
        (report(100, made(WIDE)), "total", "total: found nothing"),
        (report(0, made(WIDE)), "dynamic", "found 0 J"),
        (report(100, made(WIDE), draws=64), "dynamic", "4096 and 64"),
    ],
)
def test_what_cannot_be_compared(other: EnergyReport, figure: str, named: str) -> None:
    with pytest.raises(InputError, match=named):
        ratio(report(100, made(WIDE)), other, figure)  # type: ignore[arg-type]
