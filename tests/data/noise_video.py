"""Videos of noise, which no encoder makes much smaller."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np


def save_video(path: Path, frames: int, fps: int = 10) -> None:
    """MPEG-4 of 64x48 whose index comes first, so that a part of it can be read."""
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("mpeg4", rate=fps)
        stream.width, stream.height = 64, 48
        noise = np.random.default_rng(0)
        for _ in range(frames):
            picture = noise.integers(0, 256, (48, 64, 3), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
