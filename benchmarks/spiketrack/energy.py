"""Energy as papers count it and as chips are measured, and what "1/26 of TransT" counts and leaves out.

    python benchmarks/spiketrack/energy.py PAIR -o KEPT.json [--hardware loihi2-oheogulch,...]

PAIR is a checkpoint of ``neuromorph-track train`` or a siamese pair's folder; KEPT.json holds what was
measured, so that a second call prints the tables again. Three tables:

1. on each hardware profile the dynamic energy of a steady frame of the search chain, of a template, of a
   frame with its share of the template, and the ANN of the same shapes beside it (``dense twin``: every
   connection once per frame), with P5, P50 and P95 of the prices, on synthetic sequences of the part for
   tests;
2. what the papers' arithmetic makes of the same run: MACs of the first layer at 4.6 pJ and an accumulate of
   0.9 pJ for each spike and connection elsewhere. A graded spike counts as one event, and as the unit spikes
   that it would be expanded to, which is how SpikeTrack's authors count theirs;
3. the arithmetic of SpikeTrack's claim, step by step, and what it has no term for.

Figures of SpikeTrack and TransT are published ones (sources in the table's notes), not measured here.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from joules import Joules, Percentiles, joules_of
from rich.console import Console
from rich.table import Table
from trainings import FRAMES

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.data.targets import TargetScene, TargetSpec
from neuromorph_track.detection import FrameEncoder
from neuromorph_track.detection.crop import Window
from neuromorph_track.files import write_text
from neuromorph_track.hardware import load_profiles
from neuromorph_track.netx import CropSpec, Siamese, nominal_macs, retrieval_weights
from neuromorph_track.netx.memory import with_weights
from neuromorph_track.runs.pairs import load_siamese

PAPERS = "papers-45nm-arithmetic"
HARDWARE = (PAPERS, "loihi2-oheogulch", "spinnaker2", "dense-45nm-fp32", "dense-45nm-int8", "dense-7nm-int8")

# SpikeTrack's table 1 gives TransT 75.2 mJ at 4.6 pJ a MAC (arXiv 2602.23963, second hand): 16.35 G MACs.
TRANST_JOULES = 75.2e-3
# Its abstract: "1/26 of the energy of TransT" on LaSOT, with its smallest network, S256-T1.
CLAIM = 26
# S256-T1 by hooks on the convolutions of the released classes: search branch with retrieval and head, and the
# template branch; its spiking neurons of search branch and head.
SPIKETRACK_MACS, TEMPLATE_MACS, SPIKETRACK_NEURONS = 3.45e9, 2.60e9, 16.9e6
# A potential is read and written once per neuron and step.
STATE_ACCESSES, STATE_BITS = 2, 32


class Counts(NamedTuple):
    """Operations of a search crop as papers count them: every output has its whole kernel."""

    first_macs: float
    all_macs: float
    events: float
    units: float


def counted(siamese: Siamese, frames: int) -> Counts:
    """Counts per frame over crops around the truth of a synthetic target, where it is seen."""
    spec = TargetSpec.preset("hard", seed=0, split="test", frames=frames)
    shown = ((picture, _centred(box)) for picture, box, _ in TargetScene(spec))
    # Where nobody says where the target is there is nothing to cut out.
    pictures = [(picture, box) for picture, box in shown if np.isfinite(box).all()]
    contract, [(first, box)] = siamese.contract, pictures[:1]
    template = FixedSimulator(siamese.template, reset_interval=contract.template.steps, pipelined=False)
    spikes = template.run(_crop(contract.template, first, box)).output
    weights = {name: found.weight for name, found in retrieval_weights(siamese, spikes).items()}
    chain = with_weights(siamese.search, weights)
    search = FixedSimulator(chain, reset_interval=contract.search.steps, pipelined=False)
    values = np.concatenate([_crop(contract.search, picture, box) for picture, box in pictures])
    sent = search.run(values, record=True).spikes
    assert sent is not None
    macs = [float(nominal_macs(layer)) for layer in chain.layers[1:]]
    # Of the first layer papers count MACs.
    heard = list(zip(macs, sent, strict=False))[1:]
    steps = contract.search.steps
    return Counts(
        first_macs=macs[0] * steps,
        all_macs=sum(macs),
        events=steps * sum(each * float((spikes != 0).mean()) for each, spikes in heard),
        units=steps * sum(each * float(spikes.mean()) for each, spikes in heard),
    )


def _crop(spec: CropSpec, picture: np.ndarray, cxcywh: np.ndarray) -> np.ndarray:
    cut = Window.around(cxcywh, spec.factor).cut(picture, spec.input.height, spec.input.pad)
    return np.repeat(FrameEncoder(spec.input)(cut)[0][None], spec.steps, 0)


def _centred(xyxy: np.ndarray) -> np.ndarray:
    corners = xyxy.astype(np.float64)
    sides = corners[2:] - corners[:2]
    return np.concatenate([corners[:2] + sides / 2, sides])


def chips_table(found: dict[str, Joules], frames: int) -> Table:
    title = "dynamic energy, microjoules, P5 / P50 / P95; the ANN of the same shapes by it, in times"
    shown = Table(title=title)
    columns = ("profile", "a frame", "a template", f"with 1/{frames} of it", "dense twin", "twin by pair")
    for name in (*columns, "weakest price"):
        shown.add_column(name, justify="left" if name in ("profile", "weakest price") else "right")
    for name, each in found.items():
        cells = [_interval(part, 1e6) for part in (each.search, each.template, each.shared, each.twin)]
        shown.add_row(name, *cells, _interval(each.shared_times_less, 1), each.evidence)
    return shown


def terms_table(name: str, found: Joules) -> Table:
    """What a steady frame on a chip is made of."""
    shown = Table(title=f"a frame on {name}, by price")
    for column in ("price", "times paid", "microjoules, P5 / P50 / P95", "in the papers' arithmetic"):
        shown.add_column(column, justify="right" if column != "price" else "left")
    for term, (count, *joules) in found.terms.items():
        shown.add_row(term, f"{count:,.0f}", _interval(joules, 1e6), "yes" if term == "synop" else "no")
    return shown


def papers_table(counts: Counts) -> Table:
    mac, accumulate = _price(PAPERS, "mac"), _price(PAPERS, "synop")
    twin = counts.all_macs * mac
    shown = Table(title="the search chain's frame, as papers count it")
    for column in ("", "count", "pJ each", "microjoules", "dense ReLU twin by it"):
        shown.add_column(column, justify="right" if column else "left")
    first = counts.first_macs * mac
    rows = [
        ("MACs of the first layer", counts.first_macs, mac, first, None),
        ("accumulates, a graded spike one each", counts.events, accumulate, None, None),
        ("together", None, None, first + counts.events * accumulate, twin),
        ("accumulates, a spike of s as s", counts.units, accumulate, None, None),
        ("together", None, None, first + counts.units * accumulate, twin),
        ("MACs of the dense ReLU twin, float32", counts.all_macs, mac, None, None),
        ("MACs of TransT, published", TRANST_JOULES / mac, mac, None, None),
    ]
    for name, count, price, joules, beside in rows:
        own = joules if joules is not None else count * price
        cells = ["" if value is None else f"{value:,.0f}" for value in (count,)]
        cells += ["" if price is None else f"{1e12 * price:.2g}", f"{1e6 * own:,.4g}"]
        shown.add_row(name, *cells, "" if beside is None else f"{beside / own:.3g}")
    return shown


def claim_table() -> Table:
    """SpikeTrack's claim: what multiplies to it, what other counting would say, what it leaves out."""
    mac, accumulate, int8 = _price(PAPERS, "mac"), _price(PAPERS, "synop"), _price("dense-45nm-int8", "mac")
    transt, claimed = TRANST_JOULES / mac, TRANST_JOULES / CLAIM
    spikes = claimed / (SPIKETRACK_MACS * accumulate)
    shown = Table(title=f'"1/{CLAIM} of TransT": S256-T1, a frame')
    for column in ("", "arithmetic", "millijoules", "TransT by it"):
        shown.add_column(column, justify="right" if column != "" else "left")
    rows: list[tuple[str, str, float | tuple[float, ...]]] = [
        ("TransT", f"{transt / 1e9:.2f} G MACs x {_pj(mac)}", TRANST_JOULES),
        (
            "the claim",
            f"{SPIKETRACK_MACS / 1e9:.2f} G x {_pj(accumulate)} x {spikes:.2f} spikes an input",
            claimed,
        ),
        ("fewer MACs alone", f"{SPIKETRACK_MACS / 1e9:.2f} G MACs x {_pj(mac)}", SPIKETRACK_MACS * mac),
        ("and accumulates for MACs", f"{_pj(accumulate)} each", SPIKETRACK_MACS * accumulate),
        ("the same shapes as an int8 ANN", f"{_pj(int8)} a MAC", SPIKETRACK_MACS * int8),
        ("TransT in int8", f"{transt / 1e9:.2f} G MACs x {_pj(int8)}", transt * int8),
    ]
    fetches = np.array(_edges("dense-45nm-fp32", "memory_bit"))
    weights = SPIKETRACK_MACS * spikes * STATE_BITS * fetches
    states = SPIKETRACK_NEURONS * STATE_ACCESSES * STATE_BITS * fetches
    left_out: list[tuple[str, str, float | tuple[float, ...]]] = [
        ("left out: fetching weights", "32 bits an accumulate, SRAM", tuple(weights)),
        ("left out: potentials", f"{SPIKETRACK_NEURONS / 1e6:.1f} M read and written", tuple(states)),
        (
            "left out: the template branch, once",
            f"{TEMPLATE_MACS / 1e9:.2f} G x {spikes:.2f} spikes",
            TEMPLATE_MACS * spikes * accumulate,
        ),
        ("left out: routing, host, static power", "no figure: a chip's profile has them", ()),
    ]
    for name, how, joules in (*rows, *left_out):
        if isinstance(joules, tuple):
            shown.add_row(name, how, _interval(joules, 1e3) if joules else "", "")
        else:
            beside = "" if name.startswith("left out") else f"{TRANST_JOULES / joules:.3g}"
            shown.add_row(name, how, f"{1e3 * joules:.3g}", beside)
    return shown


def _price(profile: str, term: str) -> float:
    return _edges(profile, term)[1]


def _edges(profile: str, term: str) -> tuple[float, ...]:
    """Low, value and high of a price, J."""
    [found] = load_profiles((profile,))
    quantity = getattr(found.energy, term)
    assert quantity is not None
    return tuple(map(float, quantity.si))


def _pj(joules: float) -> str:
    return f"{1e12 * joules:.2g} pJ"


def _interval(found: Percentiles | tuple[float, ...] | list[float] | None, scale: float) -> str:
    return "—" if found is None else " / ".join(f"{scale * value:.3g}" for value in found)


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("pair", type=Path)
    parser.add_argument("--output", "-o", type=Path, required=True)
    parser.add_argument("--hardware", default=",".join(HARDWARE))
    parser.add_argument("--preset", default="hard")
    parser.add_argument("--sequences", type=int, default=3)
    parser.add_argument("--frames", type=int, default=FRAMES)
    given = parser.parse_args()
    hardware = given.hardware.split(",")
    found = joules_of(given.pair, hardware, given.output, given.preset, given.sequences, given.frames)
    kept = given.output.with_suffix(".counts.json")
    if not kept.is_file():
        write_text(kept, json.dumps(counted(load_siamese(given.pair), given.frames)._asdict()))
    counts = Counts(**json.loads(kept.read_text()))
    console = Console(width=150)
    console.print(chips_table(found, given.frames))
    for name in (name for name in hardware if "synop" in found[name].terms and name != PAPERS):
        console.print(terms_table(name, found[name]))
    console.print(papers_table(counts))
    console.print(claim_table())


if __name__ == "__main__":
    main()
