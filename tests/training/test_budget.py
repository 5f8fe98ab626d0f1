"""What a frame costs by the budget's counts, against the exact counts and the energy report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.data.scenes import Scene, SceneSpec
from neuromorph_track.detection import FrameEncoder
from neuromorph_track.errors import InputError
from neuromorph_track.hardware import load_profile
from neuromorph_track.networks.detector import ConvSpec
from neuromorph_track.netx import Layer, read_net
from neuromorph_track.netx.fanout import connections, nominal_macs
from neuromorph_track.profiling import price
from neuromorph_track.training.budget import EventPrices, SpikeBudget
from neuromorph_track.training.chain_counts import chain_counts, nonzero_shares
from neuromorph_track.training.checkpoint import load_checkpoint
from neuromorph_track.training.families import family_of
from neuromorph_track.training.loop import train
from neuromorph_track.training.recipe import Recipe, read_recipe

NETS = Path(__file__).parents[2] / "netx_exports"
PROFILE = "loihi2-oheogulch"


@pytest.mark.parametrize(
    "layers",
    [
        [{"channels": 4, "stride": 2}],
        [{"channels": 4, "kernel": 7, "stride": 4}, {"channels": 5, "kernel": 1}],
        [
            {"channels": 4, "stride": 2},
            {"channels": 6, "dilation": 2},
            {"channels": 7, "kernel": 5, "stride": 2},
        ],
    ],
)
def test_synops_of_a_spike_are_those_of_the_exact_fan_out(layers: list[dict[str, int]]) -> None:
    specs = [ConvSpec.model_validate(layer) for layer in layers]
    senders, head = chain_counts(specs, 9, 20, 28)
    shape: tuple[int, int, int] = (3, 20, 28)
    for sender, spec in zip(senders, [*specs, ConvSpec(channels=9, kernel=1)], strict=True):
        out = tuple(-(-side // spec.stride) for side in shape[1:])
        layer = Layer(
            "conv",
            (spec.channels, *out),
            weight=np.ones((spec.channels, shape[0], spec.kernel, spec.kernel), np.int32),
            stride=(spec.stride,) * 2,
            padding=(spec.dilation * (spec.kernel // 2),) * 2,
            dilation=(spec.dilation,) * 2,
        )
        assert sender.neurons == np.prod(shape)
        assert sender.synops * sender.neurons == pytest.approx(connections(layer, shape))
        assert sender.synops_nominal * sender.neurons == pytest.approx(nominal_macs(layer))
        shape = (spec.channels, out[0], out[1])
    assert head == np.prod(shape)


def budgeted(table: dict[str, Any], **budget: Any) -> SpikeBudget:
    recipe = Recipe.model_validate({**table, "budget": budget})
    found = SpikeBudget.of(recipe, family_of(recipe))
    assert found is not None
    return found


def test_cost_by_hand(tiny_smtrack: dict[str, Any]) -> None:
    tiny_smtrack["input"] |= {"height": 8, "width": 8}
    tiny_smtrack["network"] |= {"layers": [{"channels": 2, "kernel": 1, "stride": 2}], "embedding": 0}
    tiny_smtrack["data"] = {"kind": "mot", "folder": "x"}
    budget = budgeted(tiny_smtrack, synops_per_frame=200.0, weight=3.0)
    # 192 pixels, of which every fourth meets 2 weights; 32 neurons, each of which meets the head's 7, half of
    # them zero.
    cost = budget.cost((torch.tensor([2.0, 1.0]), torch.tensor([2.5, 1.5])), torch.tensor([1.0, 0.5]))
    assert float(cost) == pytest.approx(192 * 0.5 * 1.5 + 32 * 3.5 * 2)
    assert float(budget.loss(cost)) == pytest.approx(3 * np.log(float(cost) / 200))
    assert float(budget.loss(torch.tensor(199.0))) == 0


def test_the_first_frame_is_left_out_where_it_is_not_like_the_others(tiny: dict[str, Any]) -> None:
    budget = budgeted(tiny, synops_per_frame=1.0)
    still, one = [torch.tensor([1.0, 0.0, 0.0])] * 3, torch.ones(3)
    assert float(budget.cost(still, one)) == 0
    assert float(budget.cost([each[:1] for each in still], one)) > 0


def test_joules_are_those_of_the_energy_report() -> None:
    """The shipped network on a scene, priced by its exact counts and by the budget from its spike rates."""
    plan, network = read_recipe(NETS / "scenes-nano.toml"), read_net(NETS / "scenes-nano.net")
    assert network.contract is not None
    encode = FrameEncoder(network.contract.input)
    values = np.stack([encode(frame)[0] for frame, _ in Scene(SceneSpec(seed=3, frames=6))])
    activity = FixedSimulator(network).run(values).activity
    report = price(activity, load_profile(PROFILE))
    assert report.steady_state.events is not None
    budget = budgeted(plan.model_dump(), profile=PROFILE, joules_per_frame=1.0)
    sent = [
        torch.from_numpy(layer.spikes_out[1:] / layer.neurons) for layer in activity.layers if layer.fires
    ]
    nonzero = [float(np.mean(layer.weight != 0)) for layer in network.layers if layer.weight is not None]
    found = float(budget.cost([torch.cat([each[:1], each]) for each in sent], torch.tensor(nonzero)))
    prices = EventPrices.of(load_profile(PROFILE))
    counts = {name: term.count for name, term in report.terms.items()}
    assert counts.keys() == {"synop", "neuron_update"}
    wanted = counts["synop"] * prices.synop + counts["neuron_update"] * prices.update
    # Spikes do not lie evenly, neither in the map nor on the channels.
    assert found == pytest.approx(wanted, rel=0.02)
    # The median of a product is not that of its factors.
    assert found == pytest.approx(report.steady_state.events.p50, rel=0.1)
    assert found > budget.fixed > 0


def test_shares_of_weights_are_those_that_are_exported(tiny_smtrack: dict[str, Any]) -> None:
    recipe = Recipe.model_validate(tiny_smtrack)
    model = family_of(recipe).build(recipe)
    shares = nonzero_shares(model)
    assert shares.shape == (3,)
    weights = model.blocks[1].synapse.integers()[0].numpy()  # type: ignore[index, union-attr]
    assert float(shares[1]) == pytest.approx(np.count_nonzero(weights) / weights.size)
    assert 0.5 < float(shares.min()) < float(shares.max()) <= 1


@pytest.mark.slayer
def test_shares_of_a_trained_network_are_those_of_its_file() -> None:
    """The shipped checkpoint in SLAYER against the shipped `.net`."""
    state = load_checkpoint(NETS / "scenes-nano.pt")
    recipe = Recipe.model_validate_json(state["recipe"])
    model = family_of(recipe).build(recipe)
    model.load_state_dict(state["model"])
    with torch.no_grad():
        # Weight norm works its weights out in the forward pass.
        model.eval()(torch.zeros(1, 3, 16, 16, 1))
    wanted = [
        np.mean(layer.weight != 0)
        for layer in read_net(NETS / "scenes-nano.net").layers
        if layer.weight is not None
    ]
    np.testing.assert_allclose(nonzero_shares(model).numpy(), wanted, atol=1e-6)


def test_prices_are_the_profiles() -> None:
    prices = EventPrices.of(load_profile(PROFILE))
    energy = load_profile(PROFILE).energy
    assert energy.synop is not None
    assert energy.neuron_update is not None
    assert (prices.synop, prices.update) == (energy.synop.si[1], energy.neuron_update.si[1])
    assert (prices.out, prices.message) == (0, 0)
    first = EventPrices.of(load_profile("loihi1"))
    assert min(first.update, first.out, first.message) > 0


def test_a_budget_that_cannot_be_met(tiny_smtrack: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"budget\.joules_per_frame: found 1e-09, expected more than"):
        budgeted(tiny_smtrack, profile=PROFILE, joules_per_frame=1e-9)
    # Two steps of 18,432 pixels, each of which meets 2.25 of the first layer's weights.
    with pytest.raises(InputError, match=r"budget\.synops_per_frame: found 50000, expected more than"):
        budgeted(tiny_smtrack, synops_per_frame=50_000.0)
    with pytest.raises(InputError, match="one that prices synops"):
        budgeted(tiny_smtrack, profile="dense-45nm-int8", joules_per_frame=1.0)


def test_training_steers_to_the_budget(tiny_smtrack: dict[str, Any], tmp_path: Path) -> None:
    """With a budget of little more than the pixels' and a heavy weight spikes become fewer."""
    tiny_smtrack["network"]["layers"] = [{"channels": 8, "stride": 8}, {"channels": 64}]
    tiny_smtrack["stage"] = [{"steps": 25, "batch": 1, "learning_rate": 2e-2}]
    spent = {}
    for name, weight in (("free", 0.0), ("bound", 20.0)):
        tiny_smtrack["budget"] = {"synops_per_frame": 45_000.0, "weight": weight}
        train(Recipe.model_validate(tiny_smtrack), tmp_path / name, quiet=True)
        spent[name] = [line["synops"] for line in logged(tmp_path / name)]
    assert spent["free"][0] == spent["bound"][0] > 100_000
    assert np.mean(spent["bound"][-5:]) < 0.7 * np.mean(spent["free"][-5:])


def logged(folder: Path) -> list[dict[str, Any]]:
    import json

    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
