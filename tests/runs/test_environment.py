"""The block for a bug report: complete, whatever is absent or broken."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.backends import lava_python
from neuromorph_track.backends.lava_python import INTERPRETER
from neuromorph_track.files import CACHE_VARIABLE
from neuromorph_track.runs import environment as module
from neuromorph_track.runs import provenance
from neuromorph_track.runs.environment import LIBRARIES, as_markdown, describe_environment
from tests.runs.fake_programs import add_program


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(INTERPRETER, raising=False)
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "home" / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USER", "alice-the-user")


def test_what_is_there_is_named() -> None:
    found = describe_environment()
    assert found["package"]["version"] == version("neuromorph-track")
    assert found["python"]["version"] == sys.version.split()[0]
    assert found["libraries"]["numpy"] == np.__version__
    assert found["cpu"]["count"] >= found["cpu"]["usable"] >= 1
    assert all(count >= 1 for count in found["threads"].values())
    assert found["devices"][0] == "cpu"
    assert found["cache"] == "~/cache"
    assert json.loads(json.dumps(found)) == found


def test_the_block_has_a_line_for_everything_and_names_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{Path.home()}/mine:/scratch/alice-the-user/lib")
    text = as_markdown(describe_environment())
    lines = text.splitlines()
    assert (lines[0], lines[-1]) == ("```text", "```")
    for name in (
        "neuromorph-track",
        "Python",
        "platform",
        "CPU",
        "torch devices",
        "Lava runs in",
        *LIBRARIES,
    ):
        assert any(line.startswith(f"{name} ") for line in lines), name
    assert "~/mine:/scratch/USER/lib" in text
    assert "alice-the-user" not in text
    assert str(Path.home()) not in text


def test_what_is_broken_or_absent_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("torch", "numba"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(module, "LIBRARIES", ("no-such-library",))
    monkeypatch.setattr(provenance, "PACKAGE", "no-such-package")
    monkeypatch.setattr(module.Path, "read_text", refuse)
    found = describe_environment()
    assert found["libraries"] == {"no-such-library": None}
    assert found["package"]["version"] is None
    text = as_markdown(found)
    assert "not installed, run from " in text
    assert text.count("cannot be used: ModuleNotFoundError") == 3
    assert "no-such-library" in text


def refuse(*arguments: object, **options: object) -> str:
    raise PermissionError(13, "Permission denied")


ANSWERS = {
    "exit 3": "ended with code 3",
    "echo hello": "is no Python",
    'echo \'["3.10.99", "0.10.0"]\'': "Python 3.10.99, lava-nc 0.10.0",
    "echo '[\"3.10.99\", null]'": "Python 3.10.99, lava-nc not installed",
}


@pytest.mark.parametrize("script", ANSWERS)
def test_the_python_that_runs_lava(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    python = add_program(tmp_path / "home" / "python", script)
    monkeypatch.setenv(INTERPRETER, str(python))
    line = f"~/python (named by {INTERPRETER}): {ANSWERS[script]}"
    assert line in as_markdown(describe_environment())


def test_a_named_python_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(INTERPRETER, "/no/such/python")
    text = as_markdown(describe_environment())
    assert f"/no/such/python (named by {INTERPRETER}): No such file or directory" in text


def test_a_real_python_says_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(INTERPRETER, sys.executable)
    found = describe_environment()
    assert found["lava"]["python"] == found["python"]["version"]
    assert found["lava"]["lava-nc"] == found["libraries"]["lava-nc"]
    assert found["lava"]["problem"] is None


def test_no_python_for_lava(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise module.PackageNotFoundError(name)

    monkeypatch.setattr(lava_python, "distribution", absent)
    found = describe_environment()
    assert found["lava"] == dict.fromkeys(("origin", "path", "python", "lava-nc", "problem"))
    assert "nothing yet; `neuromorph-track env lava` makes" in as_markdown(found)
