"""Small trainings of the spiketrack family, and what they are worth on sequences that none has seen.

Each training has a folder of its own under the work folder, and so has each measurement; what is there is not
done again, and an interrupted training goes on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console

from neuromorph_track.data.single import SingleSequence
from neuromorph_track.data.targets import TargetSpec
from neuromorph_track.data.targets.sequence import target_sequence
from neuromorph_track.detection.centre import Cells, decode_cells
from neuromorph_track.detection.crop import Window
from neuromorph_track.evaluation.single import evaluate_single
from neuromorph_track.export.checkpoint import recipe_of, weights_of
from neuromorph_track.export.siamese import export_siamese
from neuromorph_track.export.trained import with_weights
from neuromorph_track.export.zoo import exports_folder
from neuromorph_track.files import parse_toml, read_text, write_text
from neuromorph_track.networks.spiketrack import SpiketrackNet
from neuromorph_track.networks.spiketrack_spec import SpiketrackSpec
from neuromorph_track.netx import CropSpec, SiameseContract
from neuromorph_track.netx.memory import Bits
from neuromorph_track.runs.follow import Searcher, centred, follow, settings_of
from neuromorph_track.runs.siamese_net import SiameseNet, Template
from neuromorph_track.runs.siamese_proof import pixels_of
from neuromorph_track.training.checkpoint import load_checkpoint
from neuromorph_track.training.loop import LAST, train
from neuromorph_track.training.recipe import Recipe

NANO = exports_folder() / "spiketrack-nano.toml"
STEPS, LAST_STEPS = 3000, 1000
SEQUENCES, FRAMES = 20, 80


def recipe(name: str, seed: int, steps: int = STEPS, **network: Any) -> Recipe:
    """spiketrack-nano's with another seed, length, and fields of its network."""
    table = parse_toml(read_text(NANO, "a recipe"), NANO)
    first, last = table["stage"]
    stages = [{**first, "steps": steps}, {**last, "steps": LAST_STEPS * steps // STEPS}]
    changed = {**table, "name": name, "seed": seed, "stage": stages}
    return Recipe.model_validate({**changed, "network": {**table["network"], **network}})


def trained(given: Recipe, work: Path) -> Path:
    """The checkpoint of a recipe, trained unless it is there."""
    folder = work / given.name
    final = folder / "final.pt"
    if not final.is_file():
        Console(stderr=True).print(f"training {given.name}", highlight=False)
        train(given, folder, resume=(folder / LAST).is_file(), quiet=True)
    return final


def sequences(preset: str = "hard", count: int = SEQUENCES) -> list[SingleSequence]:
    """Synthetic sequences of the part that is for tests."""
    specs = [TargetSpec.preset(preset, seed=seed, split="test", frames=FRAMES) for seed in range(count)]
    return [target_sequence(spec, f"{preset}-{spec.seed}") for spec in specs]


class FloatNet:
    """A trained network in PyTorch, in the place of a siamese pair: also one that no chip runs.

    Parameters
    ----------
    checkpoint : Path
    """

    def __init__(self, checkpoint: Path) -> None:
        state = load_checkpoint(checkpoint)
        given = recipe_of(state, str(checkpoint))
        self.spec, self.pad = given.network_as(SpiketrackSpec), given.input.pad
        self.model = with_weights(
            SpiketrackNet(self.spec), weights_of(state, str(checkpoint)), str(checkpoint)
        )
        self._memory: torch.Tensor | None = None
        crops = {
            "template": CropSpec(factor=self.spec.template_factor, steps=1, input=given.input),
            "search": CropSpec(factor=self.spec.search_factor, steps=1, input=given.input),
        }
        # What the tracker asks for: factors, and its defaults.
        self.contract = SiameseContract(name=given.name, retrieval="blind", head_scale=1, **crops)

    def template(self, frame: NDArray[np.uint8], cxcywh: NDArray[np.float64]) -> Template:
        window = Window.around(cxcywh, self.spec.template_factor)
        with torch.inference_mode():
            memory = self.model.memory(self._pixels(window, frame, self.spec.template_side))
        return Template(None if memory is None else memory.numpy(), None, None)  # type: ignore[arg-type]

    def write(self, sums: Any) -> tuple[()]:
        self._memory = None if sums is None else torch.from_numpy(sums)
        return ()

    def look(self, frame: NDArray[np.uint8], window: Window) -> tuple[Cells, None]:
        with torch.inference_mode():
            raw = self.model.search(self._pixels(window, frame, self.spec.search_side), self._memory).raw
        return decode_cells(raw[0, ..., 0].numpy()), None

    def _pixels(self, window: Window, frame: NDArray[np.uint8], side: int) -> torch.Tensor:
        return pixels_of(window.cut(frame, side, self.pad))


@dataclass(frozen=True)
class Run:
    """How a checkpoint is judged.

    Attributes
    ----------
    preset : str
        Of the sequences.
    swapped : bool
        With the memory of the next sequence's object.
    bits : int
        Of the written weights.
    floats : bool
        In PyTorch instead of the simulator.
    """

    preset: str = "hard"
    swapped: bool = False
    bits: Bits = 8
    floats: bool = False

    @property
    def label(self) -> str:
        parts = [self.preset, *["swapped"] * self.swapped, *["floats"] * self.floats]
        return "-".join([*parts, *[f"{self.bits}-bit"] * (self.bits < 8)])


def judged(checkpoint: Path, run: Run, given: Sequence[SingleSequence]) -> NDArray[np.float64]:
    """Success AUC of each sequence, measured unless it is there."""
    kept = checkpoint.parent / f"{run.label}.json"
    if not kept.is_file():
        net = _opened(checkpoint, run)
        templates = [net.template(next(iter(each.frames)), centred(each.initial_box)) for each in given]
        if run.swapped:
            templates = [*templates[1:], templates[0]]
        found = {
            each.name: _boxes(net, each, template) for each, template in zip(given, templates, strict=True)
        }
        scores = evaluate_single(given, found).rows
        write_text(kept, json.dumps([each.AUC for each in scores]))
    return np.array(json.loads(kept.read_text()))


def _opened(checkpoint: Path, run: Run) -> Searcher:
    if run.floats:
        return FloatNet(checkpoint)
    return SiameseNet(export_siamese(checkpoint).siamese, bits=run.bits)


def _boxes(net: Searcher, sequence: SingleSequence, template: Template) -> NDArray[np.float64]:
    steps = follow(net, sequence.frames, sequence.initial_box, settings_of(net), template)
    return np.stack([step.xywh for step in steps])


def summary(scores: Mapping[int, NDArray[np.float64]]) -> tuple[float, float]:
    """Mean over seeds and sequences, and standard deviation of the seeds' means."""
    means = np.array([each.mean() for each in scores.values()])
    return float(means.mean()), float(means.std(ddof=1)) if len(means) > 1 else float("nan")
