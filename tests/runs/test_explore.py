"""A run as a recording for the Rerun viewer: what is written equals the run's own files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neuromorph_track.data.motchallenge import read_detections
from neuromorph_track.errors import InputError, JobError
from neuromorph_track.profiling import read_activity
from neuromorph_track.profiling.energy_reader import read_energy
from neuromorph_track.reports import rerun_log
from neuromorph_track.runs import RunOptions, track
from neuromorph_track.runs.explore import ExploreOptions, explore, frame_range
from neuromorph_track.runs.frame_prices import joules_of_run
from neuromorph_track.runs.rerun_layers import Layers
from tests.runs.rrd import columns

pytest.importorskip("rerun")

CHIPS = ("loihi2-oheogulch", "jetson-maxwell")
FRAMES = 6


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explore") / "run"
    track(f"scene:seed=7,frames={FRAMES}", "scenes-nano", folder, RunOptions(hardware=CHIPS, quiet=True))
    return folder


@pytest.fixture(scope="module")
def recorded(run: Path) -> dict[str, list[tuple[int, Any]]]:
    """Everything in the recording of frames 2 to 4, by entity."""
    options = ExploreOptions(frames="2:5", layers=("3 conv",), hardware=CHIPS, quiet=True)
    made = explore(run, run.parent / "run.rrd", options)
    assert made.warnings == ()
    assert (made.frames, made.chips) == ((2, 5), CHIPS)
    return columns(made.path)


def test_curves_are_the_counts_of_the_run(run: Path, recorded: dict[str, list[tuple[int, Any]]]) -> None:
    activity = read_activity(run / "activity.h5")
    for layer in activity.layers:
        for place, counts, there in (
            ("spikes", layer.spikes_out, layer.fires),
            ("synops", layer.synops, bool(layer.weights)),
        ):
            found = recorded.get(f"{place}/{layer.name}")
            if not there:
                assert found is None
                continue
            assert found is not None
            assert [frame for frame, _ in found] == list(range(FRAMES))
            np.testing.assert_array_equal([value[0] for _, value in found], counts)


def test_joules_agree_with_the_price_list_beside_them(
    run: Path, recorded: dict[str, list[tuple[int, Any]]]
) -> None:
    reports = read_energy(run / "energy.json")
    assert tuple(report.profile for report in reports) == CHIPS
    for report in reports:
        found = [value[0] for _, value in recorded[f"joules/{report.profile}"]]
        energy = report.steady_state.dynamic or report.steady_state.total
        assert energy is not None
        assert np.mean(found[1:]) == pytest.approx(energy.p50)


def test_maps_add_up_to_the_counts(run: Path, recorded: dict[str, list[tuple[int, Any]]]) -> None:
    layers = [layer for layer in read_activity(run / "activity.h5").layers if layer.fires]
    for layer in layers:
        found = recorded[f"spike maps/{layer.name}"]
        assert [frame for frame, _ in found] == [2, 3, 4]
        sums = [int(np.frombuffer(bytes(value), np.uint16).sum()) for _, value in found]
        assert sums == layer.spikes_out[2:5].tolist()
        assert sum(sums) > 0


def test_channels_are_the_same_spikes(recorded: dict[str, list[tuple[int, Any]]]) -> None:
    maps = [np.frombuffer(bytes(value), np.uint16) for _, value in recorded["spike maps/3 conv"]]
    found = [value for _, value in recorded["channels/3 conv"]]
    for by_place, by_channel in zip(maps, found, strict=True):
        np.testing.assert_array_equal(by_channel.sum(axis=0).ravel(), by_place)


def test_boxes_are_the_tracks(run: Path, recorded: dict[str, list[tuple[int, Any]]]) -> None:
    tracks = read_detections(run / "tracks.txt")
    found = dict(recorded["picture/tracks"])
    assert list(found) == [2, 3, 4]
    for frame, centres in found.items():
        here = tracks[tracks.frame == frame + 1]
        wanted = (here.xyxy[:, :2] + here.xyxy[:, 2:]) / 2
        np.testing.assert_allclose(np.reshape(centres, (-1, 2)), wanted, atol=0.01)
    assert len(recorded["picture"]) == 3


def test_a_source_that_is_gone_leaves_the_curves(run: Path, tmp_path: Path) -> None:
    told = json.loads((run / "run.json").read_text())
    for name in ("activity.h5", "energy.json"):
        (tmp_path / name).write_bytes((run / name).read_bytes())
    for change, said in (
        ({"source": told["source"] | {"sha256": "0"}}, "the run's source is another one by now"),
        ({"source": told["source"] | {"given": "gone.mp4"}}, "the run's source cannot be read: gone.mp4"),
        ({"network": told["network"] | {"sha256": "0"}}, "the run's network is not there, or is another"),
    ):
        (tmp_path / "run.json").write_text(json.dumps(told | change))
        made = explore(tmp_path, tmp_path / "a.rrd", ExploreOptions(quiet=True))
        assert made.layers == ()
        assert any(said in warning for warning in made.warnings)
        assert "spikes/1 conv" in columns(made.path)


def test_another_result_is_told(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the code has changed since the run."""
    right = Layers.run

    def wrong(self: Layers, frames: int) -> Any:
        return (shown._replace(spikes_out={"activity.h5": (1,)}) for shown in right(self, frames))

    monkeypatch.setattr(Layers, "run", wrong)
    made = explore(run, tmp_path / "a.rrd", ExploreOptions(frames="0:1", quiet=True))
    assert made.warnings == (
        "run again, the network sent other spikes from frame 0 on: maps are not the run's",
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (ExploreOptions(frames="6:"), "--frames: range: found '6:', expected FIRST:END of 0:6"),
        (ExploreOptions(frames="two"), "--frames: range: found 'two'"),
        (ExploreOptions(layers=("9 conv",)), "--layers: layer: found '9 conv', expected one of 0 input"),
        (ExploreOptions(hardware=("speck",)), "hardware: profile: found 'speck', expected one of"),
    ],
)
def test_what_is_not_there(run: Path, tmp_path: Path, options: ExploreOptions, words: str) -> None:
    with pytest.raises(InputError) as caught:
        explore(run, tmp_path / "a.rrd", options)
    assert words in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "frames", "span"),
    [(None, 5, (0, 5)), (None, 500, (0, 100)), ("2:", 5, (2, 5)), (":3", 5, (0, 3)), ("0:99", 5, (0, 5))],
)
def test_ranges(text: str | None, frames: int, span: tuple[int, int]) -> None:
    assert frame_range(text, frames) == span


def test_one_chip_without_being_asked(run: Path) -> None:
    record = json.loads((run / "run.json").read_text())
    joules, missing = joules_of_run(run, record, read_activity(run / "activity.h5"))
    assert (list(joules), missing) == (["loihi2-oheogulch"], [])


def test_without_rerun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rerun", None)
    with pytest.raises(JobError, match=r"install neuromorph-track\[explore\]"):
        rerun_log.load_rerun()


@pytest.mark.slow
def test_rerun_s_own_check(run: Path, tmp_path: Path) -> None:
    made = explore(run, tmp_path / "a.rrd", ExploreOptions(quiet=True))
    done = subprocess.run(
        [sys.executable, "-m", "rerun", "rrd", "verify", str(made.path)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
