"""What a run wrote into energy.json, read back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from neuromorph_track.backends.activity import Activity
from neuromorph_track.errors import InputError
from neuromorph_track.hardware import load_profile
from neuromorph_track.profiling import EnergyReport, price_all
from neuromorph_track.profiling.energy_reader import read_energy
from tests.profiling.conftest import layer

CHIPS = ("loihi2-oheogulch", "odin", "dense-45nm-int8")


@pytest.fixture(scope="module")
def reports() -> tuple[EnergyReport, ...]:
    counted = layer(spikes_in=[40, 4, 6], synops=[400, 40, 60], synops_all=[420, 44, 66], neuron_updates=10)
    return price_all(Activity((counted,), 1, 3, 3), [load_profile(name) for name in CHIPS], 0.04)


def written(
    reports: tuple[EnergyReport, ...], path: Path, edit: Callable[[Any], object] = lambda _: None
) -> Path:
    content = [report.to_dict() for report in reports]
    edit(content)
    path.write_text(json.dumps(content))
    return path


def test_what_is_read_is_what_was_written(reports: tuple[EnergyReport, ...], tmp_path: Path) -> None:
    assert read_energy(written(reports, tmp_path / "energy.json")) == reports


def test_files_of_older_versions(reports: tuple[EnergyReport, ...], tmp_path: Path) -> None:
    def older(content: Any) -> None:
        for each in content:
            for name in ("kind", "bound", "placement", "dense_twin_by_network_ratio", "sensitivity"):
                del each[name]
            del each["per_frame"]["dense_twin"], each["per_frame"]["steady_state"]["embedded_joules"]

    found = read_energy(written(reports, tmp_path / "energy.json", older))
    assert [report.steady_state.dynamic for report in found] == [
        report.steady_state.dynamic for report in reports
    ]
    assert (found[0].placement, found[0].bound, found[0].dense_twin) == (None, "unknown", None)


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        (lambda content: content[1].pop("name"), "1.name"),
        (lambda content: content[0].update(bound="soon"), "0.bound"),
        (lambda content: content[0]["evidence"].update(dynamic="rumour"), "0.evidence.dynamic"),
        (lambda content: content[0]["terms"].update(synop=7), "0.terms.synop"),
        (lambda content: content[0]["per_frame"].update(steady_state=[]), "0.per_frame.steady_state"),
        (lambda content: content.clear(), "file"),
        (lambda content: content.insert(0, "a"), "0.report"),
    ],
)
def test_a_broken_part_is_named(
    reports: tuple[EnergyReport, ...], tmp_path: Path, edit: Callable[[Any], object], field: str
) -> None:
    with pytest.raises(InputError) as fault:
        read_energy(written(reports, tmp_path / "energy.json", edit))
    assert fault.value.field == field


@pytest.mark.parametrize("text", ["", "{", "[NaN]", "[1e999]", "[" * 100_000, '{"a": 1}'])
def test_no_energy_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "energy.json").write_text(text)
    with pytest.raises(InputError, match=r"energy\.json: file"):
        read_energy(tmp_path / "energy.json")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing"):
        read_energy(tmp_path / "energy.json")
