"""What a sequence with one target is made of: every number of it, checked; presets; random draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from neuromorph_track.data.settings import Settings
from neuromorph_track.data.targets.ranges import DRAWN, PRESETS, RANGES
from neuromorph_track.errors import InputError

KINDS = ("polygon", "ellipse", "blob", "soft", "pair", "limbs", "walker")
# A split's place seeds its streams: add at the end.
SPLITS = ("train", "test", "val")
# The target at its largest: share of the picture's shorter side.
LARGEST_TARGET = 0.65


@dataclass(frozen=True)
class TargetSpec(Settings):
    """The settings of one sequence; the same settings and libraries give the same pixels.

    The defaults are the preset ``usual``.

    Attributes
    ----------
    seed : int
        Everything random follows from it.
    split : str
        ``train``, ``test`` or ``val``: shapes, textures, colours and paths come from streams of random
        numbers that another split cannot reach with any seed.
    frames, width, height : int
        Length in frames, picture size in pixels.
    fps : float
        For reports and video files; speeds are per frame.
    kinds : tuple of str
        Which of :data:`KINDS` the target is drawn from.
    size : float
        Side in pixels, sqrt(w h), of the target's box at the start; each seed draws its own within 20 %.
    zoom, aspect : float
        Greatest factor by which the side and the ratio w / h change, either way.
    turn : float
        Rotation in degrees per frame (standard deviation); a walker leans a tenth of it.
    speed : float
        Mean way per frame in sides of the target.
    jolts : float
        Sudden changes of speed and direction per 100 frames.
    deform : float
        How far limbs swing and soft shapes wobble, 0 to 1.
    distractors : int
        Things of the target's shape and motion that stay near it.
    alike : float
        Share of them that have the target's colours in another pattern.
    occluders : float
        Things that pass before the target, per 100 frames; none in the first five.
    full : float
        Share of them that are wider than the target.
    leaves : int
        How often the target leaves the picture and comes back.
    clutter : int
        Things of other shapes in the background, per picture.
    pan, sway, shake : float
        Camera: pixels per frame; zoom and roll (1: a factor of 1.5 and 15 degrees); pixels of trembling.
    light : float
        Change of brightness over time and across the picture (1: by a factor of 2).
    shadow : float
        Depth of shadows that lie on the scene.
    blur : float
        Share of the frame time for which the shutter is open.
    defocus : float
        Greatest standard deviation, in pixels, of the lens's blur.
    noise : float
        Standard deviation of sensor noise in grey levels.
    jpeg : int
        Quality at which frames are coded and decoded; 0 is not at all.

    Raises
    ------
    InputError
        Naming the field, when a value is of the wrong kind or out of range.
    """

    seed: int = 0
    split: str = "train"
    frames: int = 80
    width: int = 160
    height: int = 160
    fps: float = 25.0
    kinds: tuple[str, ...] = KINDS
    size: float = 30.0
    zoom: float = 1.6
    aspect: float = 1.3
    turn: float = 2.5
    speed: float = 0.07
    jolts: float = 1.5
    deform: float = 0.8
    distractors: int = 2
    alike: float = 0.5
    occluders: float = 1.5
    full: float = 0.3
    leaves: int = 0
    clutter: int = 5
    pan: float = 1.0
    sway: float = 0.3
    shake: float = 0.4
    light: float = 0.25
    shadow: float = 0.3
    blur: float = 0.4
    defocus: float = 0.5
    noise: float = 3.0
    jpeg: int = 0

    word: ClassVar = "targets"
    ranges: ClassVar = RANGES
    names: ClassVar = {"split": SPLITS, "kinds": KINDS}

    def __post_init__(self) -> None:
        self._check()
        limit = LARGEST_TARGET * min(self.width, self.height) / self.zoom
        if self.size > limit:
            expected = f"at most {LARGEST_TARGET} of the picture's shorter side over zoom ({limit:g})"
            raise InputError(self.word, "size", f"{self.size:g}", expected)

    @classmethod
    def preset(cls, name: str, **changes: Any) -> TargetSpec:
        """One of :data:`PRESETS`, with other values for the fields that are named."""
        return cls._from_values(cls.word, {"preset": name, **changes})

    @classmethod
    def random(cls, seed: int, **fixed: Any) -> TargetSpec:
        """Settings drawn at random for training, from ``seed``, which is the sequence's own too.

        Parameters
        ----------
        seed : int
        **fixed
            Fields that are not drawn.
        """
        rng = np.random.default_rng([seed, 1])
        drawn: dict[str, Any] = {}
        for name, (low, high) in DRAWN.items():
            value = rng.uniform(low, high)
            drawn[name] = round(value) if isinstance(getattr(cls, name), int) else round(value, 3)
        drawn["jpeg"] = int(rng.integers(30, 95)) if rng.random() < 0.3 else 0
        values = {"seed": seed, **drawn, **fixed}
        side = min(values.get("width", cls.width), values.get("height", cls.height))
        if "size" not in fixed:
            # Drawn for a picture as large as that of the defaults.
            largest = LARGEST_TARGET * side / values["zoom"]
            size = values["size"] * side / min(cls.width, cls.height)
            values["size"] = min(max(size, RANGES["size"][0]), largest)
        return cls._from_values(cls.word, values)

    @classmethod
    def _defaults(cls) -> dict[str, Any]:
        return {**super()._defaults(), "preset": "usual"}

    @classmethod
    def _from_values(cls, source: str, values: dict[str, Any]) -> TargetSpec:
        name = values.get("preset", "usual")
        if name not in PRESETS:
            raise InputError(source, "preset", repr(name), f"one of {', '.join(PRESETS)}")
        own = {field: value for field, value in values.items() if field != "preset"}
        return super()._from_values(source, {**PRESETS[name], **own})
