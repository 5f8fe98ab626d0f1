"""One object through a source into a RUN folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from neuromorph_track.data.single import read_results
from neuromorph_track.data.targets.sequence import target_sequence
from neuromorph_track.data.targets.spec import TargetSpec
from neuromorph_track.errors import InputError, JobError
from neuromorph_track.evaluation.single import evaluate_single
from neuromorph_track.netx import write_siamese
from neuromorph_track.profiling import read_activity
from neuromorph_track.runs import sot as module
from neuromorph_track.runs.follow import follow, settings_of
from neuromorph_track.runs.pairs import load_siamese
from neuromorph_track.runs.siamese_net import SiameseNet
from neuromorph_track.runs.sot import SotOptions, sot
from neuromorph_track.runs.sot_source import open_sot
from tests.networks.tiny_trackers import checkpoint, pair
from tests.runs.test_sot_source import otb, pictures

TARGETS = "targets:seed=3,frames=6,width=96,height=80,size=20"
FILES = {
    "run.json",
    "boxes.txt",
    "annotated.mp4",
    "activity.h5",
    "energy.json",
    "template_activity.h5",
    "template_energy.json",
}


@pytest.fixture
def net(tmp_path: Path) -> Path:
    write_siamese(pair(template_steps=2), tmp_path / "net")
    return tmp_path / "net"


def options(**own: Any) -> SotOptions:
    return SotOptions(**{"quiet": True, "hardware": ("loihi2-oheogulch",), **own})


def test_what_a_run_leaves(net: Path, tmp_path: Path) -> None:
    run = sot(TARGETS, net, tmp_path / "run", options())
    assert {path.name for path in (tmp_path / "run").iterdir()} == FILES
    assert (run.frames, run.templates, run.folder) == (6, 1, tmp_path / "run")
    content = json.loads((tmp_path / "run" / "run.json").read_text())
    assert content["format"] == "neuromorph-track sot/1"
    assert (content["frames"], content["lost"], content["templates"]) == (6, run.lost, 1)
    assert len(content["score"]) == 6
    assert content["tracker"]["window"] == 0.9
    assert content["options"]["bits"] == 8
    boxes = np.loadtxt(tmp_path / "run" / "boxes.txt", delimiter=",")
    truth = target_sequence(TargetSpec.from_string(TARGETS))
    np.testing.assert_allclose(boxes[0], truth.boxes[0], atol=1e-4)
    np.testing.assert_allclose(content["init"], truth.initial_box)
    # The same boxes as by hand, scored as `eval-single` would.
    siamese = SiameseNet(load_siamese(net))
    steps = list(follow(siamese, truth.frames, truth.initial_box, settings_of(siamese)))
    np.testing.assert_allclose(boxes, [step.xywh for step in steps], atol=1e-4)
    assert run.lost == sum(step.lost for step in steps)
    assert run.scores is not None
    expected = evaluate_single([truth], {truth.name: np.stack([step.xywh for step in steps])}, "x").combined
    assert run.scores.AUC == expected.AUC
    assert content["scores"]["AUC"] == expected.to_dict()["AUC"]


def test_a_run_that_begins_later(net: Path, tmp_path: Path) -> None:
    """The boxes are those of a run over the rest alone."""
    run = sot(TARGETS, net, tmp_path / "run", options(start=2, max_frames=3))
    assert run.frames == 3
    truth = target_sequence(TargetSpec.from_string(TARGETS))
    boxes = np.loadtxt(tmp_path / "run" / "boxes.txt", delimiter=",")
    siamese = SiameseNet(load_siamese(net))
    steps = follow(siamese, list(truth.frames)[2:5], truth.boxes[2], settings_of(siamese))
    np.testing.assert_allclose(boxes, [step.xywh for step in steps], atol=1e-4)
    assert run.scores is not None
    content = json.loads((tmp_path / "run" / "run.json").read_text())
    assert content["options"]["start"] == 2


def test_search_and_template_are_counted_apart(net: Path, tmp_path: Path) -> None:
    run = sot(TARGETS, net, tmp_path / "run", options())
    search = read_activity(tmp_path / "run" / "activity.h5")
    template = read_activity(tmp_path / "run" / "template_activity.h5")
    # Nothing is searched in the first frame.
    assert (search.frames, template.frames) == (5, 1)
    siamese = SiameseNet(load_siamese(net))
    truth = target_sequence(TargetSpec.from_string(TARGETS))
    steps = list(follow(siamese, truth.frames, truth.initial_box, settings_of(siamese)))
    counted = [step.activity for step in steps if step.activity is not None]
    for at, layer in enumerate(search.layers):
        assert layer.synops.tolist() == [int(each.layers[at].synops[0]) for each in counted]
    assert steps[0].template is not None
    for layer, own in zip(template.layers, steps[0].template.activity.layers, strict=True):
        assert layer.synops.tolist() == own.synops.tolist()
    assert [each.to_dict() for each in run.energy] == json.loads(
        (tmp_path / "run" / "energy.json").read_text()
    )
    assert [each.to_dict() for each in run.template_energy] == json.loads(
        (tmp_path / "run" / "template_energy.json").read_text()
    )
    assert len(run.energy) == len(run.template_energy) > 0


@pytest.mark.parametrize(
    ("form", "boxes", "times"),
    [
        ("otb", "Bird.txt", "times/Bird_time.txt"),
        ("lasot", "Bird.txt", "times/Bird_time.txt"),
        ("trackingnet", "Bird.txt", "times/Bird_time.txt"),
        ("got10k", "Bird/Bird_001.txt", "Bird/Bird_time.txt"),
    ],
)
def test_result_files(net: Path, tmp_path: Path, form: Any, boxes: str, times: str) -> None:
    source = otb(tmp_path / "Bird")
    results = tmp_path / "results"
    sot(str(source), net, tmp_path / "run", options(results=str(results), form=form))
    assert {str(path.relative_to(results)) for path in results.rglob("*.txt")} == {boxes, times}
    (found,) = read_results(results, "Bird")
    own = np.loadtxt(tmp_path / "run" / "boxes.txt", delimiter=",")
    np.testing.assert_allclose(found.boxes, own, atol=1e-3)
    assert found.boxes[0].tolist() == [5, 6, 10, 12]
    assert found.seconds is not None
    assert (found.seconds > 0).all()


def test_a_run_that_is_there_is_kept_unless_it_may_be_replaced(net: Path, tmp_path: Path) -> None:
    sot(TARGETS, net, tmp_path / "run", options(max_frames=3))
    before = (tmp_path / "run" / "boxes.txt").read_text()
    with pytest.raises(InputError, match="a run that is finished"):
        sot(TARGETS, net, tmp_path / "run", options())
    assert (tmp_path / "run" / "boxes.txt").read_text() == before
    (tmp_path / "run" / "mine.txt").write_text("kept")
    sot(TARGETS, net, tmp_path / "run", options(overwrite=True))
    assert {path.name for path in (tmp_path / "run").iterdir()} == FILES | {"mine.txt"}
    assert len((tmp_path / "run" / "boxes.txt").read_text().splitlines()) == 6


@pytest.mark.parametrize("breaks", ["_priced", "_scores"])
def test_a_run_that_fails_leaves_nothing(
    net: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, breaks: str
) -> None:
    def broken(*given: object) -> None:
        raise JobError("the disk is full")

    monkeypatch.setattr(module, breaks, broken)
    with pytest.raises(JobError):
        sot(TARGETS, net, tmp_path / "out" / "run", options(results=str(tmp_path / "out" / "results")))
    left = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert left == []
    assert not (tmp_path / "out" / "run").exists()


def test_a_results_folder_that_is_none_does_not_cost_the_run(net: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(JobError, match="cannot be written"):
        sot(TARGETS, net, tmp_path / "run", options(results=str(tmp_path / "file")))
    assert {path.name for path in (tmp_path / "run").iterdir()} == FILES


def test_a_truth_of_the_first_frame_alone(net: Path, tmp_path: Path) -> None:
    """As in GOT-10k's and TrackingNet's test sequences: something to follow, nothing to score."""
    hidden = otb(tmp_path / "Bird", "5,6,10,12\nNaN,NaN,NaN,NaN\nNaN,NaN,NaN,NaN\n")
    test = pictures(tmp_path / "GOT-10k_Test_000001")
    (test / "groundtruth.txt").write_text("5,6,10,12\n")
    for number, source in enumerate((hidden, test)):
        run = sot(str(source), net, tmp_path / f"run{number}", options())
        assert (run.frames, run.scores) == (3, None)
        content = json.loads((tmp_path / f"run{number}" / "run.json").read_text())
        assert (content["scores"], content["init"]) == (None, [5, 6, 10, 12])


def test_a_run_that_is_interrupted_leaves_nothing(
    net: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*given: Any) -> Any:
        for index, step in enumerate(follow(*given)):
            if index == 2:
                raise KeyboardInterrupt
            yield step

    monkeypatch.setattr(module, "follow", stopped)
    with pytest.raises(KeyboardInterrupt):
        sot(TARGETS, net, tmp_path / "out" / "run", options())
    assert list((tmp_path / "out").iterdir()) == []


def test_one_frame_is_too_few(net: Path, tmp_path: Path) -> None:
    source = pictures(tmp_path / "one", 1)
    for given in (options(init="5,6,20,20"), options(init="5,6,20,20", max_frames=1)):
        with pytest.raises(InputError, match="one: frames: found 1, expected at least two"):
            sot(str(source), net, tmp_path / "run", given)
        assert not (tmp_path / "run").exists()


def test_pictures_that_are_missing_are_told(net: Path, tmp_path: Path) -> None:
    pictures(tmp_path / "MOT" / "img1")
    lines = ("[Sequence]", "name=MOT", "imDir=img1", "frameRate=10", "seqLength=9", "imWidth=60")
    (tmp_path / "MOT" / "seqinfo.ini").write_text("\n".join((*lines, "imHeight=40", "imExt=.png", "")))
    run = sot(str(tmp_path / "MOT"), net, tmp_path / "run", options(init="5,6,20,20"))
    assert "3 pictures of the 9 that seqinfo.ini announces" in run.warnings[0]
    assert json.loads((tmp_path / "run" / "run.json").read_text())["warnings"] == list(run.warnings)


def test_a_video_that_breaks_off_is_refused(
    net: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(source: str, init: str | None, most: int | None, *other: object) -> Any:
        opened = open_sot(source, init, most)
        opened.frames.frames, opened.frames.ended_early = 100, "3 frames of the 100 that are announced"
        return opened

    monkeypatch.setattr(module, "open_sot", cut)
    with pytest.raises(InputError, match="found 3, then nothing that decodes, expected 100 as announced"):
        sot(str(pictures(tmp_path / "p")), net, tmp_path / "run", options(init="5,6,20,20"))
    assert not (tmp_path / "run").exists()


def test_without_truth_there_are_no_scores(net: Path, tmp_path: Path) -> None:
    run = sot(str(pictures(tmp_path / "p")), net, tmp_path / "run", options(init="5,6,20,20"))
    assert run.scores is None
    assert json.loads((tmp_path / "run" / "run.json").read_text())["scores"] is None


def test_what_the_tracker_is_told(net: Path, tmp_path: Path) -> None:
    changes = {"window": 0.0, "lost_score": 0.0, "update_score": 0.0}
    run = sot(TARGETS, net, tmp_path / "run", options(changes=changes, bits=4))
    content = json.loads((tmp_path / "run" / "run.json").read_text())
    assert {name: content["tracker"][name] for name in changes} == changes
    assert (run.lost, content["options"]["bits"]) == (0, 4)
    # Four bits lose more than eight.
    eight = sot(TARGETS, net, tmp_path / "eight", options(max_frames=2))
    assert all(a.error >= b.error for a, b in zip(run.written, eight.written, strict=True))
    with pytest.raises(InputError, match="penalty"):
        sot(TARGETS, net, tmp_path / "other", options(changes={"penalty": -1.0}))


def test_later_templates(net: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame's counts are those of the weights that the first template gave; all are counted."""
    changes = {"lost_score": 0.0, "update_score": 0.0, "update_every": 2}
    run = sot(TARGETS, net, tmp_path / "run", options(changes=changes))
    assert run.templates == 3
    template = read_activity(tmp_path / "run" / "template_activity.h5")
    assert template.frames == 1


def test_a_checkpoint_does_as_well_as_its_folder(tmp_path: Path) -> None:
    path = checkpoint(tmp_path / "final.pt", template_steps=2)
    write_siamese(load_siamese(path), tmp_path / "pair")
    sot(TARGETS, path, tmp_path / "a", options())
    sot(TARGETS, tmp_path / "pair", tmp_path / "b", options())
    assert (tmp_path / "a" / "boxes.txt").read_text() == (tmp_path / "b" / "boxes.txt").read_text()


def test_a_blind_pair(tmp_path: Path) -> None:
    write_siamese(pair(retrieval="blind"), tmp_path / "net")
    run = sot(TARGETS, tmp_path / "net", tmp_path / "run", options())
    assert run.written == ()


@pytest.mark.parametrize("name", ["nothing", "x" * 5000, "x" * 5000 + ".pt", "some.pt"])
def test_no_network(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="network: found no such file, expected spiketrack-nano"):
        load_siamese(str(tmp_path / name))


def test_something_else_than_a_network(tmp_path: Path) -> None:
    (tmp_path / "some.net").write_text("no net")
    (tmp_path / "folder").mkdir()
    for name in ("some.net", "folder"):
        with pytest.raises(InputError, match="network: found neither"):
            load_siamese(tmp_path / name)


@pytest.mark.parametrize(("name", "kind"), [("Crossing", "otb"), ("bag", "vot")])
def test_real_sequences(net: Path, tmp_path: Path, shared_data: Path, name: str, kind: str) -> None:
    folder = shared_data / "sot" / name
    if not folder.is_dir():
        pytest.skip("the sequence is not there")
    run = sot(str(folder), net, tmp_path / "run", options(max_frames=4))
    assert run.frames == 4
    assert run.scores is not None
    assert 0 <= run.scores.AUC <= 1


def test_the_video_shows_the_box(net: Path, tmp_path: Path) -> None:
    sot(TARGETS, net, tmp_path / "run", options())
    video = cv2.VideoCapture(str(tmp_path / "run" / "annotated.mp4"))
    assert int(video.get(cv2.CAP_PROP_FRAME_COUNT)) == 6
    good, shown = video.read()
    assert good
    plain = target_sequence(TargetSpec.from_string(TARGETS)).frames[0][..., ::-1]
    assert np.abs(shown[:80, :96].astype(int) - plain).max() > 60
