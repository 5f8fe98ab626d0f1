"""SLAYER's pooling and transposed convolution as the convolutions that NetX has."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neuromorph_track.export.slayer.site import Site
from neuromorph_track.netx.graph import Integers


class Axis(NamedTuple):
    """A pooling along one axis: ``zeros`` before the kernel, and the convolution's padding."""

    zeros: int
    padding: int


def pooling_axis(
    site: Site, size: int, kernel: int, stride: int, padding: int, dilation: int, copies: int
) -> Axis:
    """How SLAYER's pooling of one axis is a convolution.

    SLAYER appends ``size % kernel`` rows of zeros, and it pools the rows of all channels as if they
    were one picture. A convolution pads both sides alike; zeros before its kernel shift it back.

    Parameters
    ----------
    size : int
        Rows (or columns) of a channel.
    copies : int
        Channels that SLAYER lays in a row along this axis: all of them for rows, 1 for columns.

    Raises
    ------
    InputError
        When a window reaches into the next channel, or no padding of a convolution does the same.
    """
    appended = size % kernel
    reach = dilation * (kernel - 1) + 1
    whole = size + appended
    # The rows before a channel's first are zeros that SLAYER appended to the channel before.
    apart = whole % stride == 0 and padding <= appended and 2 * padding < reach <= stride + padding
    if copies > 1 and not apart:
        found = f"a pooling of {size} rows (kernel {kernel}, stride {stride}) that mixes channels"
        expected = "rows that the stride divides, a kernel no longer than the stride, and no padding"
        raise site.refuse(found, f"{expected}: SLAYER pools all channels as one picture")
    if appended % dilation:
        found = f"a dilated pooling of {size} rows or columns, which SLAYER pads on one side"
        raise site.refuse(found, "sizes that the kernel divides")
    return Axis(appended // dilation, padding + appended)


def pooling_kernel(weight: Integers, rows: Axis, columns: Axis, channels: int) -> Integers:
    """``(kH, kW)`` to the ``(channels, 1, ...)`` of a convolution with a group for each channel."""
    padded = np.pad(weight, ((rows.zeros, 0), (columns.zeros, 0)))
    return np.tile(padded, (channels, 1, 1, 1))


def transposed_kernel(weight: Integers, groups: int) -> Integers:
    """Kernel of the convolution that a transposed one of stride 1 is: channels swapped, axes flipped.

    Parameters
    ----------
    weight : (C_in, C_out / groups, kH, kW)

    Returns
    -------
    (C_out, C_in / groups, kH, kW)
    """
    inputs, outputs, *size = weight.shape
    grouped = weight.reshape(groups, inputs // groups, outputs, *size).swapaxes(1, 2)
    return grouped.reshape(groups * outputs, inputs // groups, *size)[..., ::-1, ::-1].copy()
