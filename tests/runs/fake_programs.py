"""Programs that a test puts on the PATH in place of real ones."""

from __future__ import annotations

import shutil
from pathlib import Path

# Found now: tests give themselves a PATH that holds nothing.
SHELL = shutil.which("bash")


def add_program(path: Path, script: str) -> Path:
    """A shell script that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{SHELL}\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path
