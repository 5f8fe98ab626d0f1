"""Small made-up sequences in the layouts of benchmarks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

SIZE = (32, 24)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def pictures(folder: Path, numbers: Iterable[int], digits: int = 4) -> None:
    """A picture for each number; all its pixels have the number's value."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        picture = np.full((SIZE[1], SIZE[0], 3), number % 256, np.uint8)
        cv2.imwrite(str(folder / f"{number:0{digits}}.png"), picture)


def boxes(count: int, between: str = ",", first: int = 1) -> str:
    """Lines of boxes that move to the right, a pixel a frame."""
    return "".join(between.join(f"{value}" for value in (first + at, 2, 5, 6)) + "\n" for at in range(count))


def otb(root: Path, name: str = "Crossing", count: int = 4, between: str = "\t") -> Path:
    write(root / name / "groundtruth_rect.txt", boxes(count, between))
    pictures(root / name / "img", range(1, count + 1))
    return root / name


def lasot(root: Path, name: str = "cat-1", count: int = 4) -> Path:
    folder = root / name
    write(folder / "groundtruth.txt", boxes(count))
    write(folder / "full_occlusion.txt", ",".join("0010"[:count]))
    write(folder / "out_of_view.txt", ",".join("0001"[:count]))
    pictures(folder / "img", range(1, count + 2), digits=8)
    return folder


def got10k(root: Path, name: str = "GOT-10k_Val_000001", count: int = 4) -> Path:
    folder = root / name
    write(folder / "groundtruth.txt", boxes(count))
    write(folder / "absence.label", "0\n0\n1\n0\n")
    write(folder / "cover.label", "8\n0\n3\n8\n")
    meta = "[METAINFO]\nurl: a%20b\nmotion_class: walking\nroot_class: animal\nresolution: (32, 24)\n"
    write(folder / "meta_info.ini", meta)
    pictures(folder, range(1, count + 1), digits=8)
    return folder


def trackingnet(root: Path, names: Iterable[str] = ("a_0", "b_0"), count: int = 3) -> Path:
    for name in names:
        write(root / "anno" / f"{name}.txt", boxes(count))
        pictures(root / "frames" / name, range(count), digits=1)
    return root


def uav123(root: Path) -> Path:
    write(root / "anno" / "UAV123" / "bird1_2.txt", "1,2,5,6\nNaN,NaN,NaN,NaN\n3,2,5,6\n")
    write(root / "anno" / "UAV123" / "boat1.txt", boxes(2))
    write(root / "anno" / "UAV123" / "att" / "boat1.txt", "1,0,0,0,0,0,1,0,0,0,0,1\n")
    pictures(root / "data_seq" / "UAV123" / "bird1", range(770, 780), digits=6)
    pictures(root / "data_seq" / "UAV123" / "boat1", (1, 2), digits=6)
    return root


def vot(root: Path, name: str = "bag", count: int = 3) -> Path:
    folder = root / name
    write(folder / "groundtruth.txt", "0,4,4,0,8,4,4,8\n" * count)
    write(folder / "occlusion.tag", "0\n1\n0\n")
    write(folder / "camera_motion.tag", "0\n0\n0\n")
    pictures(folder / "color", range(1, count + 1), digits=8)
    return folder
