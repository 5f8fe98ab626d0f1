"""Convolutions in floats: reading them from NIR, and joining two into one."""

from __future__ import annotations

import math
from dataclasses import dataclass

import nir
import numpy as np

from neuromorph_track.netx.nir.convention import Floats
from neuromorph_track.netx.nir.refused import Refused

Pair = tuple[int, int]
# Of one map, of one kernel's window, and of the weights of a joint kernel: far above any network, and
# small enough that no file can fill the memory or take hours.
MAX_NEURONS = 1 << 24
MAX_WINDOW = 1 << 14
MAX_JOINT = 1 << 26


@dataclass(frozen=True)
class Convolution:
    """A cross-correlation with zero padding, as PyTorch and NetX have it.

    Attributes
    ----------
    weight : (O, I / groups, kH, kW) float64
    bias : (O,) float64
    stride, padding, dilation : (int, int)
    groups : int
    """

    weight: Floats
    bias: Floats
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1

    @property
    def kernel(self) -> Pair:
        """Sizes of the kernel's window, gaps included."""
        return _pair(self.dilation[i] * (self.weight.shape[2 + i] - 1) + 1 for i in range(2))

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, int, int]:
        """Shape of the map that comes out of one of ``shape``.

        Raises
        ------
        Refused
            When the channels do not fit, or the map is smaller than the kernel.
        """
        inputs = self.weight.shape[1] * self.groups
        if len(shape) != 3 or shape[0] != inputs:
            raise Refused(f"weights for {inputs} channels", f"weights for the map before, {shape}")
        sizes = _pair(
            (shape[1 + i] + 2 * self.padding[i] - self.kernel[i]) // self.stride[i] + 1 for i in range(2)
        )
        if min(sizes) < 1:
            raise Refused(f"a window of {self.kernel}", f"one that fits into the map before, {shape}")
        if len(self.weight) * sizes[0] * sizes[1] > MAX_NEURONS:
            raise Refused(f"a map of {(len(self.weight), *sizes)}", f"at most {MAX_NEURONS} neurons")
        return len(self.weight), *sizes


def from_conv2d(node: nir.Conv2d) -> Convolution:
    """A Conv2d node; ``same`` becomes numbers, with one more row of zeros where it is lopsided."""
    weight = np.asarray(node.weight, np.float64)
    if weight.ndim != 4 or not weight.size:
        raise Refused(f"weights of shape {weight.shape}", "(out, in / groups, kH, kW)")
    _bounded(weight.shape[2:])
    bias = np.zeros(len(weight)) if node.bias is None else np.asarray(node.bias, np.float64).reshape(-1)
    if bias.shape != (len(weight),):
        raise Refused(f"a bias of shape {bias.shape}", f"({len(weight)},), one per channel")
    stride, dilation = _sizes(node.stride, "stride", 1), _sizes(node.dilation, "dilation", 1)
    groups = _sizes(node.groups, "groups", 1)[0]
    if len(weight) % groups:
        raise Refused(f"{groups} groups", f"a divisor of {len(weight)} output channels")
    if isinstance(node.padding, str) and node.padding == "same":
        return _same(Convolution(weight, bias, stride, (0, 0), dilation, groups))
    padding = (0, 0) if isinstance(node.padding, str) else _sizes(node.padding, "padding", 0)
    return Convolution(weight, bias, stride, padding, dilation, groups)


def from_pool(node: nir.SumPool2d | nir.AvgPool2d, channels: int) -> Convolution:
    """A pooling is a convolution of each channel with ones; an average counts the padding too."""
    kernel = _sizes(node.kernel_size, "kernel_size", 1)
    _bounded(kernel)
    if channels * math.prod(kernel) > MAX_JOINT:
        raise Refused(f"a pool of {kernel} over {channels} channels", f"at most {MAX_JOINT} weights")
    value = 1.0 if isinstance(node, nir.SumPool2d) else 1 / (kernel[0] * kernel[1])
    weight = np.full((channels, 1, *kernel), value)
    stride, padding = _sizes(node.stride, "stride", 1), _sizes(node.padding, "padding", 0)
    return Convolution(weight, np.zeros(channels), stride, padding, groups=channels)


def join(first: Convolution, second: Convolution, shape: tuple[int, ...]) -> Convolution:
    """One convolution that does what ``first`` and then ``second`` do to a map of ``shape``, exactly.

    Raises
    ------
    Refused
        Where ``second`` pads: there it sees zeros, and the joint kernel would see more.
    """
    middle = first.output_shape(shape)
    for i in range(2):
        if second.padding[i] and not _padding_sees_zeros(first, shape, middle, i):
            raise Refused(
                f"a padding of {second.padding[i]} after a window of {first.kernel[i]} that reaches over it",
                "no padding between layers without neurons, or windows that do not overlap",
            )
    if np.any(first.bias) and any(second.padding):
        raise Refused("a bias that the next padding cuts off", "no padding after it, or neurons between")
    a, b, groups = first.weight, second.weight, math.gcd(first.groups, second.groups)
    steps = _pair(first.stride[i] * second.dilation[i] for i in range(2))
    spread = [
        {first.dilation[i] * k for k in range(first.weight.shape[2 + i])}
        | {steps[i] * k for k in range(second.weight.shape[2 + i])}
        for i in range(2)
    ]
    dilation = _pair(max(math.gcd(*offsets), 1) for offsets in spread)
    window = _pair(first.kernel[i] + steps[i] * (second.weight.shape[2 + i] - 1) for i in range(2))
    kernel = _pair((window[i] - 1) // dilation[i] + 1 for i in range(2))
    inputs = a.shape[1] * first.groups // groups
    if len(b) * inputs * kernel[0] * kernel[1] > MAX_JOINT:
        raise Refused(f"a joint kernel of {kernel}", f"at most {MAX_JOINT} weights")
    _bounded((*a.shape[2:], *b.shape[2:]))
    weight = np.zeros((len(b), inputs, *kernel))
    for y, x in np.ndindex(*b.shape[2:]):
        for j, i in np.ndindex(*a.shape[2:]):
            row = (steps[0] * y + first.dilation[0] * j) // dilation[0]
            column = (steps[1] * x + first.dilation[1] * i) // dilation[1]
            weight[:, :, row, column] += _product(b[:, :, y, x], second.groups, a[:, :, j, i], first.groups)
    middle_bias = b.sum((2, 3)).reshape(second.groups, -1, b.shape[1]) @ first.bias.reshape(
        second.groups, -1, 1
    )
    return Convolution(
        weight,
        bias=middle_bias.ravel() + second.bias,
        stride=_pair(first.stride[i] * second.stride[i] for i in range(2)),
        padding=_pair(first.padding[i] + first.stride[i] * second.padding[i] for i in range(2)),
        dilation=dilation,
        groups=groups,
    )


def _padding_sees_zeros(first: Convolution, shape: tuple[int, ...], middle: tuple[int, ...], i: int) -> bool:
    """Whether ``first``, run on beyond its map, would find nothing there."""
    last_before = first.kernel[i] - 1 - first.stride[i] - first.padding[i]
    first_after = middle[1 + i] * first.stride[i] - first.padding[i]
    return last_before < 0 and first_after >= shape[1 + i]


def _same(conv: Convolution) -> Convolution:
    if conv.stride != (1, 1):
        raise Refused(f"padding 'same' with a stride of {conv.stride}", "a stride of 1, as PyTorch asks")
    total = _pair(k - 1 for k in conv.kernel)
    if total[0] % 2 == 0 and total[1] % 2 == 0:
        half = _pair(t // 2 for t in total)
        return Convolution(conv.weight, conv.bias, (1, 1), half, conv.dilation, conv.groups)
    # PyTorch pads the surplus row at the end. A kernel with a row of zeros in front pads alike on both sides.
    front = _pair(t % 2 for t in total)
    shape = conv.weight.shape
    wide = np.zeros((*shape[:2], conv.kernel[0] + front[0], conv.kernel[1] + front[1]))
    wide[:, :, front[0] :: conv.dilation[0], front[1] :: conv.dilation[1]] = conv.weight
    half = _pair((t + 1) // 2 for t in total)
    return Convolution(wide, conv.bias, (1, 1), half, (1, 1), conv.groups)


def _product(b: Floats, b_groups: int, a: Floats, a_groups: int) -> Floats:
    """Weights ``(O, I / groups)`` of ``a (M, I / a_groups)`` and then ``b (O, M / b_groups)``.

    The channels between them are cut where a group of either begins; every piece belongs to one group of
    each, and adds to one block of the product.
    """
    pieces, groups = math.lcm(a_groups, b_groups), math.gcd(a_groups, b_groups)
    piece, ratio = np.arange(pieces), pieces // b_groups
    left = (
        b.reshape(b_groups, len(b) // b_groups, ratio, -1)
        .swapaxes(1, 2)
        .reshape(pieces, len(b) // b_groups, -1)
    )
    right = a.reshape(pieces, -1, a.shape[1])
    product = np.zeros((b_groups, a_groups // groups, len(b) // b_groups, a.shape[1]))
    block = piece // ratio, piece // (pieces // a_groups) % (a_groups // groups)
    if pieces == max(a_groups, b_groups):
        product[block] = left @ right
    else:
        np.add.at(product, block, left @ right)
    return product.swapaxes(1, 2).reshape(len(b), -1)


def _bounded(sizes: tuple[int, ...]) -> None:
    if math.prod(sizes) > MAX_WINDOW:
        raise Refused(f"a window of {sizes}", f"at most {MAX_WINDOW} positions")


def _sizes(value: object, name: str, lowest: int) -> Pair:
    numbers = np.asarray(value).reshape(-1)
    if numbers.size not in (1, 2) or numbers.dtype.kind not in "iuf" or np.any(numbers != np.round(numbers)):
        found = f"{name} {numbers.tolist()}" if numbers.size < 5 else f"{name} of {numbers.size} values"
        raise Refused(found, "one or two whole numbers")
    pair = int(numbers[0]), int(numbers[-1])
    if min(pair) < lowest or max(pair) > 1 << 14:
        raise Refused(f"{name} {pair}", f"sizes of {lowest} and above")
    return pair


def _pair(values) -> Pair:  # type: ignore[no-untyped-def]
    first, second = values
    return int(first), int(second)
