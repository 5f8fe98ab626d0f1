"""The tensors of a checkpoint, each checked when it is taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from neuromorph_track.errors import InputError
from neuromorph_track.export.quantise import normalised_weight
from neuromorph_track.export.sigma_delta import TrainedConv


@dataclass(frozen=True)
class Tensors:
    """Tensors by name; ``source`` and ``prefix`` are what messages put before a name."""

    values: Mapping[str, object]
    source: str
    prefix: str = ""

    def take(self, name: str, *shape: int | None) -> Tensor:
        """The finite tensor ``name`` of this shape; ``None`` stands for any size.

        Raises
        ------
        InputError
            When it is absent, of another shape, or holds infinities.
        """
        value, field = self.values.get(name), self.prefix + name
        wanted = "(" + ", ".join("any" if size is None else str(size) for size in shape) + ")"
        if not isinstance(value, Tensor):
            found = "nothing" if name not in self.values else type(value).__name__
            raise InputError(self.source, field, found, f"a tensor of shape {wanted}")
        if len(value.shape) != len(shape) or any(
            size not in (None, actual) for size, actual in zip(shape, value.shape, strict=True)
        ):
            raise InputError(self.source, field, f"shape {tuple(value.shape)}", wanted)
        if not torch.isfinite(value).all():
            raise InputError(self.source, field, "infinite or undefined values", "finite numbers")
        return value

    def normed_conv(
        self, block: str, inputs: int, outputs: int | None, kernel: int, stride: int, dilation: int = 1
    ) -> TrainedConv:
        """A weight-normed sigma-delta convolution with mean-only batch norm, padded to keep its size."""
        direction = self.take(f"{block}.synapse.weight_v", outputs, inputs, kernel, kernel, 1)
        size = self.take(f"{block}.synapse.weight_g", direction.shape[0], 1, 1, 1, 1)
        mean = self.take(f"{block}.neuron.norm.running_mean", direction.shape[0])
        padding = dilation * (kernel // 2)
        return TrainedConv(
            self.prefix + block,
            normalised_weight(size, direction),
            mean,
            (stride, stride),
            (padding, padding),
            (dilation, dilation),
        )

    def head_conv(self, name: str, inputs: int, outputs: int) -> TrainedConv:
        """The 1x1 convolution in front of the sigma head."""
        weight = self.take(name, outputs, inputs, 1, 1, 1)
        return TrainedConv(self.prefix + name.removesuffix(".weight"), weight, None, (1, 1), (0, 0), (1, 1))
