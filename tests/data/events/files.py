"""Event files made here, byte by byte after the formats' descriptions, not with the readers' code."""

from __future__ import annotations

import struct
from pathlib import Path

import h5py
import numpy as np

from neuromorph_track.data.events import Events

SIZE = (40, 30)


def some_events(count: int = 500, seed: int = 0, span_us: int = 100_000) -> Events:
    """Random events whose first is at 0."""
    rng = np.random.default_rng(seed)
    t = np.sort(rng.integers(0, span_us, count))
    width, height = SIZE
    return Events.of(
        t - t[0], rng.integers(0, width, count), rng.integers(0, height, count), rng.random(count) < 0.5
    )


def write_dat(path: Path, events: Events, version: int = 2, kind: int = 12, header: str = "") -> Path:
    words = [f"% Data file containing CD events.\n{header}"]
    if version > 1:
        words.append(f"% Version {version}\n")
    x_bits, y_bits = (14, 14) if version > 1 else (9, 8)
    body = b"".join(
        struct.pack("<II", t % 2**32, x | y << x_bits | int(on) << (x_bits + y_bits))
        for t, x, y, on in zip(*columns(events), strict=True)
    )
    path.write_bytes("".join(words).encode() + bytes([kind, 8]) + body)
    return path


def write_evt2(path: Path, events: Events, header: str = "% evt 2.0\n% geometry 40x30\n") -> Path:
    words, high = [], None
    for t, x, y, on in zip(*columns(events), strict=True):
        if t >> 6 != high:
            high = t >> 6
            words.append(8 << 28 | high % 2**28)
        words.append(int(on) << 28 | (t & 63) << 22 | x << 11 | y)
    path.write_bytes(header.encode() + struct.pack(f"<{len(words)}I", *words))
    return path


def write_evt3(path: Path, events: Events, header: str = "% evt 3.0\n% geometry 40x30\n") -> Path:
    """Single events only: EVT_TIME_HIGH 8, EVT_TIME_LOW 6, EVT_ADDR_Y 0, EVT_ADDR_X 2."""
    words = []
    for t, x, y, on in zip(*columns(events), strict=True):
        words += [8 << 12 | t >> 12 & 4095, 6 << 12 | t & 4095, y, 2 << 12 | int(on) << 11 | x]
    path.write_bytes(header.encode() + struct.pack(f"<{len(words)}H", *words))
    return path


def write_nmnist(path: Path, events: Events) -> Path:
    path.write_bytes(
        b"".join(
            bytes([x, y, int(on) << 7 | t >> 16, t >> 8 & 255, t & 255])
            for t, x, y, on in zip(*columns(events), strict=True)
        )
    )
    return path


def write_es(path: Path, events: Events) -> Path:
    """Type ``dvs`` of version 2: a byte for time and polarity, two for x, two for y, from below."""
    width, height = SIZE
    parts = [b"Event Stream\x02\x00\x00\x01", struct.pack("<HH", width, height)]
    last = 0
    for t, x, y, on in zip(*columns(events), strict=True):
        parts.append(b"\xff" * ((t - last) // 127))
        # What lies outside of the sensor stays so.
        row = (height - 1 - y) % (1 << 16)
        parts.append(struct.pack("<BHH", (t - last) % 127 << 1 | int(on), x, row))
        last = t
    path.write_bytes(b"".join(parts))
    return path


def write_text(path: Path, events: Events, order: str = "txyp", separator: str = " ", head: str = "") -> Path:
    """Times in seconds where the separator is a space, as RPG's texts have them, else in microseconds."""
    lines = [head] if head else []
    for t, x, y, on in zip(*columns(events), strict=True):
        cells = {"t": f"{t / 1e6:.6f}" if separator == " " else str(t), "x": x, "y": y, "p": int(on)}
        lines.append(separator.join(str(cells[name]) for name in order))
    path.write_text("\n".join(lines) + "\n")
    return path


def write_hdf5(path: Path, events: Events, offset: int | None = 7_000_000, **storage: object) -> Path:
    with h5py.File(path, "w") as file:
        for name, column in zip("txyp", (events.t, events.x, events.y, events.on), strict=True):
            kind = np.uint32 if name == "t" else np.uint16 if name in "xy" else np.uint8
            file.create_dataset(f"events/{name}", data=column.astype(kind), **storage)
        milliseconds = np.arange(0, events.t[-1] // 1000 + 1) * 1000
        file["ms_to_idx"] = np.searchsorted(events.t, milliseconds)
        if offset is not None:
            file["t_offset"] = offset
        file.attrs["width"], file.attrs["height"] = SIZE
    return path


def write_cd_table(path: Path, events: Events) -> Path:
    """Prophesee's layout, without its own compression."""
    kind = np.dtype([("x", "<u2"), ("y", "<u2"), ("p", "<i2"), ("t", "<i8")])
    table = np.zeros(len(events), kind)
    table["x"], table["y"], table["p"], table["t"] = events.x, events.y, events.on, events.t
    with h5py.File(path, "w") as file:
        file["CD/events"] = table
    return path


def columns(events: Events) -> tuple[list[int], list[int], list[int], list[bool]]:
    return events.t.tolist(), events.x.tolist(), events.y.tolist(), events.on.tolist()
