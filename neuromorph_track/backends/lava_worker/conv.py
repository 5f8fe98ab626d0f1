"""Lava's convolution as one matrix product; the same integers, many times faster."""

from __future__ import annotations

from typing import Any

import numpy as np
from lava.proc.conv.models import PyConvModelFixed
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

FLOAT32_EXACT = 1 << 24


class Convolution:
    """``lava.proc.conv.utils.conv``, which calls SciPy once per pair of channels.

    Floats add whole numbers exactly while sums stay below 2**24 (float32) or 2**53 (float64).

    Parameters
    ----------
    weight : (C_out, kW, kH, C_in / groups)
        As Lava stores it: a true convolution.
    stride, padding, dilation : pairs
        In width and height.
    groups : int
    """

    def __init__(
        self,
        weight: NDArray[np.int32],
        stride: NDArray[np.int8],
        padding: NDArray[np.int8],
        dilation: NDArray[np.int8],
        groups: int,
    ) -> None:
        outputs = len(weight)
        flipped = weight[:, ::-1, ::-1]
        # One matrix per group: (kW * kH * C_in / groups, C_out / groups).
        by_group = flipped.reshape(groups, outputs // groups, -1).transpose(0, 2, 1)
        self.narrow = np.ascontiguousarray(by_group, np.float32)
        self.wide = self.narrow.astype(np.float64)
        self.reach = int(np.abs(self.wide).sum(1).max())
        self.kernel, self.stride, self.dilation = weight.shape[1:3], stride, dilation
        self.margin = ((padding[0], padding[0]), (padding[1], padding[1]), (0, 0))
        self.groups = groups

    def __call__(self, spikes: NDArray[np.int32]) -> NDArray[np.int32]:
        """Sums ``(W', H', C_out)`` of spikes ``(W, H, C_in)``."""
        largest = int(np.abs(spikes).max()) if spikes.dtype != bool else 1
        matrices = self.narrow if largest * self.reach < FLOAT32_EXACT else self.wide
        patches = self._patches(np.pad(spikes.astype(matrices.dtype), self.margin))
        width, height = patches.shape[:2]
        parts = np.split(patches, self.groups, axis=-1)
        flat = [part.reshape(width * height, -1) for part in parts]
        sums = np.concatenate([rows @ matrix for rows, matrix in zip(flat, matrices, strict=True)], axis=-1)
        return sums.astype(np.int64).astype(np.int32).reshape(width, height, -1)

    def _patches(self, padded: NDArray[Any]) -> NDArray[Any]:
        """What each output sees, ``(W', H', kW, kH, C_in)``."""
        reach = [(size - 1) * int(step) + 1 for size, step in zip(self.kernel, self.dilation, strict=True)]
        windows = sliding_window_view(padded, (*reach, padded.shape[2]))[:, :, 0]
        return windows[:: self.stride[0], :: self.stride[1], :: self.dilation[0], :: self.dilation[1]]


class FastConvModel(PyConvModelFixed):
    """Lava's ``PyConvModelFixed`` with :class:`Convolution` inside.

    Who writes ``weight`` sets ``convolution`` to None.
    """

    convolution: Convolution | None = None
    a_buf: Any

    def run_spk(self) -> None:
        self.a_out.send(self.a_buf)
        spikes = self.s_in.recv()
        # Only now: weights may be written while it waits.
        if self.convolution is None:
            geometry = (self.stride, self.padding, self.dilation, int(self.groups[0]))
            self.convolution = Convolution(self.weight, *geometry)
        if not self.num_message_bits.item():
            spikes = spikes.astype(bool)
        self.a_buf = self.clamp_precision(self.convolution(spikes))
