"""``[data]`` of a recipe: synthetic scenes, or folders of real sequences."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from neuromorph_track.data.scenes import SceneSpec
from neuromorph_track.netx import InputSpec
from neuromorph_track.training.tables import Count, Positive, Share, Table

Name = Annotated[str, Field(min_length=1, max_length=1000)]
RuleName = Literal["plain", "mot15", "mot16", "mot17", "mot20", "dancetrack", "bee24"]


class SceneData(Table):
    """Synthetic scenes; seeds ``first_seed`` onwards, one per scene.

    What is None has the default of :class:`neuromorph_track.data.scenes.SceneSpec`, which says what it means.

    Attributes
    ----------
    weight : float
        How often clips are drawn from this table, beside the weights of the others.
    scenes, frames : int
        Number of scenes and frames of each.
    objects : (int, int)
        Range of the mean number of objects, both ends included; each scene takes its own value.
    classes : tuple of str or None
        What appears; None for all classes of the recipe.
    """

    kind: Literal["scenes"] = "scenes"
    weight: Positive = 1.0
    scenes: Count = 100
    frames: Count = 24
    first_seed: Annotated[int, Field(ge=0)] = 100_000
    objects: tuple[Count, Count] = (4, 9)
    classes: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    size_min: float | None = None
    size_max: float | None = None
    fps: float | None = None
    occlusion: bool | None = None
    clutter: int | None = None
    shake: float | None = None
    pan: float | None = None
    light: float | None = None
    blur: float | None = None
    noise: float | None = None
    min_visibility: float | None = None

    @model_validator(mode="after")
    def _in_order(self) -> SceneData:
        if self.objects[0] > self.objects[1]:
            raise ValueError(f"data.objects in order, not {self.objects}")
        return self

    def scene(self, index: int, objects: int, spec: InputSpec, classes: tuple[str, ...]) -> SceneSpec:
        """Settings of scene ``index`` with a mean of ``objects``, as large as the network's input."""
        own = self.model_dump(
            exclude={"kind", "weight", "scenes", "first_seed", "objects", "classes"}, exclude_none=True
        )
        return SceneSpec(
            seed=self.first_seed + index,
            width=spec.width,
            height=spec.height,
            objects=objects,
            classes=self.classes or classes,
            **own,
        )

    def described(self) -> str:
        """What it is, in words, for a network's provenance."""
        return f"synthetic scenes, seeds {self.first_seed} to {self.first_seed + self.scenes - 1}"


class MotData(Table):
    """Sequences in the layout of MOT17, MOT20, DanceTrack and BEE24, as their owners ship them.

    A sequence is a folder with ``seqinfo.ini`` and its pictures, or one video file, and ``gt/gt.txt`` or
    ``gt.txt``.

    Attributes
    ----------
    weight : float
        As in :class:`SceneData`.
    folder : str
        Holds the sequences; relative to the folder that ``--data`` names, by default the current one.
    sequences : tuple of str
        Names, or patterns such as ``MOT17-*-FRCNN``.
    part : (float, float)
        From which share of each sequence to which, e.g. (0, 0.5) for the first half.
    every : int
        Only each so many-th frame.
    rules : str
        The benchmark that says which boxes count and which are ignored.
    counts_as : str or None
        The class of the recipe that boxes which count are of, where the benchmark has one; None: the first.
    min_visibility : float
        Boxes less visible are ignored.
    whole_boxes : bool
        Keep what of a box lies outside the picture, as MOT17's truth does, instead of cutting it off.
    store : str
        ``memory``: all pictures, as small as the network's input; ``disk``: read when they are drawn.
    """

    kind: Literal["mot"]
    weight: Positive = 1.0
    folder: Name
    sequences: Annotated[tuple[Name, ...], Field(min_length=1)] = ("*",)
    part: tuple[Share, Share] = (0.0, 1.0)
    every: Count = 1
    rules: RuleName = "mot17"
    counts_as: str | None = None
    min_visibility: Share = 0.25
    whole_boxes: bool = False
    store: Literal["memory", "disk"] = "memory"

    @model_validator(mode="after")
    def _in_order(self) -> MotData:
        if self.part[0] >= self.part[1]:
            raise ValueError(f"a part that is not empty, not {self.part}")
        return self

    def described(self) -> str:
        """What it is, in words, for a network's provenance."""
        part = "" if self.part == (0.0, 1.0) else f", from {self.part[0]:g} to {self.part[1]:g} of each"
        return f"{self.folder} ({' '.join(self.sequences)}){part}"
