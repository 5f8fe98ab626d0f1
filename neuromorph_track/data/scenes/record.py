"""Scenes as MOTChallenge folders on disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import cv2

from neuromorph_track.data.motchallenge import SeqInfo
from neuromorph_track.data.scenes.scene import Scene, SceneTruth
from neuromorph_track.errors import InputError
from neuromorph_track.files import unwritable

_SUFFIXES = (".png", ".jpg")


def write_motchallenge(scene: Scene, folder: str | Path, suffix: str = ".png") -> None:
    """Write ``img1/%06d``, ``gt/gt.txt`` and ``seqinfo.ini``; the folder appears when all is there.

    Lines of the truth are ``frame,id,x,y,w,h,conf,class,visibility``: frame and class from 1, boxes cut
    at the edges of the picture, conf 0 for ignored objects.

    Parameters
    ----------
    scene : Scene
        What to write.
    folder : str or Path
        The folder to make; its name becomes the name of the sequence.
    suffix : str
        ``.png`` (exact) or ``.jpg`` (small).

    Raises
    ------
    InputError
        When the folder exists already or the suffix is another one.
    JobError
        When it cannot be written; nothing is left behind.
    """
    target = Path(folder)
    if suffix not in _SUFFIXES:
        raise InputError(target, "suffix", repr(suffix), " or ".join(_SUFFIXES))
    if target.exists():
        raise InputError(target, "folder", "one that exists", "a new folder")
    temporary = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        _fill(scene, temporary, target.name, suffix)
        # mkdtemp makes the folder private; its parent's mode is what a user expects.
        os.chmod(temporary, target.parent.stat().st_mode & 0o777)
        os.rename(temporary, target)
        temporary = None
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def _fill(scene: Scene, folder: Path, name: str, suffix: str) -> None:
    (folder / "img1").mkdir()
    (folder / "gt").mkdir()
    spec = scene.spec
    truths = []
    for number, (frame, truth) in enumerate(scene, start=1):
        _, data = cv2.imencode(suffix, cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
        (folder / "img1" / f"{number:06d}{suffix}").write_bytes(data.tobytes())
        truths.append(truth)
    (folder / "gt" / "gt.txt").write_text(truth_text(truths), encoding="ascii")
    info = SeqInfo(name, spec.fps, spec.frames, spec.width, spec.height, image_suffix=suffix)
    (folder / "seqinfo.ini").write_text(info.to_text(), encoding="utf-8")


def truth_text(truths: Iterable[SceneTruth]) -> str:
    """``gt.txt`` of consecutive frames."""
    return "".join(line for number, truth in enumerate(truths, 1) for line in _truth_lines(number, truth))


def _truth_lines(number: int, truth: SceneTruth) -> list[str]:
    lines = []
    for row in range(len(truth)):
        left, top, right, bottom = (float(edge) for edge in truth.xyxy[row])
        lines.append(
            f"{number},{truth.track_id[row]},{left:g},{top:g},{right - left:g},{bottom - top:g},"
            f"{int(not truth.ignored[row])},{truth.class_id[row] + 1},{truth.visibility[row]:.4f}\n"
        )
    return lines
