"""Camera motion files: composition over left-out frames, faults."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.data.camera_motion import read_camera_motion
from neuromorph_track.errors import InputError


def write(folder: Path, text: str) -> Path:
    path = folder / "gmc.txt"
    path.write_text(text)
    return path


def test_motion_over_left_out_frames_is_put_together(tmp_path: Path) -> None:
    motion = read_camera_motion(write(tmp_path, "1 1 0 0 0 1 0\n2 2 0 5 0 2 -1\n3,1,0,10,0,1,20\n"))
    assert motion.between(0, 3) is None
    step = motion.between(1, 2)
    both = motion.between(1, 3)
    assert step is not None
    assert both is not None
    assert step.tolist() == [[2, 0, 5], [0, 2, -1]]
    point = np.array([3.0, 4.0, 1.0])
    assert np.allclose(both @ point, [2 * 3 + 5 + 10, 2 * 4 - 1 + 20])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 1 0 0 0 1\n", "line 1: found 6 columns, expected 7 separated by spaces"),
        ("1 1 0 0 0 1 0\n1 1 0 0 0 1 0\n", "line 2, frame: found 1 again, expected each frame once"),
        ("1 1 0 nan 0 1 0\n", "line 1, x: found nan, expected a finite number"),
    ],
)
def test_faults_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_camera_motion(write(tmp_path, text))


def test_a_missing_frame_is_named(tmp_path: Path) -> None:
    motion = read_camera_motion(write(tmp_path, "1 1 0 0 0 1 0\n3 1 0 0 0 1 0\n"))
    with pytest.raises(InputError, match="frame 2: found no line, expected a line for each frame"):
        motion.between(1, 3)


def test_a_real_file(shared_data: Path) -> None:
    motion = read_camera_motion(shared_data / "mot_text" / "MOT17-05-halfval" / "gmc.txt")
    warp = motion.between(1, 418)
    assert warp is not None
    assert np.isfinite(warp).all()
