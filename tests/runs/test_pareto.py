"""Standing of runs against each other, where draws of the joules are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from neuromorph_track.profiling import EnergyReport, Samples
from neuromorph_track.runs import RunSummary
from neuromorph_track.runs.pareto import standings

SPREAD = np.exp(np.random.default_rng(0).normal(0, 0.3, 4096))


@pytest.fixture
def report(run: RunSummary) -> EnergyReport:
    return run.energy[0]


def on_one_chip(report: EnergyReport, *joules: float) -> list[EnergyReport]:
    """Runs whose energies rise and fall together, as on one board."""
    return [replace(report, samples=Samples(total=middle * SPREAD)) for middle in joules]


@pytest.mark.parametrize(
    ("joules", "accuracies", "expected"),
    [
        ((1, 2), (0.5, 0.6), ("front", "front")),
        ((2, 1), (0.5, 0.6), ("dominated", "front")),
        ((1, 1), (0.5, 0.6), ("tied", "front")),
        ((1, 1), (0.5, 0.5), ("tied", "tied")),
        ((1, 2), (0.5, 0.5), ("front", "dominated")),
        ((1, 3, 2), (0.5, 0.7, 0.6), ("front", "front", "front")),
        ((1, 3, 4), (0.5, 0.7, 0.6), ("front", "front", "dominated")),
        ((1,), (0.5,), ("front",)),
    ],
)
def test_draws_that_share_a_board(
    report: EnergyReport, joules: tuple[float, ...], accuracies: tuple[float, ...], expected: tuple[str, ...]
) -> None:
    assert standings(on_one_chip(report, *joules), accuracies, "total") == expected


def test_what_is_not_surely_less_is_tied(report: EnergyReport) -> None:
    generator = np.random.default_rng(1)
    noisy = replace(report, samples=Samples(total=0.9 * np.exp(generator.normal(0, 0.3, 4096))))
    (exact,) = on_one_chip(report, 1)
    # 10 % less at the median, but not in every world: neither on the front nor off it.
    assert standings([noisy, exact], (0.5, 0.6), "total") == ("tied", "front")
    assert standings([noisy, exact], (0.6, 0.5), "total") == ("front", "tied")
