"""A synthetic sequence in the form in which trackers are scored."""

from __future__ import annotations

import numpy as np

from neuromorph_track.data.frames import TargetSource
from neuromorph_track.data.single import SingleSequence
from neuromorph_track.data.targets.attributes import attributes
from neuromorph_track.data.targets.spec import TargetSpec
from neuromorph_track.data.targets.truth import LEAST_VISIBILITY


def target_sequence(
    spec: TargetSpec, name: str | None = None, with_attributes: bool = True
) -> SingleSequence:
    """The sequence of a spec, with truth of all frames; frames are drawn when they are asked for.

    Parameters
    ----------
    spec : TargetSpec
    name : str, optional
        For results; the settings as a text where it is left out.
    with_attributes : bool
        Name what makes it hard (:data:`~neuromorph_track.data.targets.attributes.DEFINITIONS`), which takes
        as long as a few frames more.
    """
    source = TargetSource(spec)
    truths = [source.scene.truth(index) for index in range(spec.frames)]
    corners = np.array([truth.box for truth in truths], np.float64)
    boxes = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
    return SingleSequence(
        name=name or source.name,
        kind=spec.word,
        frames=source,
        boxes=boxes,
        visible=np.array([truth.visibility >= LEAST_VISIBILITY for truth in truths]),
        attributes=attributes(source.scene) if with_attributes else (),
    )
