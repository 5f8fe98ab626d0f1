"""How full the cores are that a network takes, layer by layer."""

from __future__ import annotations

from matplotlib import rc_context

from neuromorph_track.hardware.mapping import Placement
from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.style import ALARM, FAINT, PALETTE, STYLE

# Inches.
WIDTH, ROW, EDGE = 8.0, 0.3, 1.1
TEXT = 9.0


def plot_placement(placement: Placement, title: str) -> Picture:
    """Draw the cores of each layer, and beside them how full the fullest one is of what fills it most."""
    layers = [layer for layer in placement.layers if layer.cores]
    with rc_context(STYLE):
        picture = Picture(figsize=(WIDTH, ROW * max(1, len(layers)) + EDGE), layout="constrained")
        left, right = picture.subplots(1, 2, sharey=True)
        places = range(len(layers))
        left.barh(places, [layer.cores for layer in layers], color=PALETTE[0])
        for place, layer in zip(places, layers, strict=True):
            left.text(layer.cores, place, f" {layer.cores:,}", va="center", size=TEXT)
            name, share = max(layer.utilisation.items(), key=lambda item: item[1], default=("", 0.0))
            right.barh(place, 100 * share, color=PALETTE[2] if share <= 1 else ALARM)
            text = f" {100 * share:.0f} % of {name.removesuffix('_per_core').replace('_', ' ')}"
            right.text(0, place, text, va="center", size=TEXT)
        left.set_yticks(places, [layer.name for layer in layers], size=TEXT)
        left.invert_yaxis()
        left.margins(x=0.15)
        left.set_xlabel("cores", size=TEXT)
        right.set_xlabel("fullest core, per cent", size=TEXT, color=FAINT)
        fits = "fits" if placement.fits else "does not fit"
        text = f"{title}: {placement.cores:,} cores on {placement.chips:,} chips, {fits}"
        picture.suptitle(text, size=10, weight="bold", x=0.01, ha="left")
    return picture
