"""What a user must know to track one object with a siamese pair: the contract in its ``siamese.toml``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from neuromorph_track.netx.contract import Frozen, InputSpec, Probability

Retrieval = Literal["memory", "correlation", "blind"]
# A layer of a chain that is no input layer.
LayerIndex = Annotated[int, Field(ge=1, le=1023)]
Channels = Annotated[int, Field(ge=1, le=4096)]
Gains = Annotated[tuple[float, ...], Field(min_length=1, max_length=1 << 16)]

LARGEST_KERNEL = 63


class CropSpec(Frozen):
    """A square picture around a box, or all of it, and how it is fed.

    Attributes
    ----------
    factor : float or None
        Side of the square, in geometric means of the box's sides: ``factor * sqrt(w * h)``. None: all of the
        picture, and states are carried on from one to the next (not those of sigma-delta neurons).
    steps : int
        Timesteps for one crop; all states are zero before the first. Of a template, where the search sees all
        of the picture: how many pictures it takes, one a step.
    input : InputSpec
        How the square becomes the values that each of them is fed.
    """

    factor: Annotated[float, Field(gt=0, le=64)] | None = None
    steps: Annotated[int, Field(ge=1, le=64)]
    input: InputSpec


class MemorySpec(Frozen):
    """A layer of the search chain whose weights are the memory of the target.

    It is a 1 x 1 convolution with a group for each head: ``keys`` channels in; out, first ``values``
    channels that are the memory, then ``keys`` that pass on what came in.

    Attributes
    ----------
    layer : int
        Its index in the search chain.
    heads, keys, values : int
        Shape of the memory.
    gains : tuple of float
        Weight per unit of the memory, one for each head and value, head by head.
    """

    layer: LayerIndex
    heads: Annotated[int, Field(ge=1, le=256)]
    keys: Channels
    values: Channels
    gains: Gains

    @model_validator(mode="after")
    def _one_gain_each(self) -> MemorySpec:
        if len(self.gains) != self.heads * self.values:
            wanted = f"{self.heads * self.values} gains, heads x values, and not {len(self.gains)}"
            raise ValueError(wanted)
        return self


class KernelSpec(Frozen):
    """A layer of the search chain whose kernels are the target's features.

    It is a convolution with a group for each channel: out, first the correlation with the target's
    feature, then the channel itself.

    Attributes
    ----------
    layer : int
        Its index in the search chain.
    kernel : int
        Side of the kernels, odd.
    gains : tuple of float
        Weight per unit of the feature's sum over the timesteps, one for each channel.
    """

    layer: LayerIndex
    kernel: Annotated[int, Field(ge=1, le=LARGEST_KERNEL)]
    gains: Gains

    @model_validator(mode="after")
    def _has_a_middle(self) -> KernelSpec:
        if self.kernel % 2 == 0:
            raise ValueError(f"an odd kernel, which has a middle, and not {self.kernel}")
        return self


class SiameseContract(Frozen):
    """Everything that turns two chains of layers into a tracker of one object.

    The head gives five raw outputs t for a cell (i, j): score, offset (x, y) and size (w, h). With r input
    pixels to a cell and a crop of S input pixels: ``x = (j + sigmoid(tx)) r``, ``w = sigmoid(tw) S``.

    Attributes
    ----------
    retrieval : str
        What the search chain asks the template for: ``memory`` (products of keys and values),
        ``correlation`` (its features) or ``blind`` (nothing, the control).
    template, search : CropSpec
    memory : tuple of MemorySpec
        The layers that are written, where ``retrieval`` is ``memory``.
    kernel : tuple of KernelSpec
        The same where it is ``correlation``.
    head_scale : float
        Raw output that one unit of the head's membrane potential stands for.
    head_offset : five floats or None
        What is added to it, where the head's neurons cannot hold a bias.
    reach : float
        Width of the window around the last place where all of the picture is seen, in geometric means of the
        box's sides.
    window, penalty, lost_score, update_score
        Defaults of the tracker: weight of the window around the last place; how much changes of size and
        form cost; the score below which the target counts as lost; that from which a new template is taken,
        None for never.
    provenance : dict of str
        Where the networks came from: checkpoint, recipe, seed, data, licence.
    """

    name: Annotated[str, Field(min_length=1, max_length=200)]
    retrieval: Retrieval
    template: CropSpec
    search: CropSpec
    memory: Annotated[tuple[MemorySpec, ...], Field(max_length=16)] = ()
    kernel: Annotated[tuple[KernelSpec, ...], Field(max_length=16)] = ()
    head_scale: Annotated[float, Field(gt=0)]
    head_offset: Annotated[tuple[float, ...], Field(min_length=5, max_length=5)] | None = None
    reach: Annotated[float, Field(gt=0, le=64)] = 4.0
    window: Probability = 0.9
    penalty: Annotated[float, Field(ge=0, le=1000)] = 0.05
    lost_score: Probability = 0.2
    update_score: Probability | None = None
    provenance: dict[str, str] = Field(default_factory=dict)

    @property
    def written(self) -> tuple[MemorySpec, ...] | tuple[KernelSpec, ...]:
        """The layers of the search chain whose weights the template gives."""
        return self.memory or self.kernel

    def raw_output(self, potentials: NDArray[Any]) -> NDArray[np.float64]:
        """Raw outputs (5, H, W) of what the head's neurons hold."""
        raw = potentials * np.float64(self.head_scale)
        return raw if self.head_offset is None else raw + np.array(self.head_offset).reshape(-1, 1, 1)

    @property
    def streams(self) -> bool:
        """Whether the search sees all of every picture, one after the other."""
        return self.search.factor is None

    @model_validator(mode="after")
    def _crops_fit(self) -> SiameseContract:
        if self.template.factor is None:
            raise ValueError("template.factor is missing: a template is a crop")
        if self.streams and self.search.steps != 1:
            raise ValueError(
                f"one search step for a picture where states are carried on, not {self.search.steps}"
            )
        if self.template.input.events != self.search.input.events:
            raise ValueError("template and search are fed the same windows of events, or both frames")
        return self

    @model_validator(mode="after")
    def _fits_its_retrieval(self) -> SiameseContract:
        wanted = {"memory": (True, False), "correlation": (False, True), "blind": (False, False)}
        if (bool(self.memory), bool(self.kernel)) != wanted[self.retrieval]:
            which = {"memory": "memory and no kernel", "correlation": "kernel and no memory"}
            tables = which.get(self.retrieval, "neither memory nor kernel")
            raise ValueError(f"retrieval {self.retrieval!r} has {tables}")
        layers = [spec.layer for spec in self.written]
        if len(set(layers)) < len(layers):
            raise ValueError("each layer is written once")
        if len({(spec.heads, spec.keys, spec.values) for spec in self.memory}) > 1:
            raise ValueError("memories of one network have the same heads, keys and values")
        if len({spec.kernel for spec in self.kernel}) > 1:
            raise ValueError("correlations of one network have the same kernel")
        return self
