"""The model that is exported stays as it is, to the last bit, also where SLAYER's own forward changes it."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from neuromorph_track.export.slayer import export_slayer
from neuromorph_track.runs.slayer_proof import prove_slayer
from tests.export.slayer.builders import (
    FLAT,
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
    random_mask,
    sd_conv,
    sd_input,
    seeded,
    with_delays,
    with_means,
)

pytestmark = pytest.mark.slayer


def photograph(model: nn.Module) -> dict[str, Any]:
    """Everything in every module: which objects there are, and the bytes of every tensor and its gradient."""
    found: dict[str, Any] = {}
    for name, module in model.named_modules():
        for key, value in vars(module).items():
            inside = value.items() if isinstance(value, dict) else [("", value)]
            for part, thing in inside:
                found[f"{name}.{key}.{part}"] = _seen(thing)
    return found


def _seen(thing: Any) -> tuple[Any, ...]:
    if not isinstance(thing, Tensor):
        return id(thing), repr(thing) if isinstance(thing, (int, float, str, tuple, type(None))) else ""
    gradient = None if not thing.is_leaf or thing.grad is None else thing.grad.numpy().tobytes()
    raw = thing.detach().contiguous().numpy().tobytes()
    return (
        id(thing), thing.data_ptr(), thing._version, tuple(thing.shape), thing.requires_grad, raw, gradient,
    )  # fmt: skip


def used(model: nn.Module, shape: tuple[int, ...]) -> nn.Module:
    """A model in the middle of a training: states, gradients, a hook of the user's."""
    model.train()
    values = (torch.rand(1, *shape, 6, generator=torch.Generator().manual_seed(0)) < 0.4).float()
    model(values).sum().backward()
    model.register_forward_hook(lambda module, inputs, output: None)
    return model


CASES = {
    "weight norm, mean norm": Case(
        lambda: used(
            chain(
                conv(2, 6, 3, mean_norm(LEAKY), weight_norm=True),
                flatten(),
                dense(252, 10, weight_norm=True),
            ),
            MAP,
        ),
        MAP,
    ),
    "delays beyond what is allowed": Case(
        lambda: with_delays(chain(dense(20, 10, delay=True)), FLAT, longest=90), FLAT
    ),
    "mask": Case(lambda: chain(dense(20, 10, mask=random_mask(10, 20))), FLAT),
    "recurrent, its state kept": Case(
        lambda: with_means(chain(blocks().Recurrent(mean_norm(PLAIN), 20, 10)), FLAT), FLAT
    ),
    "kwta": Case(lambda: chain(blocks().KWTA(dict(LEAKY), 20, 10, 3)), FLAT),
    "never run": Case(lambda: chain(conv(2, 6, 3, mean_norm(LEAKY), weight_norm=True)), MAP),
    "sigma-delta": Case(
        lambda: used(chain(sd_input(), sd_conv(2, 6, weight_norm=True)), MAP),
        MAP,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_nothing_changes(name: str) -> None:
    case = CASES[name]
    model = seeded(case)
    before = photograph(model)
    prove_slayer(export_slayer(model, case.shape))
    after = photograph(model)
    assert after.keys() == before.keys()
    assert [key for key in before if after[key] != before[key]] == []


def test_the_photograph_sees_what_a_forward_pass_changes() -> None:
    model = seeded(CASES["recurrent, its state kept"])
    before = photograph(model)
    with torch.no_grad():
        model(torch.ones(1, *FLAT, 3))
    after = photograph(model)
    assert {key for key in before if after[key] != before[key]} >= {"0.neuron._buffers.current_state"}


def test_two_exports_are_the_same() -> None:
    """SLAYER's recurrent blocks give something else when they are called again."""
    case = CASES["recurrent, its state kept"]
    model = seeded(case)
    first, second = (prove_slayer(export_slayer(model, case.shape)) for _ in range(2))
    assert first == second
    assert first.active > 10
