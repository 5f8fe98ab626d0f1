"""An export is held against the network as it was trained, on the pictures that it will be shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.data.scenes import Scene
from neuromorph_track.detection import FrameEncoder
from neuromorph_track.detection.history import History
from neuromorph_track.export.checkpoint import export_checkpoint
from neuromorph_track.export.integer import integer_network
from neuromorph_track.export.trained import contract_of
from neuromorph_track.networks.smtrack import SmtrackDetector
from neuromorph_track.netx import Network
from neuromorph_track.runs.proof import prove_export
from neuromorph_track.runs.verify import verify
from neuromorph_track.training.clips import Clips
from neuromorph_track.training.data_tables import SceneData
from neuromorph_track.training.loop import train
from neuromorph_track.training.recipe import Recipe

ALIKE = 0.9


def recipe(network: dict[str, Any], **changes: Any) -> Recipe:
    layers = [{"channels": 4, "stride": 4}, {"channels": 6, "stride": 2}]
    table = {
        "name": "tiny",
        "classes": ["walker", "car"],
        "alike": ALIKE,
        "input": {"height": 64, "width": 96},
        "network": {"family": "smtrack", "embedding": 4, "layers": layers, **network},
        "data": {"scenes": 1, "frames": 4, "objects": [2, 4], "size_min": 8, "size_max": 24},
        "stage": [{"steps": 3, "batch": 2}],
    }
    return Recipe.model_validate({**table, **changes})


def exported(plan: Recipe, folder: Path) -> tuple[Path, Network]:
    checkpoint = train(plan, folder, quiet=True).checkpoint
    return checkpoint, export_checkpoint(checkpoint)


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("network", [{}, {"steps": 8}, {"steps": 3, "history": True}])
def test_equal_to_the_last_bit(network: dict[str, Any], frozen: bool, tmp_path: Path) -> None:
    """Also the average of running statistics that were never frozen."""
    stages = [{"steps": 3, "batch": 2, "freeze_norm": False}, {"steps": 2, "batch": 2, "freeze_norm": frozen}]
    checkpoint, made = exported(recipe(network, stage=stages), tmp_path)
    proof = prove_export(checkpoint, made)
    assert proof.equal
    assert proof.values == proof.frames * 11 * 8 * 12


def test_a_network_that_differs_is_not_equal(tmp_path: Path) -> None:
    checkpoint, made = exported(recipe({"steps": 2}), tmp_path)
    assert made.layers[1].weight is not None
    made.layers[1].weight[0, 0, 1, 1] += 2
    proof = prove_export(checkpoint, made)
    assert not proof.equal
    assert proof.largest_difference > 0


@pytest.mark.slayer
def test_of_many_steps_equal_to_slayer_frame_by_frame(tmp_path: Path) -> None:
    """The sums of a frame begin at zero: those of several would leave the 24 bits, which SLAYER has not."""
    _, made = exported(recipe({"steps": 8}), tmp_path)
    assert verify(made, "slayer", 5).equal


def test_a_training_shows_the_pictures_that_a_run_shows(tmp_path: Path) -> None:
    plan = recipe({"steps": 3, "history": True}, augment={"mirror": 0, "relight": False})
    _, made = exported(plan, tmp_path)
    contract = made.contract
    assert contract is not None
    (data,) = plan.data
    assert isinstance(data, SceneData)
    objects = int(np.random.default_rng(data.first_seed).integers(2, 5))
    encoder = FrameEncoder(contract.input)
    scene = Scene(data.scene(0, objects, plan.input, plan.classes))
    values = np.stack([encoder(frame)[0] for frame, _ in scene])
    shown = History(contract.steps_per_frame, contract.alike)(values).reshape(4, 3, *values.shape[1:])
    clips = Clips(plan, quiet=True)
    found = set()
    for step in range(20):
        frames = clips.batch(step, 1, 1).frames[0].permute(3, 0, 1, 2).numpy() * 256
        same = [index for index in range(4) if np.array_equal(np.round(frames), shown[index])]
        assert same
        found.update(same)
    assert found == {0, 1, 2, 3}
    # Pictures of before are among them, or a repetition would do as well.
    assert not np.array_equal(shown[3, 0], shown[3, 2])


def test_a_head_holds_the_sum_of_its_steps() -> None:
    """Of many steps the largest threshold is smaller, so that 24 bits hold as many logits as of one."""
    for steps in (1, 3, 8, 64):
        model = SmtrackDetector(recipe({"steps": steps}).network, 2)  # type: ignore[arg-type]
        assert 32 * steps * (model.head.integers()[2] << 6) <= 1 << 23


def test_many_levels_do_not_leave_24_bits() -> None:
    torch.manual_seed(0)
    plan = recipe({"levels": 255})
    model = SmtrackDetector(plan.network, 2)  # type: ignore[arg-type]
    with torch.no_grad():
        # Small weights would ask for the largest threshold, large pictures' sums for room.
        for block in model.blocks:
            block.synapse.weight.abs_().mul_(0.01)
            block.synapse.shift.fill_(200.0)
    model.eval()
    made = integer_network(model, contract_of(plan), "x").network
    values = np.full((1, 3, 64, 96), 255, np.int32)
    sent = FixedSimulator(made, reset_interval=1, pipelined=False).run(values, record=True).spikes
    assert sent is not None
    with torch.inference_mode():
        pixels = torch.full((1, 3, 64, 96, 1), 255 / 256)
        x = model._coded(pixels)
        for block, found in zip(model.blocks, sent[1:], strict=False):
            x = block(x)
            np.testing.assert_array_equal(x[..., 0].numpy(), found)
            assert x.max() > 199
