"""What CONTRIBUTING says of the package is there."""

from __future__ import annotations

import re

from tests.test_imports import PACKAGE, ROOT, may_import_lava


def test_what_may_import_lava_is_there_and_may() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition("## Two worlds of Python")[2].partition("may import them")[0]
    named = re.findall(r"`([\w/]+(?:/|\.py))`", section)
    assert "training/" in named
    assert [name for name in named if not (ROOT / PACKAGE / name).exists()] == []
    modules = [f"{PACKAGE}.{name.removesuffix('.py').strip('/').replace('/', '.')}" for name in named]
    assert all(map(may_import_lava, modules))
