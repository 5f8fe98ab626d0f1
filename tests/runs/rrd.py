"""A Rerun recording, read back by Rerun itself: what each entity held at each frame."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

# The part of an entity that tests look at, as the versions name it.
PARTS = {
    **dict.fromkeys(("Scalar", "Scalars:scalars", "Position2D", "Boxes2D:centers"), "values"),
    **dict.fromkeys(("ImageBuffer", "DepthImage:buffer", "Blob", "EncodedImage:blob"), "bytes"),
    **dict.fromkeys(("TensorData", "Tensor:data"), "tensor"),
}


def columns(path: Path) -> dict[str, list[tuple[int, Any]]]:
    """By entity, without the slash in front and without escapes: (frame, value), frames ascending."""
    found: dict[str, list[tuple[int, Any]]] = {}
    for entity, part, frame, value in _cells(path):
        if part in PARTS:
            name = entity.lstrip("/").replace("\\", "")
            found.setdefault(name, []).append((frame, _value(PARTS[part], value)))
    return {name: sorted(cells, key=lambda cell: cell[0]) for name, cells in found.items()}


def _cells(path: Path) -> Iterator[tuple[str, str, int, Any]]:
    import rerun

    if hasattr(rerun, "dataframe"):
        table = rerun.dataframe.load_recording(path).view(index="frame", contents="/**").select().read_all()
        for field in table.schema:
            entity, _, part = field.name.rpartition(":")
            if part in PARTS:
                yield from _rows(entity, part, table, field.name)
        return
    from rerun.chunk import RrdReader

    for chunk in RrdReader(path).stream():
        if not chunk.is_static:
            batch = chunk.to_record_batch()
            for field in batch.schema:
                if field.name in PARTS:
                    yield from _rows(chunk.entity_path, field.name, batch, field.name)


def _rows(entity: str, part: str, table: Any, column: str) -> Iterator[tuple[str, str, int, Any]]:
    for frame, value in zip(table["frame"].to_pylist(), table[column].to_pylist(), strict=True):
        if value is not None:
            yield entity, part, frame, value


def _value(kind: str, value: Any) -> Any:
    if kind == "values":
        return value
    if kind == "bytes":
        return value[0]
    (tensor,) = value
    return np.reshape(tensor["buffer"], tensor["shape"])
