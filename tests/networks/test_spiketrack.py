"""The tracker of one object, against its layers in whole numbers and its formulas in loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch.nn import functional as F

from neuromorph_track.networks.integer.memory import KernelSynapse
from neuromorph_track.networks.spiketrack import Retrieval, SpiketrackNet
from tests.networks.tiny_trackers import lived, recipe, spec


def crops(shape: Any, number: int = 2, pictures: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(5)

    def drawn(side: int, many: int) -> torch.Tensor:
        return torch.randint(0, 256, (number, 3, side, side, many), generator=generator) / 256

    return drawn(shape.template_side, pictures), drawn(shape.search_side, 1)


@pytest.mark.parametrize(
    "network",
    [
        {},
        {"refinements": 0, "positions": False},
        {"refinements": 2, "template_steps": 3, "search_steps": 2},
        {"retrieval": "correlation"},
        {"retrieval": "blind", "search_steps": 2},
        {"neuron": "relu"},
        # Maps of 5 and of 9 cells.
        {"template_side": 20, "search_side": 36, "kernel": 5, "retrieval": "correlation"},
        {"template_side": 20, "search_side": 36, "search_factor": 1.5},
        {"head": []},
    ],
)
def test_five_values_for_each_cell_and_a_gradient_for_each_weight(network: dict[str, Any]) -> None:
    shape = spec(**network)
    torch.manual_seed(0)
    model = SpiketrackNet(shape).train()
    templates, searches = crops(shape)
    model(templates, searches)
    model.freeze_norm()
    for _ in range(2):
        model.zero_grad()
        output = model(templates, searches)
        cells = shape.search_side // 4
        assert output.raw.shape == (2, 5, cells, cells, 1)
        output.raw.square().sum().backward()
    written = {"written", "query", "refiners"} if shape.retrieval == "memory" else set()
    names = {name.split(".")[0] for name, each in model.named_parameters() if each.grad is not None}
    assert {"blocks", "head", "output"} | (written if shape.refinements else set()) <= names
    never = [name for name, each in model.named_parameters() if each.grad is None]
    assert never == []
    # Input, backbone, one retrieval each with what makes its queries, head.
    assert len(output.sent) == 1 + 2 + (1 if network.get("retrieval") == "correlation" else 2) + (
        3 * shape.refinements if network.get("retrieval") != "correlation" else 0
    ) + 1 + len(shape.head)
    assert all(0 <= float(each.detach()) <= shape.search_steps for each in output.sent)


@pytest.mark.parametrize("steps", [1, 3])
def test_a_memory_is_the_sum_of_products_over_cells_and_steps(steps: int) -> None:
    plan = recipe(template_steps=steps)
    model = lived(plan)
    templates, _ = crops(model.spec, pictures=steps)
    with torch.no_grad():
        memory = model.memory(templates)
        spikes, _ = model._features(templates, steps)
        assert model.written is not None
        made = model.written(spikes).numpy().astype(np.int64)
    assert memory is not None
    heads, keys, values = 2, 3, 4
    assert made.shape == (2, heads * (keys + values), 4, 4, steps)
    assert made.max() > 1
    for n, head, k, v in np.ndindex(2, heads, keys, values):
        total = 0
        for y, x, t in np.ndindex(4, 4, steps):
            key = int(made[n, head * keys + k, y, x, t])
            total += key * int(made[n, heads * keys + head * values + v, y, x, t])
        assert int(memory[n, head, k, v]) == total


def test_half_precision_keeps_a_memory_whole() -> None:
    """It is of numbers in the hundreds and thousands; bfloat16 has eight bits."""
    model = lived(recipe(levels=63, template_steps=3))
    templates, searches = crops(model.spec)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        memory = model.memory(templates)
        assert model.written is not None
        spikes, _ = model._features(templates, 3)
        made = model.written(spikes).double().flatten(2)
    heads, keys = 2, 3
    asked, held = made[:, : heads * keys], made[:, heads * keys :]
    assert memory is not None
    assert float(memory.max()) > 512
    for head in range(heads):
        products = asked[:, head * keys : (head + 1) * keys] @ held[:, head * 4 : (head + 1) * 4].mT
        assert torch.equal(memory[:, head].double(), products)
    fresh = SpiketrackNet(spec(levels=63)).train()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        fresh(templates, searches)
    assert torch.isfinite(fresh.retrievals[0].synapse.variance).all()


@pytest.mark.parametrize(("side", "kernel", "first"), [(16, 3, 0), (20, 3, 1), (20, 5, 0), (24, 3, 1)])
def test_kernels_are_the_middle_of_the_template(side: int, kernel: int, first: int) -> None:
    """Of 4 cells the first three, of 5 the middle ones, of 6 those before the middle."""
    model = lived(recipe(retrieval="correlation", template_side=side, kernel=kernel, template_steps=2))
    templates, _ = crops(model.spec)
    with torch.no_grad():
        features, _ = model._features(templates, 2)
        kernels = model.memory(templates)
    last = first + kernel
    assert kernels is not None
    assert torch.equal(
        kernels, features[..., 0][..., first:last, first:last] + features[..., 1][..., first:last, first:last]
    )


def test_a_template_for_each_step_or_one_for_all() -> None:
    model = lived(recipe(template_steps=3))
    templates, searches = crops(model.spec)
    with torch.no_grad():
        one = model(templates, searches).raw
        same = model(templates.expand(-1, -1, -1, -1, 3), searches).raw
        other = model(torch.cat([templates, templates.flip(2), templates.flip(3)], -1), searches).raw
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_one_crop_does_not_know_of_another_and_the_template_counts() -> None:
    model = lived(recipe())
    templates, searches = crops(model.spec, number=3)
    with torch.no_grad():
        together = model(templates, searches).raw
        alone = torch.cat([model(t[None], s[None]).raw for t, s in zip(templates, searches, strict=True)])
        swapped = model(templates.roll(1, 0), searches).raw
    assert torch.equal(together, alone)
    assert not torch.equal(together, swapped)
    blind = lived(recipe(retrieval="blind"))
    with torch.no_grad():
        assert torch.equal(blind(templates, searches).raw, blind(templates.roll(1, 0), searches).raw)
    assert blind.memory(templates) is None


@pytest.mark.parametrize("retrieval", ["memory", "correlation"])
@pytest.mark.parametrize(("levels", "largest"), [(4, 4), (64, 64), (255, 64)])
def test_spikes_are_passed_on_as_they_are_up_to_64(retrieval: str, levels: int, largest: int) -> None:
    shape = spec(retrieval=retrieval, levels=levels)
    layer = Retrieval(shape).eval()
    channels = layer.groups * (1 if retrieval == "correlation" else shape.keys)
    spikes = torch.arange(largest + 1).repeat(2, channels, 4, 1).float().unsqueeze(-1)
    memory = torch.zeros(2, channels, 3, 3) if retrieval == "correlation" else torch.zeros(2, 2, 3, 4)
    with torch.no_grad():
        sent = layer(spikes, memory)
    grouped = sent.unflatten(1, (layer.groups, -1))
    made = grouped.shape[2] - channels // layer.groups
    assert torch.equal(grouped[:, :, made:].flatten(1, 2), spikes)
    # What is written stands first in each group; of an empty memory its bias is left.
    assert float(grouped[:, :, :made].abs().max()) == 0


def test_beyond_64_a_passed_spike_loses_one() -> None:
    layer = Retrieval(spec(levels=255)).eval()
    spikes = torch.tensor([65.0, 192.0, 255.0]).view(1, 1, 1, 3, 1).expand(1, 6, 1, 3, 1)
    with torch.no_grad():
        sent = layer(spikes, torch.zeros(1, 2, 3, 4)).unflatten(1, (2, -1))[:, :, 4:]
    # floor(254 s / 256 + 1/2)
    assert sent[0, 0, 0, 0, :, 0].tolist() == [64, 191, 253]


def test_search_steps_are_retrieved_each_with_its_own_crop_s_memory() -> None:
    """Steps and crops lie beside each other in one batch."""
    layer = Retrieval(spec()).eval()
    generator = torch.Generator().manual_seed(1)
    spikes = torch.randint(0, 5, (3, 6, 4, 4, 2), generator=generator).float()
    memory = torch.randint(0, 40, (3, 2, 3, 4), generator=generator).float()
    layer.neuron = torch.nn.Identity()
    layer.neuron.forward = lambda currents, threshold: currents  # type: ignore[method-assign,assignment]
    with torch.no_grad():
        found = layer(spikes, memory)
        for n in range(3):
            for step in range(2):
                alone = layer(spikes[n : n + 1, ..., step : step + 1], memory[n : n + 1])
                assert torch.equal(found[n : n + 1, ..., step : step + 1], alone)


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_raw_output_is_the_mean_over_steps_of_a_1x1_convolution(steps: int) -> None:
    model = lived(recipe(search_steps=steps))
    templates, searches = crops(model.spec)
    heard: list[torch.Tensor] = []
    model.head[-1].register_forward_hook(lambda module, given, sent: heard.append(sent))
    with torch.no_grad():
        raw = model(templates, searches).raw[..., 0].double()
    weight, bias, threshold = model.output.integers()
    sums = F.conv2d(heard[0].double().sum(-1), weight.double(), bias.double() * steps)
    assert model.head_scale() == 1 / (threshold * 64 * steps)
    torch.testing.assert_close(raw, sums * 64 * model.head_scale(), rtol=1e-6, atol=0)


def test_a_fresh_head_says_what_it_knows() -> None:
    model = SpiketrackNet(spec(search_factor=4.0))
    shift = model.output.shift.detach()
    assert float(shift[0].sigmoid()) == pytest.approx(0.02)
    assert shift[1:3].sigmoid().tolist() == [0.5, 0.5]
    assert shift[3:].sigmoid().tolist() == pytest.approx([0.25, 0.25])


def test_a_bias_for_each_cell_where_keys_values_and_queries_are_made() -> None:
    layers = [{"channels": 8, "stride": 2}, {"channels": 8, "stride": 2}, {"channels": 8, "stride": 2}]
    model = SpiketrackNet(spec(layers=layers, template_side=48, search_side=96))
    assert model.written is not None
    assert model.written.synapse.place is not None
    assert model.written.synapse.place.shape == (2 * 7, 6, 6)
    assert model.query.synapse.place.shape == (6, 12, 12)
    assert all(block.synapse.place is None for block in model.blocks)
    assert [retrieval.outputs for retrieval in model.retrievals] == [14, 14]
    assert isinstance(SpiketrackNet(spec(retrieval="correlation")).retrievals[0].synapse, KernelSynapse)


@pytest.mark.parametrize(
    ("network", "told"),
    [
        ({"template_side": 18}, r"template_side 18, a multiple of the stride, 4"),
        ({"search_side": 30}, r"search_side 30, a multiple of the stride, 4"),
        ({"kernel": 4}, r"kernel 4, an odd number"),
        ({"retrieval": "correlation", "kernel": 5}, r"kernel 5, at most the template's 4 cells"),
        ({"head": [{"channels": 4, "stride": 2}]}, r"head layers of stride 1"),
        ({"neuron": "relu", "search_steps": 2}, r"one step for relu neurons"),
        # The bias of a fresh head would be the logarithm of nothing.
        ({"search_factor": 1.0}, r"greater than 1"),
        ({"levels": 0}, r"greater than or equal to 1"),
        ({"decay": 1.0}, r"less than 1"),
        ({"nothing": 1}, r"[Ee]xtra"),
    ],
)
def test_shapes_that_cannot_be(network: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        spec(**network)


def test_a_kernel_of_another_retrieval_is_not_looked_at() -> None:
    assert spec(kernel=9).kernel == 9
