"""The picture of the architecture shows the rooms as the rule of imports has them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from tests.test_imports import LAVA_FILES, LAVA_ROOMS, ROOMS, room_of

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "architecture.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("architecture_picture", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_rooms_stand_in_their_order(script: ModuleType) -> None:
    assert tuple(name for row in script.ROWS for name, _ in row) == ROOMS


def test_rooms_that_may_name_lava_are_dashed(script: ModuleType) -> None:
    assert set(script.LAVA) == {room_of(module) for module in (*LAVA_ROOMS, *LAVA_FILES)}


def test_the_picture_is_what_the_script_draws(script: ModuleType) -> None:
    assert script.PICTURE.read_text(encoding="utf-8") == script.picture()
