"""Files that lie: each has a rule, or one line that names file, event, what was found and expected."""

from __future__ import annotations

import random
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from neuromorph_track.data.events import Events
from neuromorph_track.data.events.formats import open_events
from neuromorph_track.data.events.recording import LONGEST_PAUSE_US, Hints, Recording
from neuromorph_track.data.events.stream import windows
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

GOOD = some_events(50)
MANY = "5 9 9 1\n" * 20_000


def drain(path: Path, hints: Hints | None = None) -> Recording:
    recording = open_events(path, hints)
    for _ in recording.packets():
        pass
    return recording


def changed(**columns: object) -> Events:
    """Good events with other values at row 20."""
    values = {name: getattr(GOOD, name).copy() for name in ("t", "x", "y", "on")}
    for name, value in columns.items():
        values[name][20] = value
    return Events(**values)


@pytest.mark.parametrize(
    ("events", "message"),
    [
        (changed(t=3), r"event 20, t: found \d*3 us after \d+ us, expected times that never fall"),
        (changed(x=40), r"event 20, x: found 40, expected 0 to 39 on a sensor of 40x30"),
        (changed(y=30), r"event 20, y: found 30, expected 0 to 29 on a sensor of 40x30"),
    ],
)
@pytest.mark.parametrize("write", [write_dat, write_evt2, write_hdf5, write_cd_table, write_nmnist])
def test_events_that_cannot_be(
    tmp_path: Path, write: Callable[[Path, Events], Path], events: Events, message: str
) -> None:
    names = {write_dat: "a.dat", write_evt2: "a.raw", write_nmnist: "a.bin"}
    path = write(tmp_path / names.get(write, "a.h5"), events)
    hints = Hints(size=SIZE) if write is not write_evt2 and write is not write_hdf5 else Hints()
    with pytest.raises(InputError, match=message) as caught:
        drain(path, hints)
    assert caught.value.source == str(path)


def test_a_pause_of_more_than_an_hour_is_a_broken_time(tmp_path: Path) -> None:
    pause = Events.of([0, LONGEST_PAUSE_US], [1, 1], [1, 1], [1, 1])
    assert drain(write_cd_table(tmp_path / "a.h5", pause)).ended_early is None
    longer = Events.of([0, LONGEST_PAUSE_US + 1], [1, 1], [1, 1], [1, 1])
    with pytest.raises(InputError, match=r"event 1, t: .* no pause of more than 3600 s"):
        drain(write_cd_table(tmp_path / "b.h5", longer))


def test_the_smallest_and_the_largest_time_do_not_overflow(tmp_path: Path) -> None:
    extremes = Events.of([-(1 << 53), 1 << 53], [1, 1], [1, 1], [1, 1])
    with pytest.raises(InputError, match="event 1, t"):
        drain(write_cd_table(tmp_path / "a.h5", extremes))


@pytest.mark.parametrize(
    ("name", "write", "record"),
    [("a.dat", write_dat, 8), ("a.raw", write_evt2, 4), ("a.bin", write_nmnist, 5), ("a.es", write_es, 5)],
)
def test_a_cut_record_is_left_out_and_said(
    tmp_path: Path, name: str, write: Callable[[Path, Events], Path], record: int
) -> None:
    path = write(tmp_path / name, GOOD)
    whole = path.read_bytes()
    for missing in range(1, record):
        path.write_bytes(whole[:-missing])
        recording = open_events(path, None if name in ("a.raw", "a.es") else Hints(size=SIZE))
        assert sum(map(len, recording.packets())) == len(GOOD) - 1
        assert recording.ended_early is not None
        assert str(path) in recording.ended_early


@pytest.mark.parametrize("form", ["a.txt", "a.csv"])
def test_a_text_that_may_end_inside_of_a_number(tmp_path: Path, form: str) -> None:
    path = write_text(tmp_path / form, GOOD)
    assert drain(path).ended_early is None
    path.write_bytes(path.read_bytes().rstrip(b"\r\n"))
    recording = drain(path)
    assert recording.ended_early is not None
    assert f"{path}: line {len(GOOD)} has no end" in recording.ended_early


def test_an_es_outside_of_its_sensor_names_both(tmp_path: Path) -> None:
    path = write_es(tmp_path / "a.es", GOOD)
    content = bytearray(path.read_bytes())
    content[16:18] = (3).to_bytes(2, "little")
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match=r"a.es: event 0 or later: found .*expected .* of 3x\d+ pixels"):
        drain(path)


def test_a_cut_packet_of_aedat4_names_the_packet(shared_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.aedat4"
    path.write_bytes((shared_data / "events/tonic_sample.aedat4").read_bytes()[:200_000])
    with pytest.raises(InputError, match=r"cut.aedat4: packet \d+: "):
        drain(path)


@pytest.mark.parametrize("name", ["a.es", "a.aedat4", "a.raw", "a.dat", "a.h5", "a.bin", "a.txt", "a.csv"])
def test_an_empty_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(InputError, match=r"found (an empty file|nothing|0 bytes)"):
        open_events(tmp_path / name)


@pytest.mark.parametrize("write", [write_dat, write_evt2, write_es])
def test_a_file_without_events_is_a_quiet_recording(
    tmp_path: Path, write: Callable[[Path, Events], Path]
) -> None:
    name = {write_dat: "a.dat", write_evt2: "a.raw", write_es: "a.es"}[write]
    recording = drain(write(tmp_path / name, Events.none()))
    assert recording.origin_us == 0
    assert list(windows(recording, 1000)) == []
    assert [len(each) for each in windows(recording, 1000, stop_us=3000)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"% Version 2\n\x0e\x08", "type of event: found 0e 08 after the header, expected 00 08"),
        (b"% Version 2\n\x00\x0c", "type of event: found 00 0c after the header"),
        (b"% " + b"x" * 70_000, "header: found .* bytes and no end"),
    ],
)
def test_dat_of_other_types(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.dat").write_bytes(content)
    with pytest.raises(InputError, match=message):
        open_events(tmp_path / "a.dat")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"% evt 2.1\n", "encoding: found EVT 2.1, expected EVT 2 or EVT 3"),
        (b"% date today\n", "encoding: found nothing"),
        (b"% format EVT2;height=9;width=5000\n", "sensor: found 5000x9, expected sides of 1 to 4096 pixels"),
        (b"% evt 2.0\n% geometry 0x9\n", "sensor: found 0x9"),
    ],
)
def test_raw_headers(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.raw").write_bytes(content)
    with pytest.raises(InputError, match=message):
        open_events(tmp_path / "a.raw")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0 0 0 0\n1 1 1 1\n", "columns: found txyp or xypt or xytp, expected one order"),
        ("5 1 1 7\n1 1 1 7\n", "columns: found an order that is none of"),
        ("0.0 9 9 1\n1.0 9 9 0\n", "time: found times like 0.0, expected a unit that shows"),
        ("0 9 9 1\n5 9 9\n", "line 2: found '5 9 9', expected 4 numbers as before"),
        ("0 9 9 1\n5 9 9 1\n" + MANY + "5 9 x 1\n", "line 20003: found '5 9 x 1', expected 4 numbers"),
        ("0 9 9 1\n5 9 9 1\n" + MANY + "6 9 2.5 1\n", "line 20003: found y, 2.5 in '6 9 2.5 1'"),
        ("0 9 9 1\n5 9 9 1\n" + MANY + "6 9 2 3\n", "line 20003: .* expected 0 or 1, or -1 or 1"),
        ("0 9 9 1\n5 9 9 1\n" + MANY + "6.5 9 2 1\n", r"line 20003: found t, 6\.5 .* a whole number"),
        ("1,9,9,1,\n", "line 1: found '1,9,9,1,', expected 5 numbers$"),
        ("5,5,1,100\n", "columns: found an order .* with times that rise, expected one order"),
        ("t,row,col,p\n0,9,9,1\n", "heading: found 't,row,col,p', expected t, x, y and p as names"),
        ('t,y,"x",q\n# by me\n0,9,9,1\n', "heading: found 't,y,\"x\",q', expected t, x, y and p as names"),
        ("t,x,y,p\ntrue,1,1,0\n2,1,1,1\n", "time: found times like true"),
        ("hello\nworld\n", "rows: found 'hello', expected rows of four numbers"),
        ('"0","9","9","1"\n', "expected rows of four numbers, unquoted"),
        ("0,1;9;9;1\n", "line 1: found '0,1;9;9;1', .* commas between columns alone and a point"),
        ("0,1 9 9 1\n", "line 1: found '0,1 9 9 1', .* commas between columns alone and a point"),
        ("0 9 9 1\n5 9 9 1\n\xff\n", "byte .* is not text"),
    ],
)  # fmt: skip
def test_texts(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.txt").write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=message):
        drain(tmp_path / "a.txt", Hints(size=(99, 99)))


@pytest.mark.parametrize(
    ("hints", "times"),
    [
        (Hints(columns="txyp"), [0, 1]),
        (Hints(columns="txyp", time_unit="ms"), [0, 1000]),
        (Hints(columns="xytp", time_unit="s"), [0, 0]),
    ],
)
def test_what_a_text_does_not_show_is_told(tmp_path: Path, hints: Hints, times: list[int]) -> None:
    (tmp_path / "a.txt").write_text("0 1 1 1\n1 1 1 1\n")
    events = Events.joined(list(open_events(tmp_path / "a.txt", hints).packets()))
    assert events.t.tolist() == times


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda file: file.__delitem__("events/p"), "groups: found events, ms_to_idx, t_offset"),
        (lambda file: file.__delitem__("events"), "groups: found ms_to_idx, t_offset, expected events/"),
        (lambda file: replace(file, "events/x", np.zeros(3, np.uint16)), "lengths: found .*x 3"),
        (lambda file: replace(file, "events/y", np.zeros((50, 2))), "y: found float64 of 2 dimensions"),
        (lambda file: replace(file, "events/x", np.full(50, np.nan)), "event 0, x: found nan"),
        (lambda file: replace(file, "t_offset", 1 << 60), "t_offset: found"),
    ],
)
def test_hdf5_of_other_shapes(tmp_path: Path, change: Callable[[h5py.File], None], message: str) -> None:
    path = write_hdf5(tmp_path / "a.h5", GOOD)
    with h5py.File(path, "a") as file:
        change(file)
    with pytest.raises(InputError, match=message):
        drain(path)


def replace(file: h5py.File, name: str, values: object) -> None:
    del file[name]
    file[name] = values


def test_hdf5_whose_chunks_would_fill_the_memory(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for name in "txyp":
            chunks = (1 << 28,) if name == "t" else (512,)
            file.create_dataset(f"events/{name}", (1 << 30,), np.uint32, chunks=chunks)
    with pytest.raises(InputError, match="t: found chunks of 1073741824 bytes"):
        open_events(tmp_path / "a.h5")


SAMPLES: dict[str, Callable[[Path, Path], Path]] = {
    "es": lambda _, shared: shared / "events/dvs.es",
    "aedat4": lambda _, shared: shared / "events/tonic_sample.aedat4",
    "dat": lambda _, shared: shared / "events/sample_ncars.dat",
    "bin": lambda _, shared: shared / "events/sample_nmnist.bin",
    "evt2": lambda folder, _: write_evt2(folder / "a.raw", some_events()),
    "evt3": lambda folder, _: write_evt3(folder / "b.raw", some_events()),
    "h5": lambda folder, _: write_hdf5(folder / "a.h5", some_events()),
    "txt": lambda folder, _: write_text(folder / "a.txt", some_events()),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_any_cut_and_any_flipped_bits(
    shared_data: Path, tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Either all events are sound, or one line says what is not."""
    whole = SAMPLES[name](tmp_path, shared_data).read_bytes()[:300_000]
    path = tmp_path / f"broken.{'raw' if name.startswith('evt') else name}"
    dice = random.Random(name)
    refused = 0
    for content in broken(whole, dice, 60):
        path.write_bytes(content)
        fault = fault_of(path)
        refused += fault is not None
        assert fault is None or (fault.source == str(path) and "\n" not in str(fault))
    assert refused > 5
    assert "panicked" not in capfd.readouterr().err


def fault_of(path: Path) -> InputError | None:
    """What is said of a file whose events are not all sound."""
    try:
        recording = open_events(path)
        last = 0
        for packet in recording.packets():
            assert packet.t[0] >= last
            assert (np.diff(packet.t) >= 0).all()
            assert min(packet.x.min(), packet.y.min()) >= 0
            assert packet.x.max() < recording.width
            assert packet.y.max() < recording.height
            last = int(packet.t[-1])
    except InputError as error:
        return error
    return None


def broken(whole: bytes, dice: random.Random, count: int) -> Iterator[bytes]:
    for _ in range(count):
        content = bytearray(whole)
        if dice.random() < 0.3:
            del content[dice.randrange(len(content)) :]
        # Headers are where a bit does most.
        reach = min(len(content), dice.choice([200, len(whole)]))
        for _ in range(dice.choice([1, 3, 10]) if reach else 0):
            content[dice.randrange(reach)] ^= 1 << dice.randrange(8)
        yield bytes(content)


def sparse_dat(path: Path, events: int) -> Path:
    """A DAT file of so many zeros, which take no place on the disk."""
    with open(path, "wb") as file:
        file.write(b"% Version 2\n% Height 2\n% Width 2\n\x0c\x08")
        file.truncate(file.tell() + 8 * events)
    return path


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """80 MB of events in a process that may grow by a few packets' size."""
    recording = open_events(sparse_dat(tmp_path / "a.dat", 10_000_000))
    packets = recording.packets()
    next(packets)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(map(len, packets)) > 9_000_000
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 60


def test_a_file_of_1e9_events_opens_and_gives_packets_at_once(tmp_path: Path) -> None:
    recording = open_events(sparse_dat(tmp_path / "a.dat", 1_000_000_000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    packets = recording.packets()
    assert all(0 < len(next(packets)) <= 1 << 20 for _ in range(5))
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 60


def test_windows_of_1e9_events_keep_no_more_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that would have 10**9 events, of which windows are taken until it is clear that none stays."""

    class Endless:
        name, width, height = "endless", 4, 4

        def packets(self) -> Iterator[Events]:
            for start in range(0, 1_000_000_000, 1 << 16):
                ones = np.ones(1 << 16, np.int32)
                yield Events(np.arange(start, start + (1 << 16)), ones, ones, ones > 0)

        def fingerprint(self) -> str:
            return ""

    cut = windows(Endless(), 1000)
    for _ in range(100):
        next(cut)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert all(len(next(cut)) == 1000 for _ in range(20_000))
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 60
