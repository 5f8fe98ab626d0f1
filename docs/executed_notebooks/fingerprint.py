"""Of what the result of a notebook depends on beside itself."""

from __future__ import annotations

import hashlib
from pathlib import Path

# Files and folders of the repository: the code, what it reads, and what it is installed with.
USED = ("neuromorph_track", "netx_exports", "hardware_profiles", "requirements/lock.txt")
# Letters of a name that no two states share by chance.
LETTERS = 16


def fingerprint(root: Path) -> str:
    """A short name of the state of all that notebooks use: names and contents of the files below ``root``."""
    digest = hashlib.sha256()
    for file in sorted(file for used in USED for file in _files(root / used)):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(root).as_posix()} {content}\n".encode())
    return digest.hexdigest()[:LETTERS]


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
