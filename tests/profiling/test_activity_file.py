from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from neuromorph_track.backends.activity import Activity, NeuronSpikes
from neuromorph_track.errors import InputError, JobError
from neuromorph_track.profiling import ActivityRecorder, read_activity, write_activity
from tests.conftest import SmallDisk


def assert_same(found: Activity, expected: Activity) -> None:
    for name in ("steps_per_frame", "input_values", "output_values", "depth", "input_events"):
        assert getattr(found, name) == getattr(expected, name)
    assert (found.by_neuron is None) == (expected.by_neuron is None)
    if found.by_neuron is not None and expected.by_neuron is not None:
        for mine, theirs in zip(found.by_neuron, expected.by_neuron, strict=True):
            for part, other in zip(mine, theirs, strict=True):
                assert part.dtype == np.int64
                np.testing.assert_array_equal(part, other)
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
    return replace(activity, layers=tuple(layers), by_neuron=None)


def with_neurons(activity: Activity, steps: int = 1) -> Activity:
    """The same run with what each neuron did; its first ``steps`` entries are the first frame."""
    rng = np.random.default_rng(0)
    parts = []
    for rows in (slice(0, steps), slice(steps, None)):
        drawn = []
        for layer in activity.layers:
            who = rng.integers(0, layer.neurons, layer.spikes_out[rows].sum())
            drawn.append(np.bincount(who, minlength=layer.neurons))
        parts.append(tuple(drawn))
    handed = {"input_values": 77, "output_values": 9, "input_events": True}
    return replace(activity, by_neuron=NeuronSpikes(*parts), **handed, depth=2)


def test_what_is_written_is_read(tmp_path: Path, two_layers: Activity) -> None:
    write_activity(tmp_path / "activity.h5", two_layers)
    assert_same(read_activity(tmp_path / "activity.h5"), two_layers)
    whole = with_neurons(two_layers)
    write_activity(tmp_path / "whole.h5", whole)
    assert_same(read_activity(tmp_path / "whole.h5"), whole)


@pytest.mark.parametrize(("largest", "stored"), [(0, "u1"), (255, "u1"), (256, "u2"), (70_000, "u4")])
def test_spikes_of_neurons_are_stored_in_the_smallest_integers(
    tmp_path: Path, two_layers: Activity, largest: int, stored: str
) -> None:
    spikes = np.zeros(600, np.int64)
    spikes[7] = largest
    layer = replace(two_layers.layers[0], spikes_out=np.array([0, largest, 0]))
    by_neuron = NeuronSpikes((spikes * 0,), (spikes,))
    write_activity(tmp_path / "activity.h5", Activity((layer,), 1, by_neuron=by_neuron))
    with h5py.File(tmp_path / "activity.h5") as file:
        assert file["spikes_by_neuron/rest/0"].dtype == stored
    found = read_activity(tmp_path / "activity.h5").by_neuron
    assert found is not None
    np.testing.assert_array_equal(found.rest[0], spikes)


def test_counts_of_each_timestep(tmp_path: Path, two_layers: Activity) -> None:
    """Three frames of two steps are read as frames or as steps."""
    doubled = [
        replace(layer, **{count: np.repeat(getattr(layer, count), 2) for count in Activity.COUNTS})
        for layer in two_layers.layers
    ]
    stepwise = with_neurons(replace(two_layers, layers=tuple(doubled)), steps=2)
    path = tmp_path / "activity.h5"
    write_activity(path, stepwise, rows_per_frame=2)
    assert_same(read_activity(path, per_step=True), stepwise)
    framewise = read_activity(path)
    assert (framewise.frames, framewise.steps_per_frame) == (3, 2)
    for count in Activity.COUNTS:
        np.testing.assert_array_equal(framewise.total(count), 2 * two_layers.total(count))
    with h5py.File(path) as file:
        assert file.attrs["rows_per_frame"] == 2
        assert file["synops"].attrs["axes"] == "timestep, layer"


def test_counts_of_timesteps_that_were_not_kept(tmp_path: Path, two_layers: Activity) -> None:
    path = tmp_path / "activity.h5"
    write_activity(path, replace(two_layers, steps_per_frame=4))
    with pytest.raises(InputError, match=r"found one row per frame, .*profile --per-step"):
        read_activity(path, per_step=True)
    # Where a frame is a step they are the same.
    write_activity(path, two_layers)
    assert_same(read_activity(path, per_step=True), two_layers)


def test_pieces_are_whole_frames(tmp_path: Path, two_layers: Activity) -> None:
    with ActivityRecorder(tmp_path / "activity.h5", rows_per_frame=2) as recorder:
        with pytest.raises(ValueError, match="3 entries are no whole frames of 2"):
            recorder.append(two_layers)
        recorder.append(piece(two_layers, slice(0, 2)))


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
    file.attrs["version"] = 3


def old_version(file: h5py.File) -> None:
    file.attrs["version"] = 1


def attribute(name: str, value: object) -> object:
    def change(file: h5py.File) -> None:
        file.attrs[name] = value

    return change


def put(name: str, value: object) -> object:
    def change(file: h5py.File) -> None:
        del file[name]
        file[name] = value

    return change


def huge(name: str, shape: tuple[int, ...], kind: str) -> object:
    """A dataset that takes no place on disk, and more memory than there is."""

    def change(file: h5py.File) -> None:
        del file[name]
        file.create_dataset(name, shape, kind, chunks=True)

    return change


def group(name: str) -> object:
    def change(file: h5py.File) -> None:
        del file[name]
        file.create_group(name)

    return change


def link(name: str) -> object:
    """The same numbers, in another file."""

    def change(file: h5py.File) -> None:
        other = f"{file.filename}.other"
        with h5py.File(other, "w") as there:
            file.copy(name, there, "numbers")
        del file[name]
        file[name] = h5py.ExternalLink(other, "numbers")

    return change


def raw(name: str, shape: tuple[int, ...], kind: str) -> object:
    """Bytes of any file, taken for counts."""

    def change(file: h5py.File) -> None:
        del file[name]
        file.create_dataset(name, shape, kind, external=[(__file__, 0, 8 * int(np.prod(shape)))])

    return change


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
        (old_version, "format"),
        (attribute("steps_per_frame", 0), "steps_per_frame"),
        (attribute("steps_per_frame", "one"), "steps_per_frame"),
        (attribute("rows_per_frame", 3), "rows_per_frame"),
        (attribute("depth", -1), "depth"),
        (attribute("input_values", 1.5), "input_values"),
        (attribute("input_events", 1), "input_events"),
        (put("layers/neurons", np.array([600, -400])), "layers/neurons"),
        (put("layers/neurons", np.array([1 << 40, 400])), "layers/neurons"),
        (put("layers/fires", np.array([1.0, 0.0])), "layers/fires"),
        (put("layers/macs", np.array(["a", "b"], "S1")), "layers/macs"),
        (huge("synops", (1 << 40, 2), "i8"), "synops"),
        (huge("layers/name", (1 << 40,), "S1"), "layers/name"),
        (huge("spikes_by_neuron/first/0", (1 << 40,), "u1"), "spikes_by_neuron/first/0"),
        (huge("layers/name", (2,), "S100000000"), "layers/name"),
        (put("layers/name", [b"1 conv", b"2 \x1b[2J"]), "layers/name"),
        (put("layers/name", [b"1 conv", b"x" * 5000]), "layers/name"),
        (put("layers/kind", [b"conv", b"\xff\xfe"]), "content"),
        (put("layers/neuron", np.array([1, 2])), "layers/neuron"),
        (put("spikes_in", np.full((3, 2), -1)), "spikes_in"),
        (put("synops", np.full((3, 2), 10**6)), "synops"),
        (put("neuron_updates_changed", np.full((3, 2), 601)), "neuron_updates_changed"),
        (group("synops"), "synops"),
        (group("layers/macs"), "layers/macs"),
        (link("synops"), "synops"),
        (link("spikes_by_neuron/first/0"), "spikes_by_neuron/first/0"),
        (raw("synops", (3, 2), "i8"), "synops"),
        (drop("spikes_by_neuron/rest/1"), "content"),
        (put("spikes_by_neuron/rest/0", np.zeros(600, np.int64)), "spikes_by_neuron/rest/0"),
        (put("spikes_by_neuron/rest/0", np.zeros(600, np.uint8)), "spikes_by_neuron/rest/0"),
        (put("spikes_by_neuron/rest/0", np.full(600, 2**64 - 1, np.uint64)), "spikes_by_neuron/rest/0"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, two_layers: Activity, change: object, field: str) -> None:
    path = tmp_path / "activity.h5"
    write_activity(path, with_neurons(two_layers))
    with h5py.File(path, "r+") as file:
        assert callable(change)
        change(file)
    with pytest.raises(InputError) as caught:
        read_activity(path)
    assert (caught.value.source, caught.value.field) == (str(path), field)
    if change is old_version:
        assert "run `track` or `profile` again" in str(caught.value)


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


@pytest.mark.parametrize("share", np.linspace(0, 0.99, 12))
def test_a_file_that_was_cut_off(tmp_path: Path, two_layers: Activity, share: float) -> None:
    path = tmp_path / "activity.h5"
    write_activity(path, with_neurons(two_layers))
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match=r"activity\.h5: file"):
        read_activity(path)
