"""Finding interpreters and uv among programs that do and do not work."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from neuromorph_track.runs import pythons as module
from neuromorph_track.runs.pythons import answer_of, find_python, find_uv, reason_in
from tests.runs.fake_programs import add_program

# A version that no machine has, so that only fakes are found.
VERSION = "3.99"
WORKS = '[ "$3" = 3.99 ] && echo "$0.real"'


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with an empty PATH folder ``bin``, pyenv folder and home."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "prefix"))
    return tmp_path


def test_nothing_is_found_where_there_is_nothing(machine: Path) -> None:
    assert find_python(VERSION) == (None, [])
    assert find_uv() is None


@pytest.mark.parametrize("place", ["bin/python3.99", "pyenv/versions/3.99.1/bin/python"])
def test_a_python_is_found_by_the_path_that_it_gives(machine: Path, place: str) -> None:
    python = add_program(machine / place, WORKS)
    add_program(machine / "pyenv" / "versions" / "3.98.1" / "bin" / "python", WORKS)
    assert find_python(VERSION) == (f"{python}.real", [])


def test_a_shim_that_leads_nowhere_is_refused_with_its_reason(machine: Path) -> None:
    shim = add_program(
        machine / "bin" / "python3.99",
        "printf 'pyenv: command not found\\n\\nNote: see help\\n' >&2; exit 127",
    )
    python = add_program(machine / "pyenv" / "versions" / "3.99.0" / "bin" / "python", WORKS)
    assert find_python(VERSION) == (f"{python}.real", [f"{shim}: pyenv: command not found"])


def test_a_python_of_another_version_is_refused(machine: Path) -> None:
    python = add_program(machine / "bin" / "python3.99", f'exec "{sys.executable}" "$@"')
    is_version = f"is Python {sys.version_info.major}.{sys.version_info.minor}"
    assert find_python(VERSION) == (None, [f"{python}: {is_version}"])


def test_this_python_will_do_where_its_version_is_wanted(machine: Path) -> None:
    assert find_python(f"{sys.version_info.major}.{sys.version_info.minor}") == (sys.executable, [])


@pytest.mark.parametrize(
    "place", ["bin/uv", "prefix/bin/uv", "home/.local/bin/uv", "pyenv/versions/3.11.7/bin/uv"]
)
def test_a_uv_that_works_is_found(machine: Path, place: str) -> None:
    if place != "bin/uv":
        add_program(machine / "bin" / "uv", "exit 127")
    uv = add_program(machine / place, '[ "$1" = --version ]')
    assert find_uv() == str(uv)


@pytest.mark.parametrize(
    ("script", "answer"),
    [
        ("echo one; echo two", (True, "two")),
        ("true", (True, "")),
        ("exit 3", (False, "ended with code 3")),
        ("echo no luck >&2; exit 3", (False, "no luck")),
        ("echo no luck; exit 3", (False, "no luck")),
        ("echo $PYTHONPATH", (True, "")),
        ("cat; echo the end", (True, "the end")),
    ],
)
def test_answers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, answer: tuple[bool, str]
) -> None:
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    assert answer_of([str(add_program(tmp_path / "program", script))]) == answer


def test_programs_that_cannot_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert answer_of([str(tmp_path / "absent")]) == (False, "No such file or directory")
    monkeypatch.setattr(module, "PROBE_SECONDS", 0.2)
    slow = add_program(tmp_path / "slow", "exec sleep 60")
    assert answer_of([str(slow)]) == (False, "did not answer within 0.2 s")


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("", ""),
        ("first\nlast\n", "first"),
        ("hint\nerror: no such thing\n  cause: none\n", "error: no such thing"),
        ("Looking\nERROR: first\nERROR: last\n", "ERROR: first"),
        ("Traceback (most recent call last):\n  File\nImportError: no numpy\n", "ImportError: no numpy"),
    ],
)
def test_the_reason_in_what_a_program_prints(output: str, reason: str) -> None:
    assert reason_in(output) == reason
