"""The set-up: pins that fit the project and name no place, and a clear word when there is no Python."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PYTHONS = ("3.10", "3.11", "3.12", "3.13")


def pins(lock: Path) -> list[tuple[Requirement, int]]:
    """Each pinned requirement of a lock with the number of its hashes."""
    entries = re.sub(r" *#.*", "", lock.read_text(encoding="utf-8")).replace("\\\n", " ").splitlines()
    return [
        (Requirement(entry.split("--hash")[0]), entry.count("--hash=sha256:"))
        for entry in entries
        if entry.strip()
    ]


def holds(marker: Marker | None, python: str) -> bool:
    environment = {
        "python_version": python,
        "python_full_version": f"{python}.1",
        "sys_platform": "linux",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
    }
    return marker is None or marker.evaluate(environment)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_pin_is_exact_and_hashed_and_names_no_place(lock: Path) -> None:
    entries = pins(lock)
    assert entries
    for requirement, hashes in entries:
        assert str(requirement.specifier).startswith("=="), requirement
        assert requirement.url is None, requirement
        assert hashes, requirement
    assert not re.findall(
        r"https?:|file:|index-url|find-links|(?<!\w)/\w+/", lock.read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_answers_what_the_project_asks_for(python: str) -> None:
    locked = {
        canonicalize_name(requirement.name): str(requirement.specifier).removeprefix("==")
        for requirement, _ in pins(ROOT / "requirements" / "lock.txt")
        if holds(requirement.marker, python)
    }
    asked = [
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["lava"],
        *PROJECT["project"]["optional-dependencies"]["dev"],
    ]
    for requirement in map(Requirement, asked):
        if holds(requirement.marker, python):
            assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), requirement
    assert ("lava-dl" in locked) == (python == "3.10")
    assert "opencv-python" not in locked


@pytest.mark.skipif(Path(sys.prefix) != ROOT / ".venv", reason="not the environment that the set-up makes")
def test_the_full_environment_has_slayer_so_that_its_tests_are_not_skipped() -> None:
    assert version("lava-dl") == "0.6.0"
    with pytest.raises(PackageNotFoundError):
        version("opencv-python")


@pytest.fixture
def bare_checkout(tmp_path: Path) -> Path:
    """A checkout with nothing but the set-up, and a PATH folder ``bin`` that holds no Python."""
    for name in ("pyproject.toml", "scripts", "requirements"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("bash", "env", "dirname", "cat", "cmp", "head", "ls", "mv", "rm"):
        found = shutil.which(tool)
        assert found
        (tools / tool).symlink_to(found)
    return tmp_path


def run_setup(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": str(checkout / "bin"),
        "HOME": str(checkout),
        "PYENV_ROOT": str(checkout / "pyenv"),
    }
    command = [str(checkout / "scripts" / "setup"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def add_program(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{shutil.which('bash')}\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("kind", "wanted"), [("full", "Python 3.10"), ("core", "Python 3.12 or 3.11 or 3.13")]
)
def test_without_a_python_it_says_what_to_install(bare_checkout: Path, kind: str, wanted: str) -> None:
    result = run_setup(bare_checkout, kind)
    assert result.returncode == 1
    assert result.stdout == ""
    assert wanted in result.stderr
    for choice in ("uv", "venv module", "pyenv install"):
        assert choice in result.stderr
    assert not (bare_checkout / ".venv").exists()


def test_a_python_that_fails_is_refused_with_its_reason(bare_checkout: Path) -> None:
    add_program(
        bare_checkout / "bin" / "python3.10", "echo 'pyenv: python3.10: command not found' >&2; exit 127"
    )
    add_program(
        bare_checkout / "pyenv" / "versions" / "3.10.1" / "bin" / "python", "echo 'no ssl' >&2; exit 1"
    )
    add_program(bare_checkout / "bin" / "uv", "exit 127")
    result = run_setup(bare_checkout)
    assert result.returncode == 1
    assert "bin/python3.10: pyenv: python3.10: command not found" in result.stderr
    assert "pyenv/versions/3.10.1/bin/python: no ssl" in result.stderr
    assert "making" not in result.stderr


def test_a_uv_inside_another_pyenv_version_is_found(bare_checkout: Path) -> None:
    add_program(bare_checkout / "bin" / "uv", "exit 127")
    inside = bare_checkout / "pyenv" / "versions" / "3.11.7" / "bin" / "uv"
    add_program(inside, '[ "$1" = --version ]')
    result = run_setup(bare_checkout)
    assert f"making .venv with {inside}" in result.stderr
    assert result.returncode == 1


def test_a_python_of_another_version_is_refused(bare_checkout: Path) -> None:
    if sys.version_info[:2] == (3, 10):
        kind, name, found = "core", "python3.12", "is Python 3.10"
    else:
        kind, name, found = "full", "python3.10", f"is Python 3.{sys.version_info[1]}"
    add_program(bare_checkout / "bin" / name, f'exec {sys.executable} "$@"')
    result = run_setup(bare_checkout, kind)
    assert result.returncode == 1
    assert f"bin/{name}: {found}" in result.stderr


def finished_environment(checkout: Path, folder: str, extra_pin: str) -> Path:
    """An environment with a stamp from ``folder``, made when the lock still held ``extra_pin``."""
    add_program(checkout / ".venv" / "bin" / "python", "echo Python 3.10.99")
    inputs = ("pyproject.toml", "requirements/lock.txt", "requirements/uv.txt", "scripts/setup")
    texts = [(checkout / name).read_text(encoding="utf-8") for name in inputs]
    stamp = checkout / ".venv" / ".neuromorph-track"
    stamp.write_text(f"{folder}\nPython 3.10.99\n{extra_pin}{''.join(texts)}", encoding="utf-8")
    return stamp


def test_an_environment_that_is_up_to_date_is_left_alone(bare_checkout: Path) -> None:
    finished_environment(bare_checkout, os.path.realpath(bare_checkout), "")
    result = run_setup(bare_checkout)
    assert (result.returncode, result.stderr) == (0, "")


def test_changed_pins_are_installed_into_the_same_environment(bare_checkout: Path) -> None:
    stamp = finished_environment(bare_checkout, os.path.realpath(bare_checkout), "old==1\n")
    result = run_setup(bare_checkout)
    assert result.returncode == 0
    assert "installing" in result.stderr
    assert "making" not in result.stderr
    assert "old==1" not in stamp.read_text(encoding="utf-8")
    assert run_setup(bare_checkout).stderr == ""


def test_an_environment_of_a_moved_checkout_is_not_used(bare_checkout: Path) -> None:
    finished_environment(bare_checkout, "/elsewhere", "")
    assert run_setup(bare_checkout).returncode == 1


def test_an_unknown_environment_is_wrong_usage(bare_checkout: Path) -> None:
    result = run_setup(bare_checkout, "both")
    assert result.returncode == 2
    assert "usage:" in result.stderr
