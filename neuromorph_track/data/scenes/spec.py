"""What a scene is made of: every number of it, checked, and its one-line and TOML forms."""

from __future__ import annotations

from dataclasses import dataclass, fields
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from neuromorph_track.errors import InputError
from neuromorph_track.files import parse_toml, read_text

PREFIX = "scene:"
CLASSES = ("walker", "car", "jelly")
# The nearest object's share of the picture's height.
LARGEST_OBJECT = 0.6

# field -> (least, greatest); both belong to the range.
_RANGES: dict[str, tuple[float, float]] = {
    "seed": (0, 2**63 - 1),
    "frames": (1, 1_000_000),
    "width": (32, 4096),
    "height": (32, 4096),
    "fps": (1, 1000),
    "objects": (0, 200),
    "size_min": (8, 2048),
    "size_max": (8, 2048),
    "clutter": (0, 100),
    "shake": (0, 20),
    "pan": (0, 500),
    "light": (0, 0.9),
    "blur": (0, 1),
    "noise": (0, 100),
    "min_visibility": (0, 1),
}


@dataclass(frozen=True)
class SceneSpec:
    """The settings of one scene; the same settings and libraries give the same pixels.

    Attributes
    ----------
    seed : int
        Everything random follows from it.
    frames, width, height : int
        Length in frames, picture size in pixels.
    fps : float
        Frames per second; speeds are in metres per second, so more frames per second move less per frame.
    objects : int
        Mean number of objects in view at once.
    size_min, size_max : float
        Height in pixels of the farthest and of the nearest object that is allowed.
    classes : tuple of str
        Which of :data:`CLASSES` appear; the index in this tuple is the class id.
    occlusion : bool
        Objects hide each other and pass behind street furniture. When off, paths are chosen so that
        boxes never meet and furniture stands behind all objects; a crowded scene then holds fewer objects.
    clutter : int
        Pieces of street furniture, which are not objects.
    shake : float
        Peak amplitude in pixels of camera shake, which comes in short bursts; between them it stands still.
    pan : float
        Amplitude in pixels of a slow sideways swing of the camera.
    light : float
        Peak relative change of brightness over time.
    blur : float
        Share of the frame time for which the shutter is open (motion blur of objects).
    noise : float
        Standard deviation of sensor noise in grey levels.
    min_visibility : float
        Objects less visible than this are in the truth but marked as ignored.

    Raises
    ------
    InputError
        Naming the field, when a value is of the wrong kind or out of range.
    """

    seed: int = 0
    frames: int = 120
    width: int = 256
    height: int = 192
    fps: float = 20.0
    objects: int = 6
    size_min: float = 22.0
    size_max: float = 64.0
    classes: tuple[str, ...] = CLASSES
    occlusion: bool = True
    clutter: int = 9
    shake: float = 0.3
    pan: float = 0.0
    light: float = 0.04
    blur: float = 0.25
    noise: float = 1.5
    min_visibility: float = 0.25

    def __post_init__(self) -> None:
        for name, (low, high) in _RANGES.items():
            value = _number(name, getattr(self, name), isinstance(getattr(type(self), name), int))
            if not low <= value <= high:
                raise InputError("scene", name, f"{value:g}", f"a number from {low:g} to {high:g}")
            # One form for equal settings, so that they compare, print and hash alike.
            object.__setattr__(self, name, value)
        if not isinstance(self.occlusion, bool):
            raise InputError("scene", "occlusion", repr(self.occlusion), "true or false")
        if self.size_min > self.size_max:
            limit = f"at most size_max ({self.size_max:g})"
            raise InputError("scene", "size_min", f"{self.size_min:g}", limit)
        if self.size_max > LARGEST_OBJECT * self.height:
            limit = f"at most {LARGEST_OBJECT} of the height ({LARGEST_OBJECT * self.height:g})"
            raise InputError("scene", "size_max", f"{self.size_max:g}", limit)
        self._check_classes()

    def _check_classes(self) -> None:
        if not isinstance(self.classes, tuple) or not self.classes:
            raise InputError("scene", "classes", repr(self.classes), f"some of {', '.join(CLASSES)}")
        for name in self.classes:
            if name not in CLASSES:
                raise InputError("scene", "classes", repr(name), f"some of {', '.join(CLASSES)}")
        if len(set(self.classes)) != len(self.classes):
            raise InputError("scene", "classes", "+".join(self.classes), "each class once")

    @classmethod
    def from_string(cls, text: str) -> SceneSpec:
        """Read ``scene:seed=7,objects=10,classes=walker+car``; fields left out take their defaults."""
        if not text.startswith(PREFIX):
            raise InputError(text, "scene", "no 'scene:' at the start", "scene:field=value,...")
        values: dict[str, Any] = {}
        for part in filter(None, (piece.strip() for piece in text[len(PREFIX) :].split(","))):
            name, equals, value = (item.strip() for item in part.partition("="))
            if not equals:
                raise InputError(text, part, "no '='", "field=value")
            if name in values:
                raise InputError(text, name, "it twice", "each field once")
            _check_known(text, name)
            values[name] = _parse(text, name, value)
        return cls._from_values(text, values)

    @classmethod
    def from_toml(cls, path: str | Path) -> SceneSpec:
        """Read a TOML file whose table ``[scene]`` holds the fields."""
        values = parse_toml(read_text(path, "a TOML file with a table [scene]"), path).get("scene")
        if not isinstance(values, dict):
            raise InputError(path, "scene", "no such table", "a table [scene]")
        values = dict(values)
        if isinstance(values.get("classes"), list):
            values["classes"] = tuple(values["classes"])
        return cls._from_values(str(path), values)

    @classmethod
    def _from_values(cls, source: str, values: dict[str, Any]) -> SceneSpec:
        for name in values:
            _check_known(source, name)
        try:
            return cls(**values)
        except InputError as error:
            raise InputError(source, error.field, error.found, error.expected) from None

    @classmethod
    def shaped_like(cls, width: int, height: int, seed: int, frames: int) -> SceneSpec:
        """A scene as large as a network's input, or so many times larger that objects of usual size fit."""
        times = 1
        while height * times * LARGEST_OBJECT < cls.size_max or width * times < _RANGES["width"][0]:
            times += 1
        return cls(seed=seed, frames=frames, width=width * times, height=height * times)

    def to_string(self) -> str:
        """One line that :meth:`from_string` reads back; fields at their default are left out."""
        changed = (
            (f.name, getattr(self, f.name)) for f in fields(self) if getattr(self, f.name) != f.default
        )
        return PREFIX + ",".join(f"{name}={_format(value)}" for name, value in changed)


def _check_known(source: str, name: str) -> None:
    known = [field.name for field in fields(SceneSpec)]
    if name not in known:
        raise InputError(source, name, "an unknown field", f"one of {', '.join(known)}")


def _number(name: str, value: object, whole: bool) -> int | float:
    # A bool is an Integral too.
    if not isinstance(value, bool):
        if whole and isinstance(value, Integral):
            return int(value)
        if not whole and isinstance(value, Real):
            return float(value)
    raise InputError("scene", name, repr(value), "a whole number" if whole else "a number")


def _parse(source: str, name: str, value: str) -> Any:
    default = getattr(SceneSpec, name, None)
    if isinstance(default, tuple):
        return tuple(value.split("+"))
    if isinstance(default, bool):
        if value.lower() not in ("true", "false"):
            raise InputError(source, name, repr(value), "true or false")
        return value.lower() == "true"
    kind = int if isinstance(default, int) else float
    try:
        return kind(value)
    except ValueError:
        raise InputError(source, name, repr(value), "a whole number" if kind is int else "a number") from None


def _format(value: object) -> str:
    if isinstance(value, tuple):
        return "+".join(value)
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value)
