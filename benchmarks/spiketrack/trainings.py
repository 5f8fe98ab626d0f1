"""Small trainings of the spiketrack family, and what they are worth on sequences that none has seen.

Each training has a folder of its own under the work folder, and so has each measurement; what is there is not
done again, and an interrupted training goes on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
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
from neuromorph_track.networks.integer import FusedConv
from neuromorph_track.networks.integer.memory import THRESHOLD, MemorySynapse
from neuromorph_track.networks.spiketrack import SpiketrackNet
from neuromorph_track.networks.spiketrack_spec import SpiketrackSpec
from neuromorph_track.netx import CropSpec, Layer, MemorySpec, Siamese, SiameseContract
from neuromorph_track.netx.memory import HIGH, LOW, Bits
from neuromorph_track.runs.follow import Searcher, centred, follow, settings_of
from neuromorph_track.runs.siamese_net import SiameseNet, Template
from neuromorph_track.runs.siamese_proof import pixels_of
from neuromorph_track.training.checkpoint import load_checkpoint
from neuromorph_track.training.loop import LAST, train
from neuromorph_track.training.recipe import Recipe

NANO = exports_folder() / "spiketrack-nano.toml"
STEPS, LAST_STEPS = 4500, 1500
SEQUENCES, FRAMES = 20, 80
# Thresholds' fractions to which potentials are rounded where nothing is to be rounded.
FINE_GRID = 1 << 16


def recipe(name: str, seed: int, steps: int = STEPS, **network: Any) -> Recipe:
    """spiketrack-nano's with another seed, length, and fields of its network."""
    table = parse_toml(read_text(NANO, "a recipe"), NANO)
    first, last = table["stage"]
    stages = [{**first, "steps": steps}, {**last, "steps": LAST_STEPS * steps // STEPS}]
    # Drawn once for all trainings.
    data = {**table["data"], "cache": "targets"}
    changed = {**table, "name": name, "seed": seed, "data": data, "stage": stages}
    return Recipe.model_validate({**changed, "network": {**table["network"], **network}})


def trained(given: Recipe, work: Path) -> Path:
    """The checkpoint of a recipe, trained unless it is there."""
    folder = work / given.name
    final = folder / "final.pt"
    if not final.is_file():
        Console(stderr=True).print(f"training {given.name}", highlight=False)
        train(given, folder, resume=(folder / LAST).is_file(), quiet=True, data=work)
    return final


def sequences(preset: str = "hard", count: int = SEQUENCES, frames: int = FRAMES) -> list[SingleSequence]:
    """Synthetic sequences of the part that is for tests."""
    specs = [TargetSpec.preset(preset, seed=seed, split="test", frames=frames) for seed in range(count)]
    return [target_sequence(spec, f"{preset}-{spec.seed}") for spec in specs]


class FloatNet:
    """A trained network in PyTorch, in the place of a siamese pair: also one that no chip runs.

    Parameters
    ----------
    checkpoint : Path
    rounded : bool
        Compute with weights, biases and memories as they will be deployed, or as they were before rounding.
    """

    def __init__(self, checkpoint: Path, rounded: bool = True) -> None:
        state = load_checkpoint(checkpoint)
        given = recipe_of(state, str(checkpoint))
        self.spec, self.pad = given.network_as(SpiketrackSpec), given.input.pad
        self.model = with_weights(
            SpiketrackNet(self.spec), weights_of(state, str(checkpoint)), str(checkpoint)
        )
        if not rounded:
            _unround(self.model)
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


def _unround(model: SpiketrackNet) -> None:
    """Have a model compute with its weights, biases and memories as they are before they are rounded."""
    for module in model.modules():
        if isinstance(module, FusedConv):
            module.forward = partial(_unrounded_conv, module)  # type: ignore[method-assign]
        elif isinstance(module, MemorySynapse):
            module.rounded = partial(_unrounded_memory, module)  # type: ignore[method-assign]
            module.rounded_bias = partial(_unrounded_bias, module)  # type: ignore[method-assign]


def _unrounded_conv(synapse: FusedConv, x: torch.Tensor) -> tuple[torch.Tensor, int]:
    weight, bias = synapse.folded()
    shape = (synapse.stride, synapse.padding, synapse.dilation, synapse.groups)
    found = torch.nn.functional.conv2d(x, weight, None, *shape)
    return found + (bias if bias.ndim > 1 else bias.view(-1, 1, 1)), FINE_GRID


def _unrounded_memory(synapse: MemorySynapse, memory: torch.Tensor) -> torch.Tensor:
    gains = synapse.gains().view(synapse.heads, 1, synapse.values) / THRESHOLD
    return memory * gains


def _unrounded_bias(synapse: MemorySynapse, threshold: int) -> torch.Tensor:
    return synapse.folded_bias().detach()


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
    rounded : bool
        In PyTorch, with what was rounded as it is deployed, or as it was before.
    weights : int
        Bits of the trained weights of both chains, see :func:`with_bits`.
    template_steps : int or None
        Of a template, instead of those of the training, see :func:`with_template_steps`.
    """

    preset: str = "hard"
    swapped: bool = False
    bits: Bits = 8
    floats: bool = False
    rounded: bool = True
    weights: Bits = 8
    template_steps: int | None = None

    @property
    def label(self) -> str:
        parts = [self.preset, *["swapped"] * self.swapped, *["floats"] * self.floats]
        parts += ["unrounded"] * (not self.rounded)
        parts += [f"{self.bits}-bit"] * (self.bits < 8)
        parts += [f"all-{self.weights}-bit"] * (self.weights < 8)
        return "-".join([*parts, *[f"z{self.template_steps}"] * (self.template_steps is not None)])


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
        return FloatNet(checkpoint, run.rounded)
    siamese = export_siamese(checkpoint).siamese
    if run.weights < 8:
        siamese = with_bits(siamese, run.weights)
    if run.template_steps is not None:
        siamese = with_template_steps(siamese, run.template_steps)
    return SiameseNet(siamese, bits=run.bits)


def with_bits(siamese: Siamese, bits: Bits) -> Siamese:
    """A pair with its trained weights rounded to so many bits, without any further training.

    A layer's weights become multiples of ``2**(9 - bits)``, as a memory's do; thresholds and biases stay.
    So do, in layers that are written, the weights that pass spikes on: all are one number, which stands for a
    whole threshold.
    """
    written = {spec.layer for spec in siamese.contract.written}
    search = [
        layer if index in written else _coarser(layer, bits)
        for index, layer in enumerate(siamese.search.layers)
    ]
    template = [_coarser(layer, bits) for layer in siamese.template.layers]
    chains = {"search": tuple(search), "template": tuple(template)}
    made = {name: replace(getattr(siamese, name), layers=layers) for name, layers in chains.items()}
    return replace(siamese, **made)


def _coarser(layer: Layer, bits: Bits) -> Layer:
    if layer.weight is None or not layer.has_synapses:
        return layer
    step = 1 << (9 - bits)
    rounded = np.floor(layer.weight / step + 0.5).astype(np.int32) * step
    return replace(layer, weight=rounded.clip(LOW, HIGH // step * step))


def with_template_steps(siamese: Siamese, steps: int) -> Siamese:
    """A pair whose template runs for other timesteps than in training.

    A memory is a sum over them, so that its gains are those of the training times the ratio of both. A
    template's first steps do not depend on how many follow.
    """
    contract = siamese.contract
    ratio = contract.template.steps / steps
    memory = tuple(_scaled(spec, ratio) for spec in contract.memory)
    template = contract.template.model_copy(update={"steps": steps})
    return replace(siamese, contract=contract.model_copy(update={"template": template, "memory": memory}))


def _scaled(spec: MemorySpec, ratio: float) -> MemorySpec:
    return spec.model_copy(update={"gains": tuple(ratio * gain for gain in spec.gains)})


def _boxes(net: Searcher, sequence: SingleSequence, template: Template) -> NDArray[np.float64]:
    steps = follow(net, sequence.frames, sequence.initial_box, settings_of(net), template)
    return np.stack([step.xywh for step in steps])


def summary(scores: Mapping[int, NDArray[np.float64]]) -> tuple[float, float]:
    """Mean over seeds and sequences, and standard deviation of the seeds' means."""
    means = np.array([each.mean() for each in scores.values()])
    return float(means.mean()), float(means.std(ddof=1)) if len(means) > 1 else float("nan")


def told(scores: Mapping[int, NDArray[np.float64]]) -> str:
    """What :func:`summary` gives, in words."""
    mean, spread = summary(scores)
    return f"{mean:.3f} ± {spread:.3f}" if len(scores) > 1 else f"{mean:.3f}"
