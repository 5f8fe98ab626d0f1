"""Network and tracker as one Lava graph: the tracks are those of a tracker outside."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neuromorph_track.association import TwoStageTracker, tracker_settings
from neuromorph_track.association.in_lava import LavaAssociation, tracks_of_frames
from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.lava_cpu import LavaBackend
from neuromorph_track.backends.lava_worker.tail import Tail
from neuromorph_track.data.detections import Tracks
from neuromorph_track.data.frames import open_source
from neuromorph_track.data.motchallenge import read_detections
from neuromorph_track.detection import FrameEncoder
from neuromorph_track.errors import InputError, JobError
from neuromorph_track.export.zoo import load_network
from neuromorph_track.netx import Network
from neuromorph_track.runs import RunOptions, read_run, track
from neuromorph_track.runs.detector import Detector
from tests.runs.conftest import with_contract

TIMEOUT = 120.0
# Two frames a second: in ten frames objects hide each other, come and go.
SCENE = "scene:seed=8,frames=10,fps=2"
Frames = list[np.ndarray]


def assert_same(found: Tracks, expected: Tracks) -> None:
    for name in ("xyxy", "score", "class_id", "track_id"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), strict=True)


def outside(network: Network, frames: Frames, score: float) -> list[Tracks]:
    """Decoder and tracker behind the simulator, which knows nothing of Lava."""
    settings, detector = tracker_settings(score), Detector(network)
    detector.decoder.score_threshold = settings.low_score
    tracker = TwoStageTracker(settings)
    return [tracker.update(found) for chunk in detector.run(frames) for found in chunk.detections]


def assert_eventful(tracks: list[Tracks]) -> None:
    """Several tracks at once, one that begins later, one that ends."""
    shown = [set(found.track_id.tolist()) for found in tracks]
    assert max(map(len, shown)) >= 3
    assert shown[-1] - shown[0]
    assert shown[0] - shown[-1]


def without_host(content: Any) -> Any:
    """All of ``energy.json`` but what the host's own seconds come to, which only a tracker outside has."""
    if isinstance(content, dict):
        hosts = ("host_joules", "total_with_host_joules")
        return {key: without_host(part) for key, part in content.items() if key not in hosts}
    return [without_host(part) for part in content] if isinstance(content, list) else content


def graph(network: Network, size: tuple[int, int], score: float) -> Tail:
    assert network.contract is not None
    return LavaAssociation(size, tracker_settings(score)).tail(network.contract)


def values_of(network: Network, frames: Frames) -> np.ndarray:
    assert network.contract is not None
    encoder = FrameEncoder(network.contract.input)
    return np.repeat([encoder(frame)[0] for frame in frames], network.contract.steps_per_frame, 0)


@pytest.mark.slayer
@pytest.mark.slow
@pytest.mark.parametrize("chunk", [16, 3])
def test_scenes_nano(chunk: int) -> None:
    network = load_network("scenes-nano")
    frames = list(open_source(SCENE))
    expected = outside(network, frames, 0.25)
    assert_eventful(expected)
    detector = Detector(network, backend="lava", in_lava=LavaAssociation((256, 192), tracker_settings(0.25)))
    detector.chunk = chunk
    try:
        found = [tracks for part in detector.run(frames) for tracks in part.tracks or []]
    finally:
        detector.close()
    assert len(found) == len(frames)
    for inside, out in zip(found, expected, strict=True):
        assert_same(inside, out)


@pytest.mark.slayer
@pytest.mark.slow
def test_scenes_nano_in_stock_lava() -> None:
    network = load_network("scenes-nano")
    frames = list(open_source(SCENE))
    expected = outside(network, frames, 0.25)
    assert_eventful(expected)
    values = values_of(network, frames)
    with LavaBackend(network, stock=True, tail=graph(network, (256, 192), 0.25), timeout=TIMEOUT) as lava:
        steps = lava.run(values)
        with pytest.raises(JobError, match="behind the head, have moved on while the pipeline ran empty"):
            lava.run(values)
    np.testing.assert_array_equal(steps.output, FixedSimulator(network).run(values).output)
    for inside, out in zip(tracks_of_frames(steps.tail), expected, strict=True):
        assert_same(inside, out)


@pytest.mark.slayer
@pytest.mark.slow
@pytest.mark.parametrize("stock", [False, True])
@pytest.mark.parametrize(("head", "score"), [("sigma", 0.1), ("membrane", 0.2)])
def test_several_steps_a_frame(
    network: Network, leaky: Network, frames: Frames, head: str, score: float, stock: bool
) -> None:
    """Also behind leaky neurons, whose membrane Lava has no port for."""
    used = leaky if head == "membrane" else with_contract(network, steps_per_frame=2)
    assert used.contract is not None
    expected = outside(used, frames, score)
    assert len({number for tracks in expected for number in tracks.track_id.tolist()}) >= 4
    repeats = used.contract.steps_per_frame
    interval = repeats * used.contract.refresh_every if used.contract.refresh_every else None
    tail = graph(used, (52, 40), score)
    with LavaBackend(used, reset_interval=interval, stock=stock, tail=tail, timeout=TIMEOUT) as lava:
        sent = lava.run(values_of(used, frames)).tail
    ends = np.arange(len(frames) * repeats) % repeats == repeats - 1
    np.testing.assert_array_equal(sent["count"][:, 0] >= 0, ends)
    assert sent["tracks"].dtype == np.float64
    assert not sent["tracks"][~ends].any()
    for inside, out in zip(tracks_of_frames(sent), expected, strict=True):
        assert_same(inside, out)


@pytest.mark.slayer
@pytest.mark.slow
def test_long_runs_are_cut_and_a_reset_starts_anew(
    network: Network, frames: Frames, monkeypatch: pytest.MonkeyPatch
) -> None:
    tail = graph(network, (52, 40), 0.1)
    monkeypatch.setattr("neuromorph_track.backends.lava_cpu.REQUEST_BYTES", 3 * tail.step_bytes + 100_000)
    expected = outside(network, frames, 0.1)
    assert all(len(tracks) > 10 for tracks in expected)
    with LavaBackend(network, tail=tail, timeout=TIMEOUT) as lava:
        assert lava._chunk < len(frames) / 2
        for _ in range(2):
            found = tracks_of_frames(lava.run(values_of(network, frames)).tail)
            for inside, out in zip(found, expected, strict=True):
                assert_same(inside, out)
            lava.reset()


@pytest.mark.slayer
@pytest.mark.slow
def test_the_command_writes_the_same_tracks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = RunOptions(classes=["walker", "jelly"], backend="lava", quiet=True)
    host = track(SCENE, "scenes-nano", tmp_path / "host", options)
    monkeypatch.setattr(TwoStageTracker, "update", None)  # from here on it is Lava or nothing
    inside = RunOptions(classes=["walker", "jelly"], backend="lava", association="lava", quiet=True)
    lava = track(SCENE, "scenes-nano", tmp_path / "lava", inside)
    for name in ("tracks.txt", "activity.h5"):
        assert (lava.folder / name).read_bytes() == (host.folder / name).read_bytes(), name
    on_lava, on_host = (json.loads((run.folder / "energy.json").read_text()) for run in (lava, host))
    assert "host_joules" in str(on_host)
    assert without_host(on_lava) == without_host(on_host)
    assert len(read_detections(lava.folder / "tracks.txt")) > 10
    assert lava.tracks == host.tracks > 3
    assert read_run(lava.folder)["options"]["association"] == "lava"


@pytest.mark.slayer
@pytest.mark.slow
def test_an_interpreter_that_lacks_our_packages_is_named(
    network: Network, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A package that is not there, as in an environment that holds Lava alone."""
    text = "raise ModuleNotFoundError(\"No module named 'pydantic'\", name='pydantic')\n"
    (tmp_path / "pydantic.py").write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(JobError, match=r"needs pydantic, which is not installed for .*python") as caught:
        LavaBackend(network, tail=graph(network, (52, 40), 0.2), timeout=TIMEOUT)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("backend", "changed", "words"),
    [
        ("fixed", {}, "association: backend: found 'fixed', expected 'lava'"),
        (
            "lava",
            {"refresh_every": 8},
            r"small\.net: refresh_every: found 8, expected none where",
        ),
    ],
)
def test_refused(network: Network, backend: str, changed: dict[str, object], words: str) -> None:
    inside = LavaAssociation((52, 40), tracker_settings(0.2))
    with pytest.raises(InputError, match=words):
        Detector(with_contract(network, **changed), backend=backend, in_lava=inside)  # type: ignore[arg-type]


def test_the_command_refuses_before_anything_is_written(
    net: str, video: Callable[[int], Path], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="association: backend: found 'fixed'"):
        track(str(video(2)), net, tmp_path / "out" / "run", RunOptions(association="lava", quiet=True))
    assert not (tmp_path / "out").exists()
