"""A run as a recording for the Rerun viewer: pictures, boxes, counts and spike maps on one time line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.errors import JobError
from neuromorph_track.reports.annotate import track_colour
from neuromorph_track.reports.style import PALETTE, rgb

if TYPE_CHECKING:
    from pathlib import Path

Frame = NDArray[np.uint8]

APPLICATION = "neuromorph-track"
# Of the time lines: the entry in activity.h5 (frames of tracks.txt count from 1), and seconds.
FRAME, TIME = "frame", "time"
PICTURE, BOXES = "picture", "picture/tracks"
# Of one object: its box, and the square in which it is looked for.
TARGET, SEARCHED = "picture/target", "picture/searched"
SPIKES, SYNOPS, JOULES, MAPS, CHANNELS = "spikes", "synops", "joules", "spike maps", "channels"
SCORE, SCORES, CROPS = "score", "scores", "crops"
# Curves lie on black, where the yellow of that palette (and a grey) can be told from the others.
LINES = (*PALETTE, "#F0E442", "#BBBBBB")
# A recording is for looking: larger pictures are made smaller.
WIDEST, JPEG_QUALITY = 640, 85


def load_rerun() -> Any:
    """Return the module ``rerun``.

    Raises
    ------
    JobError
        When it is not installed.
    """
    try:
        import rerun
    except ImportError as error:
        raise JobError(f"this needs rerun-sdk: install neuromorph-track[explore] ({error})") from error
    return rerun


class Boxes(NamedTuple):
    """Boxes over a picture.

    Attributes
    ----------
    place : str
        The entity, e.g. ``picture/tracks``.
    xyxy : (N, 4) float
        In pixels of the source's frame.
    labels : list of str
        None of them, or one each.
    colours : list of (red, green, blue)
    """

    place: str
    xyxy: NDArray[np.floating]
    labels: list[str]
    colours: list[tuple[int, int, int]]


def track_boxes(xyxy: NDArray[np.floating], ids: Sequence[int]) -> Boxes:
    """The tracks of a frame, each in its colour."""
    return Boxes(BOXES, xyxy, [f"#{each}" for each in ids], [track_colour(each) for each in ids])


class RunLog:
    """One recording that is written to a file.

    Parameters
    ----------
    path : Path
        An ``.rrd`` file; it is whole after :meth:`close`.
    fps : float
        Frames per second of the source.
    """

    def __init__(self, path: Path, fps: float) -> None:
        self._rr = load_rerun()
        self._fps = fps
        self._recording = self._rr.RecordingStream(APPLICATION)
        self._recording.save(path)

    def blueprint(self, blueprint: Any) -> None:
        """How the viewer shows it at first."""
        self._recording.send_blueprint(blueprint)

    def close(self) -> None:
        """Write what is still waiting."""
        self._recording.flush()
        self._recording.disconnect()

    def text(self, text: str) -> None:
        """What the run was, in Markdown."""
        document = self._rr.TextDocument(text, media_type="text/markdown")
        self._recording.log("run", document, static=True)

    def series(self, place: str, values: Mapping[str, NDArray[Any]], frames: int) -> None:
        """Curves over all frames.

        Parameters
        ----------
        place : str
            What they are of, e.g. ``spikes``.
        values : mapping of str to (F,) int or float
            By layer or chip; what has fewer entries than there are frames is of the last ones.
        frames : int
            Of the source.
        """
        for number, (name, curve) in enumerate(values.items()):
            path = self._path(place, name)
            colour = rgb(LINES[number % len(LINES)])
            line = self._rr.SeriesLines(names=[name], colors=[colour], widths=[1.5])
            self._recording.log(path, line, static=True)
            numbers = np.arange(frames - len(curve), frames)
            self._recording.send_columns(
                path,
                indexes=[
                    self._rr.TimeColumn(FRAME, sequence=numbers),
                    self._rr.TimeColumn(TIME, duration=numbers / self._fps),
                ],
                columns=self._rr.Scalars.columns(scalars=np.asarray(curve, np.float64)),
            )

    def frame(self, number: int, picture: Frame) -> float:
        """A frame of the source, (H, W, 3) RGB; by how much it was made smaller."""
        self._at(number)
        factor = min(1.0, WIDEST / picture.shape[1])
        if factor < 1:
            picture = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
        done, packed = cv2.imencode(
            ".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY)
        )
        assert done
        image = self._rr.EncodedImage(contents=packed.tobytes(), media_type="image/jpeg")
        self._recording.log(PICTURE, image)
        return factor

    def boxes(self, number: int, drawn: Boxes, factor: float) -> None:
        """Boxes over a frame that was made smaller by ``factor``."""
        self._at(number)
        boxes = self._rr.Boxes2D(
            array=drawn.xyxy * factor,
            array_format=self._rr.Box2DFormat.XYXY,
            labels=drawn.labels or None,
            colors=drawn.colours or None,
        )
        self._recording.log(drawn.place, boxes)

    def crop(self, number: int, chain: str, picture: Frame) -> None:
        """What a chain of a siamese pair saw of a frame, (H, W, 3) RGB."""
        self._at(number)
        done, packed = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        assert done
        image = self._rr.EncodedImage(contents=packed.tobytes(), media_type="image/png")
        self._recording.log(self._path(CROPS, chain), image)

    def score_map(self, number: int, scores: NDArray[np.floating]) -> None:
        """What each cell of a head said, (H, W), 0 to 1."""
        self._at(number)
        image = self._rr.DepthImage(
            scores.astype(np.float32), colormap="viridis", meter=1.0, depth_range=(0.0, 1.0)
        )
        self._recording.log(SCORES, image)

    def spike_map(self, number: int, layer: str, counts: NDArray[np.integer]) -> None:
        """How many spikes left each place of a layer in a frame, (H, W), over all channels and timesteps."""
        self._at(number)
        image = self._rr.DepthImage(counts.astype(np.uint16), colormap="viridis", meter=1.0)
        self._recording.log(self._path(MAPS, layer), image)

    def channels(self, number: int, layer: str, values: NDArray[np.integer]) -> None:
        """The same channel by channel, or what a head holds, (C, H, W) int32."""
        self._at(number)
        tensor = self._rr.Tensor(values.astype(np.int32), dim_names=("channel", "row", "column"))
        self._recording.log(self._path(CHANNELS, layer), tensor)

    def _path(self, *parts: str) -> str:
        return str(self._rr.new_entity_path(list(parts)))

    def _at(self, number: int) -> None:
        self._recording.set_time(FRAME, sequence=number)
        self._recording.set_time(TIME, duration=number / self._fps)
