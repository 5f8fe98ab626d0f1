"""Where this package came from, and which code it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from neuromorph_track.runs import provenance as module
from neuromorph_track.runs.provenance import package_provenance


def test_the_source_is_told_by_its_content(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "package" / "room").mkdir(parents=True)
    for name in ("__init__.py", "room/a.py", "room/notes.txt"):
        (tmp_path / "package" / name).write_text("x = 1\n")
    monkeypatch.setattr(module.neuromorph_track, "__file__", str(tmp_path / "package" / "__init__.py"))
    before = package_provenance()
    assert before["files"] == 2
    assert package_provenance() == before
    (tmp_path / "package" / "room" / "a.py").write_text("x = 2\n")
    assert package_provenance()["source"] != before["source"]


class Installed:
    """Stands for a distribution with this ``direct_url.json``."""

    def __init__(self, content: Any) -> None:
        self.content = content

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return self.content if isinstance(self.content, str | None) else json.dumps(self.content)


@pytest.mark.parametrize(
    ("content", "origin"),
    [
        (None, "from a package index"),
        ({"url": "file:///src/nt", "dir_info": {"editable": True}}, "editable at /src/nt"),
        ({"url": "file:///src/nt", "dir_info": {}}, "from /src/nt"),
        ({"url": "file:///a/nt.whl", "archive_info": {}}, "from /a/nt.whl"),
        (
            {"url": "https://me:secret@host.example/nt.git?token=1", "vcs_info": {"commit_id": "abc"}},
            "commit abc of https://host.example/nt.git",
        ),
        ({"url": 3}, "from an unknown place"),
        ({}, "from an unknown place"),
        ([], "from an unknown place"),
        ({"url": "https://h/x", "vcs_info": {}}, "from an unknown place"),
        ("{", "from an unknown place"),
    ],
)
def test_where_the_package_came_from(content: Any, origin: str) -> None:
    assert module.origin_of(Installed(content)) == origin  # type: ignore[arg-type]
