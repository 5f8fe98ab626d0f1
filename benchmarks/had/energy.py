"""Joules of a student's windows, from counts, and of its teacher's frames, as the ANN that it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from trainings import GAIN, HEIGHT, WIDTH, first_window, xywh

from neuromorph_track.backends.activity import Activity, LayerActivity
from neuromorph_track.data.paired import PairedSequence
from neuromorph_track.export.checkpoint import recipe_of, weights_of
from neuromorph_track.export.trained import with_weights
from neuromorph_track.networks.hadtrack import HadtrackNet
from neuromorph_track.networks.hadtrack_spec import HadtrackSpec
from neuromorph_track.networks.integer import FusedConv
from neuromorph_track.networks.integer.memory import MemorySynapse
from neuromorph_track.profiling import ActivityRecorder, read_activity
from neuromorph_track.runs.follow import settings_of
from neuromorph_track.runs.stream import stream
from neuromorph_track.runs.stream_net import StreamNet
from neuromorph_track.training.checkpoint import load_checkpoint
from neuromorph_track.training.stream_pictures import event_pictures

Size = tuple[int, ...]


def student_activity(net: StreamNet, sequences: list[PairedSequence]) -> Activity:
    """Counts of every window of some sequences, one after the other."""
    with TemporaryDirectory() as folder:
        path, written = Path(folder) / "activity.h5", tuple[LayerActivity, ...]()
        with ActivityRecorder(path) as recorder:
            for sequence in sequences:
                first = first_window(sequence)
                pictures = event_pictures(sequence, first, len(sequence.boxes) - first, GAIN)
                initial = xywh(sequence.boxes[first : first + 1])[0]
                for step in stream(net, pictures, initial, settings_of(net)):
                    assert step.activity is not None
                    written = written or step.activity.layers
                    recorder.append(alike(step.activity, written))
        return read_activity(path)


def alike(activity: Activity, first: tuple[LayerActivity, ...]) -> Activity:
    """The same with the weights that were there first: each object's template writes others."""
    pairs = zip(activity.layers, first, strict=True)
    layers = (replace(layer, nonzero_weights=other.nonzero_weights) for layer, other in pairs)
    return replace(activity, layers=tuple(layers))


def teacher_activity(checkpoint: Path) -> Activity:
    """The teacher's search branch as layers whose dense twin it is; it has no spikes to count.

    Multiply-accumulates are those inside the picture, as of every network here.
    """
    state = load_checkpoint(checkpoint)
    spec = recipe_of(state, str(checkpoint)).network_as(HadtrackSpec)
    model = with_weights(HadtrackNet(spec), weights_of(state, str(checkpoint)), str(checkpoint)).eval()
    pixels = spec.inputs * HEIGHT * WIDTH
    found = [_layer("input", pixels, 0, 0, 0)]

    def heard(module: nn.Module, inputs: tuple[torch.Tensor, ...], output: object) -> None:
        x = inputs[0]
        name = f"{len(found)} conv"
        if isinstance(module, FusedConv):
            assert isinstance(output, tuple)
            outputs, neurons_in = output[0][0].numel(), x[0].numel()
            found.append(_layer(name, outputs, neurons_in, *_macs(module, tuple(x.shape[2:]))))
        elif isinstance(module, MemorySynapse):
            cells = x[0, 0].numel()
            written = module.heads * module.keys * module.values * cells
            # Beside what is written, the queries are passed on, one connection each.
            passed = x[0].numel()
            outputs = module.heads * module.values * cells + passed
            found.append(_layer(name, outputs, passed, written + passed, written + passed))

    with torch.inference_mode():
        side = spec.template_side
        memory = model.memory(torch.zeros(1, spec.inputs, side, side, spec.template_steps))
        hooks = [module.register_forward_hook(heard) for module in model.modules()]
        raw = model.search(torch.zeros(1, spec.inputs, HEIGHT, WIDTH, 1), memory).raw
        for hook in hooks:
            hook.remove()
    return Activity(tuple(found), 1, pixels, raw.numel(), len(found) - 1)


def _layer(name: str, neurons: int, neurons_in: int, macs: int, nominal: int) -> LayerActivity:
    none, kind = np.zeros(2, np.int64), "input" if name == "input" else "conv"
    updates = np.full(2, neurons, np.int64)
    counts = [none, none, none, updates, updates, none]
    return LayerActivity(name, kind, "ilif", neurons, macs, macs, macs, True, neurons_in, nominal, 8, *counts)


def _macs(module: FusedConv, size: Size) -> tuple[int, int]:
    """Connections inside the picture, and those of whole kernels."""
    outputs, inputs, kernel, _ = module.weight.shape
    taps = F.conv2d(
        torch.ones(1, 1, *size, dtype=torch.float64),
        torch.ones(1, 1, kernel, kernel, dtype=torch.float64),
        stride=module.stride,
        padding=module.padding,
        dilation=module.dilation,
    )
    pairs = outputs * inputs
    return int(taps.sum()) * pairs, taps.numel() * kernel * kernel * pairs
