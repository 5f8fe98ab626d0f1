"""Ranges of the settings, the presets, and what random settings are drawn from."""

from __future__ import annotations

from typing import Any

# field -> (least, greatest); both belong to the range.
RANGES: dict[str, tuple[float, float]] = {
    "seed": (0, 2**63 - 1),
    "frames": (1, 100_000),
    "width": (64, 2048),
    "height": (64, 2048),
    "fps": (1, 1000),
    "size": (12, 1024),
    "zoom": (1, 2.5),
    "aspect": (1, 2),
    "turn": (0, 30),
    "speed": (0, 0.6),
    "jolts": (0, 20),
    "deform": (0, 1),
    "distractors": (0, 6),
    "alike": (0, 1),
    "occluders": (0, 10),
    "full": (0, 1),
    "leaves": (0, 10),
    "clutter": (0, 60),
    "pan": (0, 20),
    "sway": (0, 1),
    "shake": (0, 10),
    "light": (0, 1),
    "shadow": (0, 0.9),
    "blur": (0, 1),
    "defocus": (0, 5),
    "noise": (0, 50),
    "jpeg": (0, 100),
}

PRESETS: dict[str, dict[str, Any]] = {
    "easy": {
        "zoom": 1.2, "aspect": 1.1, "turn": 1.0, "speed": 0.05, "jolts": 0.0, "deform": 0.5,
        "distractors": 0, "occluders": 0.0, "clutter": 2, "pan": 0.5, "light": 0.1, "shadow": 0.0,
        "blur": 0.2, "defocus": 0.0, "noise": 2.0,
    },
    "usual": {},
    "hard": {
        "zoom": 2.0, "aspect": 1.5, "turn": 4.0, "speed": 0.08, "jolts": 2.5, "deform": 1.0,
        "distractors": 4, "alike": 0.75, "occluders": 2.5, "full": 0.4, "clutter": 10, "pan": 1.5,
        "light": 0.35, "shadow": 0.45, "blur": 0.5, "defocus": 0.8, "noise": 5.0,
    },
}  # fmt: skip

# What `TargetSpec.random` draws evenly, between these.
DRAWN: dict[str, tuple[float, float]] = {
    "size": (20, 40),
    "zoom": (1, 2.3),
    "aspect": (1, 1.6),
    "turn": (0, 8),
    "speed": (0.02, 0.14),
    "jolts": (0, 5),
    "deform": (0, 1),
    "distractors": (0, 5),
    "alike": (0, 1),
    "occluders": (0, 4),
    "full": (0, 0.6),
    "clutter": (0, 14),
    "pan": (0, 2),
    "sway": (0, 0.6),
    "shake": (0, 1),
    "light": (0, 0.5),
    "shadow": (0, 0.6),
    "blur": (0, 0.8),
    "defocus": (0, 1.2),
    "noise": (0, 8),
}
