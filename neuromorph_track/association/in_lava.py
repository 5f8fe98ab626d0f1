"""The host's side of a tracker that runs inside the Lava graph; Lava itself is not imported here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from numpy.typing import NDArray

from neuromorph_track.association.kalman import MotionNoise
from neuromorph_track.association.rows import COLUMNS, from_rows
from neuromorph_track.association.settings import TwoStageSettings
from neuromorph_track.backends.lava_worker.tail import Tail
from neuromorph_track.data.detections import Tracks
from neuromorph_track.detection import FrameEncoder, Placement
from neuromorph_track.detection.decode import CANDIDATES
from neuromorph_track.netx import RunContract

MODULE = "neuromorph_track.association.lava_process.tail"
PORTS = ("tracks", "count")


@dataclass(frozen=True)
class LavaAssociation:
    """A tracker that is to run behind the head, in Lava.

    Attributes
    ----------
    frame_size : (int, int)
        Width and height of the frames in pixels.
    settings : TwoStageSettings
    max_tracks : int
        In one frame; the default is as many boxes as a frame can have.
    """

    frame_size: tuple[int, int]
    settings: TwoStageSettings
    max_tracks: int = CANDIDATES

    def tail(self, contract: RunContract, class_ids: Sequence[int] | None = None) -> Tail:
        """What :class:`~neuromorph_track.backends.lava_cpu.LavaBackend` is to put behind the head."""
        placement = FrameEncoder(contract.input).placement(*self.frame_size)
        plain = {
            "contract": contract.model_dump(mode="json"),
            "placement": asdict(placement),
            "settings": asdict(self.settings),
            "class_ids": None if class_ids is None else list(class_ids),
            "max_tracks": self.max_tracks,
        }
        return Tail(MODULE, plain, PORTS, step_bytes=8 * self.max_tracks * len(COLUMNS) + 4)


def read_settings(plain: Mapping[str, Any]) -> dict[str, Any]:
    """What was put into :attr:`Tail.settings`, as arguments of ``AssociationProcess``."""
    settings = dict(plain["settings"])
    placement = {name: tuple(pair) for name, pair in plain["placement"].items()}
    return {
        "contract": RunContract.model_validate(plain["contract"]),
        "placement": Placement(**placement),
        "settings": TwoStageSettings(**{**settings, "noise": MotionNoise(**settings["noise"])}),
        "class_ids": plain["class_ids"],
        "max_tracks": plain["max_tracks"],
    }


def tracks_of_frames(sent: Mapping[str, NDArray[Any]]) -> list[Tracks]:
    """Tracks of each frame that ended, from what the process sent step by step.

    Parameters
    ----------
    sent : mapping
        ``tracks`` (T, most, 7) and ``count`` (T, 1).
    """
    steps = zip(sent["tracks"], sent["count"][:, 0], strict=True)
    return [from_rows(rows, int(count)) for rows, count in steps if count >= 0]
