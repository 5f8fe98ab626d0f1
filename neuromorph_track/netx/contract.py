"""What a user must know to run a network: the group ``neuromorph_track/`` of our `.net` files."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

Side = Annotated[int, Field(ge=1, le=16384)]
Value = Annotated[int, Field(ge=-(1 << 17), le=1 << 17)]
Probability = Annotated[float, Field(ge=0, le=1)]


class Frozen(BaseModel):
    """What a file says, as it stands: no other fields, nothing to change."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class EventsSpec(Frozen):
    """How a window of an event camera's events becomes the picture that a network takes.

    Red stands for what became brighter, blue for what became darker, green is zero: a pixel without
    events is black, and gives no spike.

    Attributes
    ----------
    window_us : int
        Length of a window in microseconds; one picture each.
    picture : str
        ``counts``: ``min(255, gain * events of the pixel in the window)``; ``surface``:
        ``255 * exp(-age / decay_us)``, the age of the pixel's last event at the window's end, in whichever
        window it came.
    gain : int
        Grey levels of an event, for ``counts``.
    decay_us : int
        Microseconds in which a pixel fades to 1/e, for ``surface``.
    """

    window_us: Annotated[int, Field(ge=100, le=10_000_000)]
    picture: Literal["counts", "surface"] = "counts"
    gain: Annotated[int, Field(ge=1, le=255)] = 64
    decay_us: Annotated[int, Field(ge=100, le=60_000_000)] = 30_000


class InputSpec(Frozen):
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
    events : EventsSpec or None
        Where the pictures are windows of events. Then ``mean`` and ``pad`` are 0, so that where nothing
        happens the value is 0.
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
    events: EventsSpec | None = None

    @model_validator(mode="before")
    @classmethod
    def _quiet_padding(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("events") is not None:
            return {"pad": 0.0, **given}
        return given

    @model_validator(mode="after")
    def _ordered(self) -> InputSpec:
        if self.low >= self.high:
            raise ValueError(f"low {self.low} must be below high {self.high}")
        if self.events is not None and (any(self.mean) or self.pad):
            raise ValueError("with events, mean and pad are 0, so that a quiet pixel gives no spike")
        return self

    @model_serializer(mode="wrap")
    def _without_nothing(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # What has no events is written as before there were any: other versions and fingerprints know it.
        written: dict[str, Any] = plain(self)
        if self.events is None:
            written.pop("events", None)
        return written


class Head(Frozen):
    """How the last layer's values become boxes.

    For a cell (i, j) and an anchor (w, h), both in units of cells, and raw outputs t:
    ``width = w * exp(min(tw, clamp)) / columns``, ``score = sigmoid(to) * class probability`` and

    - ``yolo``: ``x = (j + g*sigmoid(tx) - (g-1)/2) / columns`` with g = ``offset_gain``,
    - ``yolox``: ``x = (j + 1/2 + tx) / columns`` (Ge et al. 2021, arXiv 2107.08430),

    y and height alike. Channels are anchors x (4 box + 1 objectness + classes + ``embedding``).

    Attributes
    ----------
    kind : str
        ``yolo`` or ``yolox``.
    anchors : tuple of (w, h)
        In cells; those of ``yolox`` are one cell unless they are given.
    class_activation : str
        ``softmax`` or ``sigmoid``; always ``sigmoid`` for ``yolox``.
    clamp : float
    offset_gain : float
        Of ``yolo`` alone.
    embedding : int
        Channels that say what an object looks like, of any length: only their direction counts.
    scale : float or None
        Raw output that one unit of the membrane potential stands for, where the last layer are CUBA
        neurons; that of a sigma head follows from ``spike_exp``.
    """

    kind: Literal["yolo", "yolox"] = "yolo"
    anchors: Annotated[
        tuple[tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]], ...],
        Field(min_length=1, max_length=64),
    ] = ((1.0, 1.0),)
    class_activation: Literal["softmax", "sigmoid"] = "softmax"
    clamp: float = 5.0
    offset_gain: Annotated[float, Field(ge=1, le=4)] = 1.0
    embedding: Annotated[int, Field(ge=0, le=4096)] = 0
    scale: Annotated[float, Field(gt=0)] | None = None

    def channels(self, classes: int) -> int:
        """Channels of the last layer for so many classes."""
        return len(self.anchors) * (5 + classes + self.embedding)

    @model_validator(mode="before")
    @classmethod
    def _of_its_kind(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("kind") == "yolox":
            return {"class_activation": "sigmoid", **given}
        return given

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Head:
        if self.kind == "yolo" and "anchors" not in self.model_fields_set:
            raise ValueError("anchors are missing, which a 'yolo' head has")
        if self.kind == "yolox" and (self.class_activation, self.offset_gain) != ("sigmoid", 1):
            raise ValueError("a 'yolox' head has class_activation 'sigmoid' and no offset_gain")
        return self


class RunContract(Frozen):
    """Everything that turns a `.net` file into a detector.

    Attributes
    ----------
    encoder : str
        ``delta``: the input layer is a delta neuron that is fed the value; ``bias``: a CUBA or ILIF
        input layer that is fed the value as its bias.
    steps_per_frame : int
        Timesteps for one frame.
    alike : float or None
        Fill the steps of a frame with the frames before it as long as the cosine of their values with its own
        is at least this; None repeats the frame.
    spike_exp : int
        Binary point of graded spikes, see lava-dl's ``netx.hdf5.Network``.
    refresh_every : int or None
        Frames after which the state is set back to zero; ``None`` never does. Networks of CUBA and ILIF
        neurons alone do it by themselves, with NetX's ``reset_interval``.
    score_threshold, nms_threshold : float
        Defaults of ``track``.
    voting_threshold : float or None
        Least IoU for a suppressed box to have a say in where the one that was kept lies; None for none.
    provenance : dict of str
        Where the network came from: checkpoint, recipe, seed, data, licence.
    """

    format_version: Literal[1] = 1
    name: Annotated[str, Field(min_length=1, max_length=200)]
    input: InputSpec
    encoder: Literal["delta", "bias"] = "delta"
    steps_per_frame: Annotated[int, Field(ge=1, le=1024)] = 1
    alike: Probability | None = None
    spike_exp: Annotated[int, Field(ge=0, le=7)] = 6
    refresh_every: Annotated[int, Field(ge=1)] | None = None
    head: Head
    classes: Annotated[tuple[str, ...], Field(min_length=1, max_length=10000)]
    score_threshold: Probability = 0.25
    nms_threshold: Probability = 0.5
    voting_threshold: Annotated[float, Field(gt=0, le=1)] | None = None
    provenance: dict[str, str] = {}

    @model_validator(mode="after")
    def _distinct_classes(self) -> RunContract:
        if len(set(self.classes)) < len(self.classes):
            raise ValueError("class names must differ")
        return self
