"""Tables of a recipe that trains on windows of events: sequences, loss."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from neuromorph_track.data.paired import PairedSpec
from neuromorph_track.netx import InputSpec
from neuromorph_track.training.data_tables import Name
from neuromorph_track.training.pair_tables import CentreTerms
from neuromorph_track.training.tables import Count, Factor, Positive, Table


class PairedData(Table):
    """Synthetic sequences of frames and events, seeds ``first_seed`` onwards.

    Attributes
    ----------
    weight : float
        How often they are drawn, against other tables.
    sequences, frames : int
    preset : str
        See :class:`~neuromorph_track.data.paired.PairedSpec`.
    per_frame : int
        Windows for each frame.
    size : float
        Side of a target, in pixels.
    template_shift, template_zoom : float
        As those of ``[pairs]``.
    template : str
        In which window a clip's object is named, of those that show it: ``any``, another for each clip; or
        the ``first``, as a tracker is told.
    labelled : bool
        Whether it is known where targets are, beside in the window of which a clip's template is. Where not,
        a teacher alone says it.
    cache : str or None
        Folder below what ``--data`` names, in which drawn sequences are kept for the next training.
    """

    kind: Literal["paired"]
    weight: Positive = 1.0
    sequences: Count = 256
    frames: Annotated[int, Field(ge=3)] = 24
    first_seed: Annotated[int, Field(ge=0)] = 0
    preset: str = "mixed"
    per_frame: Annotated[int, Field(ge=1, le=20)] = 4
    size: float = 20.0
    template_shift: Factor = 0.04
    template_zoom: Factor = 0.04
    template: Literal["any", "first"] = "any"
    labelled: bool = True
    cache: Name | None = None

    def spec(self, index: int, given: InputSpec) -> PairedSpec:
        """Settings of sequence ``index``, of the part that is for training."""
        assert given.events is not None
        return PairedSpec(
            seed=self.first_seed + index,
            split="train",
            preset=self.preset,
            frames=self.frames,
            per_frame=self.per_frame,
            window_us=given.events.window_us,
            width=given.width,
            height=given.height,
            size=self.size,
        )

    def described(self) -> str:
        """What it is, in words, for a network's provenance."""
        last = self.first_seed + self.sequences - 1
        of = "" if self.labelled else " without boxes"
        return f"synthetic frames and events{of}, {self.preset}, seeds {self.first_seed} to {last}"


class StreamLossTable(CentreTerms):
    """The same terms, of every window."""

    family: Literal["hadtrack"] = "hadtrack"
