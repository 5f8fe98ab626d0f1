"""Random chains of blocks: what is exported is what SLAYER computes, whatever stands behind what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.export.slayer import export_slayer
from neuromorph_track.runs.slayer_proof import prove_slayer
from tests.export.slayer.builders import (
    GRADED,
    Shape,
    blocks,
    chain,
    mean_norm,
    parts_of,
    with_delays,
    with_means,
)

pytestmark = pytest.mark.slayer

Draw = Callable[[st.SearchStrategy[Any]], Any]


@st.composite
def models(draw: Draw) -> tuple[torch.nn.Module, Shape]:
    """A chain of one family for maps of random size, with random options of each block."""
    torch.manual_seed(draw(st.integers(0, 2**16)))
    family = draw(st.sampled_from(["cuba", "sigma_delta"]))
    shape = (draw(st.integers(1, 3)), draw(st.integers(4, 9)), draw(st.integers(4, 9)))
    parts: list[torch.nn.Module] = []
    if draw(st.booleans()):
        plain = {key: value for key, value in _neuron(draw, family).items() if key != "norm"}
        parts.append(blocks(family).Input({**plain, "current_decay": 1.0} if family == "cuba" else plain))
    arriving = shape
    for _ in range(draw(st.integers(0, 3))):
        block, arriving = _map_block(draw, family, arriving)
        parts.append(block)
    parts.append(blocks(family).Flatten())
    size = arriving[0] * arriving[1] * arriving[2]
    for _ in range(draw(st.integers(0, 2))):
        outputs = draw(st.integers(3, 12))
        parts.append(blocks(family).Dense(_neuron(draw, family), size, outputs, **_options(draw)))
        size = outputs
    parts.append(_last(draw, family, size))
    model = chain(*parts)
    if list(parts_of(model, "Delay")):
        with_delays(model, shape)
    return with_means(model, shape), shape


def _neuron(draw: Draw, family: str) -> dict[str, Any]:
    if family == "sigma_delta":
        params: dict[str, Any] = {**GRADED, "threshold": draw(st.integers(1, 20)) / 64}
    else:
        decays = st.sampled_from([0.0, 0.03, 0.25, 0.5, 1.0])
        params = {
            "threshold": draw(st.integers(8, 80)) / 64,
            "current_decay": draw(decays),
            "voltage_decay": draw(decays),
        }
    return mean_norm(params) if draw(st.booleans()) else params


def _options(draw: Draw) -> dict[str, Any]:
    return {
        "weight_scale": draw(st.sampled_from([1, 3])),
        "weight_norm": draw(st.booleans()),
        "delay_shift": draw(st.booleans()),
        "delay": draw(st.integers(0, 3)) == 0,
    }


def _map_block(draw: Draw, family: str, arriving: Shape) -> tuple[torch.nn.Module, Shape]:
    channels, height, width = arriving
    # Delays of maps are refused but in front of a dense layer, so they are rare here.
    options = {**_options(draw), "delay": draw(st.integers(0, 9)) == 0}
    kind = draw(st.sampled_from(["conv", "conv", "pool", "transposed"]))
    kernel = (draw(st.integers(1, min(3, height))), draw(st.integers(1, min(3, width))))
    if kind == "pool":
        side = draw(st.sampled_from([1, 2]))
        options = {**options, "weight_scale": 0.5, "delay": False}
        params = {key: value for key, value in _neuron(draw, family).items() if key != "norm"}
        return blocks(family).Pool(params, side, **options), (channels, -(-height // side), -(-width // side))
    outputs = draw(st.integers(1, 3)) * channels
    groups = draw(st.sampled_from([1, channels]))
    common = (_neuron(draw, family), channels, outputs, kernel)
    if kind == "transposed":
        block = blocks(family).ConvT(*common, groups=groups, **options)
        return block, (outputs, height + kernel[0] - 1, width + kernel[1] - 1)
    stride, padding = draw(st.integers(1, 2)), draw(st.integers(0, 1))
    block = blocks(family).Conv(*common, stride=stride, padding=padding, groups=groups, **options)
    rows, columns = (
        (size + 2 * padding - side) // stride + 1 for size, side in zip((height, width), kernel, strict=True)
    )
    return block, (outputs, rows, columns)


def _last(draw: Draw, family: str, size: int) -> torch.nn.Module:
    params, outputs = _neuron(draw, family), draw(st.integers(2, 6))
    if family == "sigma_delta":
        return blocks(family).Output(params, size, outputs, weight_scale=2)
    kind = draw(st.sampled_from(["dense", "recurrent", "kwta", "affine"]))
    if kind == "affine":
        return blocks().Affine(params, size, outputs, dynamics=draw(st.booleans()))
    if kind == "kwta":
        return blocks().KWTA(params, size, outputs, 1, weight_scale=3)
    if kind == "recurrent":
        return blocks().Recurrent(params, size, outputs, weight_scale=3)
    return blocks().Dense(params, size, outputs, weight_scale=3)


REFUSALS = ("axonal delays of", "a norm whose mean", "a feedback of", "mixes channels", "delays that add")


def outcome(model: torch.nn.Module, shape: Shape) -> str:
    """``refused``, ``silent`` or ``proven``; a difference raises."""
    try:
        exported = export_slayer(model, shape)
    except InputError as refusal:
        if any(words in refusal.found for words in REFUSALS):
            return "refused"
        raise
    try:
        proof = prove_slayer(exported)
    except JobError as failure:
        if "sends nothing on any input" in str(failure):
            return "silent"
        raise
    return "proven" if proof.active else "silent"


@pytest.mark.slow
def test_random_chains() -> None:
    outcomes: Counter[str] = Counter()

    @settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(models())
    def run(case: tuple[torch.nn.Module, Shape]) -> None:
        outcomes[outcome(*case)] += 1

    run()
    assert outcomes["proven"] > 60, outcomes
