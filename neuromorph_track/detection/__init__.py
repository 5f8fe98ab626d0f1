"""Pictures to integers for the chip, and its integers to boxes."""

from neuromorph_track.detection.decode import HeadDecoder
from neuromorph_track.detection.encode import FrameEncoder, Placement
from neuromorph_track.detection.nms import non_maximum_suppression

__all__ = ["FrameEncoder", "HeadDecoder", "Placement", "non_maximum_suppression"]
