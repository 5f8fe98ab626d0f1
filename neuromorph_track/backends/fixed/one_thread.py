"""Compiled loops on one core."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numba


@contextmanager
def one_thread() -> Iterator[None]:
    """Run the event engine on one core meanwhile.

    A single timestep has too little work for several: they wait for each other at every layer, and where
    something else keeps a core busy that takes longer than the work.
    """
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        yield
    finally:
        numba.set_num_threads(before)
