"""A chain of SLAYER sigma-delta convolutions with a grid head."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import torch
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from torch import Tensor, nn

from neuromorph_track.networks.interface import DetectorOutput
from neuromorph_track.networks.slayer import load_slayer

Channels = Annotated[int, Field(ge=1, le=4096)]
Length = Annotated[float, Field(gt=0)]


def _odd(kernel: int) -> int:
    # Padding by half of an even kernel would make the map grow.
    if kernel % 2 == 0:
        raise ValueError("an odd number")
    return kernel


class ConvSpec(BaseModel):
    """One sigma-delta convolution; the kernel is square, padding keeps the size at stride 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channels: Channels
    kernel: Annotated[int, Field(ge=1, le=15), AfterValidator(_odd)] = 3
    stride: Annotated[int, Field(ge=1, le=8)] = 1
    dilation: Annotated[int, Field(ge=1, le=16)] = 1


class DetectorSpec(BaseModel):
    """Shape of a detector, as the ``[network]`` table of a recipe gives it.

    Attributes
    ----------
    family : str
        Which networks these are; the default.
    layers : tuple of ConvSpec
    anchors : tuple of (w, h)
        In cells of the last layer.
    threshold : float
        Delta threshold of every neuron, in units of activation.
    offset_gain : float
        See :class:`neuromorph_track.netx.Head`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    family: Literal["sigma-delta"] = "sigma-delta"
    layers: Annotated[tuple[ConvSpec, ...], Field(min_length=1, max_length=64)]
    anchors: Annotated[tuple[tuple[Length, Length], ...], Field(min_length=1, max_length=64)]
    threshold: Annotated[float, Field(gt=0, le=4)] = 0.1
    offset_gain: Annotated[float, Field(ge=1, le=4)] = 1.0

    @property
    def stride(self) -> int:
        """Pixels per cell of the head."""
        return math.prod(layer.stride for layer in self.layers)


class SigmaDeltaDetector(nn.Module):
    """Sigma-delta convolutions (ReLU, mean-only batch norm, 8-bit even weights) and a sigma head.

    Parameters
    ----------
    spec : DetectorSpec
    classes : int
        Number of classes.
    """

    def __init__(self, spec: DetectorSpec, classes: int) -> None:
        super().__init__()
        slayer = load_slayer()
        self.spec, self.classes, self.stride = spec, classes, spec.stride
        neuron = {
            "threshold": spec.threshold,
            "tau_grad": 0.1,
            "scale_grad": 0.2,
            "requires_grad": False,
            "shared_param": True,
            "activation": nn.functional.relu,
        }
        normed = {**neuron, "norm": slayer.neuron.norm.MeanOnlyBatchNorm}
        self.input = slayer.block.sigma_delta.Input(neuron)
        blocks, channels = [], 3
        for layer in spec.layers:
            blocks.append(
                slayer.block.sigma_delta.Conv(
                    normed,
                    channels,
                    layer.channels,
                    layer.kernel,
                    stride=layer.stride,
                    padding=layer.dilation * (layer.kernel // 2),
                    dilation=layer.dilation,
                    weight_norm=True,
                    delay_shift=False,
                )
            )
            channels = layer.channels
        self.blocks = nn.ModuleList(blocks)
        outputs = len(spec.anchors) * (5 + classes)
        self.head = slayer.synapse.Conv(channels, outputs, 1, pre_hook_fx=blocks[0].neuron.quantize_8bit)
        self.sigma = slayer.dendrite.Sigma()
        # A wide MeanOnlyBatchNorm buffer from the start lets a checkpoint load before any forward.
        for block, layer in zip(self.blocks, spec.layers, strict=True):
            block.neuron.norm.num_features = layer.channels
            block.neuron.norm.running_mean = torch.zeros(layer.channels)

    def forward(self, frames: Tensor) -> DetectorOutput:
        """Run a clip.

        Parameters
        ----------
        frames : (N, 3, H, W, F) float
            Normalised pixels, one timestep each.

        Returns
        -------
        DetectorOutput
            ``raw`` has anchors * (5 + classes) channels. A neuron sends at most once in a frame; the
            gradient of how often is that of the magnitude of what it sends, in thresholds.
        """
        x = self.input(frames)
        sent = [_sent(x, self.spec.threshold)]
        for block in self.blocks:
            x = block(x)
            sent.append(_sent(x, self.spec.threshold))
        return DetectorOutput(self.sigma(self.head(x)), tuple(sent))


def _sent(spikes: Tensor, threshold: float) -> Tensor:
    every = tuple(range(spikes.ndim - 1))
    count = (spikes != 0).to(spikes.dtype).mean(dim=every)
    if not spikes.requires_grad:
        return count
    magnitude = spikes.abs().mean(dim=every) / threshold
    return count + (magnitude - magnitude.detach())
