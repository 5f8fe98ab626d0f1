"""Reading the state of a tracker that somebody kept: arrays and counters, none of them trusted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.errors import LONGEST_FOUND, InputError

SOURCE = "tracker state"
# The size of an axis that may be any.
ANY = -1


def column(state: Mapping[str, Any], name: str, dtype: Any, shape: tuple[int, ...]) -> NDArray[Any]:
    """A copy of an array of a state.

    Parameters
    ----------
    state : mapping
    name : str
    dtype : dtype
    shape : tuple of int
        :data:`ANY` for an axis of any size.

    Raises
    ------
    InputError
        When it is missing, has another shape, or holds what the dtype cannot, or a number that is not finite.
    """
    wanted = str(shape).replace(str(ANY), "any")
    if name not in state:
        raise InputError(SOURCE, name, "nothing", f"an array of shape {wanted}: the state of the same mode")
    given = np.asarray(state[name])
    if given.ndim != len(shape) or any(
        wants not in (ANY, has) for has, wants in zip(given.shape, shape, strict=True)
    ):
        raise InputError(SOURCE, name, f"shape {given.shape}", f"shape {wanted}")
    if given.dtype.kind not in "biuf" or not np.isfinite(given).all():
        raise InputError(SOURCE, name, f"an array of {given.dtype}", "finite numbers")
    array = given.astype(dtype)
    if array.dtype.kind != "f" and not np.array_equal(array, given):
        raise InputError(SOURCE, name, f"an array of {given.dtype}", f"what {array.dtype} can hold")
    return array


def counter(state: Mapping[str, Any], name: str) -> int:
    """A number of a state that counts something.

    Raises
    ------
    InputError
        When it is missing, or not one integer of 0 or more.
    """
    number = np.asarray(state.get(name, ())).reshape(-1)
    if number.size == 1 and number.dtype.kind in "iuf":
        value = number[0]
        if np.isfinite(value) and value >= 0 and value == int(value):
            return int(value)
    raise InputError(
        SOURCE, name, repr(state.get(name))[:LONGEST_FOUND], "one number, an integer of 0 or more"
    )


def require_identities(track_id: NDArray[np.int64], next_id: int) -> None:
    """Refuse identities (N,) that are not in order, or might be given again.

    Raises
    ------
    InputError
    """
    if (np.diff(track_id, prepend=0) <= 0).any():
        raise InputError(SOURCE, "track_id", "identities out of order", "each above the one before, from 1")
    if len(track_id) and next_id <= track_id[-1]:
        raise InputError(SOURCE, "next_id", str(next_id), f"more than the identity {track_id[-1]} in use")
