"""How the Rerun viewer shows a run at first: the picture, the maps of the layers, and the curves below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.reports.rerun_log import CHANNELS, CROPS, MAPS, PICTURE, SCORE, SCORES, load_rerun

Curves = Mapping[str, NDArray[Any]]

# Of maps: of more than nine, four to a row, or they would be thin.
COLUMNS, MANY_MAPS = 3, 9
# A legend of more would lie over the curves; who points at one is told its name.
MOST_NAMES = 8
# Above the highest line.
ROOM = 1.1


def run_view(
    groups: Mapping[str, Sequence[str]] | None,
    channels: Sequence[str],
    crops: Sequence[str],
    curves: Mapping[str, Curves],
) -> Any:
    """A blueprint.

    Parameters
    ----------
    groups : mapping of str to sequence of str, or None
        Layers that have maps, by what stands above them; None where the recording has no pictures.
    channels : sequence of str
        Layers that are shown channel by channel.
    crops : sequence of str
        Chains of a siamese pair that see a part of the picture.
    curves : mapping of str to mapping of str to (F,) int or float
        What is drawn below, side by side, by the place where it is recorded: ``spikes``.
    """
    rr = load_rerun()
    import rerun.blueprint as rrb

    above: list[Any] = []
    shares: list[int] = []
    if groups is not None:
        name = "Picture and the object" if crops else "Picture and tracks"
        above.append(rrb.Spatial2DView(origin=PICTURE, name=name, contents=["$origin/**"]))
        shares.append(2)
    if crops:
        above.append(_crops(rr, rrb, crops))
        shares.append(1)
    if groups is not None:
        views: list[Any] = [
            rrb.Grid(
                *(_map(rr, rrb, name) for name in maps),
                grid_columns=COLUMNS + (len(maps) > MANY_MAPS),
                name=title,
            )
            for title, maps in groups.items()
            if maps
        ]
        views += [
            rrb.TensorView(origin=str(rr.new_entity_path([CHANNELS, name])), name=f"{name}, by channel")
            for name in channels
        ]
        above.append(rrb.Tabs(*views, active_tab=0))
        shares.append(3 if crops else 2)
    below = rrb.Horizontal(*(_plot(rrb, place, lines) for place, lines in curves.items() if lines))
    top = rrb.Horizontal(*above, column_shares=shares)
    whole = rrb.Vertical(top, below, row_shares=[3, 2]) if above else below
    return rrb.Blueprint(
        whole,
        rrb.TimePanel(state="collapsed"),
        rrb.BlueprintPanel(state="collapsed"),
        rrb.SelectionPanel(state="collapsed"),
        collapse_panels=False,
    )


def _map(rr: Any, rrb: Any, name: str) -> Any:
    return rrb.Spatial2DView(origin=str(rr.new_entity_path([MAPS, name])), name=tile_title(name))


def tile_title(name: str) -> str:
    """A layer without its chain, which stands above the tiles: ``3 conv`` of ``search 3 conv``."""
    _, _, layer = name.partition(" ")
    return layer if " " in layer else name


def _crops(rr: Any, rrb: Any, crops: Sequence[str]) -> Any:
    """What the chains see, and what the cells of the head say."""
    shown = [
        rrb.Spatial2DView(origin=str(rr.new_entity_path([CROPS, name])), name=f"{name.capitalize()} crop")
        for name in crops
    ]
    return rrb.Vertical(*shown, rrb.Spatial2DView(origin=SCORES, name="Score of each cell"))


def _plot(rrb: Any, place: str, lines: Curves) -> Any:
    """Curves of the frames after the first, which fills the network and would flatten all others."""
    highest = max(float(np.max(line[1:], initial=0)) for line in lines.values())
    highest = 1.0 if place == SCORE else highest * ROOM
    return rrb.TimeSeriesView(
        origin=place,
        name=f"{place.capitalize()} per frame",
        axis_y=rrb.ScalarAxis(range=(0, highest)) if highest > 0 else None,
        plot_legend=rrb.PlotLegend(visible=len(lines) <= MOST_NAMES),
    )
