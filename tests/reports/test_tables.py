from __future__ import annotations

import io

from rich.console import Console
from rich.table import Table

from neuromorph_track.backends.activity import Activity
from neuromorph_track.profiling import EnergyReport, summarise
from neuromorph_track.reports.tables import energy_table, layers_table


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
    assert rows[0] == ["0 conv (sigma_delta)", "20 k", "6 k", "120 k", "720 k", "20 k", "2 k", "10.0 %"]
    assert rows[-1] == ["total", "25 k", "7.5 k", "150 k", "900 k", "25 k", "2.5 k"]


def test_warnings_stand_under_the_layers(activity: Activity) -> None:
    dead = Activity(
        tuple(type(layer)(**{**vars(layer), "spikes_in": layer.spikes_in * 0}) for layer in activity.layers),
        1,
    )
    assert "layer 1 conv received no spike in 3 frames" in text_of(layers_table(summarise(dead)))


def test_energy_by_chip_with_what_is_missing(reports: list[EnergyReport]) -> None:
    text = text_of(energy_table(reports))
    rows = {cells(line)[0]: cells(line) for line in text.splitlines() if line.startswith("│")}
    # 150,000 synops x 23.6 pJ + 25,000 updates x 81 pJ; 0.24 W x 40 ms.
    loihi = rows["Loihi 2 (Oheo Gulch)"]
    assert loihi[1] == "spikes"
    assert loihi[2].startswith("5.57 µJ [")
    assert loihi[3].startswith("9.61 mJ [")
    assert loihi[5:] == ["simulated", "chip"]
    dense = rows["45 nm MACs, int8"]
    assert (dense[1], dense[3]) == ("dense twin", "–")
    assert "45 nm MACs, float32, 45 nm MACs, int8: not priced: memory" in text
