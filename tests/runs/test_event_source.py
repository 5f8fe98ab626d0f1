"""What a network is fed: frames or windows of events, whichever its contract names."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from neuromorph_track.data.events import EventFrames
from neuromorph_track.errors import InputError
from neuromorph_track.netx import EventsSpec, InputSpec, Network, write_net, write_siamese
from neuromorph_track.profiling import read_activity
from neuromorph_track.runs import RunOptions, profile, read_run, track
from neuromorph_track.runs.event_source import open_for, window_us
from neuromorph_track.runs.sot import SotOptions, sot
from neuromorph_track.runs.sot_source import open_sot
from tests.data.events.files import SIZE, some_events, write_es, write_text
from tests.networks.tiny_trackers import pair
from tests.runs.conftest import SCENE, with_contract

TEN = EventsSpec(window_us=10_000)
CHIP = ("loihi2-oheogulch",)


@pytest.fixture
def recording(tmp_path: Path) -> str:
    return str(write_es(tmp_path / "a.es", some_events(4000)))


@pytest.fixture
def fed_events(network: Network) -> Network:
    return with_contract(network, input=InputSpec(height=32, width=32, events=TEN))


def test_the_contracts_window(recording: str) -> None:
    opened = open_for(recording, TEN)
    assert isinstance(opened.frames, EventFrames)
    assert (opened.frames.spec, opened.frames.fps, opened.frames.size) == (TEN, 100.0, SIZE)
    assert opened.warnings == ()
    assert open_for(recording, TEN, "10 ms").warnings == ()


@pytest.mark.parametrize(
    ("wanted", "expected", "warning"),
    [
        (
            EventsSpec(window_us=10_000, picture="surface", decay_us=500),
            EventsSpec(window_us=5000, picture="surface", decay_us=500),
            "windows of 5000 us and not of 10000 us, which the network's contract names",
        ),
        (None, EventsSpec(window_us=5000), "the network's contract names no events: it is fed counts"),
    ],
)
def test_another_window_is_warned_of(
    recording: str, wanted: EventsSpec | None, expected: EventsSpec, warning: str
) -> None:
    opened = open_for(recording, wanted, "5ms")
    assert isinstance(opened.frames, EventFrames)
    assert opened.frames.spec == expected
    assert len(opened.warnings) == 1
    assert warning in opened.warnings[0]


@pytest.mark.parametrize(
    ("source", "wanted", "window", "message"),
    [
        (
            SCENE,
            TEN,
            None,
            "input: found frames, expected an event file: the network takes windows of events",
        ),
        (SCENE, None, "10ms", "--event-window: found '10ms', expected none for frames"),
        (None, None, None, r"input: found events, expected frames, which the network takes \(--event-window"),
        (None, TEN, "10", "--event-window: window: found '10', expected a length with its unit"),
        (None, TEN, "5us", "window in us: found 5, expected greater than or equal to 100"),
        (None, TEN, "900s", "window in us: found 900000000, expected less than or equal to 10000000"),
    ],
)
def test_what_does_not_go_together(
    recording: str, source: str | None, wanted: EventsSpec | None, window: str | None, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        open_for(source or recording, wanted, window)


@pytest.mark.parametrize(
    ("text", "expected"), [("10ms", 10_000), ("250 us", 250), ("0.01s", 10_000), ("2.5ms", 2500)]
)
def test_lengths(text: str, expected: int) -> None:
    assert window_us(text) == expected


def test_a_text_is_events_only_where_events_are_asked_for(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.txt", some_events())
    assert isinstance(open_for(str(path), TEN).frames, EventFrames)
    with pytest.raises(InputError, match="input: found a text, expected frames, or --event-window"):
        open_for(str(path), None)


def test_a_sequences_folder(recording: str) -> None:
    opened = open_for(str(Path(recording).parent), TEN)
    assert opened.frames.name == "a"


def test_track_on_an_event_file(fed_events: Network, recording: str, tmp_path: Path) -> None:
    net = tmp_path / "events.net"
    write_net(fed_events, net)
    options = RunOptions(quiet=True, hardware=CHIP, max_frames=6)
    done = track(recording, net, tmp_path / "run", options)
    assert (done.frames, done.warnings) == (6, ())
    said = read_run(tmp_path / "run")["source"]
    assert (said["fps"], said["size"]) == (100.0, list(SIZE))
    assert said["events"]["window_us"] == 10_000
    assert said["events"]["format"] == "ES"
    energy = json.loads((tmp_path / "run/energy.json").read_text())
    assert len(energy) == 1
    assert read_activity(tmp_path / "run/activity.h5").input_events


def test_a_quiet_recording_gives_no_spikes(fed_events: Network, tmp_path: Path) -> None:
    """An event at the beginning and one after half a second: between them the first layer is silent."""
    events = some_events(2)
    events = replace(events, t=events.t * 0 + [0, 500_000])
    path = write_es(tmp_path / "quiet.es", events)
    net = tmp_path / "events.net"
    write_net(fed_events, net)
    done = profile(path, net, tmp_path / "run", RunOptions(quiet=True, hardware=CHIP))
    assert done.frames == 51
    sent = read_activity(done.folder / "activity.h5").layers[0].spikes_out
    # The first window's event, and that it is gone in the second.
    assert (sent[:2] > 0).all()
    assert not sent[2:50].any()
    assert sent[50] > 0


def test_sot_opens_events(recording: str) -> None:
    opened = open_sot(recording, "1,2,10,10", None, TEN)
    assert isinstance(opened.frames, EventFrames)
    assert opened.truth is None
    with pytest.raises(InputError, match="--init: found nothing"):
        open_sot(recording, None, None, TEN)
    with pytest.raises(InputError, match="input: found frames"):
        open_sot("targets:seed=3,frames=4", None, None, TEN)


def test_sot_on_an_event_file(recording: str, tmp_path: Path) -> None:
    write_siamese(pair(), tmp_path / "pair")
    options = SotOptions(init="10,8,12,12", event_window="20ms", quiet=True, hardware=CHIP)
    done = sot(recording, tmp_path / "pair", tmp_path / "run", options)
    assert (done.frames, done.scores) == (5, None)
    assert "the network's contract names no events" in done.warnings[0]
    assert len((tmp_path / "run/boxes.txt").read_text().splitlines()) == 5
    said = json.loads((tmp_path / "run/run.json").read_text())["source"]
    assert (said["fps"], said["events"]["window_us"]) == (50.0, 20_000)
