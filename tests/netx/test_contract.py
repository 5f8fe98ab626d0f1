"""A contract that does not fit its network is refused by the field that is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from neuromorph_track.errors import InputError
from neuromorph_track.netx import Head, InputSpec, Layer, Network, Neuron, RunContract
from neuromorph_track.netx.validate import validate

SILENT = Neuron("cuba", "CUBA", 1 << 17, 0, 0)


def network(encoder: str = "delta", head: Neuron | None = None, **changed: Any) -> Network:
    """One cell, one anchor, one class."""
    fed = Neuron("delta", "SDNN", 6) if encoder == "delta" else Neuron("cuba", "CUBA", 60)
    weight = np.ones((6, 3, 4, 4), np.int32)
    layers = (
        Layer("input", (3, 4, 4), neuron=fed),
        Layer("conv", (6, 1, 1), neuron=head or Neuron("sigma", "SDNN"), weight=weight),
    )
    contract = RunContract(
        name="one-cell",
        encoder=encoder,
        input=InputSpec(height=4, width=4),
        head=Head(anchors=((1.0, 2.0),)),
        classes=("thing",),
    )
    return Network(layers, contract=contract.model_copy(update=changed))


def with_head(net: Network, **changed: Any) -> Network:
    assert net.contract is not None
    head = net.contract.head.model_copy(update=changed)
    return replace(net, contract=net.contract.model_copy(update={"head": head}))


@pytest.mark.parametrize("net", [network(), with_head(network("bias", SILENT), scale=2.0**-12)])
def test_what_fits_is_accepted(net: Network) -> None:
    validate(net)


@pytest.mark.parametrize(
    ("net", "field", "found"),
    [
        (network(input=InputSpec(height=5, width=4)), "input", "(3, 5, 4)"),
        (replace(network(), contract=network("bias").contract), "encoder", "'bias' for delta"),
        (network(head=Neuron("sigma_delta", "SDNN", 6)), "head", "sigma_delta neurons"),
        (network(head=replace(SILENT, threshold=(1 << 17) - 1)), "head", "cuba neurons"),
        (network(head=SILENT), "head/scale", "None for a head of cuba"),
        (with_head(network(), scale=0.5), "head/scale", "0.5 for a head of sigma"),
        (network(classes=("a", "b")), "head", "2 classes, 7 channels"),
    ],
)
def test_what_does_not_fit_is_named(net: Network, field: str, found: str) -> None:
    with pytest.raises(InputError) as caught:
        validate(net)
    assert f"neuromorph_track/contract/{field}: found" in str(caught.value)
    assert found in str(caught.value)


def with_channels(net: Network, channels: int) -> Network:
    weight = np.ones((channels, 3, 4, 4), np.int32)
    return replace(net, layers=(net.layers[0], replace(net.layers[1], shape=(channels, 1, 1), weight=weight)))


@pytest.mark.parametrize(
    ("head", "channels"),
    [
        (Head(kind="yolox"), 6),
        (Head(kind="yolox", embedding=8), 14),
        (Head(kind="yolox", embedding=2, anchors=((1.0, 1.0), (2.0, 3.0))), 16),
        (Head(anchors=((1.0, 2.0),), embedding=3), 9),
    ],
)
def test_channels_of_a_head(head: Head, channels: int) -> None:
    assert head.channels(1) == channels
    net = network(head=None)
    assert net.contract is not None
    net = replace(net, contract=net.contract.model_copy(update={"head": head}))
    validate(with_channels(net, channels))
    with pytest.raises(InputError, match=f"{channels} channels"):
        validate(with_channels(net, channels + 1))


def test_a_yolox_head_has_its_own_defaults() -> None:
    head = Head(kind="yolox")
    assert (head.anchors, head.class_activation, head.embedding) == (((1.0, 1.0),), "sigmoid", 0)
    assert Head.model_validate_json(head.model_dump_json()) == head
    assert Head.model_validate_json('{"kind": "yolox"}') == head


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "anchors are missing"),
        ({"kind": "yolo"}, "anchors are missing"),
        ({"kind": "yolox", "class_activation": "softmax"}, "'sigmoid' and no offset_gain"),
        ({"kind": "yolox", "offset_gain": 2.0}, "'sigmoid' and no offset_gain"),
        ({"kind": "yolox", "anchors": ()}, "at least 1"),
        ({"kind": "yolox", "embedding": -1}, "greater than or equal to 0"),
        ({"kind": "ssd"}, "'yolo' or 'yolox'"),
    ],
)
def test_heads_that_make_no_sense(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Head.model_validate(given)
