"""A run of one object as a recording: its box, what both chains saw and sent, and why where it cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from neuromorph_track.data.single import read_result
from neuromorph_track.data.targets.sequence import target_sequence
from neuromorph_track.data.targets.spec import TargetSpec
from neuromorph_track.detection.crop import Window
from neuromorph_track.errors import InputError
from neuromorph_track.export.siamese import siamese_of
from neuromorph_track.netx import write_siamese
from neuromorph_track.profiling import read_activity
from neuromorph_track.runs.explore import ExploreOptions, explore
from neuromorph_track.runs.follow import centred
from neuromorph_track.runs.pairs import load_siamese
from neuromorph_track.runs.sot import SotOptions, sot
from tests.data.events.files import some_events, write_es
from tests.networks.tiny_streams import lived as stream_lived
from tests.networks.tiny_streams import recipe as stream_recipe
from tests.networks.tiny_trackers import pair
from tests.runs.edited import edited
from tests.runs.rrd import columns
from tests.runs.test_sot import TARGETS

pytest.importorskip("rerun")

FRAMES = 6
CHIP = "loihi2-oheogulch"
Recorded = dict[str, list[tuple[int, Any]]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a pair that takes a new template whenever it may."""
    folder = tmp_path_factory.mktemp("explore-sot")
    write_siamese(pair(template_steps=2), folder / "net")
    renewed = {"update_score": 0.0, "update_every": 2, "lost_score": 0.0}
    options = SotOptions(quiet=True, hardware=(CHIP,), changes=renewed)
    done = sot(TARGETS, folder / "net", folder / "run", options)
    assert done.templates > 1
    return folder / "run"


@pytest.fixture(scope="module")
def recorded(run: Path) -> Recorded:
    options = ExploreOptions(layers=("search 1 conv", "template 1 conv"), quiet=True)
    made = explore(run, run.parent / "run.rrd", options)
    assert made.warnings == ()
    assert (made.frames, made.chips) == ((0, FRAMES), (CHIP,))
    assert {"search 1 conv", "template 1 conv"} < set(made.layers)
    return columns(made.path)


def test_a_run_that_began_later_is_run_again_from_there(tmp_path: Path) -> None:
    write_siamese(pair(template_steps=2), tmp_path / "net")
    options = SotOptions(quiet=True, hardware=(CHIP,), start=2)
    sot(TARGETS, tmp_path / "net", tmp_path / "run", options)
    # Of other frames the spikes would be others, which is warned of.
    made = explore(tmp_path / "run", tmp_path / "run.rrd", ExploreOptions(quiet=True))
    assert made.warnings == ()
    assert made.frames == (0, FRAMES - 2)


@pytest.fixture
def copied(run: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "copy"
    folder.mkdir()
    for part in run.iterdir():
        (folder / part.name).write_bytes(part.read_bytes())
    return folder


def picture(value: Any) -> np.ndarray:
    found = cv2.imdecode(np.frombuffer(bytes(value), np.uint8), cv2.IMREAD_COLOR)
    assert found is not None
    return found[..., ::-1]


def test_the_box_is_that_of_the_run_in_every_frame(run: Path, recorded: Recorded) -> None:
    boxes = read_result(run / "boxes.txt").boxes
    found = dict(recorded["picture/target"])
    assert list(found) == list(range(FRAMES))
    for number, centres in found.items():
        np.testing.assert_allclose(np.ravel(centres), boxes[number, :2] + boxes[number, 2:] / 2, atol=0.01)
    assert len(recorded["picture"]) == FRAMES


def test_it_was_looked_for_around_the_last_box(run: Path, recorded: Recorded) -> None:
    boxes = read_result(run / "boxes.txt").boxes
    found = dict(recorded["picture/searched"])
    # In the first frame nothing is searched.
    assert list(found) == list(range(1, FRAMES))
    for number, centres in found.items():
        before = boxes[number - 1]
        np.testing.assert_allclose(np.ravel(centres), before[:2] + before[2:] / 2, atol=0.01)


def test_curves_are_the_counts_of_the_run_from_its_second_frame(run: Path, recorded: Recorded) -> None:
    for layer in read_activity(run / "activity.h5").layers:
        for place, counts, there in (
            ("spikes", layer.spikes_out, layer.fires),
            ("synops", layer.synops, bool(layer.weights)),
        ):
            if there:
                found = recorded[f"{place}/{layer.name}"]
                assert [(number, value[0]) for number, value in found] == [
                    (1 + at, count) for at, count in enumerate(counts.tolist())
                ]
    assert [number for number, _ in recorded[f"joules/{CHIP}"]] == list(range(1, FRAMES))


def test_the_score_is_that_of_the_run(run: Path, recorded: Recorded) -> None:
    told = json.loads((run / "run.json").read_text())["score"]
    assert [value[0] for _, value in recorded["score/box"]] == told


def test_maps_of_the_search_chain_add_up_to_the_counts(run: Path, recorded: Recorded) -> None:
    layers = [layer for layer in read_activity(run / "activity.h5").layers if layer.fires]
    for layer in layers:
        found = recorded[f"spike maps/search {layer.name}"]
        assert [number for number, _ in found] == list(range(1, FRAMES))
        sums = [int(np.frombuffer(bytes(value), np.uint16).sum()) for _, value in found]
        assert sums == layer.spikes_out.tolist()
        assert sum(sums) > 0


def test_maps_of_the_template_chain_stand_where_a_template_was_taken(run: Path, recorded: Recorded) -> None:
    told = json.loads((run / "run.json").read_text())
    for layer in read_activity(run / "template_activity.h5").layers:
        found = recorded[f"spike maps/template {layer.name}"]
        assert len(found) == told["templates"]
        assert found[0][0] == 0
        # A run counts its first template alone.
        assert int(np.frombuffer(bytes(found[0][1]), np.uint16).sum()) == layer.spikes_out[0]


@pytest.mark.parametrize("name", ["search 1 conv", "template 1 conv"])
def test_channels_are_the_same_spikes(recorded: Recorded, name: str) -> None:
    maps = [np.frombuffer(bytes(value), np.uint16) for _, value in recorded[f"spike maps/{name}"]]
    for by_place, (_, by_channel) in zip(maps, recorded[f"channels/{name}"], strict=True):
        np.testing.assert_array_equal(by_channel.sum(axis=0).ravel(), by_place)


def test_crops_are_what_the_chains_saw(run: Path, recorded: Recorded) -> None:
    contract = load_siamese(run.parent / "net").contract
    truth = target_sequence(TargetSpec.from_string(TARGETS))
    first = next(iter(truth.frames))
    assert contract.template.factor is not None
    spec = contract.template.input
    wanted = Window.around(centred(truth.initial_box), contract.template.factor).cut(
        first, spec.height, spec.pad
    )
    np.testing.assert_array_equal(picture(recorded["crops/template"][0][1]), wanted)
    search = dict(recorded["crops/search"])
    assert list(search) == list(range(1, FRAMES))
    side = contract.search.input.height
    assert picture(search[1]).shape == (side, side, 3)


def test_the_score_of_the_chosen_cell_is_on_the_map(run: Path, recorded: Recorded) -> None:
    told = json.loads((run / "run.json").read_text())["score"]
    for number, value in recorded["scores"]:
        cells = np.frombuffer(bytes(value), np.float32)
        assert np.abs(cells - told[number]).min() < 1e-4


def test_a_part_of_the_frames(run: Path, tmp_path: Path) -> None:
    made = explore(run, tmp_path / "a.rrd", ExploreOptions(frames="3:5", quiet=True))
    found = columns(made.path)
    assert [number for number, _ in found["picture/target"]] == [3, 4]
    assert len(found["score/box"]) == FRAMES
    with pytest.raises(InputError, match="FIRST:END of 0:6"):
        explore(run, tmp_path / "b.rrd", ExploreOptions(frames="6:", quiet=True))


@pytest.mark.parametrize("retrieval", ["memory", "correlation", "blind"])
def test_a_pair_that_sees_whole_windows(tmp_path: Path, retrieval: str) -> None:
    plan = stream_recipe(retrieval=retrieval)
    write_siamese(siamese_of(plan, stream_lived(plan).state_dict(), "tiny").siamese, tmp_path / "net")
    contract = load_siamese(tmp_path / "net").contract
    recording = write_es(tmp_path / "a.es", some_events(4000))
    options = SotOptions(quiet=True, hardware=(CHIP,), init="10,10,20,16", max_frames=9)
    sot(recording, tmp_path / "net", tmp_path / "run", options)
    made = explore(tmp_path / "run", tmp_path / "a.rrd", ExploreOptions(quiet=True))
    assert made.warnings == ()
    found = columns(made.path)
    assert len(found["spike maps/search 1 conv"]) == 9
    # All of a window is searched, and a template is of several.
    assert "picture/searched" not in found
    assert "crops/search" not in found
    side, steps = contract.template.input.height, contract.template.steps
    assert picture(found["crops/template"][0][1]).shape == (side, steps * side, 3)


def test_a_run_that_cannot_be_run_again_leaves_the_curves(copied: Path, tmp_path: Path) -> None:
    told = json.loads((copied / "run.json").read_text())
    for change, said in (
        ({"source": told["source"] | {"sha256": "0"}}, "the run's source is another one by now"),
        ({"source": told["source"] | {"given": "gone.mp4"}}, "the run's source cannot be read: gone.mp4"),
        (
            {"source": told["source"] | {"given": 3}},
            "the run's source cannot be read: run.json: source.given",
        ),
        ({"network": told["network"] | {"template_sha256": "0"}}, "the run's network is not there, or is"),
        ({"tracker": {"patience": "long"}}, "the run's settings cannot be read: "),
        ({"options": told["options"] | {"bits": 5}}, "the run's settings cannot be read: run.json: options"),
    ):
        (copied / "run.json").write_text(json.dumps(told | change))
        made = explore(copied, tmp_path / "a.rrd", ExploreOptions(quiet=True))
        assert made.layers == ()
        assert any(said in warning for warning in made.warnings), made.warnings
        found = columns(made.path)
        assert "spikes/1 conv" in found
        assert "score/box" in found


def test_an_older_run_did_not_say_what_its_source_was(copied: Path, tmp_path: Path) -> None:
    edited(copied / "run.json", lambda content: content["source"].pop("sha256"))
    made = explore(copied, tmp_path / "a.rrd", ExploreOptions(quiet=True))
    assert (made.warnings, bool(made.layers)) == ((), True)
    # Of another object the spikes are others, which is seen.
    edited(
        copied / "run.json",
        lambda content: content["source"].update(given=TARGETS.replace("seed=3", "seed=4")),
    )
    (warning,) = explore(copied, tmp_path / "b.rrd", ExploreOptions(quiet=True)).warnings
    assert warning.startswith("run again, the network sent other spikes from frame 0 on")


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda content: content.update(score=[1.0]), "score: found shape"),
        (lambda content: content.update(score=["a"]), "score: found no numbers"),
        (lambda content: content.update(frames=60), "frames: found 60, expected 5 or one more"),
    ],
)
def test_a_broken_run(copied: Path, tmp_path: Path, edit: Any, words: str) -> None:
    edited(copied / "run.json", edit)
    with pytest.raises(InputError) as caught:
        explore(copied, tmp_path / "a.rrd", ExploreOptions(quiet=True))
    assert words in str(caught.value)
    assert not (tmp_path / "a.rrd").exists()


def test_boxes_of_another_run(copied: Path, tmp_path: Path) -> None:
    lines = (copied / "boxes.txt").read_text().splitlines(keepends=True)
    (copied / "boxes.txt").write_text("".join(lines[:-1]))
    with pytest.raises(InputError, match="boxes: found 5, expected 6"):
        explore(copied, tmp_path / "a.rrd", ExploreOptions(quiet=True))


def test_a_layer_that_is_not_there(run: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"expected one of search 0 input, .*, template 0 input"):
        explore(run, tmp_path / "a.rrd", ExploreOptions(layers=("1 conv",), quiet=True))


def test_recording_changes_nothing_and_is_kept_once(run: Path) -> None:
    from neuromorph_track.runs.siamese_net import SiameseNet

    siamese = load_siamese(run.parent / "net")
    truth = target_sequence(TargetSpec.from_string(TARGETS))
    frame = next(iter(truth.frames))
    cxcywh = centred(truth.initial_box)
    plain, recording = SiameseNet(siamese), SiameseNet(siamese, record=True)
    for net in (plain, recording):
        net.write(net.template(frame, cxcywh).sums)
    window = Window.around(cxcywh, 4.0)
    np.testing.assert_array_equal(plain.potentials(frame, window), recording.potentials(frame, window))
    assert plain.take_seen() == {}
    assert set(recording.take_seen()) == {"template", "search"}
    assert recording.take_seen() == {}
