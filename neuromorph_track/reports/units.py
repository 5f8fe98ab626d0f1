"""Numbers as people read them: three digits and an SI prefix."""

from __future__ import annotations

from math import floor, log10

from neuromorph_track.profiling import Interval

_PREFIXES = {
    -15: "f",
    -12: "p",
    -9: "n",
    -6: "µ",
    -3: "m",
    0: "",
    3: "k",
    6: "M",
    9: "G",
    12: "T",
}


def format_si(value: float, unit: str = "") -> str:
    """``1.234e-5, "J"`` as ``12.3 µJ``; without a unit ``1.23 M``.

    Examples
    --------
    >>> format_si(1.234e-5, "J"), format_si(1_234_567)
    ('12.3 µJ', '1.23 M')
    """
    exponent = _exponent(value)
    return f"{_digits(value / 10.0**exponent)} {_PREFIXES[exponent]}{unit}".rstrip()


def format_interval(interval: Interval | None, unit: str = "J") -> str:
    """``12.3 µJ [7.1, 20.4]``: median, P5 and P95 under one prefix; a dash where there is none.

    Examples
    --------
    >>> format_interval(Interval(7.1e-6, 1.23e-5, 2.04e-5))
    '12.3 µJ [7.1, 20.4]'
    """
    if interval is None:
        return "–"
    scale = 10.0 ** _exponent(interval.p50)
    low, high = _digits(interval.p5 / scale), _digits(interval.p95 / scale)
    return f"{format_si(interval.p50, unit)} [{low}, {high}]"


def _exponent(value: float) -> int:
    if value == 0:
        return 0
    # Rounded to three digits first, so that 999.9 becomes 1 k and not 1000.
    exponent = floor(log10(float(f"{abs(value):.3g}")) / 3) * 3
    return min(max(exponent, min(_PREFIXES)), max(_PREFIXES))


def _digits(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 999.5 else f"{value:.0f}"
