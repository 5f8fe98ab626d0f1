"""The page about a run: its numbers are the run's, and nothing in a run can break out of it."""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import neuromorph_track as nt
from neuromorph_track.errors import InputError
from neuromorph_track.netx import write_siamese
from neuromorph_track.profiling import read_activity
from neuromorph_track.reports.units import format_interval, format_si
from neuromorph_track.runs import RunOptions, RunSummary, profile
from neuromorph_track.runs.frame_prices import NO_FRAMES
from neuromorph_track.runs.report import ReportOptions, report
from neuromorph_track.runs.report_run import NO_LAYERS, NO_PROFILE
from neuromorph_track.runs.sot import SotOptions, sot
from tests.networks.tiny_trackers import pair
from tests.runs.edited import edited
from tests.runs.test_sot import TARGETS

FEW = ("loihi2-kapoho-point", "truenorth", "dense-45nm-int8")
HOSTILE = "<script>alert(1)</script>\"'{{7*7}}&"


class Page(HTMLParser):
    """Cells of tables by row, texts, and everything that could load something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.loads: list[tuple[str, str]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.handlers: list[str] = []
        self.text = ""
        self._tag = ""
        self._in_cell = False
        self.feed(text)
        self.rows = [[" ".join(cell.split()) for cell in row] for row in self.rows]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._tag = tag
        names = ("src", "href", "srcset", "data", "action", "poster")
        self.loads += [(tag, value or "") for name, value in attributes if name in names]
        self.handlers += [name for name, _ in attributes if name.startswith("on") or name == "style"]
        if tag == "script":
            self.scripts.append((dict(attributes), ""))
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td") and self.rows:
            self.rows[-1].append("")
            self._in_cell = True

    def handle_data(self, data: str) -> None:
        if self._tag == "script" and self.scripts:
            attributes, before = self.scripts[-1]
            self.scripts[-1] = (attributes, before + data)
            return
        self.text += data
        if self._in_cell:
            self.rows[-1][-1] += f"{data} "

    def handle_endtag(self, tag: str) -> None:
        self._tag = ""
        self._in_cell &= tag not in ("th", "td")

    @property
    def player(self) -> dict[str, Any]:
        (content,) = (text for attributes, text in self.scripts if attributes.get("id") == "player")
        found: dict[str, Any] = json.loads(content)
        return found

    def row(self, begins: str) -> list[str]:
        return next(row for row in self.rows if row and row[0].startswith(begins))


def page_of(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def page(run: RunSummary, tmp_path_factory: pytest.TempPathFactory) -> Page:
    return page_of(report(run.folder, tmp_path_factory.mktemp("pages") / "page.html").path)


@pytest.fixture
def copied(run: RunSummary, tmp_path: Path) -> Path:
    return with_few_chips(run.folder, tmp_path / "copy")


def with_few_chips(run: Path, folder: Path) -> Path:
    """A copy that was priced on three chips: a page of all of them takes seconds more."""
    shutil.copytree(run, folder)
    content = json.loads((folder / "energy.json").read_text())
    few = [each for each in content if each["profile"] in FEW]
    (folder / "energy.json").write_text(json.dumps(few))
    return folder


def test_the_frames_are_those_of_the_activity(run: RunSummary, page: Page) -> None:
    activity, (shown,) = read_activity(run.folder / "activity.h5"), page.player["runs"]
    assert (shown["first"], page.player["frames"]) == (1, 12)
    assert shown["spikes"] == sum(layer.spikes_out for layer in activity.layers).tolist()
    assert shown["synops"] == sum(layer.synops for layer in activity.layers).tolist()


def test_the_joules_are_those_of_the_energy_file(run: RunSummary, page: Page) -> None:
    content = {each["profile"]: each for each in json.loads((run.folder / "energy.json").read_text())}
    (shown,) = page.player["runs"]
    assert {chip["id"] for chip in page.player["chips"]} == set(shown["joules"])
    assert {"loihi1", "loihi2-oheogulch", "speck"} < set(shown["joules"])
    # A dense machine takes as much for each frame: there is nothing to see.
    assert "dense-45nm-int8" not in shown["joules"]
    for chip, joules in shown["joules"].items():
        steady = content[chip]["per_frame"]["steady_state"]
        figure = steady["dynamic_joules"] or steady["total_joules"]
        assert np.mean(joules[1:]) == pytest.approx(figure["p50"], rel=1e-3)
    for energy in run.energy:
        number = 1 + run.energy.index(energy)
        cells = page.row(f"{number}. {energy.name} ")
        for cell, interval in ((2, energy.steady_state.dynamic), (3, energy.steady_state.total)):
            if interval is not None:
                assert cells[cell] == format_interval(interval)


def test_layers_cores_and_scores(run: RunSummary, page: Page) -> None:
    for layer in run.summary.layers:
        cells = page.row(f"{layer.name} {layer.neuron}")
        steady = layer.steady_state
        assert cells[1:3] == [format_si(steady.spikes_out), format_si(steady.synops)]
        assert cells[3] == f"{100 * layer.density:.1f} %"
    assert "Loihi 2 (Kapoho Point): 210 cores, 2 chips" in page.text
    assert 0 < float(page.row("run, ALL")[1]) <= 100
    # The paragraph counts the tracks that were given out, the table those that were compared.
    assert "Dets and IDs are the boxes and identities that were compared" in page.text


def test_the_summary_in_words(run: RunSummary, page: Page) -> None:
    chip = next(each for each in run.energy if each.profile == "loihi2-kapoho-point")
    assert (
        f"scenes-nano saw 12 frames of scene:seed=3,frames=12 and followed {run.tracks} tracks." in page.text
    )
    assert (
        f"On Loihi 2 (Kapoho Point), it is estimated at {format_interval(chip.steady_state.dynamic)}"
        in page.text
    )


def test_what_it_takes_to_repeat_it(run: RunSummary, page: Page) -> None:
    content = json.loads((run.folder / "run.json").read_text())
    assert "neuromorph-track track scene:seed=3,frames=12 --net scenes-nano --output runs/again" in page.text
    for value in (content["source"]["sha256"], content["network"]["sha256"], *content["versions"].values()):
        assert value in page.text


def test_nothing_is_loaded(page: Page) -> None:
    assert [load for load in page.loads if not load[1].startswith("#")] == [("link", "data:,")]
    assert page.handlers == []


def test_the_video_is_in_it(run: RunSummary, page: Page) -> None:
    (clip,) = (text for attributes, text in page.scripts if attributes.get("class") == "clip")
    assert base64.b64decode(clip) == (run.folder / "annotated.mp4").read_bytes()


def test_hostile_names_stay_names(copied: Path, tmp_path: Path) -> None:
    def edit(content: Any) -> None:
        content["network"]["name"] = content["source"]["name"] = content["source"]["given"] = HOSTILE
        content["warnings"] = [HOSTILE, "</script><script>alert(2)</script>", "`look <b>`: why"]
        content["versions"][HOSTILE] = HOSTILE
        content["tracker"] = {HOSTILE: {HOSTILE: [HOSTILE]}}

    edited(copied / "run.json", edit)
    edited(copied / "energy.json", lambda content: [each.update(name=HOSTILE) for each in content])
    folder = copied.rename(tmp_path / "<img src=x onerror=alert(3)>")
    page = page_of(report(folder, tmp_path / "page.html").path)
    # The script, its data, the video: no fourth, and no element with a handler.
    assert len(page.scripts) == 3
    assert page.handlers == []
    assert page.text.count("<script>alert(1)</script>\"'{{7*7}}&") > 10
    assert page.player["chips"][0]["name"] == HOSTILE
    written = (tmp_path / "page.html").read_text()
    assert "<script>alert" not in written
    assert "<img" not in written
    # What warnings and notes tell to type is code, and still only text.
    assert "<li><code>look &lt;b&gt;</code>: why</li>" in written
    assert "`" not in page.text


def test_a_policy_allows_this_script_alone(copied: Path, tmp_path: Path) -> None:
    written = report(copied, tmp_path / "page.html").path.read_text()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', written)
    assert "default-src &#39;none&#39;" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.slow
def test_two_runs(run: RunSummary, copied: Path, tmp_path: Path) -> None:
    summary = report([run.folder, copied], tmp_path / "two.html")
    page = page_of(summary.path)
    assert summary.runs == tuple(each["name"] for each in page.player["runs"]) == ("run", "copy")
    # The same run twice: nothing may be claimed on any chip.
    rows = [row for row in page.rows if len(row) == 4 and ". " in row[0]]
    assert len(rows) == len(FEW)
    assert all(row[3].startswith("no claim") for row in rows)
    assert "needs less" not in page.text.split("Each run")[0]
    assert "differ by less than 0.1 % in total energy" in page.text


def test_runs_without_a_chip_in_common(run: RunSummary, copied: Path, tmp_path: Path) -> None:
    edited(copied / "energy.json", lambda content: [each.update(profile="mine") for each in content])
    with pytest.raises(InputError, match="runs priced on one chip at least that is the same"):
        report([run.folder, copied], tmp_path / "two.html")


def test_a_profile_alone_has_no_video(net: str, tmp_path: Path) -> None:
    profile("scene:seed=3,frames=5", net, tmp_path / "cost", RunOptions(quiet=True, hardware=("loihi1",)))
    page = page_of(report(tmp_path / "cost").path)
    assert page.player["runs"][0]["clip"] is None
    assert "This run has no video" in page.text
    assert "neuromorph-track profile scene:seed=3,frames=5" in page.text
    assert (tmp_path / "cost" / "report.html").is_file()


def test_one_object(tmp_path: Path) -> None:
    write_siamese(pair(template_steps=2), tmp_path / "net")
    sot(TARGETS, tmp_path / "net", tmp_path / "run", SotOptions(quiet=True, hardware=("loihi2-oheogulch",)))
    page = page_of(report(tmp_path / "run").path)
    (shown,) = page.player["runs"]
    # The first frame is the template's.
    assert (shown["first"], len(shown["synops"]), page.player["frames"]) == (2, 5, 6)
    score = json.loads((tmp_path / "run" / "run.json").read_text())["score"]
    assert shown["score"] == score[1:]
    assert "The template, paid once" in page.text
    assert "Loihi 2 (Oheo Gulch): " in page.text
    assert NO_LAYERS not in page.text


def test_the_mapping_of_each_chip(copied: Path) -> None:
    page = page_of(report(copied).path)
    assert "Loihi 2 (Kapoho Point): 210 cores, 2 chips" in page.text
    assert "TrueNorth: " in page.text
    energy = {each["name"]: each["placement"] for each in json.loads((copied / "energy.json").read_text())}
    mapped = {name: each for name, each in energy.items() if each and each["basis"].startswith("mapping")}
    assert len(mapped) == 2
    for name, placement in mapped.items():
        cores, chips = placement["cores_count"], placement["chips_count"]
        assert f"{name}: {cores:,} cores, {chips:,} chip" in page.text
    shown = [row for row in page.rows if row and row[0] == "1 conv" and len(row) == 8]
    assert len(shown) == len(mapped)


def test_a_chip_whose_profile_is_gone(copied: Path) -> None:
    edited(copied / "energy.json", lambda content: content[0].update(profile="gone"))
    found = report(copied)
    assert f"{NO_PROFILE} Loihi 2 (Kapoho Point)" in found.warnings
    text = page_of(found.path).text
    assert "TrueNorth: " in text
    assert "Loihi 2 (Kapoho Point): 210 cores" not in text


def test_runs_of_one_object_side_by_side(tmp_path: Path) -> None:
    write_siamese(pair(template_steps=2), tmp_path / "net")
    for name in ("a", "b"):
        told = SotOptions(quiet=True, hardware=("loihi2-oheogulch",))
        sot(TARGETS, tmp_path / "net", tmp_path / name, told)
    found = report([tmp_path / "a", tmp_path / "b"], tmp_path / "both.html")
    assert not any("lower bound" in warning for warning in found.warnings)
    page = page_of(found.path)
    # Nobody gave out identities, so no column says that nobody did.
    assert page.row("Run network")[1:3] == ["Frames", "AO per cent"]
    overlap = json.loads((tmp_path / "a" / "run.json").read_text())["scores"]["AO"]
    assert page.row("a tiny-tracker")[1:3] == ["6", f"{100 * overlap:.1f}"]
    assert page.row("this run")[0] == "this run"
    assert "Counts of a template by layer: 2 timesteps" in page.text
    # A list of tables in run.json is read line by line.
    assert "written.0.layer" in page.text


def test_an_older_run(copied: Path, tmp_path: Path) -> None:
    """Without what later versions added to run.json."""

    def edit(content: Any) -> None:
        for name in ("features", "association", "association_seconds_per_frame", "warnings", "versions"):
            del content[name]

    edited(copied / "run.json", edit)
    assert "210 cores" in page_of(report(copied).path).text


def test_what_is_missing_is_told(copied: Path) -> None:
    edited(copied / "run.json", lambda content: content["network"].update(given="gone.net"))
    edited(copied / "energy.json", lambda content: content[0].update(profile="gone"))
    found = report(copied)
    assert NO_LAYERS in found.warnings
    assert any(warning.startswith(f"{NO_FRAMES} on Loihi 2 (Kapoho Point)") for warning in found.warnings)


@pytest.mark.parametrize(
    ("name", "edit", "named"),
    [
        ("run.json", lambda content: content.pop("source"), "source"),
        ("run.json", lambda content: content["source"].update(fps=0), "source.fps"),
        ("run.json", lambda content: content.update(frames="many"), "frames"),
        ("run.json", lambda content: content.update(frames=99), "activity.h5: frames: found 12"),
        ("run.json", lambda content: content.update(options=[1]), "options"),
        ("run.json", lambda content: content.update(warnings=[1]), "warnings.0"),
        ("energy.json", lambda content: content[0].pop("terms"), "0.terms"),
    ],
)
def test_a_broken_run(
    copied: Path, tmp_path: Path, name: str, edit: Callable[[Any], object], named: str
) -> None:
    edited(copied / name, edit)
    with pytest.raises(InputError, match=re.escape(named)):
        report(copied, tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize("name", ["run.json", "energy.json", "activity.h5"])
def test_a_missing_part(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(InputError, match=re.escape(name)):
        report(copied)


def test_a_video_that_does_not_play(copied: Path) -> None:
    (copied / "annotated.mp4").write_bytes(b"\0" * 999)
    with pytest.raises(InputError, match="video"):
        report(copied)
    assert report(copied, options=ReportOptions(video=False)).size < 800_000


def test_only_a_report_is_replaced(copied: Path, tmp_path: Path) -> None:
    page, letter = tmp_path / "page.html", tmp_path / "letter.html"
    options = ReportOptions(video=False)
    report(copied, page, options)
    report(copied, page, options)
    letter.write_text("dear reader")
    with pytest.raises(InputError, match="a file that is no report"):
        report(copied, letter, options)
    assert letter.read_text() == "dear reader"
    report(copied, letter, ReportOptions(video=False, overwrite=True))
    assert letter.read_bytes() == page.read_bytes()
    with pytest.raises(InputError, match="a folder"):
        report(copied, tmp_path, options)


@pytest.mark.parametrize("name", ["page.pdf", "page"])
def test_a_report_is_html(copied: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"output: found a name ending in '(\.pdf)?'"):
        report(copied, tmp_path / name)
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("count", [0, 7])
def test_how_many_runs(run: RunSummary, count: int) -> None:
    with pytest.raises(InputError, match="1 to 6 RUN folders"):
        report([run.folder] * count)


def test_the_public_name() -> None:
    assert nt.report is report
