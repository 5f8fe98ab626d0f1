"""What a scene is made of: every number of it, checked, and its one-line and TOML forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from neuromorph_track.data.settings import Settings
from neuromorph_track.errors import InputError

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
class SceneSpec(Settings):
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

    Examples
    --------
    >>> SceneSpec.from_string("scene:seed=7,objects=12").objects
    12
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

    word: ClassVar = "scene"
    ranges: ClassVar = _RANGES
    names: ClassVar = {"classes": CLASSES}

    def __post_init__(self) -> None:
        self._check()
        if self.size_min > self.size_max:
            limit = f"at most size_max ({self.size_max:g})"
            raise InputError("scene", "size_min", f"{self.size_min:g}", limit)
        if self.size_max > LARGEST_OBJECT * self.height:
            limit = f"at most {LARGEST_OBJECT} of the height ({LARGEST_OBJECT * self.height:g})"
            raise InputError("scene", "size_max", f"{self.size_max:g}", limit)

    @classmethod
    def shaped_like(cls, width: int, height: int, seed: int, frames: int) -> SceneSpec:
        """A scene as large as a network's input, or so many times larger that objects of usual size fit."""
        times = 1
        while height * times * LARGEST_OBJECT < cls.size_max or width * times < _RANGES["width"][0]:
            times += 1
        return cls(seed=seed, frames=frames, width=width * times, height=height * times)
