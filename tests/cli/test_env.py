"""``env`` and ``env lava``: what is printed, and where."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from neuromorph_track.backends import lava_python
from neuromorph_track.backends.lava_python import INTERPRETER, LavaPython
from neuromorph_track.errors import JobError
from neuromorph_track.runs import lava_env
from tests.cli.conftest import Command

Make = Callable[[bool, bool, Callable[[str], None]], Path]
MADE = Path("/cache/lava/env-1/bin/python")


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Callable[[Make], None]:
    """Put a function in the place of what makes the environment."""
    monkeypatch.delenv(INTERPRETER, raising=False)
    return lambda function: monkeypatch.setattr(lava_env, "make_lava_environment", function)


def used(monkeypatch: pytest.MonkeyPatch, found: LavaPython) -> None:
    monkeypatch.setattr(lava_python, "find_lava_python", lambda: found)


def test_a_block_for_people_and_json_for_machines(command: Command) -> None:
    block = command("env")
    assert (block.code, block.err) == (0, "")
    assert block.out.startswith("```text\n")
    assert block.out.endswith("```\n")
    answer = command("env", "--json")
    assert (answer.code, answer.err) == (0, "")
    assert json.loads(answer.out)["python"]["version"] in block.out


def test_it_answers_where_pytorch_is_broken(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise OSError('libcuda is not there')")
    done = subprocess.run(
        [sys.executable, "-c", "from neuromorph_track.cli import main; main()", "env"],
        env={"PYTHONPATH": f"{tmp_path}:{Path(__file__).parents[2]}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "cannot be used: OSError: libcuda is not there" in done.stdout


def test_lava_is_made(
    command: Command, make: Callable[[Make], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[bool, bool]] = []

    def made(force: bool, quiet: bool, say: Callable[[str], None]) -> Path:
        asked.append((force, quiet))
        say("making it")
        return MADE

    make(made)
    used(monkeypatch, LavaPython(str(MADE), "made"))
    answer = command("env", "lava")
    assert (answer.code, answer.err) == (0, "env lava: making it\n")
    assert str(MADE) in answer.out
    assert "next: neuromorph-track verify" in answer.out
    answer = command("env", "lava", "--force", "-q", "--json")
    assert (answer.code, answer.err) == (0, "")
    assert json.loads(answer.out) == {"path": str(MADE), "used": True}
    assert asked == [(False, False), (True, True)]


@pytest.mark.parametrize(("origin", "words"), [("named", INTERPRETER), ("this", "this Python has lava-nc")])
def test_it_is_said_when_another_goes_first(
    command: Command, make: Callable[[Make], None], monkeypatch: pytest.MonkeyPatch, origin: str, words: str
) -> None:
    make(lambda force, quiet, say: MADE)
    used(monkeypatch, LavaPython("/other/python", origin))  # type: ignore[arg-type]
    answer = command("env", "lava")
    assert f"it is not used: {words}" in answer.out
    assert "next:" not in answer.out
    assert json.loads(command("env", "lava", "--json").out)["used"] is False


def test_what_fails_is_one_line(command: Command, make: Callable[[Make], None]) -> None:
    def fail(force: bool, quiet: bool, say: Callable[[str], None]) -> Path:
        raise JobError("Lava needs Python 3.10")

    make(fail)
    answer = command("env", "lava")
    assert (answer.code, answer.out) == (1, "")
    error, step = answer.err.splitlines()
    assert error == "error: Lava needs Python 3.10"
    assert step.startswith(" next: ")


def test_help_of_env_lava_has_an_example(command: Command) -> None:
    answer = command("env", "lava", "--help")
    assert answer.code == 0
    assert "Example: neuromorph-track env lava" in " ".join(answer.out.split())
