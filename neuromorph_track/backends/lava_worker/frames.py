"""What host and worker say to each other: a JSON header, then raw arrays; nothing is unpickled."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

LENGTH = struct.Struct("<I")
LONGEST_HEADER = 1 << 24
MOST_BYTES = 1 << 33
TYPES = ("<i4", "<f8")


@dataclass(frozen=True)
class Message:
    """One message.

    Attributes
    ----------
    kind : str
        What is asked or answered.
    content : mapping
        Plain values that JSON can hold.
    arrays : mapping of str to array
        Of int32, or of float64.
    """

    kind: str
    content: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, Array] = field(default_factory=dict)


def encode(message: Message) -> Iterator[bytes | memoryview]:
    """Pieces to be written one after the other."""
    arrays = {
        name: np.ascontiguousarray(array, TYPES[array.dtype == np.float64])
        for name, array in message.arrays.items()
    }
    forms = {name: (array.dtype.str, array.shape) for name, array in arrays.items()}
    header = json.dumps({"kind": message.kind, "content": message.content, "arrays": forms}).encode()
    yield LENGTH.pack(len(header)) + header
    for array in arrays.values():
        yield array.reshape(-1).view(np.uint8).data


def decode(read: Callable[[int], bytes | bytearray]) -> Message:
    """Read one message; ``read(n)`` gives exactly ``n`` bytes or raises.

    Raises
    ------
    ValueError
        When the bytes are no message.
    """
    (length,) = LENGTH.unpack(read(LENGTH.size))
    if length > LONGEST_HEADER:
        raise ValueError(f"a header of {length} bytes")
    header = json.loads(read(length))
    arrays = {}
    for name, (dtype, shape) in header["arrays"].items():
        if dtype not in TYPES:
            raise ValueError(f"an array of type {dtype}")
        size = np.dtype(dtype).itemsize
        for side in shape:
            size *= side
        if not 0 <= size <= MOST_BYTES:
            raise ValueError(f"an array of shape {shape}")
        arrays[name] = np.frombuffer(read(size), dtype).reshape(shape)
    return Message(header["kind"], header["content"], arrays)
