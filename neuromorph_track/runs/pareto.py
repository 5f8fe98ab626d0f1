"""Which of several runs on one chip are worth their joules, as far as the evidence goes."""

from __future__ import annotations

from collections.abc import Sequence

from neuromorph_track.profiling import EnergyReport
from neuromorph_track.profiling.ratio import Figure, ratio
from neuromorph_track.reports.pareto_panel import Standing


def standings(
    reports: Sequence[EnergyReport], accuracies: Sequence[float], figure: Figure
) -> tuple[Standing, ...]:
    """Place runs on one chip against each other.

    A run is *dominated* where another is at least as accurate and needs less energy, and the ratio of the
    two has its P95 below 1. It lies on the *front* where it needs less, by the same rule, than every run
    that is at least as accurate. Between the two nothing can be claimed: it is *tied*.

    Parameters
    ----------
    reports : sequence of EnergyReport
        Each with the figure above 0 J.
    accuracies : sequence of float
        Of the same runs.
    figure : str
        ``total`` or ``dynamic``.
    """
    places = range(len(reports))

    def needs_less(one: int, other: int) -> bool:
        found = ratio(reports[one], reports[other], figure)
        return found.claim and found.p95 < 1

    found: list[Standing] = []
    for own in places:
        rivals = [other for other in places if other != own and accuracies[other] >= accuracies[own]]
        if any(needs_less(rival, own) for rival in rivals):
            found.append("dominated")
        elif all(needs_less(own, rival) for rival in rivals):
            found.append("front")
        else:
            found.append("tied")
    return tuple(found)
