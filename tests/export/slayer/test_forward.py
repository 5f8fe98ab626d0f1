"""A model's forward may do nothing but run its blocks, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from neuromorph_track.errors import InputError
from neuromorph_track.export.slayer import export_slayer
from neuromorph_track.networks.slayer import load_slayer
from neuromorph_track.runs.slayer_proof import prove_slayer
from tests.export.slayer.builders import dense

pytestmark = pytest.mark.slayer

Forward = Callable[[Any, Tensor], Any]


class Model(nn.Module):
    """Two blocks and a forward of one's own; layers that a network does not run are around too."""

    def __init__(self, forward: Forward) -> None:
        super().__init__()
        slayer = load_slayer()
        torch.manual_seed(0)
        self.error = slayer.loss.SpikeRate(true_rate=0.2, false_rate=0.03)
        self.unused = nn.Linear(8, 8)
        self.blocks = nn.ModuleList([dense(8, 8), dense(8, 8)])
        self.run = forward

    def forward(self, values: Tensor) -> Any:
        return self.run(self, values)


def plain(model: Any, x: Tensor) -> Tensor:
    for block in model.blocks:
        x = block(x)
    return x


def with_counts(model: Any, x: Tensor) -> tuple[Tensor, Tensor]:
    counts = []
    for block in model.blocks:
        x = block(x)
        counts.append(x.mean())
    return x, torch.stack(counts)


def as_dictionary(model: Any, x: Tensor) -> dict[str, Tensor]:
    return {"spikes": plain(model, x)}


def by_name(model: Any, x: Tensor) -> Tensor:
    return model.blocks[1](x=model.blocks[0](x=x))


def nothing_in_evaluation(model: Any, x: Tensor) -> Tensor:
    return model.blocks[1](nn.functional.dropout(model.blocks[0](x), 0.5, model.training))


@pytest.mark.parametrize("forward", [plain, by_name, with_counts, as_dictionary, nothing_in_evaluation])
def test_chains(forward: Forward) -> None:
    exported = export_slayer(Model(forward), (8,))
    assert [layer.kind for layer in exported.network.layers] == ["input", "dense", "dense"]
    assert prove_slayer(exported).active > 0


def skip_connection(model: Any, x: Tensor) -> Tensor:
    y = model.blocks[0](x)
    return model.blocks[1](y) + y


def scaled(model: Any, x: Tensor) -> Tensor:
    return model.blocks[1](2 * model.blocks[0](x))


def scaled_in_place(model: Any, x: Tensor) -> Tensor:
    y = model.blocks[0](x)
    y *= 2
    return model.blocks[1](y)


def changed_at_the_end(model: Any, x: Tensor) -> Tensor:
    y = plain(model, x)
    y += 1
    return y


def input_scaled(model: Any, x: Tensor) -> Tensor:
    return plain(model, 2 * x)


def cut(model: Any, x: Tensor) -> Tensor:
    return model.blocks[1](model.blocks[0](x)[..., :-1])


def both_fed(model: Any, x: Tensor) -> Tensor:
    model.blocks[0](x)
    return model.blocks[1](x)


def one_block(model: Any, x: Tensor) -> Tensor:
    return model.blocks[1](x)


def step_by_step(model: Any, x: Tensor) -> Tensor:
    return torch.cat([plain(model, x[..., step : step + 1]) for step in range(x.shape[-1])], -1)


def rates(model: Any, x: Tensor) -> Tensor:
    return plain(model, x).mean(-1)


def read_out(model: Any, x: Tensor) -> Tensor:
    return model.unused(plain(model, x).mean(-1))


MORE = "the model's forward does more than its blocks"


@pytest.mark.parametrize(
    ("forward", "field", "found"),
    [
        (skip_connection, "model", "a result other than what the last block sends"),
        (scaled, "blocks.1 (cuba.Dense)", MORE),
        (scaled_in_place, "blocks.1 (cuba.Dense)", MORE),
        (changed_at_the_end, "model", "a result other than what the last block sends"),
        (input_scaled, "blocks.0 (cuba.Dense)", "an input other than what the model is fed"),
        (cut, "blocks.1 (cuba.Dense)", MORE),
        (both_fed, "blocks.1 (cuba.Dense)", "an input other than what the block before sends"),
        (one_block, "blocks.0 (cuba.Dense)", "never called"),
        (step_by_step, "blocks.0 (cuba.Dense)", "called 2 times"),
        (rates, "model", "a result other than what the last block sends"),
        (read_out, "unused (Linear)", "a torch.nn.modules.linear.Linear"),
    ],
)
def test_what_else_a_forward_can_do(forward: Forward, field: str, found: str) -> None:
    with pytest.raises(InputError) as caught:
        export_slayer(Model(forward), (8,))
    assert caught.value.field == field
    assert found in caught.value.found
