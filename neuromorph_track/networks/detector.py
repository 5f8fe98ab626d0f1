"""A chain of SLAYER sigma-delta convolutions with a grid head."""

from __future__ import annotations

from typing import Annotated

import torch
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from torch import Tensor, nn

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
    layers : tuple of ConvSpec
    anchors : tuple of (w, h)
        In cells of the last layer.
    threshold : float
        Delta threshold of every neuron, in units of activation.
    offset_gain : float
        See :class:`neuromorph_track.netx.Head`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    layers: Annotated[tuple[ConvSpec, ...], Field(min_length=1, max_length=64)]
    anchors: Annotated[tuple[tuple[Length, Length], ...], Field(min_length=1, max_length=64)]
    threshold: Annotated[float, Field(gt=0, le=4)] = 0.1
    offset_gain: Annotated[float, Field(ge=1, le=4)] = 1.0

    @property
    def stride(self) -> int:
        """Pixels per cell of the head."""
        total = 1
        for layer in self.layers:
            total *= layer.stride
        return total


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
        self.spec = spec
        self.classes = classes
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

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """Run a clip.

        Parameters
        ----------
        frames : (N, 3, H, W, T) float
            Normalised pixels.

        Returns
        -------
        raw : (N, anchors * (5 + classes), H', W', T) float
            Head potentials.
        rates : (L, T) float
            Share of the neurons that send, per layer and step; input first. Differentiable
            only through the magnitude of what is sent.
        """
        x = self.input(frames)
        rates = [_rate(x)]
        for block in self.blocks:
            x = block(x)
            rates.append(_rate(x))
        return self.sigma(self.head(x)), torch.stack(rates)


def _rate(spikes: Tensor) -> Tensor:
    return (spikes != 0).to(spikes.dtype).mean(dim=tuple(range(spikes.ndim - 1)))
