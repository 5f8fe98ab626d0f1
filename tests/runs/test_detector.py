"""Frames through a network: chunks do not show, classes and devices are checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity
from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.data.detections import Detections
from neuromorph_track.detection import FrameEncoder
from neuromorph_track.errors import InputError
from neuromorph_track.export.zoo import load_network
from neuromorph_track.netx import Network
from neuromorph_track.runs.detector import Detector
from tests.backends.count_oracle import assert_counts, tell
from tests.runs.conftest import with_contract

Frames = list[NDArray[np.uint8]]


def everything(detector: Detector, frames: Frames) -> tuple[list[Detections], NDArray[np.int64]]:
    """Detections per frame, and counts (layer, count, frame)."""
    found: list[Detections] = []
    counts = []
    for chunk in detector.run(iter(frames)):
        assert len(chunk.frames) == len(chunk.detections) == chunk.activity.frames
        found += chunk.detections
        counts.append(
            np.array([[getattr(layer, n) for n in Activity.COUNTS] for layer in chunk.activity.layers])
        )
    return found, np.concatenate(counts, axis=2)


def assert_same(a: Detections, b: Detections) -> None:
    for name in ("xyxy", "score", "class_id"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))


@pytest.mark.parametrize("chunk", [1, 3, 11])
@pytest.mark.parametrize("name", ["small", "scenes-nano"])
def test_chunks_do_not_show(network: Network, frames: Frames, name: str, chunk: int) -> None:
    used = network if name == "small" else load_network(name)
    usual, other = Detector(used), Detector(used)
    other.chunk = chunk
    (found, counts), (found_too, counts_too) = everything(usual, frames), everything(other, frames)
    assert len(found) == len(found_too) == len(frames)
    if name == "small":
        assert sum(map(len, found)) > 0
    for a, b in zip(found, found_too, strict=True):
        assert_same(a, b)
    np.testing.assert_array_equal(counts, counts_too)
    assert counts[:, :, 1:].sum() > 0


def test_steps_per_frame(network: Network, frames: Frames) -> None:
    """A frame that is shown twice to sigma-delta neurons brings nothing new the second time."""
    once = everything(Detector(network), frames)
    twice = everything(Detector(with_contract(network, steps_per_frame=2)), frames)
    for a, b in zip(once[0], twice[0], strict=True):
        assert_same(a, b)
    updates, spikes = Activity.COUNTS.index("neuron_updates"), Activity.COUNTS.index("spikes_out")
    np.testing.assert_array_equal(twice[1][:, updates, 1:], 2 * once[1][:, updates, 1:])
    np.testing.assert_array_equal(twice[1][:, spikes], once[1][:, spikes])


@pytest.mark.parametrize("interval", [1, 2, 7])
def test_refresh(network: Network, frames: Frames, interval: int) -> None:
    """After a refresh a frame is the first frame of a new run."""
    refreshed, _ = everything(Detector(with_contract(network, refresh_every=interval)), frames)
    for start in range(0, len(frames), interval):
        anew, _ = everything(Detector(network), frames[start : start + interval])
        for a, b in zip(refreshed[start : start + interval], anew, strict=True):
            assert_same(a, b)


def test_the_membrane_of_a_head_that_does_not_fire_is_decoded(leaky: Network, frames: Frames) -> None:
    assert leaky.contract is not None
    detector = Detector(leaky)
    found, _ = everything(detector, frames)
    encoded = [detector.encoder(frame) for frame in frames]
    values = np.repeat(np.stack([value for value, _ in encoded]), 3, 0)
    membrane = FixedSimulator(leaky, reset_interval=6).run(values).membrane
    assert membrane is not None
    for number, detections in enumerate(found):
        potentials = membrane[3 * number + 2]
        expected = detector.decoder.decode(potentials.astype(np.float32) / 4096, encoded[number][1])
        assert_same(detections, expected)
    # The first layers' biases alone integrate nothing: every other frame starts anew.
    anew, _ = everything(Detector(leaky), frames[2:])
    for a, b in zip(found[2:], anew, strict=True):
        assert_same(a, b)
    assert sum(map(len, found))


def test_one_frame_at_a_time_is_held(network: Network, frames: Frames) -> None:
    """No more frames are asked for than a chunk has."""
    asked = 0

    def source() -> Iterator[NDArray[np.uint8]]:
        nonlocal asked
        for frame in frames:
            asked += 1
            yield frame

    detector = Detector(network)
    detector.chunk = 4
    chunks = detector.run(source())
    for expected in (1, 4, 8):
        next(chunks)
        assert asked == expected


def test_classes_are_chosen_by_name(network: Network, frames: Frames) -> None:
    found, _ = everything(Detector(network, ["two"]), frames)
    kinds = np.concatenate([detections.class_id for detections in found])
    assert set(kinds.tolist()) == {1}


@pytest.mark.parametrize(
    ("names", "found"), [(["cat"], "'cat'"), (["one", "One"], "'One'"), ([], "no name"), ([""], "''")]
)
def test_classes_that_the_network_lacks(network: Network, names: list[str], found: str) -> None:
    with pytest.raises(InputError) as caught:
        Detector(network, names)
    assert (caught.value.source, caught.value.field) == ("small.net", "classes")
    assert caught.value.found == found
    assert "one, two" in caught.value.expected


@pytest.mark.parametrize("device", ["nonsense", "", "cuda:99", "meta", "mps:0"])
def test_devices_that_are_not_there(network: Network, device: str) -> None:
    with pytest.raises(InputError) as caught:
        Detector(network, device=device)
    assert (caught.value.source, caught.value.found) == ("device", repr(device))
    assert "\n" not in str(caught.value)


def test_a_plain_file_cannot_be_run(network: Network) -> None:
    with pytest.raises(InputError, match=r"small\.net: neuromorph_track/contract: found nothing"):
        Detector(replace(network, contract=None))


@pytest.mark.parametrize("chunk", [1, 2, 4])
def test_the_first_frame_s_spikes_are_told_from_the_rest(
    network: Network, frames: Frames, chunk: int
) -> None:
    detector = Detector(with_contract(network, refresh_every=4))
    detector.chunk = chunk
    assert detector.take_spikes() is None
    for _ in range(2):
        _, counts = everything(detector, frames)
        spikes = detector.take_spikes()
        assert spikes is not None
        out = counts[:, Activity.COUNTS.index("spikes_out")]
        assert [part.sum() for part in spikes.first] == out[:, 0].tolist()
        assert [part.sum() for part in spikes.rest] == out[:, 1:].sum(1).tolist()
        assert out[0, 1:].all()
        assert detector.take_spikes() is None


@pytest.mark.parametrize(("kind", "refresh"), [("sigma-delta", None), ("sigma-delta", 2), ("leaky", 2)])
@pytest.mark.parametrize("number", [1, 4])
def test_counts_of_frames_are_a_loop_over_messages(
    network: Network, leaky: Network, frames: Frames, kind: str, refresh: int | None, number: int
) -> None:
    """Frames of several steps; a refresh fills the pipeline anew, leaky neurons are reset in it."""
    used = leaky if kind == "leaky" else with_contract(network, steps_per_frame=2, refresh_every=refresh)
    assert used.contract is not None
    steps, frames = used.contract.steps_per_frame, frames[:number]
    encoder = FrameEncoder(used.contract.input)
    values = np.repeat(np.stack([encoder(frame)[0] for frame in frames]), steps, 0)
    if kind == "leaky":
        told = [tell(used, values, spike_exp=4, interval=2 * steps)]
    else:
        each = (refresh or number) * steps
        told = [tell(used, values[at : at + each], spike_exp=4) for at in range(0, len(values), each)]
    detector = Detector(used)
    chunks = list(detector.run(iter(frames)))
    spikes = detector.take_spikes()
    assert spikes is not None
    for at, first, rest in zip(range(len(told[0])), *spikes, strict=True):
        whole = replace(told[0][at], counts=[row for part in told for row in part[at].counts])
        assert_counts(joined([chunk.by_step for chunk in chunks], at), [whole])
        framewise = np.stack(whole.counts).reshape(number, steps, 6).sum(1)
        assert_counts(
            joined([chunk.activity for chunk in chunks], at), [replace(whole, counts=list(framewise))]
        )
        parts = [part[at].spikes(slice(0, None)) for part in told]
        np.testing.assert_array_equal(first, told[0][at].spikes(slice(0, steps)))
        np.testing.assert_array_equal(rest, sum(parts) - first)
    assert any(part.any() for part in spikes.first[1:])


def joined(pieces: list[Activity], at: int) -> Activity:
    """One layer of consecutive pieces."""
    layers = [piece.layers[at] for piece in pieces]
    counts = {name: np.concatenate([getattr(layer, name) for layer in layers]) for name in Activity.COUNTS}
    return replace(pieces[0], layers=(replace(layers[0], **counts),))
