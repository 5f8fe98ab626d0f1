"""YOLO-KP: our export against the one that lava-dl made of the same checkpoint."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.export.checkpoint import export_checkpoint
from neuromorph_track.export.yolo_kp import COCO_CLASSES, CONTRACT, wheel_checkpoint, yolo_kp_network
from neuromorph_track.netx import Network, read_net
from neuromorph_track.training.checkpoint import load_checkpoint


@pytest.fixture(scope="module")
def ours() -> Network:
    return export_checkpoint(wheel_checkpoint())


@pytest.mark.slayer
@pytest.mark.parametrize("index", range(11))
def test_layer_by_layer_as_lava_dl_exports_it(ours: Network, shared_data: Path, index: int) -> None:
    theirs = read_net(shared_data / "checkpoints" / "yolo_kp_coco80.net")
    assert len(ours.layers) == len(theirs.layers)
    found, wanted = ours.layers[index], theirs.layers[index]
    assert (found.kind, found.shape, found.stride, found.padding, found.dilation, found.groups) == (
        wanted.kind,
        wanted.shape,
        wanted.stride,
        wanted.padding,
        wanted.dilation,
        wanted.groups,
    )
    assert found.neuron is not None
    assert wanted.neuron is not None
    assert (found.neuron.kind, found.neuron.threshold) == (wanted.neuron.kind, wanted.neuron.threshold)
    for part in ("weight", "bias"):
        mine, lavas = getattr(found, part), getattr(wanted, part)
        if mine is None:
            assert lavas is None or not np.any(lavas)
        elif found.kind != "input":
            np.testing.assert_array_equal(mine, lavas)


@pytest.mark.slayer
def test_the_contract(ours: Network) -> None:
    assert ours.contract is not None
    assert (ours.contract.name, len(ours.contract.classes)) == ("yolo-kp", 80)
    assert ours.output_shape == (3 * 85, 14, 14)
    assert ours.input_shape == (3, 448, 448)


def test_the_classes_are_cocos() -> None:
    assert len(set(COCO_CLASSES)) == 80
    assert [COCO_CLASSES.index(name) for name in ("person", "car", "dog", "toothbrush")] == [0, 2, 16, 79]
    assert CONTRACT.classes == COCO_CLASSES


@pytest.mark.slayer
@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("heads.0.weight", lambda tensor: tensor[:-1]),
        ("blocks.3.synapse.weight_v", lambda tensor: tensor[:, :-1]),
        ("blocks.8.neuron.norm.running_mean", lambda tensor: None),
    ],
)
def test_another_network_of_the_same_names_is_refused(name: str, change: object) -> None:
    state = load_checkpoint(wheel_checkpoint())
    assert callable(change)
    state[name] = change(state[name])
    with pytest.raises(InputError) as caught:
        yolo_kp_network(state, "network.pt")
    assert caught.value.field == name
