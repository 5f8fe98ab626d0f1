"""Our checkpoints become networks; whatever else a file holds is refused and never run."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from neuromorph_track.errors import InputError
from neuromorph_track.export.checkpoint import export_checkpoint
from neuromorph_track.netx import read_net, write_net
from neuromorph_track.training.checkpoint import load_checkpoint, save_checkpoint
from neuromorph_track.training.recipe import Recipe

OURS = Path(__file__).parents[2] / "netx_exports" / "scenes-nano.pt"


def test_layers_by_hand(checkpoint: Path, state: dict[str, Any]) -> None:
    network = export_checkpoint(checkpoint)
    assert [layer.kind for layer in network.layers] == ["input", "conv", "conv", "conv"]
    assert [layer.shape for layer in network.layers] == [
        (3, 112, 128),
        (4, 28, 32),
        (6, 14, 16),
        (14, 14, 16),
    ]
    assert [layer.neuron.kind for layer in network.layers if layer.neuron] == [
        "delta",
        "sigma_delta",
        "sigma_delta",
        "sigma",
    ]
    # 0.2 is 12.8 sixty-fourths.
    assert [layer.neuron.threshold for layer in network.layers if layer.neuron] == [12, 12, 12, 0]
    second = network.layers[2]
    assert (second.stride, second.padding, second.dilation) == ((2, 2), (2, 2), (2, 2))
    model = state["model"]
    v, g = (model[f"blocks.1.synapse.weight_{part}"].numpy().astype(np.float64) for part in "vg")
    exact = g * v / np.sqrt((v**2).sum((1, 2, 3, 4), keepdims=True))
    assert second.weight is not None
    assert second.bias is not None
    np.testing.assert_array_equal(second.weight, np.clip(2 * np.round(exact[..., 0] * 32), -256, 254))
    mean = model["blocks.1.neuron.norm.running_mean"].numpy().astype(np.float64)
    np.testing.assert_array_equal(second.bias, -np.clip(2 * np.round(mean * 32), -256, 254))
    assert network.layers[3].bias is None


def test_the_contract_comes_from_the_recipe(checkpoint: Path, recipe: Recipe) -> None:
    contract = export_checkpoint(checkpoint).contract
    assert contract is not None
    assert (contract.name, contract.classes, contract.input) == ("tiny", recipe.classes, recipe.input)
    assert contract.head.anchors == recipe.network.anchors
    assert contract.provenance["training_seed"] == "11"
    assert contract.provenance["checkpoint_sha256"] == hashlib.sha256(checkpoint.read_bytes()).hexdigest()


def test_the_checkpoint_stays_as_it_is_and_the_network_can_be_written(
    checkpoint: Path, tmp_path: Path
) -> None:
    before = (checkpoint.read_bytes(), checkpoint.stat().st_mtime_ns)
    write_net(export_checkpoint(checkpoint), tmp_path / "x.net")
    assert (checkpoint.read_bytes(), checkpoint.stat().st_mtime_ns) == before
    assert read_net(tmp_path / "x.net").output_shape == (14, 14, 16)


def test_our_own_file_is_the_export_of_our_own_checkpoint() -> None:
    exported, shipped = export_checkpoint(OURS), read_net(OURS.with_suffix(".net"))
    assert exported.contract is not None
    assert shipped.contract is not None
    # The head room for sums is chosen after the export.
    assert exported.contract.model_copy(update={"spike_exp": shipped.contract.spike_exp}) == shipped.contract
    assert len(exported.layers) == len(shipped.layers)
    for found, wanted in zip(exported.layers, shipped.layers, strict=True):
        assert (found.shape, found.neuron, found.stride) == (wanted.shape, wanted.neuron, wanted.stride)
        np.testing.assert_array_equal(found.weight, wanted.weight)
        np.testing.assert_array_equal(found.bias, wanted.bias)


Change = Callable[[dict[str, Any]], object]
G, V, MEAN = "blocks.1.synapse.weight_g", "blocks.1.synapse.weight_v", "blocks.1.neuron.norm.running_mean"


@pytest.mark.parametrize(
    ("change", "field", "found"),
    [
        (lambda s: s.pop("recipe"), "recipe", "none that can be read"),
        (lambda s: s.update(recipe="{}"), "recipe", "none that can be read"),
        (lambda s: s.pop("model"), "model", "nothing"),
        (lambda s: s.update(format="other/9"), "contents", "names such as format, model, recipe"),
        (lambda s: s["model"].pop(G), f"model/{G}", "nothing"),
        (lambda s: s["model"].pop(MEAN), f"model/{MEAN}", "nothing"),
        (lambda s: s["model"].update({V: 3.0}), f"model/{V}", "float"),
        (lambda s: s["model"].update({V: torch.ones(6, 5, 3, 3, 1)}), f"model/{V}", "shape (6, 5, 3, 3, 1)"),
        (lambda s: s["model"].update({G: torch.ones(5, 1, 1, 1, 1)}), f"model/{G}", "shape (5, 1, 1, 1, 1)"),
        (lambda s: s["model"].update({MEAN: torch.full((6,), torch.nan)}), f"model/{MEAN}", "infinite"),
        (
            lambda s: s["model"].update({"head.weight": torch.ones(13, 6, 1, 1, 1)}),
            "model/head.weight",
            "shape (13, 6, 1, 1, 1)",
        ),
        (lambda s: s["model"].pop("head.weight"), "model/head.weight", "nothing"),
    ],
)
def test_what_is_wrong_is_named(
    state: dict[str, Any], tmp_path: Path, change: Change, field: str, found: str
) -> None:
    change(state)
    path = tmp_path / "x.pt"
    save_checkpoint(path, state)
    with pytest.raises(InputError) as caught:
        export_checkpoint(path)
    assert (caught.value.source, caught.value.field) == (str(path), field)
    assert caught.value.found.startswith(found)
    assert "\n" not in str(caught.value)


class Bomb:
    """Unpickling it makes a file."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return (Path.touch, (self.target,))


@pytest.mark.parametrize("writer", ["torch", "pickle"])
def test_a_pickle_is_refused_and_not_run(tmp_path: Path, state: dict[str, Any], writer: str) -> None:
    path, proof = tmp_path / "evil.pt", tmp_path / "was-run"
    content = {**state, "model": {**state["model"], "bomb": Bomb(proof)}}
    if writer == "torch":
        torch.save(content, path)
    else:
        path.write_bytes(pickle.dumps({"bomb": Bomb(proof)}))
    with pytest.raises(InputError) as caught:
        export_checkpoint(path)
    assert not proof.exists()
    assert caught.value.field == "file"
    assert "weights_only" not in str(caught.value)
    assert "\n" not in str(caught.value)
    # The bomb does go off where a file is trusted.
    pickle.loads(pickle.dumps(Bomb(proof)))
    assert proof.exists()


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04", b"hello", b"\x80\x02]q\x00."])
def test_files_that_are_no_checkpoint(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.pt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"x\.pt: file: found") as caught:
        load_checkpoint(path)
    assert "\n" not in str(caught.value)


def test_a_cut_checkpoint(checkpoint: Path) -> None:
    checkpoint.write_bytes(checkpoint.read_bytes()[:-500])
    with pytest.raises(InputError, match=r"final\.pt: file: found \d+ bytes"):
        export_checkpoint(checkpoint)


@pytest.mark.slayer
@pytest.mark.slow
def test_our_own_network_equals_slayer_to_the_last_bit() -> None:
    from neuromorph_track.runs.proof import prove_export

    network = export_checkpoint(OURS)
    proof = prove_export(OURS, network)
    assert proof.equal
    assert proof.values > 20_000
    assert proof.largest_potential > 1
    # And a network that is not the same is noticed.
    head = network.layers[-1]
    assert head.weight is not None
    head.weight[0, 0, 0, 0] += 2
    assert not prove_export(OURS, network).equal
