"""What the verbs return: short texts, tables without anything of a stranger's in them, frames and figures."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import neuromorph_track as nt
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation import evaluate_tracking, load_sequences
from neuromorph_track.netx import Layer, Network, Neuron
from neuromorph_track.profiling.energy_reader import read_energy
from neuromorph_track.reports.picture import Picture
from neuromorph_track.runs import RunSummary
from neuromorph_track.runs.folder import ENERGY_JSON, RUN_JSON, TRACKS, TRUTH

PNG = b"\x89PNG"
HOSTILE = "<script>alert(1)</script>"


class Tables(HTMLParser):
    """Headings and rows of the tables of a page; raises where a tag is left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[str] = []
        self.rows: list[list[str]] = []
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "th" in self.open:
            self.headings.append(data)
        elif "td" in self.open:
            self.rows[-1].append(data)


def drawn(picture: Picture) -> bool:
    return picture._repr_png_().startswith(PNG)


def test_a_run_in_a_few_lines(run: RunSummary) -> None:
    lines = repr(run).splitlines()
    assert lines[0].startswith(f"{run.frames} frames, {run.tracks} tracks in ")
    assert "synops and" in lines[1]
    assert len(lines) < 12
    assert max(map(len, lines)) < 200


def test_a_run_as_tables(run: RunSummary) -> None:
    page = Tables(run._repr_html_())
    assert page.headings[:3] == ["Chip", "Dynamic", "Total"]
    named = {row[0] for row in page.rows if row}
    assert {layer.name for layer in run.summary.layers} <= named
    assert {f"{report.name} ({report.boundary})" for report in run.energy} <= named


def test_what_is_put_in_is_escaped(run: RunSummary) -> None:
    layer = replace(run.summary.layers[0], name=HOSTILE)
    summary = replace(run.summary, layers=(layer, *run.summary.layers[1:]))
    report = replace(run.energy[0], name=HOSTILE)
    hostile = replace(run, folder=Path(HOSTILE), summary=summary, energy=(report,), warnings=(HOSTILE,))
    page = Tables(hostile._repr_html_())
    assert "script" not in page.tags
    assert [row[0] for row in page.rows if row].count(HOSTILE) == 1


def test_frames_of_a_run_hold_its_numbers(run: RunSummary) -> None:
    energy, layers = run.to_dataframe("energy"), run.to_dataframe("layers")
    assert energy["profile"].tolist() == [report.profile for report in run.energy]
    priced = [report.steady_state.total.p50 for report in run.energy if report.steady_state.total]
    assert energy["total_joules"].dropna().tolist() == priced
    assert (energy["total_joules_p5"].dropna() <= energy["total_joules"].dropna()).all()
    assert layers["synops"].tolist() == [layer.steady_state.synops for layer in run.summary.layers]


def test_frames_of_counts_and_boxes(run: RunSummary) -> None:
    counts, boxes = run.to_dataframe("frames"), run.to_dataframe("tracks")
    assert sorted(counts["frame"].unique()) == list(range(1, run.frames + 1))
    by_frame = counts.groupby("frame")["synops"].sum().to_numpy()
    np.testing.assert_array_equal(by_frame, run.activity.total("synops"))
    assert len(boxes) == len((run.folder / TRACKS).read_text().splitlines())
    assert boxes["track_id"].nunique() == run.tracks
    with pytest.raises(InputError, match="energy, layers, frames"):
        run.to_dataframe("spikes")  # type: ignore[arg-type]


def test_pictures_of_a_run(run: RunSummary) -> None:
    chip = run.energy[0].profile
    pictures = (run.plot([chip]), run.plot_activity("spikes_out"), run.plot_frames([1, 2]))
    assert all(map(drawn, (*pictures, run.plot_drivers([chip]))))
    assert len(pictures[2].axes) == 2
    with pytest.raises(InputError, match="1 to"):
        run.plot_frames([run.frames + 1])
    with pytest.raises(InputError, match="no-such-chip"):
        run.plot(["no-such-chip"])
    with pytest.raises(ValueError, match="the counts are spikes_in"):
        run.plot_activity("joules")


def test_a_folder_gives_the_run_back(run: RunSummary) -> None:
    opened = nt.open_run(run.folder)
    assert isinstance(opened, RunSummary)
    assert opened.energy == run.energy
    assert opened.summary == run.summary
    assert (opened.frames, opened.tracks, opened.warnings) == (run.frames, run.tracks, run.warnings)
    assert opened.association is not None
    assert run.association is not None
    assert opened.association.frames == run.association.frames


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (RUN_JSON, "{}", "KeyError: 'format'"),
        (RUN_JSON, '{"format": "neuromorph-track run/1"}', "KeyError: 'tracks'"),
        (RUN_JSON, '{"format": "neuromorph-track sot/1"}', "KeyError: 'scores'"),
        (RUN_JSON, "[]", "a JSON object"),
        (ENERGY_JSON, "[{}]", "energy.json"),
        (ENERGY_JSON, "no", "energy.json"),
    ],
)
def test_a_broken_folder_is_refused(
    run: RunSummary, tmp_path: Path, name: str, text: str, words: str
) -> None:
    for path in run.folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=words):
        nt.open_run(tmp_path)


def test_reports_of_energy_come_back_equal(run: RunSummary) -> None:
    assert read_energy(run.folder / ENERGY_JSON) == run.energy
    written = json.loads((run.folder / ENERGY_JSON).read_text())
    assert [report.to_dict() for report in read_energy(run.folder / ENERGY_JSON)] == written


def test_an_evaluation(run: RunSummary, tmp_path: Path) -> None:
    # Scores are left in the folder, and nobody writes to that of the fixture.
    folder = Path(shutil.copytree(run.folder, tmp_path / "run"))
    told: list[str] = []
    found = nt.evaluate(folder / TRUTH, folder, progress=told.append)
    assert told == ["scoring 1 sequence"]
    expected = evaluate_tracking(load_sequences(folder / TRUTH, folder)).combined
    assert (found.combined.HOTA, found.combined.MOTA) == (expected.HOTA, expected.MOTA)
    assert f"HOTA {100 * expected.HOTA:.1f}" in repr(found)
    assert Tables(found._repr_html_()).headings[:2] == ["Sequence", "HOTA"]
    assert found.to_dataframe()["HOTA"].iloc[-1] == expected.HOTA
    assert drawn(found.plot())
    assert drawn(found.plot_sequences())
    found.save_plots(tmp_path / "plots")
    assert sorted(path.name for path in (tmp_path / "plots").iterdir()) == ["hota.png", "sequences.png"]
    found.save_csv(tmp_path / "rows.csv")
    with open(tmp_path / "rows.csv", newline="") as file:
        assert float(list(csv.DictReader(file))[-1]["HOTA"]) == expected.HOTA


def test_an_inspection_places_the_network() -> None:
    found = nt.inspect("scenes-nano", ["loihi2-kapoho-point", "loihi2-oheogulch"])
    cores = [placement.cores for _, placement in found.placed]
    assert f"{cores[0]:,} cores" in repr(found)
    page = Tables(found._repr_html_())
    assert [row[0] for row in page.rows if row].count("1 conv") == 3
    assert found.to_dataframe()["weights"].sum() == 222_384
    assert drawn(found.plot("loihi2-oheogulch"))
    with pytest.raises(InputError, match="loihi1"):
        found.plot("loihi1")


def test_networks_in_a_line_and_as_a_table() -> None:
    network = nt.load("scenes-nano")
    assert repr(network) == "scenes-nano: 9 layers, 731,136 neurons, 222,384 weights"
    assert "script" not in Tables(replace(network, source=HOSTILE, contract=None)._repr_html_()).tags


def test_catalogues() -> None:
    assert "scenes-nano" in nt.list_networks()["name"].tolist()
    assert {"loihi1", "loihi2-kapoho-point"} <= set(nt.list_hardware()["id"])


def test_every_public_name_is_there() -> None:
    assert sorted(nt.__all__) == sorted(set(nt.__all__))
    assert [name for name in nt.__all__ if not callable(getattr(nt, name))] == []


CUBA = Neuron("cuba", "CUBA", threshold=30, current_decay=1024, voltage_decay=512)


def chain() -> tuple[Network, np.ndarray]:
    rng = np.random.default_rng(0)
    first, second = (rng.integers(-20, 40, shape).astype(np.int32) * 2 for shape in ((6, 9), (4, 6)))
    layers = Layer("dense", (6,), CUBA, weight=first), Layer("dense", (4,), CUBA, weight=second)
    return Network(layers, "chain"), (rng.random((30, 9)) < 0.3).astype(np.int32)


def test_a_simulation_keeps_what_was_sent() -> None:
    network, values = chain()
    found = nt.simulate(network, values)
    steps = nt.FixedSimulator(network).run(values, record=True)
    assert steps.spikes is not None
    for kept, sent in zip(found.spikes.values(), steps.spikes, strict=True):
        np.testing.assert_array_equal(kept, sent)
    table = found.to_dataframe()
    assert table["spikes_out"].sum() == sum(np.count_nonzero(sent) for sent in steps.spikes) > 0
    assert sorted(table["timestep"].unique()) == list(range(30))


def test_potentials_inside_are_those_that_made_the_spikes() -> None:
    """The neurons' own equations, step by step, from what arrived (docs/simulator.md)."""
    network, values = chain()
    found = nt.simulate(network, values)
    held, weight = found.potential("0 dense"), network.layers[0].weight
    assert weight is not None
    u, v = np.zeros(6, int), np.zeros(6, int)
    for step, fed in enumerate(values):
        u = np.trunc(u * (4096 - 1024) / 4096).astype(int) + 64 * (weight @ fed)
        v = np.trunc(v * (4096 - 512) / 4096).astype(int) + u
        fired = v > 30 << 6
        np.testing.assert_array_equal(found.spikes["0 dense"][step] != 0, fired)
        v[fired] = 0
        np.testing.assert_array_equal(held[step], v)


def test_pictures_and_prices_of_a_simulation() -> None:
    network, values = chain()
    found = nt.simulate(network, values)
    assert all(map(drawn, (found.plot(), found.plot_potentials("1 dense"), found.plot_activity())))
    silent = nt.simulate(network, np.zeros_like(values))
    assert drawn(silent.plot())
    assert drawn(silent.plot_activity("spikes_out"))
    (report,) = found.price(["loihi1"], steps_per_frame=10)
    assert report.steady_state.dynamic is not None
    assert report.steady_state.dynamic.p50 > 0
    with pytest.raises(InputError, match="1 to 30"):
        found.price(["loihi1"], steps_per_frame=31)
    with pytest.raises(InputError, match="0 dense, 1 dense"):
        found.potential("2 dense")


def test_sigma_delta_neurons_hold_what_they_have_sent() -> None:
    found = nt.simulate("scenes-nano", frames=2)
    sent = found.spikes["7 conv"].reshape(2, -1)
    np.testing.assert_array_equal(found.potential("7 conv")[1], sent.sum(0))
    assert found.potential("8 conv").shape[0] == 2


def test_a_verdict_in_a_sentence() -> None:
    from neuromorph_track.runs.difference import Difference
    from neuromorph_track.runs.verify import Verdict

    equal = Verdict("lava", 1, 4, 2, 80, 12, True, None)
    assert (
        repr(equal) == "equal to lava: 80 values, 12 of them not zero, of 2 layers in 4 steps and every count"
    )
    other = replace(equal, difference=Difference("1 conv", 2, (0, 1, 3), 5.0, 6.0, 7, "a wrapped sum"))
    assert "differs from lava first in layer 1 conv, step 2, neuron (0, 1, 3): fixed 5, lava 6" in repr(other)
    assert not other.to_dataframe()["equal"].any()
    assert "the counts do not" in repr(replace(equal, counts_equal=False))


def test_a_training_draws_its_log(tmp_path: Path) -> None:
    from neuromorph_track.runs.trained import Trained

    lines = [{"step": n, "loss": 5.0 - n, "sent": [0.1, 0.2]} for n in (1, 2, 3)]
    warning = {"step": 2, "warning": "layer 1 is silent"}
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in (*lines, warning)))
    done = Trained(tmp_path / "final.pt", 2.0, "tiny", 3)
    assert done.to_dataframe()["loss"].tolist() == [4.0, 3.0, 2.0]
    assert "loss 4 at first, 2 at last" in repr(done)
    assert drawn(done.plot())
