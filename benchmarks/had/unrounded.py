"""A student as it would be without whole numbers, in PyTorch: what rounding takes is what a chip's takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from trainings import GAIN, Boxes, xywh

from neuromorph_track.association.single import Look, SingleTracker
from neuromorph_track.data.paired import PairedSequence
from neuromorph_track.detection.centre import decode_cells
from neuromorph_track.export.checkpoint import recipe_of, weights_of
from neuromorph_track.export.siamese import export_siamese
from neuromorph_track.export.trained import with_weights
from neuromorph_track.networks.hadtrack import HadtrackNet
from neuromorph_track.networks.hadtrack_spec import HadtrackSpec
from neuromorph_track.networks.integer import FusedConv
from neuromorph_track.networks.integer.conv import LARGEST_WEIGHT
from neuromorph_track.networks.integer.memory import WrittenSynapse
from neuromorph_track.networks.integer.norm import FoldedNorm
from neuromorph_track.runs.follow import centred, cornered, settings_of
from neuromorph_track.runs.stream import stirred
from neuromorph_track.runs.stream_net import StreamNet
from neuromorph_track.training.checkpoint import load_checkpoint
from neuromorph_track.training.stream_pictures import event_pictures, pixels

# Thresholds in units of a weight: a grid finer than float32 tells apart.
FINE = 1 << 20


@contextmanager
def unrounded() -> Iterator[None]:
    """Weights, biases and potentials as floats; spikes stay whole, for that is what these neurons send."""

    def weight(self: FusedConv) -> tuple[Tensor, int]:
        return self._folded_weight(), FINE

    def bias(self: FoldedNorm, threshold: int) -> Tensor:
        return self.folded_bias()

    def memory(self: WrittenSynapse, given: Tensor) -> Tensor:
        scale = self.folded_scale()
        assert scale is not None
        # What is beyond eight bits is cut off, as in training; that is no rounding.
        low, high = self.lowest / self.form.threshold, LARGEST_WEIGHT / self.form.threshold
        return self._scaled(given.to(scale.dtype), scale).clamp(low, high)

    with (
        patch.object(FusedConv, "_rounded_weight", weight),
        patch.object(FoldedNorm, "rounded_bias", bias),
        patch.object(WrittenSynapse, "rounded", memory),
    ):
        yield


def in_floats(checkpoint: Path) -> Callable[[PairedSequence, int], Boxes]:
    """The same tracker around the student in floats.

    Templates are of the windows that the pair takes them of. Until they are there the pair's search branch
    has nothing written into it, this one already all; both keep the first box as long.
    """
    state = load_checkpoint(checkpoint)
    spec = recipe_of(state, str(checkpoint)).network_as(HadtrackSpec)
    model = with_weights(HadtrackNet(spec), weights_of(state, str(checkpoint)), str(checkpoint)).eval()
    net = StreamNet(export_siamese(checkpoint).siamese)

    @torch.inference_mode()
    def follow(sequence: PairedSequence, first: int) -> Boxes:
        shown = event_pictures(sequence, first, len(sequence.boxes) - first, GAIN)
        initial = xywh(sequence.boxes[first : first + 1])[0]
        size = (shown.shape[2], shown.shape[1])
        net.begin(*size)
        crops, known = _templates(net, shown, initial, spec.template_steps)
        boxes = np.repeat(initial[None], len(shown), axis=0)
        if not known:
            return boxes
        with unrounded():
            raw = model.search(pixels([shown]), model.memory(pixels([crops]))).raw[0].numpy()
        settings = settings_of(net)
        tracker = SingleTracker(settings, net.contract.reach)
        tracker.begin(centred(initial), size)
        last = Look(centred(initial), 1.0, False, False)
        for window in range(known, len(shown)):
            if stirred(net, shown[window], last, settings):
                last = tracker.update(decode_cells(raw[..., window]), net.field)
            boxes[window] = cornered(last.cxcywh)
        return boxes

    return follow


def _templates(
    net: StreamNet, shown: NDArray[np.uint8], initial: NDArray[np.float64], steps: int
) -> tuple[NDArray[np.uint8], int]:
    """The crops that a template is of, and the window after the last of them; 0 where there are too few."""
    crops = []
    for window, picture in enumerate(shown):
        crop = net.crop(picture, centred(initial))
        if crop.any():
            crops.append(crop)
        if len(crops) == steps:
            return np.stack(crops), window + 1
    return np.zeros((0, 0, 0, 3), np.uint8), 0
