"""Sigma-delta twins: what was trained, to the last bit, and lava-dl's own loader reads it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.data.targets import TargetScene, TargetSpec
from neuromorph_track.detection.crop import Window
from neuromorph_track.export.siamese import SiameseExport, siamese_of
from neuromorph_track.netx import read_siamese, retrieval_weights, write_siamese
from neuromorph_track.netx.memory import with_weights
from neuromorph_track.netx.write import write_net
from neuromorph_track.runs.siamese_net import SiameseNet
from neuromorph_track.runs.siamese_proof import prove_siamese
from neuromorph_track.runs.verify_siamese import verify_siamese
from tests.networks import tiny_streams
from tests.networks.tiny_trackers import lived, recipe

TRACKERS: list[dict[str, Any]] = [
    {},
    {"refinements": 0, "positions": False},
    {"refinements": 2, "threshold": 0.5},
    {"retrieval": "correlation", "seed": 2},
    {"retrieval": "blind"},
    {"template_side": 20, "search_side": 36},
]


def exported(seed: int = 0, **network: Any) -> SiameseExport:
    plan = recipe(neuron="sigma_delta", **network)
    return siamese_of(plan, lived(plan, seed).state_dict(), "tiny")


def streaming() -> SiameseExport:
    """One that sees windows of events."""
    plan = tiny_streams.recipe(**tiny_streams.TWIN)
    return siamese_of(plan, tiny_streams.lived(plan).state_dict(), "tiny")


@pytest.mark.parametrize("network", TRACKERS, ids=lambda network: json.dumps(network)[:60])
def test_equal_to_the_last_bit_from_disk(network: dict[str, Any], tmp_path: Path) -> None:
    made = exported(**network)
    write_siamese(made.siamese, tmp_path / "pair")
    pair = read_siamese(tmp_path / "pair")
    proof = prove_siamese(made.model, pair)
    assert proof.largest_potential > 1000
    assert (proof.equal, proof.largest_difference) == (True, 0)
    kinds = {
        layer.neuron.kind for chain in (pair.template, pair.search) for layer in chain.layers if layer.neuron
    }
    assert kinds == {"delta", "sigma_delta", "sigma"}
    assert all(int(layer.bias.max()) <= 0 for layer in pair.search.layers if layer.bias is not None)
    # What a fresh head knows is added by the host.
    assert pair.contract.head_offset is not None
    assert pair.contract.head_offset[0] == pytest.approx(-3.89, abs=0.01)


def test_sums_that_leave_a_state_are_told() -> None:
    """24 bits with 18 fraction bits end at 32 units of activation."""
    made = exported(retrieval="correlation")
    proof = prove_siamese(made.model, made.siamese)
    assert not proof.equal
    assert "of the search chain reached" in proof.sentence()
    net = SiameseNet(made.siamese)
    for seed in range(2):
        shown = list(TargetScene(TargetSpec(seed=seed, split="test", frames=4)))
        left, top, right, bottom = shown[0][1].astype(np.float64)
        box = np.array([(left + right) / 2, (top + bottom) / 2, right - left, bottom - top])
        net.write(net.template(shown[0][0], box).sums)
        for frame, _, _ in shown:
            net.look(frame, Window.around(box, 4.0))
    assert any("search chain" in told for told in net.wrapped_layers())


def test_a_crop_does_not_know_of_the_one_before() -> None:
    net = SiameseNet(exported().siamese)
    rng = np.random.default_rng(2)
    frames = rng.integers(0, 256, (2, 60, 60, 3), dtype=np.uint8)
    box = np.array([30.0, 30.0, 20.0, 20.0])
    first = net.template(frames[0], box)
    net.template(frames[1], box)
    again = net.template(frames[0], box)
    assert np.array_equal(first.sums, again.sums)
    assert int(first.sums.min()) >= 0
    assert int(first.sums.max()) > 1 << 24
    for part in ("spikes_in", "spikes_out", "synops"):
        assert np.array_equal(first.activity.total(part), again.activity.total(part))


def test_before_it_hears_a_layer_says_nothing() -> None:
    """So a chip, whose layers hear one step after the other, computes what was trained."""
    siamese = exported().siamese
    picture = np.random.default_rng(0).integers(0, 256, (1, 3, 32, 32)).astype(np.int32)
    together = FixedSimulator(siamese.search, pipelined=False).run(picture)
    delayed = FixedSimulator(siamese.search, pipelined=True).run(picture)
    assert np.array_equal(together.output, delayed.output)
    assert np.array_equal(together.activity.total("spikes_out"), delayed.activity.total("spikes_out"))


LAVA = """
import sys
import numpy as np
from lava.lib.dl import netx
from lava.magma.core.run_conditions import RunSteps
from lava.magma.core.run_configs import Loihi2SimCfg
from lava.proc.io.sink import PyReceiveModelFloat
from lava.proc.io.sink import RingBuffer as Sink
from lava.proc.io.source import RingBuffer as Source

for name in ("template", "search"):
    network = netx.hdf5.Network(f"{sys.argv[1]}/{name}.net")
    picture = np.load(f"{sys.argv[1]}/{name}.npy")
    steps = len(network.layers) + 1
    source = Source(data=np.stack([picture.T] * steps, -1))
    sink = Sink(shape=network.out.shape, buffer=steps)
    source.s_out.connect(network.in_layer.neuron.a_in)
    network.out.connect(sink.a_in)
    config = Loihi2SimCfg(select_tag="fixed_pt", exception_proc_model_map={Sink: PyReceiveModelFloat})
    network.run(condition=RunSteps(steps), run_cfg=config)
    found = sink.data.get().astype(np.int64)
    network.stop()
    # A template says all of it once; what a head holds stays.
    told = found.sum(-1) if name == "template" else found[..., -1]
    np.save(f"{sys.argv[1]}/{name}-lava.npy", told.T)
"""


@pytest.mark.slow
@pytest.mark.slayer
@pytest.mark.parametrize("made", [exported, streaming])
def test_lava_dl_reads_it_and_computes_the_same(made: Callable[[], SiameseExport], tmp_path: Path) -> None:
    siamese = made().siamese
    rng = np.random.default_rng(4)
    pictures = {
        name: rng.integers(0, 256, chain.layers[0].shape).astype(np.int32)
        for name, chain in (("template", siamese.template), ("search", siamese.search))
    }
    spikes = FixedSimulator(siamese.template, pipelined=False).run(pictures["template"][None]).output
    weights = {name: found.weight for name, found in retrieval_weights(siamese, spikes).items()}
    search = with_weights(siamese.search, weights)
    held = FixedSimulator(search, pipelined=False).run(pictures["search"][None]).output
    write_net(siamese.template, tmp_path / "template.net")
    write_net(search, tmp_path / "search.net")
    for name, picture in pictures.items():
        np.save(tmp_path / f"{name}.npy", picture)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LAVA, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert np.array_equal(np.load(tmp_path / "template-lava.npy"), spikes[0])
    assert np.array_equal(np.load(tmp_path / "search-lava.npy"), held[0])
    assert len(np.unique(held)) > 100


@pytest.mark.slow
@pytest.mark.slayer
@pytest.mark.parametrize("made", [exported, streaming])
def test_lava_s_bits_are_ours_with_memories_written_while_it_runs(made: Callable[[], SiameseExport]) -> None:
    assert verify_siamese(made().siamese, "lava", frames=2, stock=False).equal
