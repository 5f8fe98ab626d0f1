"""What a user must know to run a network: the group ``neuromorph_track/`` of our `.net` files."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Side = Annotated[int, Field(ge=1, le=16384)]
Value = Annotated[int, Field(ge=-(1 << 17), le=1 << 17)]
Probability = Annotated[float, Field(ge=0, le=1)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class InputSpec(_Frozen):
    """How a picture becomes the integers that the input layer takes.

    ``value = clip(step * round(((pixel / 255 - mean) / std) * 2**fraction_bits / step), low, high)``

    Attributes
    ----------
    height, width : int
        Pixels.
    fit : str
        ``letterbox`` keeps the aspect ratio and pads with ``pad``; ``stretch`` does not.
    pad : float
        Grey level of the padding, 0 to 255.
    mean, std : tuple of float
        Per RGB channel, of pixels scaled to 0..1.
    fraction_bits, step, low, high : int
        Fixed-point format of the value.
    """

    height: Side
    width: Side
    fit: Literal["letterbox", "stretch"] = "letterbox"
    pad: Annotated[float, Field(ge=0, le=255)] = 114.0
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[
        Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]
    ] = (1.0, 1.0, 1.0)
    fraction_bits: Annotated[int, Field(ge=0, le=16)] = 6
    step: Annotated[int, Field(ge=1, le=64)] = 2
    low: Value = -256
    high: Value = 254

    @model_validator(mode="after")
    def _ordered(self) -> InputSpec:
        if self.low >= self.high:
            raise ValueError(f"low {self.low} must be below high {self.high}")
        return self


class Head(_Frozen):
    """How the last layer's values become boxes.

    For a cell (i, j) and an anchor (w, h), both in units of cells, and raw outputs t:
    ``x = (j + g*sigmoid(tx) - (g-1)/2) / columns``, ``width = w * exp(min(tw, clamp)) / columns``
    (y and height alike), ``score = sigmoid(to) * class probability`` with g = ``offset_gain``.

    Attributes
    ----------
    kind : str
        ``yolo``: channels are anchors x (4 box + 1 objectness + classes).
    anchors : tuple of (w, h)
        In cells.
    class_activation : str
        ``softmax`` or ``sigmoid``.
    scale : float or None
        Raw output that one unit of the membrane potential stands for, where the last layer are CUBA
        neurons; that of a sigma head follows from ``spike_exp``.
    """

    kind: Literal["yolo"] = "yolo"
    anchors: Annotated[
        tuple[tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]], ...],
        Field(min_length=1, max_length=64),
    ]
    class_activation: Literal["softmax", "sigmoid"] = "softmax"
    clamp: float = 5.0
    offset_gain: Annotated[float, Field(ge=1, le=4)] = 1.0
    scale: Annotated[float, Field(gt=0)] | None = None


class RunContract(_Frozen):
    """Everything that turns a `.net` file into a detector.

    Attributes
    ----------
    encoder : str
        ``delta``: the input layer is a delta neuron that is fed the value; ``bias``: a CUBA input
        layer that is fed the value as its bias.
    steps_per_frame : int
        Timesteps for one frame.
    spike_exp : int
        Binary point of graded spikes, see lava-dl's ``netx.hdf5.Network``.
    refresh_every : int or None
        Frames after which the state is set back to zero; ``None`` never does. Networks of CUBA neurons
        alone do it by themselves, with NetX's ``reset_interval``.
    score_threshold, nms_threshold : float
        Defaults of ``track``.
    provenance : dict of str
        Where the network came from: checkpoint, recipe, seed, data, licence.
    """

    format_version: Literal[1] = 1
    name: Annotated[str, Field(min_length=1, max_length=200)]
    input: InputSpec
    encoder: Literal["delta", "bias"] = "delta"
    steps_per_frame: Annotated[int, Field(ge=1, le=1024)] = 1
    spike_exp: Annotated[int, Field(ge=0, le=7)] = 6
    refresh_every: Annotated[int, Field(ge=1)] | None = None
    head: Head
    classes: Annotated[tuple[str, ...], Field(min_length=1, max_length=10000)]
    score_threshold: Probability = 0.25
    nms_threshold: Probability = 0.5
    provenance: dict[str, str] = {}

    @model_validator(mode="after")
    def _distinct_classes(self) -> RunContract:
        if len(set(self.classes)) < len(self.classes):
            raise ValueError("class names must differ")
        return self
