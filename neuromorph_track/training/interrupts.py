"""Ctrl-C and a scheduler's SIGTERM, kept until a step is done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Asked:
    """Whether the training was asked to stop."""

    stop = False


@contextmanager
def stop_between_steps(active: bool) -> Iterator[Asked]:
    """Turn a first SIGINT or SIGTERM into a flag, so that a step is taken whole; a second interrupts at once.

    Parameters
    ----------
    active : bool
        Without it signals do what they always do. Python hears them in its main thread alone.
    """
    asked = Asked()
    if not active or threading.current_thread() is not threading.main_thread():
        yield asked
        return

    def handle(number: int, frame: FrameType | None) -> None:
        if asked.stop:
            raise KeyboardInterrupt
        asked.stop = True

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
