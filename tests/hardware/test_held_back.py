"""Measurements that no price was brought to, and those that some were, against the shipped profiles."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from neuromorph_track.profiling import Interval

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
if not BENCHMARKS.is_dir():
    pytest.skip("the measurements lie in benchmarks/, which this copy is without", allow_module_level=True)
sys.path.insert(0, str(BENCHMARKS))
try:
    from measured.case import Case, Figure, Verdict, estimate, geometric_error, verdicts
    from measured.cases import elsewhere
    from measured.held_back import BAR, held_back
finally:
    sys.path.remove(str(BENCHMARKS))

HELD_BACK = tuple(held_back())
CASES = (*elsewhere(), *HELD_BACK)


def judged(cases: tuple[Case, ...]) -> Iterator[Verdict]:
    for case in cases:
        yield from verdicts(case, estimate(case, case.run()))


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_published_measurement(case: Case) -> None:
    for verdict in verdicts(case, estimate(case, case.run())):
        # A miss that is known says why; one that is gone must be struck out.
        assert verdict.missed == bool(verdict.figure.known_miss), (verdict.figure, verdict.estimate)


def test_every_figure_that_was_held_back_has_the_bar() -> None:
    assert len({case.profile for case in HELD_BACK}) >= 5
    for case in HELD_BACK:
        assert case.kind == "held back"
        assert case.source
        for figure in case.figures:
            assert (figure.largest_error, figure.inside) == (BAR, True)


def test_most_of_what_was_held_back_is_met() -> None:
    found = tuple(judged(HELD_BACK))
    assert sum(verdict.missed for verdict in found) <= 3
    assert geometric_error(1.0, [verdict.error for verdict in found]) < 1.5


def test_a_miss_is_known_or_fails_and_a_known_one_may_not_be_gone() -> None:
    figure = Figure("dynamic", (1.0,), 2.0, inside=True)
    near, far = Interval(0.5, 1.0, 2.0), Interval(3.0, 4.0, 5.0)
    assert [Verdict(figure, one).fails for one in (near, far, None)] == [False, True, True]
    known = replace(figure, known_miss="a reason")
    assert [Verdict(known, one).fails for one in (near, far, None)] == [True, False, False]
