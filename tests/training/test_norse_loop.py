"""Training with norse, and what its network finds after NIR and the chip's integers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.data.detections import Detections
from neuromorph_track.data.scenes import CLASSES, Scene, SceneSpec
from neuromorph_track.detection import FrameEncoder, HeadDecoder
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation import EvaluationSequence, evaluate_detections, protocol_for
from neuromorph_track.runs.scoring import found_boxes, truth_boxes
from neuromorph_track.training.checkpoint import save_checkpoint
from neuromorph_track.training.recipe import Recipe

pytest.importorskip("norse")
from neuromorph_track.networks.norse_detector import SpikingSpec
from neuromorph_track.networks.norse_export import export_norse
from neuromorph_track.training.norse_loop import load_norse_detector, train_norse


def test_the_same_recipe_gives_the_same_network(recipe: Recipe, tmp_path: Path) -> None:
    spiking = SpikingSpec(steps_per_frame=2)
    first = train_norse(recipe, spiking, tmp_path / "a.pt", quiet=True)
    second = train_norse(recipe, spiking, tmp_path / "b.pt", quiet=True)
    loaded, said = load_norse_detector(tmp_path / "a.pt")
    assert said == recipe
    assert loaded.spiking == spiking
    for name, value in first.state_dict().items():
        torch.testing.assert_close(value, second.state_dict()[name], rtol=0, atol=0)
        torch.testing.assert_close(value, loaded.state_dict()[name], rtol=0, atol=0)


def test_another_checkpoint_is_refused(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "x.pt", {"format": "other"})
    with pytest.raises(InputError, match="format: found 'other'"):
        load_norse_detector(tmp_path / "x.pt")


@pytest.mark.slow
def test_what_norse_learnt_survives_the_way_to_the_chip(tiny: dict[str, Any], tmp_path: Path) -> None:
    tiny["input"] |= {"height": 192, "width": 256}
    tiny["network"]["layers"] = [
        {"channels": 16, "kernel": 7, "stride": 4},
        {"channels": 32, "stride": 2},
        {"channels": 32},
    ]
    tiny["data"] = {"scenes": 30, "frames": 8, "objects": [4, 8]}
    tiny["stage"] = [{"steps": 250, "batch": 4, "learning_rate": 5e-3}]
    recipe = Recipe.model_validate(tiny)
    model = train_norse(recipe, SpikingSpec(steps_per_frame=3), tmp_path / "x.pt", quiet=True)
    made = export_norse(model, "x", recipe.classes, recipe.input, tmp_path / "x.nir")
    contract = made.network.contract
    assert contract is not None
    assert contract.head.scale is not None
    scene = Scene(SceneSpec(seed=1, frames=30))
    encode, decode = FrameEncoder(contract.input), HeadDecoder(contract, 0.01)
    values, places = zip(*(encode(frame) for frame, _ in scene), strict=True)
    pixels = torch.from_numpy(np.stack(values).astype(np.float32) / 16).permute(1, 2, 3, 0)[None]
    with torch.no_grad():
        raw = model(pixels)[0][0].permute(3, 0, 1, 2).numpy()
    ran = FixedSimulator(made.network, pipelined=False).run(np.repeat(np.stack(values), 3, 0))
    assert ran.membrane is not None
    heads = (ran.membrane[2::3] * contract.head.scale).astype(np.float32)
    np.testing.assert_allclose(heads, raw, atol=2.5 * contract.head.scale)

    def precision(head: np.ndarray) -> float:
        found: list[Detections] = [decode.decode(h, place) for h, place in zip(head, places, strict=True)]
        boxes = (truth_boxes(scene), found_boxes(found))
        sequence = EvaluationSequence("scene", *boxes, len(scene), protocol_for("scene"))
        return evaluate_detections([sequence], {n + 1: c for n, c in enumerate(CLASSES)}).combined.AP50

    learnt = precision(raw)
    # Of 250 small steps; chance finds next to nothing.
    assert learnt > 0.1
    assert precision(heads) == pytest.approx(learnt, abs=0.005)
