"""Siamese pairs compute what was trained, to the last bit, on disk and in the simulator."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from neuromorph_track.errors import InputError
from neuromorph_track.export.checkpoint import export_with_report
from neuromorph_track.export.siamese import (
    SiameseExport,
    export_siamese,
    is_siamese_checkpoint,
    siamese_of,
)
from neuromorph_track.netx import read_siamese, write_siamese
from neuromorph_track.runs.siamese_proof import prove_siamese
from neuromorph_track.training.checkpoint import FORMAT, load_checkpoint, save_checkpoint
from tests.networks.tiny_trackers import checkpoint as pair_checkpoint
from tests.networks.tiny_trackers import lived, recipe

TRACKERS: list[dict[str, Any]] = [
    {},
    {"template_steps": 3, "search_steps": 2},
    {"search_steps": 3, "decay": 0.9},
    {"template_steps": 2, "search_steps": 2, "decay": 0.0},
    {"refinements": 0, "positions": False},
    {"refinements": 2, "template_steps": 3},
    {"retrieval": "correlation", "template_steps": 3},
    {"retrieval": "correlation", "search_steps": 2, "kernel": 1, "positions": False},
    {"retrieval": "blind", "search_steps": 2},
    {"retrieval": "blind", "refinements": 0},
    # Maps of 5 and 9 cells.
    {"template_side": 20, "search_side": 36},
    {"template_side": 20, "search_side": 36, "retrieval": "correlation", "kernel": 5},
    {"levels": 1},
    {"levels": 63, "template_steps": 3},
    {"levels": 255, "search_steps": 2, "keys": 16},
    {"levels": 255, "retrieval": "correlation"},
    {"layers": [{"channels": 5, "stride": 4, "kernel": 5}, {"channels": 6, "dilation": 2}], "head": []},
]


def exported(seed: int = 0, **network: Any) -> SiameseExport:
    plan = recipe(**network)
    return siamese_of(plan, lived(plan, seed).state_dict(), "tiny")


@pytest.mark.parametrize("network", TRACKERS, ids=lambda network: json.dumps(network)[:60])
def test_equal_to_the_last_bit_from_disk(network: dict[str, Any], tmp_path: Path) -> None:
    made = exported(**network)
    write_siamese(made.siamese, tmp_path / "pair")
    proof = prove_siamese(made.model, read_siamese(tmp_path / "pair"))
    assert proof.largest_potential > 1000
    assert (proof.equal, proof.largest_difference) == (True, 0)
    cells = (network.get("search_side", 32) // 4) ** 2
    assert (proof.targets, proof.frames, proof.values) == (2, 8, 8 * 5 * cells)
    assert proof.sentence().startswith("equal to the trained network, to the last bit, over")
    assert proof.to_dict()["equal"] is True


def test_ties_of_a_memory_fall_as_in_training() -> None:
    """Gains of quarters of a step: every other product of a memory is a half."""
    plan = recipe()
    model = lived(plan)
    for retrieval in model.retrievals:
        with torch.no_grad():
            assert retrieval.synapse.gain is not None
            retrieval.synapse.gain.fill_(1 / 512)
            retrieval.synapse.variance.fill_(1 - 1e-5)
    made = siamese_of(plan, model.state_dict(), "ties")
    assert {gain for spec in made.siamese.contract.memory for gain in spec.gains} == {0.5}
    assert prove_siamese(made.model, made.siamese).equal


@pytest.mark.parametrize(
    ("chain", "layer"), [("template", 1), ("template", 3), ("search", 3), ("search", 5), ("search", -1)]
)
def test_the_proof_sees_one_wrong_weight(chain: str, layer: int) -> None:
    made = exported()
    network = getattr(made.siamese, chain)
    layers = list(network.layers)
    weight = layers[layer].weight.copy()
    weight.flat[0] += 64 if weight.flat[0] < 0 else -64
    layers[layer] = replace(layers[layer], weight=weight)
    broken = replace(made.siamese, **{chain: replace(network, layers=tuple(layers))})
    proof = prove_siamese(made.model, broken)
    assert not proof.equal
    assert proof.largest_difference > 0
    assert "it differs by at most" in proof.sentence()


@pytest.mark.parametrize("retrieval", ["memory", "correlation"])
def test_where_the_memory_goes_the_file_has_zeros(retrieval: str) -> None:
    siamese = exported(retrieval=retrieval, refinements=1).siamese
    written = siamese.contract.written
    assert len(written) == (2 if retrieval == "memory" else 1)
    for spec in written:
        layer = siamese.search.layers[spec.layer]
        assert layer.weight is not None
        grouped = layer.weight.reshape(layer.groups, -1, *layer.weight.shape[1:])
        inputs = grouped.shape[2]
        made = grouped.shape[1] - inputs
        assert np.count_nonzero(grouped[:, :made]) == 0
        assert np.count_nonzero(grouped[:, made:]) == layer.groups * inputs
        middle = grouped.shape[3] // 2
        for group, channel in np.ndindex(layer.groups, inputs):
            assert grouped[group, made + channel, channel, middle, middle] == 254
        assert layer.neuron is not None
        assert layer.neuron.threshold == 256
        # Channels that are passed on have no bias.
        assert layer.bias is not None
        assert not layer.bias.reshape(layer.groups, -1)[:, made:].any()


def test_the_contract_says_what_the_recipe_did() -> None:
    contract = exported(
        template_steps=3, search_steps=2, template_factor=1.5, search_factor=3.0
    ).siamese.contract
    template, search = contract.template, contract.search
    assert (template.steps, template.factor, template.input.height, template.input.width) == (3, 1.5, 16, 16)
    assert (search.steps, search.factor, search.input.height) == (2, 3.0, 32)
    assert template.input.pad == search.input.pad == 114
    assert (contract.name, contract.retrieval) == ("tiny-tracker", "memory")
    assert contract.provenance["data"] == "synthetic targets, seeds 0 to 2"
    assert [(spec.heads, spec.keys, spec.values) for spec in contract.memory] == [(2, 3, 4)] * 2
    # 0 input, 1 and 2 backbone, 3 query, 4 retrieval, 5 and 6 refiner, 7 retrieval.
    assert [spec.layer for spec in contract.memory] == [4, 7]


def test_a_bias_for_each_cell_only_where_there_are_positions() -> None:
    for positions in (True, False):
        siamese = exported(positions=positions).siamese
        shapes = [layer.bias.ndim for layer in siamese.search.layers if layer.bias is not None]
        assert (3 in shapes) == positions
        last = siamese.template.layers[-1].bias
        assert last is not None
        assert last.shape == ((14, 4, 4) if positions else (14,))


def test_the_report_names_each_layer_once() -> None:
    report = exported(refinements=1).report
    names = [layer.layer for layer in report.layers]
    assert names[:3] == ["template/1 conv", "template/2 conv", "template/3 conv"]
    assert len(set(names)) == len(names)
    # All but the two that are written.
    assert [name for name in names if name.startswith("search/")] == [
        f"search/{index} conv" for index in (1, 2, 3, 5, 6, 8, 9, 10)
    ]


def test_from_a_checkpoint(tmp_path: Path) -> None:
    path = pair_checkpoint(tmp_path / "final.pt")
    before = path.read_bytes()
    assert is_siamese_checkpoint(path)
    made = export_siamese(path)
    assert path.read_bytes() == before
    assert len(made.siamese.contract.provenance["checkpoint_sha256"]) == 64
    assert prove_siamese(made.model, made.siamese).equal


def test_an_unfinished_training_gives_its_average(tmp_path: Path) -> None:
    path = pair_checkpoint(tmp_path / "final.pt")
    state = load_checkpoint(path)
    raw = {name: torch.zeros_like(value) for name, value in state["model"].items()}
    save_checkpoint(tmp_path / "last.pt", {**state, "average": state["model"], "model": raw})
    one, other = export_siamese(path).siamese, export_siamese(tmp_path / "last.pt").siamese
    np.testing.assert_array_equal(one.search.layers[1].weight, other.search.layers[1].weight)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda m: m.pop("query.synapse.weight"), r"model/query\.synapse\.weight: found nothing"),
        (lambda m: m.update(more=torch.zeros(2)), r"model/more: found a tensor, expected none"),
        (
            lambda m: m["retrievals.0.synapse.variance"].fill_(-1.0),
            r"model/retrievals\.0\.synapse\.variance: found negative",
        ),
        (lambda m: m["output.shift"].fill_(torch.inf), r"model/output\.shift: found infinite"),
        (
            lambda m: m.update({"written.synapse.place": torch.zeros(14, 5, 5)}),
            r"model/written\.synapse\.place: found shape \(14, 5, 5\)",
        ),
    ],
)
def test_tensors_that_do_not_fit(tmp_path: Path, change: Any, told: str) -> None:
    path = pair_checkpoint(tmp_path / "final.pt")
    state = load_checkpoint(path)
    change(state["model"])
    save_checkpoint(path, state)
    with pytest.raises(InputError, match=told):
        export_siamese(path)


def test_a_network_without_spikes_stays_a_checkpoint(tmp_path: Path) -> None:
    path = pair_checkpoint(tmp_path / "final.pt", neuron="relu")
    with pytest.raises(InputError, match="neuron: found 'relu', expected 'integer'"):
        export_siamese(path)


def test_a_pair_is_no_single_net(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"network\.family: found 'spiketrack', expected a detector's"):
        export_with_report(pair_checkpoint(tmp_path / "final.pt"))


def test_what_is_no_checkpoint_of_a_pair(tmp_path: Path, checkpoint: Path) -> None:
    """The fixture is a detector's."""
    assert not is_siamese_checkpoint(checkpoint)
    with pytest.raises(InputError, match=r"network\.family"):
        export_siamese(checkpoint)
    save_checkpoint(tmp_path / "other.pt", {"weights": torch.zeros(3)})
    assert not is_siamese_checkpoint(tmp_path / "other.pt")
    (tmp_path / "text.pt").write_text("no checkpoint")
    with pytest.raises(InputError, match="PyTorch does not read safely"):
        is_siamese_checkpoint(tmp_path / "text.pt")
    save_checkpoint(tmp_path / "broken.pt", {"format": FORMAT, "recipe": "{}"})
    with pytest.raises(InputError, match="recipe: found none that can be read"):
        is_siamese_checkpoint(tmp_path / "broken.pt")
