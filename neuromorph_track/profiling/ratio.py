"""Whether one energy is more than another, as far as the evidence goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.errors import InputError

if TYPE_CHECKING:
    from neuromorph_track.profiling.energy_report import EnergyReport

Figure = Literal["total", "dynamic"]

# Nobody decides by less, and rounding alone moves a ratio of exact counts by far less than this.
LEAST_DIFFERENCE = 1.001


@dataclass(frozen=True)
class EnergyRatio:
    """One energy by another.

    Attributes
    ----------
    p5, p50, p95 : float
    verdict : str
        What may be said: ``no claim`` where P5 to P95 covers 1; it names the boundaries where they differ.
    boundaries_differ : bool
        Whether the two figures have another line between inside and outside (chip, board, ...).
    """

    p5: float
    p50: float
    p95: float
    verdict: str
    boundaries_differ: bool = False

    @property
    def claim(self) -> bool:
        """Whether the interval leaves 1 out, by a thousandth or more.

        It does for A by B exactly where it does for B by A.
        """
        return not _covers_one(self.p5, self.p95)


def ratio(a: EnergyReport, b: EnergyReport, figure: Figure = "total") -> EnergyRatio:
    """Energy of a steady frame of ``a`` by that of ``b``.

    Draws are divided one by one: what the two share (the prices and the board of one chip) cancels, what
    they do not share does not. So two networks on one chip can be told apart where two chips cannot.

    Raises
    ------
    InputError
        When one of them has no such figure, or it is 0, or they were not drawn alike.

    Examples
    --------
    Half the synops at the same prices, and as many neuron updates:

    >>> import numpy as np
    >>> from neuromorph_track.backends.recorded import count_recorded
    >>> from neuromorph_track.hardware import load_profile
    >>> from neuromorph_track.netx import Layer, Neuron
    >>> from neuromorph_track.profiling import price
    >>> layer = Layer("dense", (10,), Neuron("cuba", "LIF", 1), np.ones((10, 100), np.int32))
    >>> sent = np.zeros((1, 10))
    >>> runs = [count_recorded([layer], [np.arange(100)[None] < spikes, sent]) for spikes in (25, 50)]
    >>> few, many = (price(run, load_profile("loihi2-oheogulch")) for run in runs)
    >>> saving = ratio(few, many, "dynamic")
    >>> round(saving.p50, 2), saving.claim
    (0.59, True)
    """
    energies = [_draws(report, figure) for report in (a, b)]
    if len(energies[0]) != len(energies[1]):
        found = " and ".join(str(len(energy)) for energy in energies)
        raise InputError("ratio", "draws", found, "as many in both reports")
    return ratio_of(
        energies[0],
        energies[1],
        names=(a.name, b.name) if a.name != b.name else (f"the first run on {a.name}", "the second"),
        figure=figure,
        boundaries=(a.boundary, b.boundary),
    )


def ratio_of(
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    names: tuple[str, str],
    figure: Figure,
    boundaries: tuple[str, str],
) -> EnergyRatio:
    """The same from draws, each ``(draws,)``; ``b`` is nowhere 0."""
    p5, p50, p95 = (float(edge) for edge in np.quantile(a / b, (0.05, 0.5, 0.95), method="hazen"))
    verdict = _verdict((p5, p50, p95), names, figure)
    if boundaries[0] != boundaries[1]:
        verdict += f"; the first ends at the {boundaries[0]}, the second at the {boundaries[1]}"
    return EnergyRatio(p5, p50, p95, verdict, boundaries[0] != boundaries[1])


def ratio_digits(value: float) -> str:
    """Three digits, four near 1."""
    return f"{value:.4g}" if 0.95 < value < 1.05 else f"{value:.3g}"


def _verdict(edges: tuple[float, float, float], names: tuple[str, str], figure: Figure) -> str:
    low, middle, high = map(ratio_digits, edges)
    p5, _, p95 = edges
    span = f"P5 to P95: {low} to {high}"
    if p5 >= 1 / LEAST_DIFFERENCE and p95 <= LEAST_DIFFERENCE:
        return f"no claim: {names[0]} and {names[1]} differ by less than 0.1 % in {figure} energy"
    if _covers_one(p5, p95):
        return f"no claim: the {figure} energy of {names[0]} is {middle} times that of {names[1]}, but {span}"
    less_or_more = "less" if p95 < 1 else "more"
    return f"{names[0]} needs {less_or_more} {figure} energy: {middle} times that of {names[1]} ({span})"


def _covers_one(p5: float, p95: float) -> bool:
    return p5 <= LEAST_DIFFERENCE and p95 >= 1 / LEAST_DIFFERENCE


def _draws(report: EnergyReport, figure: Figure) -> NDArray[np.float64]:
    energy = report.samples.total if figure == "total" else report.samples.dynamic
    if energy is None:
        raise InputError(report.name, figure, "nothing", "a profile that prices it")
    if not (energy > 0).all():
        raise InputError(report.name, figure, "0 J", "more than 0 J, to compare with")
    return energy
