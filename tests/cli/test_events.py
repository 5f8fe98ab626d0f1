"""The verb ``events``."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import pytest

from neuromorph_track.data.events import Events, open_events
from tests.cli.conftest import Command
from tests.data.events.files import some_events, write_dat, write_es, write_text
from tests.data.events.test_readers import read, same


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_es(tmp_path / "a.es", some_events(3000))


def test_in_words(command: Command, recording: Path) -> None:
    answer = command("events", recording)
    assert (answer.code, answer.err) == (0, "")
    words = " ".join(answer.out.split())
    assert "format ES" in words
    assert "sensor 40x30" in words
    assert "events 3,000" in words


def test_as_json(command: Command, recording: Path) -> None:
    answer = command("events", recording, "--json")
    content = json.loads(answer.out)
    events = read(open_events(recording))
    assert (content["events"], content["width"], content["height"]) == (3000, 40, 30)
    assert content["share_on"] == pytest.approx(events.on.mean())
    assert content["duration_us"] == events.t[-1]
    x, y, count = content["busiest_pixels"][0].values()
    assert count == int(((events.x == x) & (events.y == y)).sum())


def test_pictures_and_a_video(command: Command, recording: Path) -> None:
    answer = command("events", recording, "-q", "-o", "a.png", "--rate", "rate.png", "--background", "dark")
    assert (answer.code, answer.err) == (0, "")
    picture = cv2.imread("a.png")
    # Some of each colour, on a dark ground.
    assert picture.shape[1] > 1000
    assert (picture[..., 0].astype(int) - picture[..., 2] > 100).any()
    assert (picture[..., 2].astype(int) - picture[..., 0] > 100).any()
    assert cv2.imread("rate.png") is not None
    assert command("events", recording, "-q", "-o", "a.mp4", "--window", "20ms").code == 0
    assert int(cv2.VideoCapture("a.mp4").get(cv2.CAP_PROP_FRAME_COUNT)) == 5


def test_a_text_becomes_an_event_stream(command: Command, tmp_path: Path) -> None:
    events = some_events(200)
    text = write_text(tmp_path / "a.txt", events)
    answer = command("events", text, "-q", "--size", "40x30", "--columns", "txyp", "-o", "b.es")
    assert (answer.code, answer.err) == (0, "")
    assert same(read(open_events("b.es")), events)


def test_a_cut_file_is_warned_of(command: Command, recording: Path) -> None:
    recording.write_bytes(recording.read_bytes()[:-2])
    answer = command("events", recording)
    assert answer.code == 0
    assert "warning:" in answer.out
    assert "ends inside of event 2999" in " ".join(answer.out.split())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("a.gif",), "expected a file ending in .png, .svg, .pdf, .mp4, .es"),
        (("a.png", "--window", "10"), "--event-window: window: found '10'"),
        (("a.png", "--size", "9"), "WIDTHxHEIGHT, e.g. 346x260"),
    ],
)
def test_what_cannot_be(command: Command, recording: Path, arguments: tuple[str, ...], told: str) -> None:
    answer = command("events", recording, "-q", "-o", *arguments)
    assert answer.code != 0
    assert told in answer.complaint


def test_nothing_in_it(command: Command, tmp_path: Path) -> None:
    path = write_dat(tmp_path / "a.dat", Events.none(), header="% Height 2\n% Width 2\n")
    answer = command("events", path, "-q", "-o", "a.png", "--rate", "rate.png")
    assert answer.code == 0
    assert "became brighter none" in " ".join(answer.out.split())
