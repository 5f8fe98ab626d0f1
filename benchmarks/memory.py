"""Largest memory of `track` and of the simulator alone over a short and a long video.

python benchmarks/memory.py                    scenes-nano, 100 and 10,000 frames
python benchmarks/memory.py --frames 100 1000
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

NET = "scenes-nano"

# The largest resident set of the process, in MiB; Linux counts it in KiB.
PEAK = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
JOBS = {
    "track (annotated video, tracks, counts, energy)": """
from pathlib import Path
from neuromorph_track.runs import RunOptions, track
track(source, net, Path(folder) / "run", RunOptions(quiet=True))
""",
    "simulator alone": """
from neuromorph_track.data.frames import open_source
from neuromorph_track.export.zoo import load_network
from neuromorph_track.runs.detector import Detector
for chunk in Detector(load_network(net)).run(open_source(source)):
    pass
""",
}


def peak_mib(job: str, frames: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        given = f"source, net, folder = 'scene:seed=0,frames={frames}', {NET!r}, {str(Path(folder))!r}\n"
        command = [sys.executable, "-W", "ignore", "-c", given + job + PEAK]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        return float(done.stdout.split()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=int, nargs="+", default=[100, 10_000])
    arguments = parser.parse_args()
    table = Table(title=f"largest memory, MiB ({NET})")
    table.add_column("")
    for frames in arguments.frames:
        table.add_column(f"{frames:,} frames", justify="right")
    for name, job in track(JOBS.items(), console=Console(stderr=True), transient=True):
        table.add_row(name, *(f"{peak_mib(job, frames):.0f}" for frames in arguments.frames))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
