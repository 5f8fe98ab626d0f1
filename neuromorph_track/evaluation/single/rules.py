"""What benchmarks of single objects do with frames in which the object is not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class SingleRules:
    """How a benchmark's own evaluation counts frames without truth.

    Attributes
    ----------
    absent_count : bool
        They are among the frames that rates are shares of: a tracker can never have them right.
    absent_precise : bool
        Their centre error is the mark -1, below every threshold: a tracker can never have them wrong.
    edge_precise : bool
        So is that of a truth whose left or top is not above 0, and no box overlaps it.
    """

    absent_count: bool = False
    absent_precise: bool = False
    edge_precise: bool = False


# LaSOT: Fan et al., CVPR 2019, and its evaluation toolkit, which takes absent frames out and divides by all.
# UAV123: Mueller et al., ECCV 2016, and OTB's toolkit, which it uses. VisEvent, COESOT and EventVOT: their
# MATLAB toolkits, LaSOT's with the edge left as it was. Others leave such frames out.
RULES: Mapping[str, SingleRules] = {
    "lasot": SingleRules(absent_count=True),
    "uav123": SingleRules(absent_count=True, absent_precise=True),
    **dict.fromkeys(("visevent", "coesot", "eventvot"), SingleRules(absent_count=True, edge_precise=True)),
}


def rules_for(kind: str) -> SingleRules:
    """The rules of a sequence's kind; where it has none of its own, frames without truth are left out."""
    return RULES.get(kind, SingleRules())
