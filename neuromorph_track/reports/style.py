"""How our plots look: readable in print, and with any kind of colour vision."""

from __future__ import annotations

from typing import Any

# Okabe and Ito, Color Universal Design, 2008, without black and yellow, which vanish on pictures.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7")
INK = "#222222"
FAINT = "#6B6B6B"
GRID = "#DDDDDD"
ALARM = PALETTE[3]
"""What must not be overlooked."""

STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GRID,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": INK,
    "ytick.color": INK,
    "ytick.left": False,
    "legend.frameon": False,
    "savefig.dpi": 160,
}
"""Settings for ``matplotlib.rc_context``."""


def rgb(colour: str) -> tuple[int, int, int]:
    """``"#0072B2"`` as three bytes."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
