"""What lies between two populations of a NIR graph, folded into the one synapse that a layer has."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import nir
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from neuromorph_track.errors import InputError
from neuromorph_track.netx.nir.chain import Link
from neuromorph_track.netx.nir.convention import Floats
from neuromorph_track.netx.nir.convolution import Convolution, from_conv2d, from_pool, join
from neuromorph_track.netx.nir.dense import Dense, Shape, matrix_of, per_channel
from neuromorph_track.netx.nir.dynamics import spread
from neuromorph_track.netx.nir.refused import Refused
from neuromorph_track.netx.nir.unroll import unroll
from neuromorph_track.netx.validate import MAX_DELAY

POOLS = (nir.SumPool2d, nir.AvgPool2d)
# Delays are float32 seconds: how far from a whole number of steps one may be.
DELAY_TOLERANCE = 0.01
MAX_MATRIX = 1 << 26
LAYERS = "Conv2d, SumPool2d, AvgPool2d, Affine, Linear, Flatten, Scale, Delay or a neuron"
DENSE_DELAYS = "delays of dense layers, the only ones that NetX knows"


Stage = Convolution | Dense | np.ndarray


@dataclass(frozen=True)
class Synapse:
    """The linear nodes before a population, not yet joined.

    Attributes
    ----------
    source : str
        The file.
    input_shape, shape : tuple of int
        What comes in, and what has become of it.
    stages : tuple of Convolution, Dense or array
        An array is a factor for each value of a map.
    delay_in, delay_out : int64 array
        Steps, of the values that come in and of those that go out.
    names : tuple of str
        The nodes it is made of.
    """

    source: str
    input_shape: Shape
    shape: Shape
    stages: tuple[Stage, ...] = ()
    delay_in: NDArray[np.int64] | int = 0
    delay_out: NDArray[np.int64] | int = 0
    names: tuple[str, ...] = ()

    def then(self, link: Link, dt: float) -> Synapse:
        """The same with one more linear node at its end.

        Raises
        ------
        InputError
            When the node does not fit, or when a `.net` has no such layer.
        """
        try:
            grown = self._grown(link.node, dt)
        except Refused as refused:
            field = f"node {link.name!r} ({type(link.node).__name__})"
            raise InputError(self.source, field, refused.found, refused.expected) from refused
        return replace(grown, names=(*self.names, link.name))

    def _grown(self, node: nir.NIRNode | None, dt: float) -> Synapse:
        if isinstance(node, nir.Delay):
            return self._delayed(node, dt)
        if np.any(self.delay_out):
            raise Refused("a layer after a delay of another layer's outputs", "neurons between")
        if node is None or isinstance(node, nir.Flatten):
            # What a flatten's dimensions count (the batch or not) differs between frameworks; a chain
            # of a map and a dense layer leaves one meaning only.
            return replace(self, shape=(math.prod(self.shape),))
        if isinstance(node, (nir.Conv2d, *POOLS)):
            conv = from_conv2d(node) if isinstance(node, nir.Conv2d) else from_pool(node, self._channels())
            if np.any(self.delay_in):
                raise Refused("a convolution after a delay", DENSE_DELAYS)
            return self._with(conv, conv.output_shape(self.shape))
        if isinstance(node, (nir.Affine, nir.Linear)):
            dense = matrix_of(node)
            inputs = dense.weight.shape[1]
            if math.prod(self.shape) != inputs:
                raise Refused(f"weights for {inputs} inputs", f"weights for the layer before, {self.shape}")
            return self._with(dense, (len(dense.weight),))
        if isinstance(node, nir.Scale):
            return self._with(spread(np.asarray(node.scale, np.float64), self.shape, "scale"), self.shape)
        raise Refused("a node that a .net has no layer for", LAYERS)

    def _with(self, stage: Stage, shape: Shape) -> Synapse:
        return replace(self, stages=(*self.stages, stage), shape=shape)

    def _channels(self) -> int:
        if len(self.shape) != 3:
            raise Refused(f"a pool over {self.shape}", "a map (C, H, W) before it")
        return self.shape[0]

    def _delayed(self, node: nir.Delay, dt: float) -> Synapse:
        with np.errstate(over="ignore"):
            steps = np.asarray(node.delay, np.float64) / dt
        # As floats: no integer holds what a file may claim.
        if np.any(steps >= MAX_DELAY + 1):
            raise Refused(f"a delay of {steps.max():.4g} timesteps", f"at most {MAX_DELAY}")
        whole = np.round(steps)
        if np.any(np.abs(steps - whole) > DELAY_TOLERANCE) or np.any(whole < 0):
            raise Refused(
                f"delays of {steps.min():.4g} to {steps.max():.4g} timesteps", "whole numbers of timesteps"
            )
        each = spread(whole, self.shape, "delay").astype(np.int64).ravel()
        if not np.any(each):
            return self
        if not any(isinstance(stage, (Convolution, Dense)) for stage in self.stages):
            return replace(self, delay_in=self.delay_in + each)
        return replace(self, delay_out=self.delay_out + each)

    def joined(self) -> Convolution | Dense:
        """One convolution, or one matrix where a dense layer is among the nodes.

        Raises
        ------
        InputError
            When convolutions cannot be joined exactly.
        """
        try:
            if any(isinstance(stage, Dense) for stage in self.stages) or len(self.shape) != 3:
                return self._as_matrix()
            return self._as_convolution()
        except Refused as refused:
            field = f"nodes {' -> '.join(self.names)}"
            raise InputError(self.source, field, refused.found, refused.expected) from refused

    def _as_convolution(self) -> Convolution:
        channels = self.input_shape[0]
        conv = Convolution(np.ones((channels, 1, 1, 1)), np.zeros(channels), groups=channels)
        if np.any(self.delay_in) or np.any(self.delay_out):
            raise Refused("delays of a convolution", DENSE_DELAYS)
        for stage in self.stages:
            if isinstance(stage, Convolution):
                conv = join(conv, stage, self.input_shape)
            elif isinstance(stage, np.ndarray):
                factor = per_channel(stage, "scale")
                weight = conv.weight * factor[:, None, None, None]
                conv = replace(conv, weight=weight, bias=conv.bias * factor)
        return conv

    def _as_matrix(self) -> Dense:
        inputs = math.prod(self.input_shape)
        if inputs * math.prod(self.shape) > MAX_MATRIX:
            raise Refused(f"a matrix of {math.prod(self.shape)} x {inputs}", f"at most {MAX_MATRIX} weights")
        # From the last stage back, so that what is multiplied stays as small as the outputs are few.
        weight: Floats | None = None
        bias = np.zeros(1)
        shapes = self._shapes()
        for stage, shape in zip(reversed(self.stages), reversed(shapes), strict=True):
            factor, offset = _linear(stage, shape)
            bias = bias + (offset if weight is None else weight @ offset)
            weight = _times(weight, factor)
        if weight is None:
            weight = np.eye(inputs)
        outputs = len(weight)
        delay = np.broadcast_to(np.asarray(self.delay_out).reshape(-1, 1) + self.delay_in, weight.shape)
        return Dense(weight, np.broadcast_to(bias, outputs).copy(), delay.copy() if delay.any() else None)

    def _shapes(self) -> list[Shape]:
        """Shape of what each stage takes."""
        shapes, shape = [], self.input_shape
        for stage in self.stages:
            shapes.append(shape)
            if isinstance(stage, Convolution):
                shape = stage.output_shape(shape)
            elif isinstance(stage, Dense):
                shape = (len(stage.weight),)
        return shapes


def fold(source: str, links: Sequence[Link], input_shape: Shape, dt: float) -> Synapse:
    """All linear nodes between two populations."""
    synapse = Synapse(source, input_shape, input_shape)
    for link in links:
        synapse = synapse.then(link, dt)
    return synapse


def _linear(stage: Stage, shape: Shape) -> tuple[Floats | sparse.csr_matrix, Floats]:
    """Matrix and offset of one stage."""
    if isinstance(stage, Dense):
        return stage.weight, stage.bias
    if isinstance(stage, Convolution):
        out = stage.output_shape(shape)
        return unroll(stage, shape), np.repeat(stage.bias, out[1] * out[2])
    return sparse.diags(stage.ravel()).tocsr(), np.zeros(stage.size)


def _times(left: Floats | None, right: Floats | sparse.csr_matrix) -> Floats:
    if left is None:
        return np.asarray(right.toarray() if isinstance(right, sparse.csr_matrix) else right)
    # scipy multiplies a dense matrix from the left through the transpose.
    return np.asarray((right.T @ left.T).T if isinstance(right, sparse.csr_matrix) else left @ right)
