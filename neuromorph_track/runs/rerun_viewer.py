"""The Rerun viewer, as a program of its own on a file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from neuromorph_track.errors import JobError

# Where X11 and Wayland say that there is a screen; other systems have one.
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


def has_display() -> bool:
    """Whether a window can be opened here."""
    return sys.platform != "linux" or any(os.environ.get(name) for name in DISPLAYS)


def show(recording: Path, web: bool = False) -> None:
    """Open a recording and wait until the user is done: closes the window, or, in a browser, presses Ctrl-C.

    Parameters
    ----------
    recording : Path
        An ``.rrd`` file.
    web : bool
        In the browser, from a server on this machine.

    Raises
    ------
    JobError
        When the viewer ends with an error.
    """
    command = [sys.executable, "-m", "rerun", str(recording), *(["--web-viewer"] if web else [])]
    try:
        done = subprocess.run(command, check=False)
    except KeyboardInterrupt:
        return
    if done.returncode:
        hint = "-o FILE.rrd writes the recording, to be opened elsewhere; --web shows it in a browser"
        raise JobError(f"the Rerun viewer ended with code {done.returncode}", hint)
