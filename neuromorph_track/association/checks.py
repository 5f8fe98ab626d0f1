"""What every tracker asks of its input, before it changes anything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.interface import Embeddings, Warp
from neuromorph_track.data.detections import Detections
from neuromorph_track.errors import InputError

# Frames that may be left out at once: a day at 30 a second is less than three of these.
LONGEST_GAP = 1_000_000
# Pixels from the corner of the picture: no picture is so large, and squares of areas stay numbers.
FURTHEST = 1e9
# By how much a camera may enlarge the picture from one call to the next.
LARGEST_ZOOM = 10.0
# Embeddings have length 1 or 0; what this much is off was never made so.
ODD_LENGTH = 1e-2

# What each array of detections holds, and whether that is four numbers a box or one.
COLUMNS: dict[str, tuple[np.dtype[Any], bool]] = {
    "score": (np.dtype(np.float32), False),
    "xyxy": (np.dtype(np.float32), True),
    "class_id": (np.dtype(np.int64), False),
    "anchor": (np.dtype(np.float32), True),
    "suppressed": (np.dtype(bool), False),
}
OPTIONAL = ("anchor", "suppressed")
# Kinds of arrays that are taken for floats, integers and truth values.
KINDS = {"f": ("fiu", "numbers"), "i": ("iu", "integers"), "b": ("b", "truth values")}


def checked_input(
    detections: Detections, warp: Warp | None = None, embeddings: Embeddings | None = None, dt: int = 1
) -> tuple[Detections, Warp | None, Embeddings | None]:
    """Refuse what is no frame of detections. Boxes without an area are allowed: they overlap nothing.

    Arguments as for :meth:`~neuromorph_track.association.interface.Tracker.update`.

    Returns
    -------
    Detections, (2, 3) float64 or None, (M, E) float32 or None
        The same in arrays of the documented dtypes, so that a state can be kept and read without loss.

    Raises
    ------
    InputError
        When ``dt`` is no number of frames, the shapes of arrays do not go together, a number is not finite, a
        coordinate is beyond a thousand million pixels, a score is not between 0 and 1, or an embedding has
        another length than 1 or 0.
    """
    if not (isinstance(dt, int | np.integer) and 1 <= dt <= LONGEST_GAP):
        raise InputError("tracker", "dt", repr(dt), f"an integer from 1 to {LONGEST_GAP} frames")
    detections = _checked_boxes(detections)
    if warp is not None:
        warp = _checked_warp(warp)
    if embeddings is not None:
        embeddings = _checked_embeddings(embeddings, len(detections))
    return detections, warp, embeddings


def _checked_boxes(detections: Detections) -> Detections:
    changed = {}
    count = np.shape(detections.score)
    if len(count) != 1:
        raise InputError("detections", "score", f"shape {count}", "a number for each box")
    for name, (dtype, corners) in COLUMNS.items():
        given = getattr(detections, name)
        if given is None and name in OPTIONAL:
            continue
        array = _array("detections", name, given, dtype)
        if array is not given:
            changed[name] = array
        expected = (*count, 4) if corners else count
        if array.shape != expected:
            raise InputError("detections", name, f"shape {array.shape}", f"shape {expected}")
        if corners:
            _require_near("detections", name, array, FURTHEST, "pixels")
    detections = replace(detections, **changed) if changed else detections
    score = detections.score
    if not ((score >= 0) & (score <= 1)).all():
        raise InputError("detections", "score", f"{score.min()} to {score.max()}", "0 to 1")
    return detections


def _checked_warp(warp: Warp) -> Warp:
    warp = _array("tracker", "warp", warp, np.dtype(np.float64))
    if warp.shape != (2, 3):
        raise InputError("tracker", "warp", f"shape {warp.shape}", "shape (2, 3)")
    _require_near("tracker", "warp", warp[:, 2], FURTHEST, "pixels of shift")
    _require_near("tracker", "warp", warp[:, :2], LARGEST_ZOOM, "of turn and zoom")
    return warp


def _checked_embeddings(embeddings: Embeddings, boxes: int) -> Embeddings:
    embeddings = _array("tracker", "embeddings", embeddings, np.dtype(np.float32))
    if embeddings.ndim != 2 or len(embeddings) != boxes:
        shape = embeddings.shape
        raise InputError("tracker", "embeddings", f"shape {shape}", f"a row for each of {boxes} boxes")
    if not np.isfinite(embeddings).all():
        raise InputError("tracker", "embeddings", "a value that is not finite", "finite numbers")
    length = np.sqrt(np.einsum("me,me->m", embeddings, embeddings))
    odd = (length > 0) & (np.abs(length - 1) > ODD_LENGTH)
    if odd.any():
        raise InputError(
            "tracker", "embeddings", f"one of length {length[odd][0]:g}", "length 1, or 0 for none"
        )
    return embeddings


def _array(source: str, name: str, value: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
    """``value`` itself where it is an array of the dtype, else a copy that is."""
    # Nearly always so, and a frame has few microseconds.
    if isinstance(value, np.ndarray) and value.dtype is dtype:
        return value
    array = np.asarray(value)
    kinds, text = KINDS[dtype.kind]
    # An empty list has a dtype that nobody chose.
    if array.size and array.dtype.kind not in kinds:
        raise InputError(source, name, f"an array of {array.dtype}", text)
    # What no float32 can hold becomes infinite, and is refused as that.
    with np.errstate(over="ignore"):
        return array.astype(dtype, copy=False)


def _require_near(source: str, name: str, array: NDArray[np.floating], most: float, unit: str) -> None:
    # Not "> most": that holds for no NaN.
    if (np.abs(array) <= most).all():
        return
    finite = np.isfinite(array).all()
    found = f"{np.abs(array).max():g}" if finite else "a value that is not finite"
    raise InputError(source, name, found, f"finite numbers of at most {most:g} {unit}")
