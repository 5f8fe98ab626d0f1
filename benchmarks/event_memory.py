"""A file of a thousand million events, read through: seconds, and how far memory grows.

    python benchmarks/event_memory.py [--events 1e9]

The file is a DAT of zeros, which takes no place on most disks: all events are of one pixel at one time, so
that as pictures they are all of one window, the hardest case there is for memory.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterable, Sized
from pathlib import Path

from rich.console import Console
from rich.table import Table

from neuromorph_track.data.events import EventFrames, open_events
from neuromorph_track.netx import EventsSpec

HEADER = b"% Data file containing CD events.\n% Version 2\n% Height 240\n% Width 320\n\x0c\x08"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--events", type=float, default=1e9)
    count = int(parser.parse_args().events)
    table = Table(title=f"{count:,} events, a DAT file of {8 * count / 1e9:g} GB")
    for name in ("read as", "seconds", "million events/s", "MiB before", "MiB at most"):
        table.add_column(name, justify="left" if name == "read as" else "right")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "zeros.dat"
        with open(path, "wb") as file:
            file.write(HEADER)
            file.truncate(len(HEADER) + 8 * count)
        recording = open_events(path)
        frames = EventFrames(recording, EventsSpec(window_us=10_000))
        for name, source in (("packets", recording.packets()), ("pictures of windows", frames)):
            before, started = _peak(), time.perf_counter()
            _drain(source)
            seconds = time.perf_counter() - started
            cells = (f"{seconds:.1f}", f"{count / seconds / 1e6:.1f}", f"{before:.0f}", f"{_peak():.0f}")
            table.add_row(name, *cells)
    Console().print(table)


def _drain(source: Iterable[Sized]) -> None:
    for part in source:
        assert len(part)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
