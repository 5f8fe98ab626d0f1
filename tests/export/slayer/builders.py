"""SLAYER models for the tests, with numbers that make them speak; lava-dl is imported inside functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import torch
from torch import nn

from neuromorph_track.export.slayer.model import SlayerModel
from neuromorph_track.networks.slayer import load_slayer

Shape = tuple[int, ...]
LEAKY = {"threshold": 0.6, "current_decay": 0.25, "voltage_decay": 0.1}
# A current that forgets at once: what an input block needs, and what a scaling norm can be folded into.
PLAIN = {**LEAKY, "current_decay": 1.0}
GRADED = {"threshold": 0.1, "activation": nn.functional.relu}
LOUD = {"weight_scale": 3}
FLAT, MAP = (20,), (2, 8, 9)


class Case(NamedTuple):
    """A model and what it is fed in one step."""

    build: Callable[[], nn.Module]
    shape: Shape


def blocks(family: str = "cuba") -> Any:
    return getattr(load_slayer().block, family)


def chain(*parts: nn.Module) -> nn.Sequential:
    return nn.Sequential(*parts)


def dense(inputs: int, outputs: int, params: dict[str, Any] = LEAKY, **more: Any) -> Any:
    return blocks().Dense(dict(params), inputs, outputs, **{**LOUD, **more})


def conv(
    inputs: int, outputs: int, kernel: int | Shape = 3, params: dict[str, Any] = LEAKY, **more: Any
) -> Any:
    return blocks().Conv(dict(params), inputs, outputs, kernel, **{**LOUD, **more})


def flatten() -> nn.Module:
    return blocks().Flatten()


def sd_input(**more: Any) -> nn.Module:
    return blocks("sigma_delta").Input(dict(GRADED), **more)


def sd_dense(inputs: int, outputs: int, params: dict[str, Any] = GRADED, **more: Any) -> Any:
    return blocks("sigma_delta").Dense(dict(params), inputs, outputs, **{"weight_scale": 2, **more})


def sd_conv(inputs: int, outputs: int, params: dict[str, Any] = GRADED, **more: Any) -> Any:
    return blocks("sigma_delta").Conv(dict(params), inputs, outputs, 3, **{"weight_scale": 2, **more})


def sd_output(inputs: int, outputs: int) -> nn.Module:
    return blocks("sigma_delta").Output(dict(GRADED), inputs, outputs, weight_scale=2)


def random_mask(outputs: int, inputs: int) -> torch.Tensor:
    return (torch.rand(outputs, inputs, generator=torch.Generator().manual_seed(2)) < 0.6).float()


def with_own_bias(block: Any) -> Any:
    """One of the bias that sigma-delta neurons have beside that of a norm, for six channels."""
    block.neuron.set_bias(torch.arange(-3, 3).reshape(6, 1, 1) / 64)
    return block


def mean_norm(params: dict[str, Any]) -> dict[str, Any]:
    return {**params, "norm": load_slayer().neuron.norm.MeanOnlyBatchNorm}


def scale_norm(params: dict[str, Any]) -> dict[str, Any]:
    return {**params, "norm": load_slayer().neuron.norm.WgtScaleBatchNorm}


def with_means(model: nn.Module, shape: Shape, deviation: float = 1.0, step: int = 1) -> nn.Module:
    """Means as after a training, multiples of ``step / 64``, and a deviation of scaling norms."""
    run_once(model, shape)
    generator = torch.Generator().manual_seed(3)
    for module in parts_of(model, "MeanOnlyBatchNorm", "WgtScaleBatchNorm"):
        means = torch.randint(-12, 13, module.running_mean.shape, generator=generator)
        module.running_mean = means * 2 * step / 64
    for module in parts_of(model, "WgtScaleBatchNorm"):
        # A little less, since the deviation is rounded up to a power of two.
        module.running_var = torch.tensor([(0.9 * deviation) ** 2])
    return model


def with_delays(model: nn.Module, shape: Shape, longest: int = 6) -> nn.Module:
    """Fractional delays as after a training."""
    run_once(model, shape)
    generator = torch.Generator().manual_seed(4)
    for module in parts_of(model, "Delay"):
        module.delay.data = torch.rand(module.delay.shape, generator=generator) * longest
    return model


def with_even_weights(model: nn.Module, multiple: int) -> nn.Module:
    """Weights that are multiples of ``multiple / 64``."""
    for module in parts_of(model, "Dense", "Conv"):
        if hasattr(module, "kernel_size"):
            step = multiple / 64
            module.weight.data = torch.round(module.weight.data / step).clamp(-60 // multiple, 60) * step
    return model


def parts_of(model: nn.Module, *names: str) -> Iterable[Any]:
    return [module for module in model.modules() if type(module).__qualname__ in names]


@torch.no_grad()
def run_once(model: nn.Module, shape: Shape) -> None:
    """SLAYER makes some tensors in its first forward pass."""
    model(torch.zeros(1, *shape, 2))


def seeded(case: Case) -> nn.Module:
    """The model of a case, the same each time."""
    load_slayer()
    torch.manual_seed(1)
    return case.build()


def spikes_of(model: nn.Module, values: torch.Tensor) -> torch.Tensor:
    """What SLAYER's forward gives for ``(1, *shape, T)``, from states at zero."""
    return SlayerModel(model, "model").run(values)[-1].output
