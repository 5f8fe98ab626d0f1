from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import h5py
import numpy as np
import pytest

from neuromorph_track.backends.activity import Activity
from neuromorph_track.errors import InputError, JobError
from neuromorph_track.profiling import ActivityRecorder, read_activity, write_activity
from tests.conftest import SmallDisk


def assert_same(found: Activity, expected: Activity) -> None:
    assert found.steps_per_frame == expected.steps_per_frame
    for ours, theirs in zip(found.layers, expected.layers, strict=True):
        for field in fields(ours):
            mine, other = getattr(ours, field.name), getattr(theirs, field.name)
            if isinstance(other, np.ndarray):
                assert mine.dtype == np.int64
                np.testing.assert_array_equal(mine, other)
            else:
                assert type(mine) is type(other)
                assert mine == other


def piece(activity: Activity, frames: slice) -> Activity:
    layers = []
    for layer in activity.layers:
        counts = {count: getattr(layer, count)[frames] for count in Activity.COUNTS}
        layers.append(type(layer)(**{**vars(layer), **counts}))
    return Activity(tuple(layers), activity.steps_per_frame)


def test_what_is_written_is_read(tmp_path: Path, two_layers: Activity) -> None:
    write_activity(tmp_path / "activity.h5", two_layers)
    assert_same(read_activity(tmp_path / "activity.h5"), two_layers)


@pytest.mark.parametrize("cuts", [(1,), (1, 2), (0, 2, 2)])
def test_pieces_give_the_same_file_as_the_whole(
    tmp_path: Path, two_layers: Activity, cuts: tuple[int, ...]
) -> None:
    with ActivityRecorder(tmp_path / "activity.h5") as recorder:
        for start, stop in zip((0, *cuts), (*cuts, 3), strict=True):
            recorder.append(piece(two_layers, slice(start, stop)))
    assert_same(read_activity(tmp_path / "activity.h5"), two_layers)


def test_the_file_says_what_it_holds(tmp_path: Path, two_layers: Activity) -> None:
    write_activity(tmp_path / "activity.h5", two_layers)
    with h5py.File(tmp_path / "activity.h5") as file:
        assert file.attrs["format"] == "neuromorph-track activity"
        assert file["synops"].attrs["axes"] == "frame, layer"
        assert file["synops"].attrs["unit"] == "count per frame"
        assert file["synops"][:, 0].tolist() == [900, 100, 300]
        assert file["layers/name"].asstr()[:].tolist() == ["1 conv", "2 dense"]


def test_a_run_that_fails_leaves_no_file(tmp_path: Path, two_layers: Activity) -> None:
    def run() -> None:
        with ActivityRecorder(tmp_path / "activity.h5") as recorder:
            recorder.append(two_layers)
            raise KeyError("the run died")

    with pytest.raises(KeyError):
        run()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_line_and_leaves_no_file(
    tmp_path: Path, two_layers: Activity, small_disk: SmallDisk
) -> None:
    with small_disk(), pytest.raises(JobError, match=r"activity\.h5: cannot be written"):
        write_activity(tmp_path / "activity.h5", two_layers)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be(tmp_path: Path, two_layers: Activity) -> None:
    (tmp_path / "run").write_text("a file where the folder should be")
    with pytest.raises(JobError, match="run"):
        write_activity(tmp_path / "run" / "activity.h5", two_layers)


def test_pieces_of_two_networks_do_not_mix(tmp_path: Path, two_layers: Activity) -> None:
    with ActivityRecorder(tmp_path / "activity.h5") as recorder:
        recorder.append(two_layers)
        with pytest.raises(ValueError, match="other layers"):
            recorder.append(Activity(two_layers.layers[:1], 1))
    assert_same(read_activity(tmp_path / "activity.h5"), two_layers)


def drop(name: str) -> object:
    def change(file: h5py.File) -> None:
        del file[name]

    return change


def wrong_version(file: h5py.File) -> None:
    file.attrs["version"] = 2


def wrong_shape(file: h5py.File) -> None:
    del file["synops_all"]
    file["synops_all"] = np.zeros((3, 5), np.int64)


def wrong_length(file: h5py.File) -> None:
    del file["layers/kind"]
    file["layers/kind"] = ["conv"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (wrong_version, "format"),
        (drop("spikes_out"), "content"),
        (drop("layers/macs"), "content"),
        (wrong_shape, "synops_all"),
        (wrong_length, "layers/kind"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, two_layers: Activity, change: object, field: str) -> None:
    path = tmp_path / "activity.h5"
    write_activity(path, two_layers)
    with h5py.File(path, "r+") as file:
        assert callable(change)
        change(file)
    with pytest.raises(InputError) as caught:
        read_activity(path)
    assert (caught.value.source, caught.value.field) == (str(path), field)


@pytest.mark.parametrize("content", [None, b"", b"not HDF5 at all", "truncated"])
def test_a_file_that_is_no_activity(
    tmp_path: Path, two_layers: Activity, content: bytes | str | None
) -> None:
    path = tmp_path / "activity.h5"
    if content == "truncated":
        write_activity(path, two_layers)
        content = path.read_bytes()[:3000]
    if isinstance(content, bytes):
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"activity\.h5: file"):
        read_activity(path)
