from __future__ import annotations

import io
from dataclasses import replace

from rich.console import Console
from rich.table import Table

from neuromorph_track.backends.activity import Activity
from neuromorph_track.profiling import summarise
from neuromorph_track.reports.tables import layers_table


def text_of(table: Table) -> str:
    console = Console(width=160, file=io.StringIO(), record=True)
    console.print(table)
    return console.export_text()


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("│┃ ").split("│")]


def test_layers_and_their_sum(activity: Activity) -> None:
    lines = text_of(layers_table(summarise(activity))).splitlines()
    rows = [cells(line) for line in lines if line.startswith("│")]
    # 1.5 x 4000 spikes in, 20 synops for each; 0.5 x 4000 spikes from 20,000 neurons.
    assert rows[0] == [
        "0 conv (sigma_delta)", "20 k", "6 k", "120 k", "132 k", "720 k", "30 %", "2 k", "10.0 %", "32 k",
    ]  # fmt: skip
    assert rows[-1] == ["total", "25 k", "7.5 k", "150 k", "165 k", "900 k", "30 %", "2.5 k", "", "40 k"]


def test_the_table_fits_into_100_columns(activity: Activity) -> None:
    long = replace(
        activity.layers[0],
        name="17 conv",
        neurons=activity.layers[0].neurons * 333_333,
        **{count: getattr(activity.layers[0], count) * 333_333 for count in activity.COUNTS},
    )
    lines = text_of(layers_table(summarise(Activity((long, *activity.layers), 1)))).splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 100
    assert any("17 conv (sigma_delta)" in line for line in lines)


def test_warnings_stand_under_the_layers(activity: Activity) -> None:
    first, second = activity.layers
    dead = Activity((first, replace(second, spikes_in=second.spikes_in * 0)), 1)
    table = layers_table(summarise(dead))
    assert "! DEAD INPUT: layer 1 conv received no spike in 3 frames" in text_of(table)
    assert table.caption_style == "bold red"
    assert [row.style for row in table.rows] == [None, "bold red", "bold"]
