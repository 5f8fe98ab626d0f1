"""Are our synops those of other tools? Our counts beside NeuroBench's, sinabs', syops' and spikingjelly's.

    python benchmarks/neurobench_counts.py [DATA]
    python benchmarks/neurobench_counts.py --peers neurobench sinabs syops spikingjelly

Each peer runs the same weights and the same input with neurons of its own, in an environment of its own
that the first call makes under the cache folder. All but spikingjelly, which needs a newer Python and so
5 GB of its own PyTorch, read this environment's PyTorch. With DATA (a folder with
``checkpoints/cnn_sinabs.nir``) the network of the NIR paper is counted too. A number that must be equal
and is not ends the program with 1.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from peers import networks
from peers.environments import Peer
from peers.exchange import write
from rich.console import Console
from rich.table import Table

from neuromorph_track.errors import JobError

PEERS = {
    peer.name: peer
    for peer in (
        Peer("neurobench", ("neurobench==2.3.0", "snntorch==0.9.4", "tqdm==4.70.1")),
        Peer("sinabs", ("sinabs==3.1.3", "nirtorch==2.6", "pbr==7.1.3")),
        Peer("syops", ("syops==0.0.5", "spikingjelly==0.0.0.0.14", "progress==1.6.1", "tqdm==4.70.1")),
        Peer(
            "spikingjelly",
            ("spikingjelly==2.0.0",),
            "3.11",
            ("torch==2.6.0", "numpy==1.26.4", "loguru==0.7.3"),
        ),
    )
}
LIGHT = ("neurobench", "sinabs", "syops")
# What each peer is run for: its synops.
HEADLINE = {
    "neurobench": "synops",
    "sinabs": "synops_all",
    "syops": "synops_nominal",
    "spikingjelly": "synops_all",
}

FIGURES = {
    "synops": "synops, non-zero weights",
    "synops_all": "synops, all weights",
    "synops_nominal": "synops, nominal (rate x MACs)",
    "dense": "connections x steps",
    "spikes": "spikes sent",
    "quiet": "share of neurons that send nothing",
    "updates": "neuron updates",
    "changed": "updates that change the state",
    "weights": "weights",
    "zero_weights": "share of zero weights",
}

# (peer, figure) -> why theirs is another number, by definition. Everything else must be equal.
DEFINED_OTHERWISE = {
    ("neurobench", "changed"): (
        "NeuroBench counts every neuron in the first step, and snntorch resets one step after the spike; "
        "ours counts a current that changes too"
    ),
}
OF_GRADED_SPIKES = {
    ("sinabs", "synops_all"): "sinabs multiplies each connection by the spike's value, sign included",
    ("spikingjelly", "synops_all"): "spikingjelly takes a tensor that is not binary for no spikes at all",
    ("syops", "synops_nominal"): "syops takes a tensor that is not binary for dense: MACs instead of ACs",
}
# NeuroBench rounds the share of zero weights to four places.
ROUNDED = {"zero_weights": 5e-5}


@dataclass(frozen=True)
class Comparison:
    """One number of one peer beside ours."""

    peer: str
    figure: str
    ours: float
    theirs: float
    why: str

    @property
    def equal(self) -> bool:
        return math.isclose(self.ours, self.theirs, rel_tol=1e-12, abs_tol=ROUNDED.get(self.figure, 1e-12))

    @property
    def wrong(self) -> bool:
        return not self.equal and not self.why

    def __str__(self) -> str:
        if self.equal:
            return f"{shown(self.theirs)} equal"
        colour = "red" if self.wrong else "yellow"
        return f"{shown(self.theirs)} [{colour}]({self.theirs / self.ours:.6g} x ours)[/{colour}]"


def shown(number: float) -> str:
    if 0 < number < 1:
        return f"{number:.5f}"
    return f"{number:,.3f}".rstrip("0").rstrip(".")


def compare(case: networks.Case, peers: list[Peer]) -> Iterator[tuple[str, dict[str, Comparison]]]:
    """Each peer with its version, and what it counted."""
    ours = case.counts()
    reasons = DEFINED_OTHERWISE | (OF_GRADED_SPIKES if case.graded else {})
    with tempfile.TemporaryDirectory() as folder:
        network = Path(folder) / "network.npz"
        write(network, case.fed, case.connections)
        for peer in peers:
            version, found = peer.count(network)
            if HEADLINE[peer.name] not in found:
                raise JobError(f"{peer.name}: gave no {FIGURES[HEADLINE[peer.name]]}")
            yield (
                f"{peer.name} {version}",
                {
                    figure: Comparison(
                        peer.name, figure, ours[figure], found[figure], reasons.get((peer.name, figure), "")
                    )
                    for figure in FIGURES
                    if figure in found
                },
            )


def show(case: networks.Case, peers: list[Peer], console: Console) -> bool:
    """Print one network's table; whether all that must be equal is."""
    ours = case.counts()
    columns = dict(compare(case, peers))
    samples, steps = case.fed.shape[:2]
    title = f"{case.name}: counts of a sample of {steps} steps, mean of {samples}"
    table = Table("", "ours", *columns, title=title)
    for column in table.columns[1:]:
        column.justify = "right"
    for figure, text in FIGURES.items():
        cells = [str(found[figure]) if figure in found else "-" for found in columns.values()]
        table.add_row(text, shown(ours[figure]), *cells)
    console.print(table)
    every = [comparison for found in columns.values() for comparison in found.values()]
    for comparison in every:
        if not comparison.equal:
            why = comparison.why or "[red]must be equal[/red]"
            console.print(f"  {FIGURES[comparison.figure]}: {why}")
    missed = [name for name, value in case.expected.items() if ours[name] != value]
    for name in missed:
        console.print(
            f"  [red]{FIGURES[name]}: {shown(ours[name])} and not {shown(case.expected[name])}[/red]"
        )
    console.print()
    return not missed and not any(comparison.wrong for comparison in every)


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=LIGHT, metavar="PEER")
    arguments = parser.parse_args()
    cases = [networks.reference(), networks.deep(), networks.scenes()]
    if arguments.data is not None:
        cases.insert(2, networks.nir_paper(arguments.data))
    peers = [PEERS[name] for name in arguments.peers]
    console = Console(width=165)
    try:
        fine = [show(case, peers, console) for case in cases]
    except JobError as error:
        sys.exit(str(error))
    console.print("all that must be equal is" if all(fine) else "[red]not all that must be equal is[/red]")
    sys.exit(not all(fine))


if __name__ == "__main__":
    main()
