"""``track`` and ``profile``: what they leave, that it agrees with itself, and how they fail."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from neuromorph_track.data.frames import open_source
from neuromorph_track.data.motchallenge import read_detections
from neuromorph_track.data.scenes import Scene, SceneSpec
from neuromorph_track.data.scenes.record import truth_text
from neuromorph_track.errors import InputError, JobError
from neuromorph_track.export.zoo import load_network
from neuromorph_track.hardware import load_profile, load_profiles
from neuromorph_track.netx import Network, write_net
from neuromorph_track.profiling import EnergyReport, read_activity
from neuromorph_track.runs import RunOptions, RunSummary, profile, read_run, track
from tests.conftest import SmallDisk

ALL = ["activity.h5", "annotated.mp4", "energy.json", "run.json", "tracks.txt"]
QUIET = RunOptions(quiet=True)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_track_writes_five_files_and_the_truth_of_a_scene(run: RunSummary) -> None:
    assert names(run.folder) == sorted([*ALL, "gt.txt"])
    scene = Scene(SceneSpec.from_string(read_run(run.folder)["source"]["given"]))
    assert (run.folder / "gt.txt").read_text() == truth_text(truth for _, truth in scene)
    assert run.frames == 12
    assert run.warnings == ()
    assert names(run.folder.parent) == ["run"]


def test_tracks_are_motchallenge(run: RunSummary) -> None:
    boxes = read_detections(run.folder / "tracks.txt")
    assert len(boxes) > 10
    assert set(boxes.frame) <= set(range(1, 13))
    assert len(set(boxes.track_id)) == run.tracks
    assert np.all(np.diff(boxes.frame) >= 0)
    # A track is in a frame once.
    assert len(set(zip(boxes.frame, boxes.track_id, strict=True))) == len(boxes)
    assert np.all(boxes.xyxy[:, 2:] > boxes.xyxy[:, :2])
    assert np.all((boxes.score > 0) & (boxes.score <= 1))


def test_the_video_has_every_frame(run: RunSummary) -> None:
    with av.open(str(run.folder / "annotated.mp4")) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
        assert container.streams.video[0].average_rate == 20
    assert len(frames) == 12
    assert frames[0].shape == (576, 768, 3)


def test_counts_cover_every_frame(run: RunSummary) -> None:
    activity = read_activity(run.folder / "activity.h5")
    network = load_network("scenes-nano")
    assert activity.frames == 12
    assert [layer.name for layer in activity.layers] == [network.name(i) for i in range(len(network.layers))]
    assert all(np.all(layer.neuron_updates[1:] == layer.neurons) for layer in activity.layers)
    # What a layer sends, the next one gets.
    for before, after in zip(activity.layers, activity.layers[1:], strict=False):
        np.testing.assert_array_equal(before.spikes_out[1:], after.spikes_in[1:])


def test_energy_is_there_for_every_chip(run: RunSummary) -> None:
    written = json.loads((run.folder / "energy.json").read_text())
    assert written == [report.to_dict() for report in run.energy]
    assert [report.profile for report in run.energy] == [profile.id for profile in load_profiles()]


def test_run_json_says_how_to_do_it_again(run: RunSummary) -> None:
    content = read_run(run.folder)
    network = load_network("scenes-nano")
    assert (content["frames"], content["tracks"]) == (run.frames, run.tracks)
    assert content["network"] == {
        "given": "scenes-nano",
        "name": "scenes-nano",
        "sha256": hashlib.sha256(Path(network.source).read_bytes()).hexdigest(),
    }
    source = open_source(content["source"]["given"])
    assert content["source"]["sha256"] == source.fingerprint()
    assert (content["source"]["fps"], content["source"]["size"]) == (20, [256, 192])
    assert content["classes"] == ["walker", "car", "jelly"]
    assert content["versions"]["numpy"] == np.__version__
    assert content["options"]["conf"] is None
    assert content["tracker"]["high_score"] == 0.25


def test_doing_it_again_gives_the_same(run: RunSummary, tmp_path: Path) -> None:
    again = track(read_run(run.folder)["source"]["given"], "scenes-nano", tmp_path / "again", QUIET)
    for name in ("tracks.txt", "activity.h5"):
        assert (again.folder / name).read_bytes() == (run.folder / name).read_bytes(), name
    assert [without_host(report) for report in again.energy] == [without_host(r) for r in run.energy]
    description = read_run(again.folder)
    per_frame, stages = description["association_seconds_per_frame"], description["association"]
    assert stages["frames"] == 12
    assert stages["bytes_in"] > 0
    # The stages follow each other without a gap; what is around them is little.
    assert 0 < sum(stages["seconds"].values()) <= 12 * per_frame


def without_host(report: EnergyReport) -> EnergyReport:
    """The association is timed on this machine, and no second is like another."""
    frames = ("first_frame", "steady_state", "dense_twin")
    assert all(getattr(report, frame).host is not None for frame in frames)
    alone = {frame: replace(getattr(report, frame), host=None, with_host=None) for frame in frames}
    return replace(report, **alone)


def test_profile_writes_three_files_with_the_same_counts(run: RunSummary, tmp_path: Path) -> None:
    found = profile("scene:seed=3,frames=12", "scenes-nano", tmp_path / "cost", QUIET)
    assert names(found.folder) == ["activity.h5", "energy.json", "run.json"]
    assert found.tracks is None
    # Nothing is associated, so nothing is spent on the host.
    assert found.energy == tuple(without_host(report) for report in run.energy)
    assert read_run(found.folder)["association_seconds_per_frame"] is None
    assert read_run(found.folder)["association"] is None
    assert read_run(found.folder)["tracker"] is None


def test_what_may_be_chosen(net: str, video: Callable[[int], Path], tmp_path: Path) -> None:
    options = RunOptions(
        max_frames=2, classes=["two"], conf=0.9, hardware=("loihi1", "loihi1", "spinnaker2"), quiet=True
    )
    found = track(str(video(5)), net, tmp_path / "run", options)
    assert found.frames == 2
    assert [report.name for report in found.energy] == [
        load_profile(name).profile.name for name in ("loihi1", "spinnaker2")
    ]
    assert read_run(found.folder)["tracker"]["high_score"] == 0.9
    assert read_activity(found.folder / "activity.h5").frames == 2


@pytest.mark.parametrize(
    "shape", [(48, 64, 3), (101, 77), (50, 1, 3), (1, 50, 3), (1, 1, 3), (1, 3000, 3), (33, 33, 4)]
)
def test_pictures_of_any_shape(
    net: str, pictures: Callable[..., Path], tmp_path: Path, shape: tuple[int, ...]
) -> None:
    found = track(str(pictures(*shape)), net, tmp_path / "run", QUIET)
    assert (found.frames, names(found.folder)) == (3, ALL)
    boxes = read_detections(found.folder / "tracks.txt")
    assert np.all(boxes.xyxy >= 0)


def test_a_video_of_one_frame(net: str, video: Callable[[int], Path], tmp_path: Path) -> None:
    found = track(str(video(1)), net, tmp_path / "run", QUIET)
    assert found.frames == read_activity(found.folder / "activity.h5").frames == 1


def test_a_scene_without_objects(tmp_path: Path) -> None:
    found = track("scene:frames=3,objects=0", "scenes-nano", tmp_path / "run", QUIET)
    assert names(found.folder) == sorted([*ALL, "gt.txt"])
    assert found.frames == 3
    assert (found.folder / "gt.txt").read_text() == ""


def test_names_with_blanks_and_other_letters(
    net: str, video: Callable[[int], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "ein Ordner – 车"
    folder.mkdir()
    video(3).rename(folder / "vidéo 1.mp4")
    monkeypatch.chdir(folder)
    found = track("vidéo 1.mp4", net, "mein Lauf", QUIET)
    assert names(folder / "mein Lauf") == ALL
    assert read_run(found.folder)["source"]["given"] == "vidéo 1.mp4"


def cut(whole: Path, share: float) -> Path:
    target = whole.with_name("cut.mp4")
    target.write_bytes(whole.read_bytes()[: int(share * whole.stat().st_size)])
    return target


def test_a_video_that_breaks_off_is_refused(net: str, video: Callable[[int], Path], tmp_path: Path) -> None:
    path = cut(video(30), 0.5)
    with pytest.raises(InputError) as caught:
        track(str(path), net, tmp_path / "out" / "run", QUIET)
    assert (caught.value.source, caught.value.field) == (str(path), "frames")
    assert names(tmp_path / "out") == []
    # What the message advises.
    there = int(caught.value.found.partition(",")[0])
    assert f"--max-frames {there}" in caught.value.expected
    options = RunOptions(max_frames=there, quiet=True)
    found = track(str(path), net, tmp_path / "out" / "run", options)
    assert (found.frames, found.warnings) == (there, ())


def test_a_video_that_lacks_a_frame_is_finished_with_a_warning(
    net: str, video: Callable[[int], Path], tmp_path: Path
) -> None:
    path = cut(video(30), 0.97)
    found = track(str(path), net, tmp_path / "run", QUIET)
    assert found.frames == 29
    warning = f"{path}: 29 frames of the 30 that its header announces"
    assert warning in found.warnings
    assert warning in read_run(found.folder)["warnings"]
    assert read_activity(found.folder / "activity.h5").frames == 29


def test_a_bad_picture_midway_leaves_nothing(net: str, pictures: Callable[..., Path], tmp_path: Path) -> None:
    folder = pictures(40, 40, 3, count=40)
    (folder / "30.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"30\.png: picture"):
        track(str(folder), net, tmp_path / "out" / "run", QUIET)
    assert names(tmp_path / "out") == []


def test_a_folder_that_cannot_be_written(net: str, video: Callable[[int], Path], tmp_path: Path) -> None:
    path = video(2)
    with pytest.raises(JobError, match=r"2\.mp4/run: cannot be written"):
        track(str(path), net, path / "run", QUIET)


@pytest.mark.parametrize("job", [track, profile])
def test_a_full_disk_leaves_nothing(
    net: str,
    video: Callable[[int], Path],
    tmp_path: Path,
    small_disk: SmallDisk,
    job: Callable[..., RunSummary],
) -> None:
    path = video(60)
    with small_disk(), pytest.raises(JobError, match="cannot be written") as caught:
        job(str(path), net, tmp_path / "out" / "run", QUIET)
    assert "\n" not in str(caught.value)
    assert names(tmp_path / "out") == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"classes": ["cat"]}, r"small\.net: classes: found 'cat'"),
        ({"hardware": ("abacus",)}, "hardware: profile: found 'abacus'"),
        ({"device": "nonsense"}, "device: name: found 'nonsense'"),
        ({"max_frames": 0}, "frames: max_frames: found 0"),
    ],
)
def test_a_bad_choice_is_refused_before_anything_is_written(
    net: str, video: Callable[[int], Path], tmp_path: Path, changed: dict[str, object], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        track(str(video(2)), net, tmp_path / "out" / "run", RunOptions(quiet=True, **changed))  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_counts_of_each_timestep_are_kept_where_asked_for(
    leaky: Network, frames: list[np.ndarray], tmp_path: Path
) -> None:
    """Three steps a frame; refreshed every other frame; the sums are those of a run without."""
    net = tmp_path / "leaky.net"
    write_net(leaky, net)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for index, frame in enumerate(frames):
        cv2.imwrite(str(pictures / f"{index:03}.png"), frame)
    stepwise = RunOptions(quiet=True, hardware=("loihi1",), per_step=True)
    kept = profile(str(pictures), str(net), tmp_path / "steps", stepwise)
    plain = profile(str(pictures), str(net), tmp_path / "frames", replace(stepwise, per_step=False))
    by_frame = read_activity(plain.folder / "activity.h5")
    by_step = read_activity(kept.folder / "activity.h5", per_step=True)
    assert (by_step.frames, by_step.steps_per_frame) == (33, 1)
    again = read_activity(kept.folder / "activity.h5")
    assert (again.frames, again.steps_per_frame) == (by_frame.frames, by_frame.steps_per_frame) == (11, 3)
    for mine, theirs, steps in zip(again.layers, by_frame.layers, by_step.layers, strict=True):
        for count in by_frame.COUNTS:
            np.testing.assert_array_equal(getattr(mine, count), getattr(theirs, count))
            summed = getattr(steps, count).reshape(-1, 3).sum(1)
            np.testing.assert_array_equal(summed, getattr(theirs, count))
    assert again.by_neuron is not None
    assert again.total("spikes_out")[0] == sum(part.sum() for part in again.by_neuron.first) > 0
    assert again.total("spikes_out")[1:].sum() == sum(part.sum() for part in again.by_neuron.rest) > 0
    assert (again.input_values, again.depth) == (3 * 32 * 32, 2)
    assert again.output_values == np.prod(leaky.output_shape)
    with pytest.raises(InputError, match="profile --per-step"):
        read_activity(plain.folder / "activity.h5", per_step=True)
