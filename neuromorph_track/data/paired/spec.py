"""What a sequence of paired frames and events is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from neuromorph_track.data.paired.conditions import NAMES
from neuromorph_track.data.settings import Settings
from neuromorph_track.data.targets.spec import KINDS, SPLITS
from neuromorph_track.errors import InputError

# Of the target, so that it fits into the picture when it is nearest.
ZOOM = 1.4
_LARGEST = 0.45


@dataclass(frozen=True)
class PairedSpec(Settings):
    """The settings of one sequence; the same settings and libraries give the same pixels and events.

    Attributes
    ----------
    seed : int
        Everything random follows from it.
    split : str
        ``train``, ``test`` or ``val``: their streams of random numbers have no seed in common.
    preset : str
        One of ``day``, ``fast``, ``dark``, ``hdr``, ``still``; ``mixed`` draws one of them for each seed.
    frames : int
        RGB frames.
    per_frame : int
        Windows of events for each of them.
    window_us : int
        Length of a window in microseconds. 10,000 and 4 a frame are 25 frames per second.
    steps : int
        Pictures that are drawn for each window; events come from the changes between them.
    width, height : int
        Of both cameras, in pixels; they see the same.
    size : float
        Side in pixels, sqrt(w h), of the target's box at the start; each seed draws its own within 20 %.
    kinds : tuple of str
        Which kinds of :class:`~neuromorph_track.data.targets.TargetSpec` the target is drawn from.
    distractors : int
        Things of the target's shape and motion that stay near it; half of them have its colours.
    occluders : float
        Things that pass before the target, per 100 frames.
    clutter : int
        Things of other shapes in the background, per picture.

    Raises
    ------
    InputError
        Naming the field, when a value is of the wrong kind or out of range.
    """

    seed: int = 0
    split: str = "train"
    preset: str = "mixed"
    frames: int = 24
    per_frame: int = 4
    window_us: int = 10_000
    steps: int = 2
    width: int = 128
    height: int = 96
    size: float = 20.0
    kinds: tuple[str, ...] = KINDS
    distractors: int = 2
    occluders: float = 1.0
    clutter: int = 4

    word: ClassVar = "paired"
    ranges: ClassVar = {
        "seed": (0, 2**63 - 1),
        "frames": (3, 10_000),
        "per_frame": (1, 20),
        "window_us": (1_000, 100_000),
        "steps": (1, 20),
        "width": (64, 1024),
        "height": (64, 1024),
        "size": (12, 400),
        "distractors": (0, 6),
        "occluders": (0, 10),
        "clutter": (0, 60),
    }
    names: ClassVar = {"split": SPLITS, "preset": NAMES, "kinds": KINDS}

    def __post_init__(self) -> None:
        self._check()
        if self.window_us % self.steps:
            raise InputError(
                self.word, "steps", str(self.steps), f"a divisor of window_us ({self.window_us})"
            )
        limit = _LARGEST * min(self.width, self.height)
        if self.size > limit:
            raise InputError(self.word, "size", f"{self.size:g}", f"at most {limit:g} in this picture")

    @property
    def step_us(self) -> int:
        """Microseconds from one drawn picture to the next."""
        return self.window_us // self.steps

    @property
    def frame_us(self) -> int:
        """Microseconds from one RGB frame to the next."""
        return self.window_us * self.per_frame

    @property
    def windows(self) -> int:
        """Windows of events in the sequence."""
        return self.frames * self.per_frame

    @property
    def fps(self) -> float:
        """RGB frames per second."""
        return 1e6 / self.frame_us
