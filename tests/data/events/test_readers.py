"""Each format gives the events that were written, and real recordings what their owners' tools count."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import hdf5plugin
import numpy as np
import pytest

from neuromorph_track.data.events import Events
from neuromorph_track.data.events.formats import is_event_file, open_events
from neuromorph_track.data.events.recording import Hints, Recording
from neuromorph_track.errors import InputError
from tests.data.events.files import (
    SIZE,
    some_events,
    write_cd_table,
    write_dat,
    write_es,
    write_evt2,
    write_evt3,
    write_hdf5,
    write_nmnist,
    write_text,
)

Writer = Callable[[Path, Events], Path]
WRITERS: dict[str, tuple[str, Writer]] = {
    "DAT": ("a.dat", write_dat),
    "DAT, old type": ("a.dat", lambda path, events: write_dat(path, events, version=1, kind=0)),
    "EVT2": ("a.raw", write_evt2),
    "EVT3": ("a.raw", write_evt3),
    "N-MNIST": ("a.bin", write_nmnist),
    "ES": ("a.es", write_es),
    "text": ("a.txt", write_text),
    "CSV of EventVOT": ("a.csv", lambda path, events: write_text(path, events, "xypt", ",")),
    "CSV with a heading": (
        "a.csv",
        lambda path, events: write_text(path, events, "yxpt", ";", "y;x;polarity;t [us]"),
    ),
    "DSEC": ("a.h5", write_hdf5),
    "DSEC, compressed": ("a.h5", lambda path, events: write_hdf5(path, events, **hdf5plugin.Blosc())),
    "Prophesee's table": ("a.hdf5", write_cd_table),
}


def read(recording: Recording) -> Events:
    return Events.joined(list(recording.packets()))


def same(found: Events, wanted: Events) -> bool:
    names = ("t", "x", "y", "on")
    return all(np.array_equal(getattr(found, name), getattr(wanted, name)) for name in names)


def hints_for(name: str) -> Hints:
    return (
        Hints(size=SIZE) if name in ("N-MNIST", "text", "CSV of EventVOT", "CSV with a heading") else Hints()
    )


@pytest.mark.parametrize("name", WRITERS)
def test_gives_the_events_that_were_written_again_and_again(tmp_path: Path, name: str) -> None:
    file, write = WRITERS[name]
    events = some_events()
    recording = open_events(write(tmp_path / file, events), hints_for(name))
    assert same(read(recording), events)
    assert same(read(recording), events)
    assert recording.ended_early is None
    assert (recording.width, recording.height) == SIZE
    assert is_event_file(tmp_path / file)


@pytest.mark.parametrize(
    ("file", "form", "count", "size", "span_us"),
    [
        ("dvs.es", "ES", 473_225, (320, 240), 999_000),
        ("tonic_sample.aedat4", "AEDAT4", 111_954, (320, 240), 589_917),
        ("sample_nmnist.bin", "N-MNIST", 4_325, (34, 34), 310_521),
        ("sample_ncars.dat", "DAT", 2_009, (78, 42), 99_952),
    ],
)
def test_real_recordings(
    shared_data: Path, file: str, form: str, count: int, size: tuple[int, int], span_us: int
) -> None:
    recording = open_events(shared_data / "events" / file)
    events = read(recording)
    assert (recording.form, len(events), (recording.width, recording.height)) == (form, count, size)
    assert (events.t[0], events.t[-1]) == (0, span_us)
    assert len(recording.fingerprint()) == 64


def test_the_clock_of_the_file_is_kept_beside(shared_data: Path) -> None:
    assert open_events(shared_data / "events/tonic_sample.aedat4").origin_us == 1_605_537_493_718_345
    assert open_events(shared_data / "events/sample_nmnist.bin").origin_us == 654


def test_event_stream_agrees_with_its_bytes_read_one_by_one(shared_data: Path) -> None:
    """The first events after the format's description, without the library."""
    content = (shared_data / "events/dvs.es").read_bytes()[20:20_000]
    found, at, now = [], 0, 0
    while len(found) < 1000:
        if content[at] == 0xFF:
            now, at = now + 127, at + 1
            continue
        now += content[at] >> 1
        x, y = np.frombuffer(content[at + 1 : at + 5], "<u2")
        found.append((now, x, 239 - int(y), content[at] & 1))
        at += 5
    events = next(iter(open_events(shared_data / "events/dvs.es").packets()))[:1000]
    assert same(events, Events.of(*zip(*found, strict=True)))


def test_the_boxes_of_a_real_recording_lie_around_its_events(shared_data: Path) -> None:
    """Rows of Event Stream are counted from below: the other way up a tenth of the events is in the boxes."""
    events = read(open_events(shared_data / "events/dvs.es"))
    table = np.genfromtxt(shared_data / "events/dvs_es_boxes_10ms.txt", delimiter=",", skip_header=1)
    inside, every = 0, 0
    for _, start, stop, left, top, width, height in table:
        seen = events.between(int(start), int(stop))
        across, down = (seen.x >= left) & (seen.x < left + width), (seen.y >= top) & (seen.y < top + height)
        inside, every = inside + int((across & down).sum()), every + len(seen)
    assert inside > 0.95 * every


def test_a_text_that_begins_with_every_pixel_at_once(tmp_path: Path) -> None:
    """More rows of one time than are looked at from the beginning: later ones tell which column it is."""
    rows = [f"{at % 40},{at // 40 % 30},1,0" for at in range(20_000)]
    rows += [f"{at % 40},{at // 40 % 30},{at % 2},{at}" for at in range(1, 2000)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(rows) + "\n")
    recording = open_events(path)
    assert recording.details["columns"] == "xypt, told by the numbers"
    assert read(recording).t[-1] == 1999


def test_a_unit_that_later_rows_show(tmp_path: Path) -> None:
    """The heading tells the columns, and the first rows share a time that could be of any unit."""
    rows = [f"0,{at % 40},{at // 40 % 30},1" for at in range(12_000)]
    rows += [f"{at / 1000},1,1,1" for at in range(1, 3000)]
    path = tmp_path / "a.csv"
    path.write_text("t,x,y,p\n" + "\n".join(rows) + "\n")
    recording = open_events(path)
    assert recording.details["unit of time"] == "s"
    assert read(recording).t[-1] == 2_999_000


@pytest.mark.parametrize(
    "heading",
    [
        '"t","y","x","p"\n',
        "# t,y,x,p\n# made by me\n",
        "made by me, 2026\nt,y,x,p\n",
        "one\x0cremark\u2028of mine\nt,y,x,p\n",
        "\ufefft,y,x,p\r\n",
    ],
)
def test_headings(tmp_path: Path, heading: str) -> None:
    """Quoted, remarks before and after, and marks that a text editor takes for the end of a line."""
    path = tmp_path / "a.csv"
    path.write_text(heading + "0,1,7,1\n10,2,8,0\n20,3,9,1\n", encoding="utf-8", newline="")
    events = read(open_events(path))
    assert (events.t.tolist(), events.x.tolist(), events.y.tolist()) == ([0, 10, 20], [7, 8, 9], [1, 2, 3])


def test_size_of_a_file_that_does_not_say_it(tmp_path: Path) -> None:
    events = Events.of([0, 1], [7, 2], [3, 11], [1, 0])
    recording = open_events(write_dat(tmp_path / "a.dat", events))
    assert ((recording.width, recording.height), recording.size_from) == ((8, 12), "events")
    told = open_events(tmp_path / "a.dat", Hints(size=(304, 240)))
    assert ((told.width, told.height), told.size_from) == ((304, 240), "user")
    headed = open_events(write_dat(tmp_path / "b.dat", events, header="% Height 240\n% Width 304\n"))
    assert ((headed.width, headed.height), headed.size_from) == ((304, 240), "file")
    with pytest.raises(InputError, match="size: found 9x9, expected 304x240 as the file says"):
        open_events(tmp_path / "b.dat", Hints(size=(9, 9)))


@pytest.mark.parametrize("bits", [32, 34])
def test_times_that_start_again_go_on(tmp_path: Path, bits: int) -> None:
    """DAT's clock of 32 bits and EVT2's of 34 start again where they are full."""
    start = (1 << bits) - 500
    events = some_events(2000, span_us=1000)
    late = Events(events.t + start, events.x, events.y, events.on)
    path = write_dat(tmp_path / "a.dat", late) if bits == 32 else write_evt2(tmp_path / "a.raw", late)
    recording = open_events(path, Hints(size=SIZE))
    assert recording.origin_us == start
    assert same(read(recording), events)


def test_evt3_goes_on_where_its_24_bits_are_full(tmp_path: Path) -> None:
    events = some_events(2000, span_us=1000)
    late = Events(events.t + (1 << 24) - 500, events.x, events.y, events.on)
    assert same(read(open_events(write_evt3(tmp_path / "a.raw", late))), events)


def test_evt2_leaves_out_what_has_no_time_yet(tmp_path: Path) -> None:
    events = some_events(10)
    path = write_evt2(tmp_path / "a.raw", events)
    content = path.read_bytes()
    start = content.index(b"40x30\n") + 6
    early = (1 << 28 | 5 << 11 | 5).to_bytes(4, "little")
    trigger = (10 << 28).to_bytes(4, "little")
    path.write_bytes(content[:start] + early + trigger + content[start:])
    assert same(read(open_events(path)), events)


def test_packets_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neuromorph_track.data.events.recording.PACKET_EVENTS", 64)
    packets = list(open_events(write_dat(tmp_path / "a.dat", some_events())).packets())
    assert max(map(len, packets)) == 64
    assert sum(map(len, packets)) == 500


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (("dvSave.aedat4", "groundtruth.txt", "absent.txt", "start_end_index.txt"), "dvSave.aedat4"),
        (("recording_2022.csv", "groundtruth.txt", "absent.txt"), "recording_2022.csv"),
    ],
)
def test_a_sequence_has_one_event_file(tmp_path: Path, files: tuple[str, ...], expected: str) -> None:
    from neuromorph_track.data.events.formats import events_of_sequence

    for name in files:
        (tmp_path / name).touch()
    assert events_of_sequence(tmp_path) == tmp_path / expected
    (tmp_path / "second").with_suffix(Path(expected).suffix).touch()
    with pytest.raises(InputError, match="expected one file ending in"):
        events_of_sequence(tmp_path)
