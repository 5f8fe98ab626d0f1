"""Small trainings on frames and events, and what they are worth on sequences that none has seen.

Each training has a folder of its own under the work folder, and so has each measurement; what is there is not
done again, and an interrupted training goes on.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console

from neuromorph_track.association.single import SingleSettings, SingleTracker
from neuromorph_track.data.paired import PairedSequence, PairedSpec
from neuromorph_track.data.paired.sequence import load_or_draw
from neuromorph_track.detection.centre import decode_cells
from neuromorph_track.detection.encode import FrameEncoder
from neuromorph_track.detection.field import Field
from neuromorph_track.evaluation.single import score_sequence
from neuromorph_track.export.checkpoint import recipe_of, weights_of
from neuromorph_track.export.siamese import export_siamese
from neuromorph_track.export.trained import with_weights
from neuromorph_track.files import write_text
from neuromorph_track.networks.hadtrack import HadtrackNet
from neuromorph_track.networks.hadtrack_spec import HadtrackSpec
from neuromorph_track.runs.follow import centred, cornered, settings_of
from neuromorph_track.runs.stream import stream
from neuromorph_track.runs.stream_net import StreamNet
from neuromorph_track.training.checkpoint import load_checkpoint
from neuromorph_track.training.loop import LAST, train
from neuromorph_track.training.recipe import Recipe, read_recipe
from neuromorph_track.training.stream_pictures import (
    event_pictures,
    frame_pictures,
    frames_come,
    pixels,
    template_pictures,
)

sys.path.insert(0, str(Path(__file__).parents[1]))
from paired import first_window, truth_from, xywh

_EXPORTS = Path(__file__).parents[2] / "netx_exports"
STUDENT, TWIN, TEACHER = (
    read_recipe(_EXPORTS / f"{name}.toml")
    for name in ("hadtrack-nano-taught", "hadtrack-nano-sigma-delta", "hadtrack-teacher")
)
# Of students, by their neurons.
NETWORKS = {"integer": STUDENT.network, "sigma_delta": TWIN.network}
assert STUDENT.input.events is not None
HEIGHT, WIDTH, GAIN = STUDENT.input.height, STUDENT.input.width, STUDENT.input.events.gain
# Of the test split; at most these pixels, as the students' own.
SIZE = 14.0
ALONE, KNOWN = "alone", "alone, all boxes known"
Boxes = NDArray[np.float64]


class Regime(NamedTuple):
    """Of how many sequences boxes are known, where the others' templates are from, how long is learnt."""

    boxes: int
    template: Literal["any", "first"]
    # At the rate of each of the recipe's stages.
    steps: tuple[int, int]
    neuron: str = "integer"


def _of_recipe() -> Regime:
    known, unknown = (each.model_dump() for each in STUDENT.data)
    high, low = (stage.steps for stage in STUDENT.stage)
    return Regime(known["sequences"], unknown["template"], (high, low))


# By how many sequences have boxes, and how long the high rate is kept: docs/had_measured.md.
REGIMES = {
    "64-short": Regime(64, "any", (900, 300)),
    "64-long": Regime(64, "first", (1200, 2400)),
    "48-long": _of_recipe(),
    "48-high": Regime(48, "first", (3600, 1200)),
}


def regime_options(parser: argparse.ArgumentParser) -> None:
    """Those that say in which regime students learn."""
    parser.add_argument("--regime", choices=list(REGIMES), default="48-long", help="boxes, and stages")
    parser.add_argument("--steps", type=int, help="of a student, in other stages as in its own")
    parser.add_argument("--neuron", choices=list(NETWORKS), default="integer", help="of students")


def regime_of(options: argparse.Namespace) -> Regime:
    chosen = REGIMES[options.regime]._replace(neuron=options.neuron)
    if options.steps is None:
        return chosen
    first = round(options.steps * chosen.steps[0] / sum(chosen.steps))
    return chosen._replace(steps=(first, options.steps - first))


def changed(given: Recipe, **fields: Any) -> Recipe:
    """A recipe with other fields."""
    return Recipe.model_validate({**given.model_dump(mode="json", exclude_none=True), **fields})


def teacher_of(work: Path, **network: Any) -> Path:
    """The one teacher of all students; with other fields of its network, who might have been."""
    name = "-".join(["teacher", *map(str, network.values())])
    fields = {**TEACHER.network.model_dump(mode="json"), **network}
    return trained(changed(TEACHER, name=name, network=fields), work)


def folder_of(work: Path, name: str, seed: int) -> Path:
    """Of the student of a kind and seed."""
    return work / f"student-{re.sub('[^a-z]+', '-', name)}-{seed}"


def student_of(work: Path, name: str, seed: int, terms: dict[str, Any] | None, regime: Regime) -> Path:
    """A student with what it learns from the teacher; or alone, with the boxes that are known or with all."""
    label = folder_of(work, name, seed).name
    data = _data(regime)
    if name == KNOWN:
        data = [{**each, "labelled": True, "template": "any"} for each in data]
    elif terms is None:
        data = [each for each in data if each["labelled"]]
    stages = [
        {**stage.model_dump(mode="json", exclude_none=True), "steps": steps}
        for stage, steps in zip(STUDENT.stage, regime.steps, strict=True)
    ]
    fields = {"name": label, "seed": seed, "stage": stages, "data": data, "distillation": terms}
    given = changed(STUDENT, network=NETWORKS[regime.neuron].model_dump(mode="json"), **fields)
    return trained(given, work, teacher_of(work) if terms else None)


def _data(regime: Regime) -> list[dict[str, Any]]:
    """The student's sequences, the first of them with their boxes."""
    known, unknown = (each.model_dump(mode="json") for each in STUDENT.data)
    rest = known["sequences"] + unknown["sequences"] - regime.boxes
    others = {"sequences": rest, "weight": rest, "first_seed": regime.boxes, "template": regime.template}
    return [{**known, "sequences": regime.boxes, "weight": regime.boxes}, {**unknown, **others}]


def trained(given: Recipe, work: Path, teacher: Path | None = None) -> Path:
    """The checkpoint of a recipe, trained unless it is there."""
    folder = work / given.name
    final = folder / "final.pt"
    if not final.is_file():
        Console(stderr=True).print(f"training {given.name}", highlight=False)
        train(given, folder, resume=(folder / LAST).is_file(), quiet=True, data=work, teacher=teacher)
    return final


@cache
def sequences(test: Test, folder: Path) -> tuple[PairedSequence, ...]:
    """Sequences that no training has seen."""
    size = {"width": WIDTH, "height": HEIGHT, "size": SIZE}
    seeds = range(test.first, test.first + test.count)
    specs = [PairedSpec(seed=seed, split=test.split, preset=test.preset, **size) for seed in seeds]
    return tuple(load_or_draw(spec, folder / "sequences") for spec in specs)


class Scores(NamedTuple):
    """Of each sequence: success AUC, precision at a fifth of a usual side, normalised precision at 0.2."""

    SR: NDArray[np.float64]
    PR: NDArray[np.float64]
    NPR: NDArray[np.float64]


@dataclass(frozen=True)
class Test:
    """Sequences to be judged on."""

    preset: str = "mixed"
    count: int = 128
    split: str = "test"
    first: int = 0

    @property
    def label(self) -> str:
        return f"{self.split}-{self.preset}-{self.count}" + (f"-from-{self.first}" if self.first else "")


def judged(checkpoint: Path, test: Test, work: Path, floats: bool = False) -> Scores:
    """Scores of a checkpoint, measured unless they are there."""
    kept = checkpoint.parent / f"{test.label}{'-floats' * floats}.json"
    if not kept.is_file():
        follow = _floats(checkpoint) if floats else in_fixed_point(checkpoint)
        write_text(kept, json.dumps(scored(follow, test, work)))
    return Scores(*map(np.array, json.loads(kept.read_text())))


def scored(follow: Callable[[PairedSequence, int], Boxes], test: Test, work: Path) -> list[list[float]]:
    """SR, PR and NPR of each sequence, of a tracker that is told a sequence and its first window."""
    found = []
    for sequence in sequences(test, work):
        first = first_window(sequence)
        truth = truth_from(sequence, first)
        boxes = follow(sequence, first)
        scores = score_sequence(truth, [boxes], "tracker").scores
        found.append([scores.AUC, _precise(truth.boxes, boxes, truth.visible), scores.norm_precision])
    return [list(map(float, column)) for column in zip(*found, strict=True)]


def _precise(truth: Boxes, boxes: Boxes, visible: NDArray[np.bool_]) -> float:
    """Twenty pixels are as large as a picture of this size's objects: 4 instead, as the prototype had it."""
    away = (boxes[:, :2] + boxes[:, 2:] / 2) - (truth[:, :2] + truth[:, 2:] / 2)
    return float((np.hypot(*away[visible].T) <= 4).mean())


def in_fixed_point(checkpoint: Path) -> Callable[[PairedSequence, int], Boxes]:
    """The exported pair in the fixed-point simulator."""
    net = StreamNet(export_siamese(checkpoint).siamese)
    settings = settings_of(net)

    def follow(sequence: PairedSequence, first: int) -> Boxes:
        pictures = event_pictures(sequence, first, len(sequence.boxes) - first, GAIN)
        steps = stream(net, pictures, xywh(sequence.boxes[first : first + 1])[0], settings)
        return np.stack([step.xywh for step in steps])

    return follow


def _floats(checkpoint: Path) -> Callable[[PairedSequence, int], Boxes]:
    """A network without states in PyTorch, asked when a frame comes; in between its box stays."""
    state = load_checkpoint(checkpoint)
    spec = recipe_of(state, str(checkpoint)).network_as(HadtrackSpec)
    model = with_weights(HadtrackNet(spec), weights_of(state, str(checkpoint)), str(checkpoint))

    def follow(sequence: PairedSequence, first: int) -> Boxes:
        field = Field.of(FrameEncoder(STUDENT.input), WIDTH, HEIGHT)
        initial = xywh(sequence.boxes[first : first + 1])[0]
        tracker = SingleTracker(SingleSettings(), 4.0)
        tracker.begin(centred(initial), (WIDTH, HEIGHT))
        fresh = frames_come(sequence)
        before = fresh[fresh <= first][-1:]
        shown = frame_pictures(spec, sequence, np.repeat(before, spec.template_steps), GAIN)
        boxes = np.repeat(initial[None], len(sequence.boxes) - first, axis=0)
        with torch.inference_mode():
            memory = model.memory(pixels([template_pictures(spec, shown, centred(initial))]))
            for window, picture in _after(fresh, spec, sequence, first):
                raw = model.search(picture, memory).raw[0, ..., 0].numpy()
                look = tracker.update(decode_cells(raw), field)
                boxes[window - first :] = cornered(look.cxcywh)
        return boxes

    return follow


def _after(
    fresh: NDArray[np.int64], spec: HadtrackSpec, sequence: PairedSequence, first: int
) -> Iterator[tuple[int, torch.Tensor]]:
    for window in fresh[fresh > first]:
        yield int(window), pixels([frame_pictures(spec, sequence, np.array([window]), GAIN)])
