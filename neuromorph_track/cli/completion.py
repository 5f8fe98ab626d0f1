"""What a shell offers for a word that is begun: names that we know, and files.

Nothing heavy is imported here: the user has just pressed Tab.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

# Not asked of `association.modes`, which imports numba; a test holds them equal.
TRACKERS = ("two-stage", "bytetrack", "ocsort", "tracktrack", "smot")


def trackers(incomplete: str) -> list[str]:
    """Trackers."""
    return _begun(TRACKERS, incomplete)


def networks(incomplete: str) -> list[str]:
    """Names of detectors in the zoo, `.net` files, and folders."""
    return [*_zoo(incomplete, pairs=False), *_paths(incomplete, (".net",))]


def pairs(incomplete: str) -> list[str]:
    """Names of pairs in the zoo, folders of pairs, and checkpoints."""
    return [*_zoo(incomplete, pairs=True), *_paths(incomplete, (".pt",))]


def all_networks(incomplete: str) -> list[str]:
    """All names of the zoo, `.net` files, and folders."""
    return [*_zoo(incomplete, pairs=True), *networks(incomplete)]


def hardware(incomplete: str) -> list[str]:
    """Hardware profiles by name, TOML files, and folders."""
    from neuromorph_track.hardware.locate import list_profiles

    return [*_begun(list_profiles(), incomplete), *_paths(incomplete, (".toml",))]


def sources(incomplete: str) -> list[str]:
    """Files and folders, and how a scene begins."""
    return [*_begun(("scene:seed=",), incomplete), *_paths(incomplete, None)]


def _zoo(incomplete: str, pairs: bool) -> list[str]:
    from neuromorph_track.export.zoo import zoo

    return _begun((entry.name for entry in zoo() if entry.pair == pairs), incomplete)


def _begun(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]


def _paths(incomplete: str, endings: tuple[str, ...] | None) -> list[str]:
    """Folders, with a stroke behind them, and files of these endings."""
    folder, begun = os.path.split(incomplete)
    try:
        entries = sorted(os.scandir(folder or "."), key=lambda entry: entry.name)
    except OSError:
        return []
    found = []
    for entry in entries:
        hidden = entry.name.startswith(".") and not begun.startswith(".")
        if hidden or not entry.name.startswith(begun):
            continue
        path = os.path.join(folder, entry.name)
        if entry.is_dir():
            found.append(path + os.sep)
        elif endings is None or entry.name.endswith(endings):
            found.append(path)
    return found
