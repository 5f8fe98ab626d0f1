"""Detectors of the smtrack family: a chain of spiking convolutions with an anchor-free grid head."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from neuromorph_track.networks.integer import FusedConv, IntegerConv, IntegerLif, Rectifier
from neuromorph_track.networks.integer.coding import PIXEL_UNIT, coded, speaking
from neuromorph_track.networks.integer.conv import LEAST_ROOM
from neuromorph_track.networks.integer.norm import freeze_norms
from neuromorph_track.networks.integer.slayer_cuba import SlayerCuba
from neuromorph_track.networks.interface import DetectorOutput
from neuromorph_track.networks.smtrack_sigma_delta import SigmaDeltaSmtrack
from neuromorph_track.networks.smtrack_spec import SmtrackSpec

# Of a fresh head: nearly every cell is background.
PRIOR_PROBABILITY = 0.01
OBJECTNESS = 4
# Boxes of a fresh head, in pixels; its weights begin small, so that they stay so for a while.
SIDE = 32
HEAD_SPREAD = 0.01


def smtrack_detector(spec: SmtrackSpec, classes: int) -> SmtrackDetector | SigmaDeltaSmtrack:
    """A fresh detector with the neurons that ``spec`` names.

    Raises
    ------
    JobError
        When they are SLAYER's and lava-dl is not installed.
    """
    kind = SigmaDeltaSmtrack if spec.neuron == "sigma_delta" else SmtrackDetector
    return kind(spec, classes)


class SmtrackDetector(nn.Module):
    """Direct-coded pictures, integer LIF convolutions, and a head that adds up its currents over a frame.

    Every frame begins with all states at zero. With ``neuron = "cuba"`` the neurons are SLAYER's binary ones,
    with ``relu`` they are rectifiers.

    Parameters
    ----------
    spec : SmtrackSpec
        With any neurons but ``sigma_delta``.
    classes : int
    """

    def __init__(self, spec: SmtrackSpec, classes: int) -> None:
        super().__init__()
        self.spec, self.classes, self.stride = spec, classes, spec.stride
        blocks, channels, unit = [], 3, PIXEL_UNIT
        for layer in spec.layers:
            shape = (channels, layer.channels, layer.kernel, layer.stride, layer.dilation)
            # Twice the largest spike: what a soft reset leaves is on top of it.
            synapse = FusedConv(*shape, unit, spread=spec.spread, room=2 * spec.levels)
            blocks.append(IntegerConv(synapse, self._neuron()))
            channels, unit = layer.channels, 1.0
        self.blocks = nn.ModuleList(blocks)
        # It holds the sum over the steps.
        outputs = 5 + classes + spec.embedding
        self.head = FusedConv(channels, outputs, 1, norm=False, room=LEAST_ROOM * spec.steps)
        nn.init.normal_(self.head.weight, std=HEAD_SPREAD)
        with torch.no_grad():
            background = -math.log((1 - PRIOR_PROBABILITY) / PRIOR_PROBABILITY)
            self.head.shift[2:4] = math.log(SIDE / spec.stride)
            self.head.shift[OBJECTNESS : 5 + classes] = background

    def forward(self, frames: Tensor) -> DetectorOutput:
        """Run a clip.

        Parameters
        ----------
        frames : (N, 3, H, W, F) float
            Pixels as the encoder gives them, over 256. With ``history`` the F = ``steps`` pictures of one
            frame, the last its own.

        Returns
        -------
        DetectorOutput
            ``raw`` (N, 5 + classes + embedding, H', W', F), the mean of the head's currents over the steps of
            a frame.
        """
        x = self._coded(frames)
        sent = [speaking(x)]
        for block in self.blocks:
            x = block(x)
            sent.append(speaking(x))
        currents, _ = self.head(x.movedim(-1, 0).flatten(0, 1))
        shown = 1 if self.spec.history else frames.shape[-1]
        raw = currents.unflatten(0, (self.spec.steps, shown, -1)).mean(0)
        per_frame = [each * self.spec.steps for each in sent]
        return DetectorOutput(raw.movedim(0, -1), tuple(each.expand(shown) for each in per_frame))

    def freeze_norm(self) -> None:
        """Train on with what the chip will compute, see :class:`FusedConv`."""
        freeze_norms(self)

    def head_scale(self) -> float:
        """Raw output that one unit of the head's membrane potential stands for at the end of a frame."""
        return self.head.sum_scale(self.spec.steps)

    def _neuron(self) -> nn.Module:
        if self.spec.neuron == "relu":
            return Rectifier()
        if self.spec.neuron == "cuba":
            return SlayerCuba(self.spec.decay)
        return IntegerLif(self.spec.levels, self.spec.decay)

    def _coded(self, frames: Tensor) -> Tensor:
        """Values of the pixels (F N, 3, H, W, T): each frame is a sequence of its own."""
        pixels = coded(frames)
        if self.spec.history:
            return pixels
        each = pixels.movedim(-1, 0).flatten(0, 1).unsqueeze(-1)
        return each.expand(*each.shape[:-1], self.spec.steps)
