"""Whether the siamese pair that a run names is still there, however it was called."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.netx import Network, write_siamese
from neuromorph_track.netx.describe_siamese import full_search
from neuromorph_track.profiling import read_activity
from neuromorph_track.profiling.energy_reader import read_energy
from neuromorph_track.runs.compare import NOT_AT_HAND, compare_runs
from neuromorph_track.runs.pairs import find_counted, find_pair, fingerprints, load_siamese
from neuromorph_track.runs.sot import SotOptions, sot
from tests.networks.tiny_trackers import checkpoint, pair
from tests.runs.test_sot import TARGETS

CHIPS = ("loihi2-oheogulch", "loihi1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_siamese(pair(template_steps=2), tmp_path / "net")
    return tmp_path / "net"


def named(given: Path | str) -> dict[str, str]:
    """As ``run.json`` has it."""
    return {"given": str(given), "name": "tiny", **fingerprints(load_siamese(given))}


def test_by_folder_by_checkpoint_and_by_name(folder: Path, tmp_path: Path) -> None:
    for given in (folder, checkpoint(tmp_path / "tiny.pt"), "spiketrack-nano"):
        found = find_pair(named(given))
        assert found is not None
        wanted = load_siamese(given)
        for chain in ("template", "search"):
            layers = zip(getattr(found, chain).layers, getattr(wanted, chain).layers, strict=True)
            for one, other in layers:
                np.testing.assert_array_equal(one.weight, other.weight)


def test_what_is_counted_is_the_search_chain_with_a_memory(folder: Path) -> None:
    found, empty = find_counted(named(folder)), load_siamese(folder).search
    assert isinstance(found, Network)
    wanted = full_search(load_siamese(folder))
    for one, other in zip(found.layers, wanted.layers, strict=True):
        np.testing.assert_array_equal(one.weight, other.weight)
    written = [spec.layer for spec in load_siamese(folder).contract.written]
    assert written
    for at in written:
        assert np.count_nonzero(found.layers[at].weight) > np.count_nonzero(empty.layers[at].weight)


@pytest.mark.parametrize("part", ["search_sha256", "template_sha256"])
def test_another_pair_of_that_name(folder: Path, part: str) -> None:
    assert find_pair(named(folder) | {part: "0" * 64}) is None
    assert find_counted(named(folder) | {part: "0" * 64}) is None
    assert find_counted({key: value for key, value in named(folder).items() if key != part}) is None


@pytest.mark.parametrize("given", [None, 3, "absent", "x" * 300, "", "\0", "scenes-nano"])
def test_what_is_not_there(given: object) -> None:
    assert find_pair({"given": given, "search_sha256": "0", "template_sha256": "0"}) is None


def test_compare_prices_a_pair_as_its_run_did(folder: Path, tmp_path: Path) -> None:
    by_folder, by_checkpoint = tmp_path / "by_folder", tmp_path / "by_checkpoint"
    told = SotOptions(quiet=True, hardware=CHIPS)
    sot(TARGETS, folder, by_folder, told)
    sot(TARGETS, checkpoint(tmp_path / "tiny.pt"), by_checkpoint, told)
    for run in (by_folder, by_checkpoint):
        comparison = compare_runs([run], CHIPS)
        assert comparison.reports == read_energy(run / "energy.json")
        assert not any(NOT_AT_HAND in warning for warning in comparison.warnings)
        placements = [report.placement for report in comparison.reports]
        assert all(each is not None and each.basis.startswith("mapping") for each in placements)
    (folder / "template.net").unlink()
    assert f"by_folder: {NOT_AT_HAND}" in compare_runs([by_folder], CHIPS).warnings
    # The counts are there without it.
    assert read_activity(by_folder / "activity.h5").frames == 5
