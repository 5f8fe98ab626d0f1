"""How the Rerun viewer shows a run at first: the picture, the maps of the layers, and the curves below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.reports.rerun_log import CHANNELS, MAPS, PICTURE, load_rerun

Curves = Mapping[str, NDArray[Any]]

COLUMNS = 3
# Above the highest line.
ROOM = 1.1


def run_view(
    pictures: bool, maps: Sequence[str], channels: Sequence[str], curves: Mapping[str, Curves]
) -> Any:
    """A blueprint.

    Parameters
    ----------
    pictures : bool
        Whether the recording has them.
    maps, channels : sequence of str
        Layers that have them.
    curves : mapping of str to mapping of str to (F,) int or float
        What is drawn below, side by side, by the place where it is recorded: ``spikes``.
    """
    rr = load_rerun()
    import rerun.blueprint as rrb

    above: list[Any] = []
    if pictures:
        above.append(rrb.Spatial2DView(origin=PICTURE, name="Picture and tracks", contents=["$origin/**"]))
    if maps or channels:
        tiles = [_map(rr, rrb, name) for name in maps]
        views: list[Any] = [rrb.Grid(*tiles, grid_columns=COLUMNS, name="Spikes by layer")] if tiles else []
        views += [
            rrb.TensorView(origin=str(rr.new_entity_path([CHANNELS, name])), name=f"{name}, by channel")
            for name in channels
        ]
        above.append(rrb.Tabs(*views, active_tab=0))
    below = rrb.Horizontal(*(_plot(rrb, place, lines) for place, lines in curves.items() if lines))
    whole = rrb.Vertical(rrb.Horizontal(*above), below, row_shares=[3, 2]) if above else below
    return rrb.Blueprint(
        whole,
        rrb.TimePanel(state="collapsed"),
        rrb.BlueprintPanel(state="collapsed"),
        rrb.SelectionPanel(state="collapsed"),
        collapse_panels=False,
    )


def _map(rr: Any, rrb: Any, name: str) -> Any:
    return rrb.Spatial2DView(origin=str(rr.new_entity_path([MAPS, name])), name=name)


def _plot(rrb: Any, place: str, lines: Curves) -> Any:
    """Curves of the frames after the first, which fills the network and would flatten all others."""
    highest = max(float(np.max(line[1:], initial=0)) for line in lines.values())
    axis = rrb.ScalarAxis(range=(0, highest * ROOM)) if highest > 0 else None
    return rrb.TimeSeriesView(origin=place, name=f"{place.capitalize()} per frame", axis_y=axis)
