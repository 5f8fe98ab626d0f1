from __future__ import annotations

import io

import pytest
from rich.console import Console

from neuromorph_track.hardware.mapping import place
from neuromorph_track.netx import Layer, Network, Neuron
from neuromorph_track.reports.placement_table import placement_table
from tests.hardware.mapping_cases import conv, profile

NETWORK = Network(
    (
        Layer("input", (3, 224, 224), neuron=Neuron("delta", "SDNN", 6)),
        conv(3, (16, 224, 224), 3, 1),
        conv(16, (64, 224, 224), 3, 1),
    )
)


def text_of(width: int, **resources: int) -> str:
    chip = profile(**resources)
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(placement_table(place(NETWORK, chip), chip))
    return console.export_text()


def test_numbers_of_a_large_network_fit_in_a_hundred_columns() -> None:
    limits = {"synapse_words_per_core": 12000, "axons_in_per_core": 50_000, "axons_out_per_core": 50_000}
    lines = text_of(100, **limits).splitlines()
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if line.startswith("│")]
    assert rows == [
        ["0 input", "host", "", "", "", "", "", ""],
        ["1 conv", "224", "16 x 224 x 1", "3,584 88 %", "54 <1 %", "5", "2,016 4 %", "43,008 86 %"],
        ["2 conv", "896", "16 x 224 x 1", "3,584 88 %", "288 2 %", "5", "10,752 22 %", ""],
        ["total", "1,120", "", "4,014,080", "", "", "", ""],
    ]


@pytest.mark.parametrize("chips", [1, 100])
def test_problems_stand_below(chips: int) -> None:
    text = " ".join(text_of(100, chips=chips).split())
    assert "Mine: 1,120 cores, 10 chips" in text
    problem = (
        f"! needs 1,120 cores, 10 chips; limit: {chips} chip of 120 cores; would fit: an input of 56 x 56"
    )
    assert (problem in text) == (chips == 1)
