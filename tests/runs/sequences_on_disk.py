"""Small sequences with detections and truth, written as benchmarks write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

FRAMES = 30


def write_sequence(folder: Path, seed: int, objects: int = 5, length: int | None = FRAMES) -> Path:
    """A folder of MOTChallenge's: ``det/det.txt`` of noisy boxes, ``gt/gt.txt``, ``seqinfo.ini``."""
    generator = np.random.default_rng(seed)
    truth, found = [], []
    for number in range(1, objects + 1):
        x, y, speed = (
            90 * number + generator.uniform(-5, 5),
            generator.uniform(0, 200),
            generator.uniform(-3, 3),
        )
        for frame in range(1, FRAMES + 1):
            left = x + speed * frame
            truth.append(f"{frame},{number},{left:.2f},{y:.2f},30,80,1,1,1")
            if generator.random() < 0.95:
                a, b = generator.normal(0, 2, 2)
                score = generator.uniform(0.7, 1)
                found.append((frame, f"{frame},-1,{left + a:.2f},{y + b:.2f},30,80,{score:.3f},-1,-1,-1"))
    found.sort(key=lambda row: row[0])
    for place, lines in (("gt/gt.txt", truth), ("det/det.txt", [line for _, line in found])):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text("\n".join(lines) + "\n")
    if length is not None:
        text = f"[Sequence]\nframeRate=25\nseqLength={length}\nimWidth=640\nimHeight=480\n"
        (folder / "seqinfo.ini").write_text(text)
    return folder


def write_kitti(root: Path, name: str, seed: int, kinds: tuple[str, ...] = ("Car", "Pedestrian")) -> None:
    """``det_KIND/NAME.txt`` of plain rows and ``label_02/NAME.txt``, objects of every kind."""
    generator = np.random.default_rng(seed)
    labels = []
    for place, kind in enumerate(kinds):
        rows = []
        for number in range(3):
            x, y, speed = 150 * number + 400 * place, 100 + 10 * number, generator.uniform(-2, 2)
            for frame in range(FRAMES):
                left = x + speed * frame
                box = (left, y, left + 60, y + 50)
                edges = " ".join(f"{edge:.4f}" for edge in box)
                labels.append(f"{frame} {10 * place + number} {kind} 0 0 -1 {edges} 1 1 1 1 1 1 0")
                rows.append(",".join(f"{value:.4f}" for value in (frame, *box, 0.9)))
        path = root / f"det_{kind}" / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(rows) + "\n")
    (root / "label_02").mkdir(exist_ok=True)
    (root / "label_02" / f"{name}.txt").write_text("\n".join(labels) + "\n")
