"""Networks that are ready to run by name."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from neuromorph_track.errors import InputError
from neuromorph_track.files import cache_folder

if TYPE_CHECKING:
    from neuromorph_track.netx import AnyNetwork

_INSTALLED = Path(__file__).parents[1] / "netx" / "exports"
_CHECKOUT = Path(__file__).parents[2] / "netx_exports"


@dataclass(frozen=True)
class ZooEntry:
    """A network and where it comes from; ``locate`` gives its `.net`, made if need be, or a pair's folder."""

    name: str
    summary: str
    origin: str
    locate: Callable[[], Path]
    pair: bool = False


def exports_folder() -> Path:
    """Where the `.net` files that come with the project lie."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


def zoo() -> tuple[ZooEntry, ...]:
    """All networks that can be named."""
    return (
        ZooEntry(
            "scenes-nano",
            "sigma-delta conv detector, 256x192, 3 classes of the synthetic scenes",
            "trained here, comes with the project",
            lambda: exports_folder() / "scenes-nano.net",
        ),
        ZooEntry(
            "spiketrack-nano",
            "integer LIF siamese pair for one object, 48x48 and 96x96, which `sot` runs",
            "trained here, comes with the project",
            lambda: exports_folder() / "spiketrack-nano",
            pair=True,
        ),
        ZooEntry(
            "hadtrack-nano",
            "integer LIF siamese pair for one object in events, 80x64, which `sot` runs",
            "trained here, comes with the project",
            lambda: exports_folder() / "hadtrack-nano",
            pair=True,
        ),
        ZooEntry(
            "smtrack-nano",
            "integer LIF detector for crowds, 320x192, 3 classes of the synthetic scenes",
            "trained here, comes with the project",
            lambda: exports_folder() / "smtrack-nano.net",
        ),
        ZooEntry(
            "yolo-kp",
            "sigma-delta YOLO-KP, 448x448, 80 COCO classes",
            "trained by Intel, exported on first use from lava-dl 0.6.0 (Python 3.10)",
            _yolo_kp,
        ),
    )


def pair_names() -> tuple[str, ...]:
    """Siamese pairs that can be named."""
    return tuple(entry.name for entry in zoo() if entry.pair)


def located(name: str | os.PathLike[str]) -> str:
    """Where a siamese pair of the zoo lies; another name, or a path, as it is."""
    given = os.fspath(name)
    return next((os.fspath(entry.locate()) for entry in zoo() if entry.pair and entry.name == given), given)


def load_network(name: str | os.PathLike[str]) -> AnyNetwork:
    """Read a network by its name in the zoo or by its path: a `.net`, or a branching network's folder.

    Raises
    ------
    InputError
        When there is neither such a name nor such a file.
    JobError
        When the network has to be exported first and lava-dl is not installed.
    """
    # Not on top: the names alone, for `zoo` and a shell's completion, must not wait for h5py and torch.
    from neuromorph_track.netx import is_siamese, read_graph, read_net
    from neuromorph_track.netx.graph_folder import GRAPH_FILE

    for entry in zoo():
        if entry.name == os.fspath(name) and not entry.pair:
            return read_net(entry.locate())
    # pathlib's questions raise where a name is too long.
    place = located(name)
    if not os.path.exists(place):
        names = ", ".join(entry.name for entry in zoo() if not entry.pair)
        raise InputError(name, "network", "no such file", f"a .net file or one of the zoo: {names}")
    if is_siamese(place):
        raise InputError(name, "network", "a siamese pair, which `sot` runs", "a network that finds objects")
    if os.path.isdir(name) or Path(name).name == GRAPH_FILE:
        return read_graph(name)
    return read_net(name)


def _yolo_kp() -> Path:
    from neuromorph_track.export import checkpoint
    from neuromorph_track.export.yolo_kp import BLOCKS, CONTRACT, THRESHOLD, wheel_checkpoint
    from neuromorph_track.netx import write_net

    # The name changes with how it is exported, so that a newer version does not run an older export.
    parts = (CONTRACT.model_dump_json(), THRESHOLD, BLOCKS)
    inside = hashlib.sha256(repr(parts).encode()).hexdigest()[:8]
    target = cache_folder() / f"yolo-kp-{inside}.net"
    if not target.exists():
        write_net(checkpoint.export_checkpoint(wheel_checkpoint()), target)
    return target
