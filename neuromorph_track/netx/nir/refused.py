"""What a `.net` cannot hold, before it is known which node says it."""

from __future__ import annotations


class Refused(ValueError):
    """Something that a `.net` cannot hold; the caller knows which node it is."""

    def __init__(self, found: str, expected: str) -> None:
        self.found, self.expected = found, expected
        super().__init__(found)
