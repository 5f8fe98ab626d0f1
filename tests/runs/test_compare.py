"""Pricing finished runs again, and what may be said about them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.export.zoo import load_network
from neuromorph_track.hardware import list_profiles
from neuromorph_track.hardware.locate import profiles_folder
from neuromorph_track.netx import write_net
from neuromorph_track.profiling import read_activity, write_activity
from neuromorph_track.runs import RunSummary
from neuromorph_track.runs.compare import NOT_AT_HAND, compare_runs
from neuromorph_track.runs.compare_names import run_names
from tests.runs.edited import edited

LOIHIS = ("loihi1", "loihi2-oheogulch")


@pytest.fixture
def copied(run: RunSummary, tmp_path: Path) -> Path:
    shutil.copytree(run.folder, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.fixture
def busy(run: RunSummary, tmp_path: Path) -> Path:
    """The same run with 50 times the synops and spikes, which no mapping could have."""
    folder = tmp_path / "busy"
    shutil.copytree(run.folder, folder)
    activity = read_activity(folder / "activity.h5")
    many = tuple(
        replace(layer, synops=layer.synops * 50, synops_all=layer.synops_all * 50)
        for layer in activity.layers
    )
    (folder / "activity.h5").unlink()
    write_activity(folder / "activity.h5", replace(activity, layers=many, by_neuron=None))
    return folder


def test_the_same_chips_give_the_same_joules(run: RunSummary) -> None:
    comparison = compare_runs([run.folder])
    assert comparison.reports == run.energy
    (one,) = comparison.runs
    assert (one.name, one.title) == ("run", "scenes-nano on scene:seed=3,frames=12, 12 frames")
    assert {priced.report.profile for priced in comparison.priced} == set(list_profiles())
    assert not any(NOT_AT_HAND in warning for warning in comparison.warnings)


def test_chips_by_name_in_the_order_given(run: RunSummary) -> None:
    comparison = compare_runs([run.folder, run.folder], ("spinnaker2", "loihi1", "spinnaker2"))
    by_name = {report.profile: report for report in run.energy}
    assert comparison.reports == (by_name["spinnaker2"], by_name["loihi1"]) * 2
    assert comparison.names == ("run", "run", "run (2)", "run (2)")


def test_one_run_is_compared_across_chips(run: RunSummary) -> None:
    first, second, third = compare_runs([run.folder], ("loihi2-oheogulch", "loihi1", "datacentre-gpu")).priced
    assert (first.ratio, first.verdict, first.against) == (None, "", "")
    assert second.against == third.against == "Loihi 2 (Oheo Gulch)"
    assert second.ratio is not None
    assert second.ratio.boundaries_differ
    assert "board" in second.verdict
    assert "chip" in second.verdict
    # A GPU of the data centre idles at tens of watts: that much can be said.
    assert third.ratio is not None
    assert third.ratio.p5 > 1
    assert third.verdict.startswith("Data-centre GPU (A100/H100) needs more total energy")


def test_runs_are_compared_on_each_chip(run: RunSummary, busy: Path) -> None:
    comparison = compare_runs([run.folder, busy], LOIHIS, figure="dynamic")
    assert [priced.against for priced in comparison.priced] == ["", "", "run on Loihi 1", f"run on {OHEO}"]
    for priced in comparison.priced[2:]:
        assert priced.ratio is not None
        assert priced.ratio.p5 > 1
        assert priced.verdict.startswith(f"busy on {priced.report.name} needs more dynamic energy")
    other_way = compare_runs([run.folder, busy], LOIHIS, figure="dynamic", baseline="busy")
    assert [priced.against for priced in other_way.priced] == ["busy on Loihi 1", f"busy on {OHEO}", "", ""]
    assert all(" needs less dynamic energy" in verdict for verdict in other_way.verdicts)


OHEO = "Loihi 2 (Oheo Gulch)"


def test_it_refuses_to_tell_equals_apart(run: RunSummary, copied: Path) -> None:
    comparison = compare_runs([run.folder, copied], LOIHIS)
    assert [priced.ratio is not None for priced in comparison.priced] == [False, False, True, True]
    for priced in comparison.priced[2:]:
        assert priced.ratio is not None
        assert (priced.ratio.p5, priced.ratio.p95) == (1, 1)
        assert priced.verdict.startswith("no claim: ")


def test_a_profile_as_the_baseline(run: RunSummary, busy: Path) -> None:
    comparison = compare_runs([run.folder, busy], LOIHIS, baseline="loihi2-oheogulch")
    assert [priced.against for priced in comparison.priced] == [f"run on {OHEO}", "", f"busy on {OHEO}", ""]


def test_what_has_no_total_is_not_compared_in_total(run: RunSummary) -> None:
    first, second = compare_runs([run.folder], ("loihi1", "dense-45nm-int8")).priced
    assert second.ratio is None
    assert second.verdict == "no claim: the total energy of 45 nm MACs, int8 is not priced"
    assert compare_runs([run.folder], ("loihi1", "dense-45nm-int8"), "dynamic").priced[1].ratio is not None
    assert first.report.steady_state.total is not None


def test_boundaries_are_not_mixed_in_silence(run: RunSummary) -> None:
    size, boundaries = compare_runs([run.folder], ("loihi1", "loihi2-oheogulch", "dense-45nm-int8")).warnings
    assert size.startswith("does not fit: Loihi 1, Loihi 2 (Oheo Gulch); ")
    assert boundaries == (
        "boundaries differ, so these figures are not one quantity "
        "(board: Loihi 1; chip: Loihi 2 (Oheo Gulch); core: 45 nm MACs, int8)"
    )
    assert compare_runs([run.folder], ("loihi2-kapoho-point",)).warnings == ()


def of_a_copied_network(folder: Path, net: Path) -> None:
    """Let the run say that its network was a file, which now lies at ``net``."""
    write_net(load_network("scenes-nano"), net)
    from neuromorph_track.netx import read_net
    from neuromorph_track.runs.fingerprint import network_fingerprint

    digest = network_fingerprint(read_net(net))
    edited(folder / "run.json", lambda content: content["network"].update(given=str(net), sha256=digest))


def test_a_network_that_was_moved_or_changed(copied: Path, tmp_path: Path) -> None:
    net = tmp_path / "mine.net"
    of_a_copied_network(copied, net)
    mapped = compare_runs([copied], ("loihi1",))
    assert not any(NOT_AT_HAND in warning for warning in mapped.warnings)
    net.write_bytes(net.read_bytes() + b"\0")
    changed = compare_runs([copied], ("loihi1",))
    net.unlink()
    gone = compare_runs([copied], ("loihi1",))
    assert changed.warnings == gone.warnings
    assert gone.warnings[0] == f"copy: {NOT_AT_HAND}"
    bases = [found.reports[0].placement for found in (mapped, changed, gone)]
    assert [None if basis is None else basis.basis for basis in bases] == [
        "mapping (fill)",
        "neurons alone",
        "neurons alone",
    ]


def test_accuracy_comes_from_the_scene(run: RunSummary) -> None:
    comparison = compare_runs([run.folder], ("loihi1",))
    (one,) = comparison.runs
    assert one.accuracy is not None
    assert 0.3 < one.accuracy <= 1
    assert comparison.accuracy_name == "HOTA"
    assert comparison.pareto() == ()


def test_accuracy_by_hand(run: RunSummary, busy: Path) -> None:
    given = {"run": 0.5, str(busy): 0.6}
    comparison = compare_runs([run.folder, busy], LOIHIS, "dynamic", accuracy=given)
    assert comparison.accuracy_name == "Accuracy"
    assert [(point.run, point.standing) for point in comparison.pareto()] == [
        ("run", "front"),
        ("busy", "front"),
    ] * 2
    given = {"run": 0.7, str(busy): 0.6}
    comparison = compare_runs([run.folder, busy], LOIHIS, "dynamic", accuracy=given)
    assert [point.standing for point in comparison.pareto()] == ["front", "dominated"] * 2
    some = compare_runs([run.folder, busy], LOIHIS, accuracy={"busy": 0.6}, metric="idf1")
    assert some.accuracy_name == "IDF1 (some as given)"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"hardware": ("abacus",)}, "hardware: profile: found 'abacus', expected one of d"),
        ({"baseline": "abacus"}, "baseline: name: found 'abacus', expected a run or a profile: run, loihi1"),
        ({"accuracy": {"walk": 0.5}}, "accuracy: run: found 'walk', expected one of run"),
        ({"accuracy": {"run": 61.0}}, "accuracy: run: found 61, expected a fraction"),
        ({"accuracy": {"run": float("nan")}}, "accuracy: run: found nan, expected a fraction"),
    ],
)
def test_names_that_are_not_there(run: RunSummary, options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        compare_runs([run.folder], **{"hardware": ("loihi1",), **options})


def test_two_profiles_of_one_id(run: RunSummary, tmp_path: Path) -> None:
    mine = shutil.copy(profiles_folder() / "loihi1.toml", tmp_path / "mine.toml")
    with pytest.raises(InputError, match="found two with the id 'loihi1', expected another id in each"):
        compare_runs([run.folder], ("loihi1", str(mine)))


def test_no_run() -> None:
    with pytest.raises(InputError, match="compare: runs: found none"):
        compare_runs([])


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda c: c.pop("source"), r"run\.json: 'source'"),
        (lambda c: c["source"].pop("fps"), r"run\.json: 'fps'"),
        (lambda c: c["source"].update(fps=0), r"run\.json: content: found source/fps 0"),
        (lambda c: c["source"].update(fps="fast"), r"run\.json: .*fast"),
        (lambda c: c.update(network=3), r"run\.json"),
        (lambda c: c.update(association_seconds_per_frame="long"), r"run\.json: .*long"),
        (lambda c: c.update(frames="many"), r"run\.json: content: found frames 'many'"),
    ],
)
def test_a_run_json_that_was_changed(
    copied: Path, edit: Callable[[dict[str, Any]], object], words: str
) -> None:
    edited(copied / "run.json", edit)
    with pytest.raises(InputError, match=words) as caught:
        compare_runs([copied])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["run.json", "activity.h5"])
def test_a_part_that_is_missing(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(InputError, match=name):
        compare_runs([copied])


def test_truth_that_cannot_be_scored_is_a_warning(copied: Path) -> None:
    (copied / "gt.txt").write_text("1,1,2,3,4\n")
    comparison = compare_runs([copied], ("loihi1",))
    assert comparison.runs[0].accuracy is None
    assert comparison.warnings[0].startswith("the accuracy of copy is not known: ")


@pytest.mark.parametrize(
    ("folders", "names"),
    [
        (["runs/a", "runs/b"], ["a", "b"]),
        (["one/a", "two/a"], ["one/a", "two/a"]),
        (["one/a", "two/a", "b"], ["one/a", "two/a", "b"]),
        (["a", "./a", "b/../a"], ["a", "a (2)", "a (3)"]),
    ],
)
def test_runs_are_named_by_what_tells_them_apart(folders: list[str], names: list[str]) -> None:
    assert run_names([Path(folder) for folder in folders]) == names
