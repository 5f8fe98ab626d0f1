"""A number with its interval, unit, evidence and source."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import AfterValidator, Field, model_validator

from neuromorph_track.hardware.fields import Some, Strict, Text, fault

Evidence = Literal["metered", "measured", "calibrated", "simulated", "derived", "vendor", "unstated"]
EVIDENCE: tuple[Evidence, ...] = get_args(Evidence)
"""How a number was come by, strongest first."""

Scope = Literal["per_term", "all_in_dynamic", "all_in_total"]

UNITS: dict[str, tuple[str, float]] = {
    "fJ": ("energy", 1e-15),
    "pJ": ("energy", 1e-12),
    "nJ": ("energy", 1e-9),
    "uJ": ("energy", 1e-6),
    "mJ": ("energy", 1e-3),
    "J": ("energy", 1.0),
    "uW": ("power", 1e-6),
    "mW": ("power", 1e-3),
    "W": ("power", 1.0),
    "ps": ("time", 1e-12),
    "ns": ("time", 1e-9),
    "us": ("time", 1e-6),
    "ms": ("time", 1e-3),
    "s": ("time", 1.0),
    "count": ("count", 1.0),
    "ratio": ("ratio", 1.0),
}
"""Unit -> (dimension, factor to SI)."""


LARGEST = 1e12
Number = Annotated[float, Field(ge=0, le=LARGEST, allow_inf_nan=False, strict=True)]
# A price of 0 would claim that an event is free; one that nobody knows is left out and listed as unpriced.
Positive = Annotated[float, Field(gt=0, le=LARGEST, allow_inf_nan=False, strict=True)]


class Quantity(Strict):
    """One number of a profile.

    Attributes
    ----------
    value, low, high : float
        Best single figure and the interval around it, in ``unit``; ``0 <= low <= value <= high`` and
        ``value > 0``. All three are asked for, because an interval that nobody wrote down would claim that
        the number is exact: who knows of no spread says so with ``low = high = value``.
    unit : str
        One of :data:`UNITS`.
    evidence : str
        One of :data:`EVIDENCE`.
    scope : str
        ``per_term``: the event alone. ``all_in_dynamic``: a chip's whole dynamic energy divided by these
        events. ``all_in_total``: the same with static energy inside.
    conditions : dict of str
        What it was measured at, e.g. ``{"weights": "8 bit"}``.
    source : tuple of str
        Ids of ``[[source]]`` entries.
    """

    value: Positive
    low: Number
    high: Number
    unit: str = Field(json_schema_extra={"enum": list(UNITS)})
    evidence: Evidence
    scope: Scope = "per_term"
    conditions: dict[Text, Text] = Field(default_factory=dict)
    source: Some[Text]

    @model_validator(mode="after")
    def _consistent(self) -> Quantity:
        if self.unit not in UNITS:
            raise fault(repr(self.unit), f"a unit among {', '.join(UNITS)}")
        if not self.low <= self.value <= self.high:
            found = f"low {self.low:g}, value {self.value:g}, high {self.high:g}"
            raise fault(found, "low <= value <= high")
        return self

    @property
    def si(self) -> tuple[float, float, float]:
        """Low, value and high in J, W, s or counts."""
        factor = UNITS[self.unit][1]
        return self.low * factor, self.value * factor, self.high * factor

    def at(self, rank: ArrayLike) -> NDArray[np.float64]:
        """The number in SI units at ``rank`` (0 to 1) of its interval, see :func:`quantile`."""
        return quantile(*self.si, rank)


def quantile(low: ArrayLike, value: ArrayLike, high: ArrayLike, rank: ArrayLike) -> NDArray[np.float64]:
    """Quantile of a two-piece log-uniform distribution whose median is ``value``.

    Half of the probability lies log-uniformly in ``[low, value]``, half in ``[value, high]``; a piece that
    begins at 0, where a logarithm has no place, is uniform instead.

    Parameters
    ----------
    low, value, high : float
        Non-negative and in this order.
    rank : array of float, 0 to 1

    Returns
    -------
    float64 of the shape of ``rank``

    Examples
    --------
    >>> quantile(1, 10, 1000, [0, 0.25, 0.5, 0.75, 1]).round(2).tolist()
    [1.0, 3.16, 10.0, 100.0, 1000.0]
    """
    low, value, high = (np.asarray(edge, np.float64) for edge in (low, value, high))
    rank = np.asarray(rank, np.float64)
    left, right = np.where(rank < 0.5, low, value), np.where(rank < 0.5, value, high)
    share = np.where(rank < 0.5, 2 * rank, 2 * rank - 1)
    return np.where(left > 0, left ** (1 - share) * right**share, right * share)


def weakest(grades: Iterable[Evidence]) -> Evidence:
    """The weakest of some evidence grades; ``unstated`` of none.

    Examples
    --------
    >>> weakest(["measured", "vendor", "derived"])
    'vendor'
    """
    ranks = [EVIDENCE.index(grade) for grade in grades]
    return EVIDENCE[max(ranks)] if ranks else "unstated"


# Nothing has half a core or none; a spread of less than 1 would be an order turned round.
_LEAST = {"count": 1.0, "ratio": 1.0}
_WHOLE = ("count",)


def _units(dimension: str) -> list[str]:
    return [unit for unit, (kind, _) in UNITS.items() if kind == dimension]


def _of(dimension: str) -> AfterValidator:
    """Check that a quantity is of a dimension, and as large and whole as that must be."""
    least, whole = _LEAST.get(dimension, 0.0), dimension in _WHOLE
    expected = f"{'whole numbers' if whole else 'numbers'} from {least:g} on"

    def check(quantity: Quantity) -> Quantity:
        if quantity.unit not in _units(dimension):
            raise fault(
                f"the unit {quantity.unit!r}", f"a unit of {dimension} ({', '.join(_units(dimension))})"
            )
        for name in ("low", "value", "high"):
            number = getattr(quantity, name)
            if number < least or (whole and number != int(number)):
                raise fault(f"{name} {number:g}", expected)
        return quantity

    return AfterValidator(check)


def _limits(dimension: str) -> Any:
    """The same for the JSON Schema."""
    limits: dict[str, Any] = {"unit": {"enum": _units(dimension)}}
    if dimension in _LEAST:
        number = {"minimum": _LEAST[dimension]} | ({"multipleOf": 1} if dimension in _WHOLE else {})
        limits |= {"low": number, "value": number, "high": number}
    return Field(json_schema_extra={"properties": limits})


Energy = Annotated[Quantity, _of("energy"), _limits("energy")]
Power = Annotated[Quantity, _of("power"), _limits("power")]
Time = Annotated[Quantity, _of("time"), _limits("time")]
Count = Annotated[Quantity, _of("count"), _limits("count")]
Ratio = Annotated[Quantity, _of("ratio"), _limits("ratio")]
