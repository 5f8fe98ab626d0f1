"""The proof fails where network and model differ, and says where; a silent network proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from neuromorph_track.errors import JobError
from neuromorph_track.export.slayer import SlayerExport, export_slayer
from neuromorph_track.netx import Layer, Network
from neuromorph_track.runs.slayer_proof import prove_slayer
from tests.export.slayer.builders import (
    LEAKY,
    MAP,
    PLAIN,
    Case,
    blocks,
    chain,
    conv,
    dense,
    flatten,
    mean_norm,
    seeded,
    with_delays,
    with_means,
)

pytestmark = pytest.mark.slayer

Change = Callable[[Layer], Layer]


def model() -> Any:
    build = lambda: with_means(  # noqa: E731
        with_delays(
            chain(
                blocks().Input(dict(PLAIN)),
                conv(2, 6, 3, mean_norm(LEAKY), delay=True),
                flatten(),
                dense(252, 10, mean_norm(LEAKY)),
            ),
            MAP,
        ),
        MAP,
    )
    return seeded(Case(build, MAP))


def tampered(exported: SlayerExport, part: int, change: Change) -> SlayerExport:
    """The export with another layer in the place of a part's."""
    old = exported.parts[part]
    assert old.layer is not None
    new = change(old.layer)
    parts = list(exported.parts)
    parts[part] = replace(old, layers=(*old.layers[:-1], new))
    layers = tuple(new if layer is old.layer else layer for layer in exported.network.layers)
    return exported._replace(network=Network(layers, "my model"), parts=tuple(parts))


def neuron(**changes: int) -> Change:
    def change(layer: Layer) -> Layer:
        assert layer.neuron is not None
        return replace(layer, neuron=replace(layer.neuron, **changes))

    return change


def one_more(name: str) -> Change:
    def change(layer: Layer) -> Layer:
        values = getattr(layer, name).copy()
        values.reshape(-1)[0] += 2
        return replace(layer, **{name: values})

    return change


def test_what_is_equal() -> None:
    proof = prove_slayer(export_slayer(model(), MAP))
    assert (proof.steps, proof.blocks, proof.silent) == (48, 3, ())
    assert proof.values == 48 * (144 + 252 + 10)
    assert proof.to_dict()["equal"] is True
    assert proof.sentence().startswith("equal to SLAYER's forward pass, to the last bit: 19,488 values")


@pytest.mark.parametrize(
    ("part", "change", "where"),
    [
        (0, neuron(threshold=40), "block 0 (cuba.Input)"),
        (1, one_more("weight"), "block 1 (cuba.Conv)"),
        (1, one_more("bias"), "block 1 (cuba.Conv)"),
        (1, neuron(current_decay=1025), "block 1 (cuba.Conv)"),
        (1, neuron(voltage_decay=411), "block 1 (cuba.Conv)"),
        (3, one_more("weight"), "block 3 (cuba.Dense)"),
        (3, lambda layer: replace(layer, delay=None), "block 3 (cuba.Dense)"),
        (3, lambda layer: replace(layer, delay=np.maximum(layer.delay, 1)), "block 3 (cuba.Dense)"),
        (3, lambda layer: replace(layer, bias=None), "block 3 (cuba.Dense)"),
        (3, neuron(threshold=39), "block 3 (cuba.Dense)"),
    ],
)
def test_a_network_that_is_not_the_same(part: int, change: Change, where: str) -> None:
    exported = tampered(export_slayer(model(), MAP), part, change)
    with pytest.raises(JobError, match=r"differs from SLAYER first at step \d+, neuron \(") as caught:
        prove_slayer(exported)
    assert str(caught.value).startswith(f"my model: {where} differs")
    assert "likely cause" in str(caught.value)


def test_a_network_whose_layers_are_wired_otherwise() -> None:
    """Each part alone is right, and the network as a whole is looked at too."""
    exported = export_slayer(seeded(Case(lambda: chain(dense(20, 20), dense(20, 20)), (20,))), (20,))
    first, *rest = exported.network.layers
    swapped = exported._replace(network=Network((first, *rest[::-1]), "swapped"))
    with pytest.raises(JobError, match=r"swapped: block 1 \(cuba\.Dense\) differs"):
        prove_slayer(swapped)


def quiet(block: Any) -> Any:
    """A threshold that nothing reaches."""
    block.neuron._threshold = 2000.0
    return block


def test_a_block_that_is_silent_in_the_model_is_proven_by_itself() -> None:
    case = Case(lambda: chain(quiet(dense(20, 6)), dense(6, 4)), (20,))
    proof = prove_slayer(export_slayer(seeded(case), (20,)))
    # Nothing reaches the second block, which speaks on an input of its own.
    assert proof.active == proof.last_active == 0
    assert "the last block sent nothing in the whole network" in proof.sentence()
    assert proof.silent == ("block 0 (cuba.Dense)",)
    assert "nothing proven of block 0 (cuba.Dense)" in proof.sentence()


def test_a_block_alone_is_compared_too() -> None:
    exported = export_slayer(seeded(Case(lambda: chain(quiet(dense(20, 6)), dense(6, 4)), (20,))), (20,))
    with pytest.raises(JobError, match=r"block 1 \(cuba\.Dense\) differs"):
        prove_slayer(tampered(exported, 1, neuron(current_decay=2048)))


def test_a_network_that_never_speaks_proves_nothing() -> None:
    exported = export_slayer(seeded(Case(lambda: chain(dense(20, 6), quiet(dense(6, 4))), (20,))), (20,))
    with pytest.raises(
        JobError, match=r"block 1 \(cuba\.Dense\), the last block, sends nothing on any input"
    ):
        prove_slayer(exported)
