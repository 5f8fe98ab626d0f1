"""Events as tensors (timestep, channel, height, width), for other frameworks and notebooks.

An event at ``t`` falls into bin ``floor((t - start) / bin)``; those before the first bin and after the last
are left out. Channel 0 is what became darker, 1 what became brighter, as in tonic and lava-dl.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.events.events import Events
from neuromorph_track.data.events.recording import Size


def counts(events: Events, size: Size, bin_us: int, bins: int, start_us: int = 0) -> NDArray[np.int32]:
    """Events of each pixel and sign in each bin, (bins, 2, height, width).

    Parameters
    ----------
    events : Events
        On a sensor of ``size``.
    size : (width, height)
    bin_us, start_us : int
        Microseconds.
    bins : int

    Raises
    ------
    ValueError
        For no bins, or bins of no length.
    """
    inside = _inside(events, bin_us, bins, start_us)
    width, height = size
    shape = (bins, 2, height, width)
    where = ((inside.t - start_us) // bin_us, inside.on.astype(np.int64), inside.y, inside.x)
    flat = np.ravel_multi_index(where, shape)
    return np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape).astype(np.int32)


def voxel_grid(
    events: Events, size: Size, bin_us: int, bins: int, start_us: int = 0, bilinear: bool = False
) -> NDArray[np.float32]:
    """Brighter minus darker events of each pixel in each bin, (bins, 1, height, width).

    With ``bilinear`` an event is shared by the two nearest of ``bins`` points in time,
    ``V(b) = sum of p * max(0, 1 - abs(b - t*))`` with ``t* = (bins - 1) (t - start) / (bins * bin)`` (Zhu et
    al., CVPR 2019, eq. 1 and 2; there the window runs from the first event to the last, here from ``start``).

    Parameters and errors as of :func:`counts`.
    """
    if not bilinear:
        each = counts(events, size, bin_us, bins, start_us)
        return (each[:, 1:] - each[:, :1]).astype(np.float32)
    inside = _inside(events, bin_us, bins, start_us)
    width, height = size
    grid = np.zeros((bins, 1, height, width), np.float32)
    point = (bins - 1) * ((inside.t - start_us) / (bins * bin_us))
    before = np.floor(point).astype(np.int64)
    sign = np.where(inside.on, 1.0, -1.0)
    for at, share in ((before, 1 - (point - before)), (before + 1, point - before)):
        kept = at < bins
        np.add.at(grid[:, 0], (at[kept], inside.y[kept], inside.x[kept]), (sign * share)[kept])
    return grid


def time_surface(
    events: Events, size: Size, bin_us: int, bins: int, decay_us: float, start_us: int = 0
) -> NDArray[np.float32]:
    """``exp(-age / decay)`` of each pixel's and sign's last event at the end of a bin, 0 where there is none.

    After Lagorce et al., HOTS, TPAMI 2017, eq. 2, for every pixel at once. Other parameters, shape and
    errors as of :func:`counts`.

    Parameters
    ----------
    decay_us : float
        Microseconds in which it falls to 1/e.
    """
    if not decay_us > 0:
        raise ValueError(f"a decay of {decay_us} us")
    inside = _inside(events, bin_us, bins, start_us)
    width, height = size
    last = np.full((2, height, width), -np.inf)
    surface = np.empty((bins, 2, height, width), np.float32)
    for at in range(bins):
        end = start_us + (at + 1) * bin_us
        part = inside.between(end - bin_us, end)
        # Where a pixel comes twice, the later assignment stays: times never fall.
        last[part.on.astype(np.int64), part.y, part.x] = part.t
        surface[at] = np.exp((last - end) / decay_us)
    return surface


def to_slayer(tensor: NDArray) -> NDArray:
    """(time, channel, height, width), or the same with a batch before, as SLAYER's (batch, C, H, W, time).

    Raises
    ------
    ValueError
        For any other number of dimensions.
    """
    if tensor.ndim not in (4, 5):
        raise ValueError(f"a tensor of {tensor.ndim} dimensions, expected TCHW or NTCHW")
    batched = tensor[None] if tensor.ndim == 4 else tensor
    return np.ascontiguousarray(np.moveaxis(batched, 1, -1))


def _inside(events: Events, bin_us: int, bins: int, start_us: int) -> Events:
    if bin_us < 1 or bins < 1:
        raise ValueError(f"{bins} bins of {bin_us} us")
    return events.between(start_us, start_us + bins * bin_us)
