"""The files that a comparison leaves behind."""

from __future__ import annotations

import csv
import html
import io
import json
from pathlib import Path

import pytest

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.runs import RunSummary
from neuromorph_track.runs.compare import compare_runs
from neuromorph_track.runs.comparison import Comparison
from tests.conftest import SmallDisk

CHIPS = ("loihi1", "dense-45nm-int8")
FILES = {"compare.csv", "compare.json", "energy.png", "energy.svg"}


@pytest.fixture
def comparison(run: RunSummary) -> Comparison:
    return compare_runs([run.folder], CHIPS)


@pytest.fixture
def two(run: RunSummary) -> Comparison:
    return compare_runs([run.folder, run.folder], CHIPS, "dynamic")


def rows_of(comparison: Comparison) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(comparison.to_csv())))


def test_a_row_for_each_figure(comparison: Comparison) -> None:
    rows = rows_of(comparison)
    loihi = {row["figure"]: row for row in rows if row["profile"] == "loihi1"}
    report = comparison.reports[0]
    assert {"dynamic", "static", "total"} <= set(loihi)
    total, dynamic = report.steady_state.total, report.steady_state.dynamic
    assert total is not None
    assert dynamic is not None
    assert float(loihi["total"]["joules_p50"]) == total.p50
    assert float(loihi["dynamic"]["joules_p95"]) == dynamic.p95
    assert loihi["total"]["evidence"] == report.total_evidence
    assert loihi["total"]["boundary"] == "board"
    assert loihi["total"]["unpriced"] == "; ".join(report.unpriced)
    assert report.placement is not None
    assert loihi["total"]["cores_count"] == str(report.placement.cores)
    assert loihi["total"]["fits"] == str(report.placement.fits)
    assert loihi["total"]["frames_count"] == "12"
    # It is the baseline, and what is not priced has no row.
    assert loihi["total"]["verdict"] == loihi["total"]["ratio_p50"] == ""
    assert "total" not in {row["figure"] for row in rows if row["profile"] == "dense-45nm-int8"}


def test_the_twin_has_rows_with_its_ratio(comparison: Comparison) -> None:
    report = comparison.reports[0]
    (row,) = [
        r for r in rows_of(comparison) if r["profile"] == "loihi1" and r["figure"] == "dense_twin_total"
    ]
    assert report.dense_twin is not None
    assert report.dense_twin.total is not None
    assert report.dense_twin_ratio is not None
    assert float(row["joules_p5"]) == report.dense_twin.total.p5
    assert float(row["ratio_p50"]) == report.dense_twin_ratio.p50
    assert row["verdict"] == report.dense_twin_ratio.verdict


def test_ratios_stand_in_the_row_of_their_figure(two: Comparison) -> None:
    compared = [
        row for row in rows_of(two) if row["run"] == "run (2)" and row["ratio_to"].startswith("run on")
    ]
    assert [(row["profile"], row["figure"]) for row in compared] == [(chip, "dynamic") for chip in CHIPS]
    assert all(float(row["ratio_p5"]) == 1 for row in compared)
    assert all(row["verdict"].startswith("no claim") for row in compared)


def test_the_json_has_everything(two: Comparison) -> None:
    content = json.loads(json.dumps(two.to_dict()))
    assert content["figure"] == "dynamic"
    assert [run["name"] for run in content["runs"]] == ["run", "run (2)"]
    assert [entry["verdict"] for entry in content["energy"]] == [None, None, *two.verdicts]
    assert [entry["per_frame"] for entry in content["energy"]] == [
        r.to_dict()["per_frame"] for r in two.reports
    ]
    assert {entry["standing"] for entry in content["pareto"]} == {"tied"}
    assert content["warnings"] == list(two.warnings)


def test_a_notebook_shows_table_and_verdicts(two: Comparison) -> None:
    page = html.unescape(two._repr_html_())
    assert "Joules per frame" in page
    assert all(f">{name}</td>" in page for name in two.names)
    assert all(verdict in page for verdict in two.verdicts)


def test_a_folder_of_files(comparison: Comparison, two: Comparison, tmp_path: Path) -> None:
    files = two.save(tmp_path / "new" / "both")
    assert {path.name for path in files} == FILES | {"pareto.png", "pareto.svg"}
    assert {path.name for path in (tmp_path / "new" / "both").iterdir()} == {path.name for path in files}
    assert (tmp_path / "new" / "both" / "compare.csv").read_text() == two.to_csv()
    # The next one takes its place and leaves nothing of it, but keeps what is somebody's.
    (tmp_path / "new" / "both" / "notes.md").write_text("mine")
    comparison.save(tmp_path / "new" / "both")
    assert {path.name for path in (tmp_path / "new" / "both").iterdir()} == FILES | {"notes.md"}


def test_a_folder_of_something_else_is_left_alone(
    comparison: Comparison, run: RunSummary, tmp_path: Path
) -> None:
    before = sorted(run.folder.iterdir())
    with pytest.raises(InputError, match="found a folder that is not a comparison"):
        comparison.save(run.folder)
    assert sorted(run.folder.iterdir()) == before
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="found a file, expected a folder"):
        comparison.save(tmp_path / "file")


def test_a_full_disk(comparison: Comparison, tmp_path: Path, small_disk: SmallDisk) -> None:
    with small_disk(), pytest.raises(JobError, match="cannot be written"):
        comparison.save(tmp_path / "compare")
    assert list(tmp_path.iterdir()) == []


def test_one_picture(comparison: Comparison, two: Comparison, tmp_path: Path) -> None:
    comparison.plot(tmp_path / "one.svg")
    two.plot(tmp_path / "two.svg")
    assert comparison.runs[0].title in (tmp_path / "one.svg").read_text()
    assert "Dynamic energy per frame: 2 runs on 2 chips" in (tmp_path / "two.svg").read_text()
