"""A private Python 3.10 that runs Lava, for hosts whose own Python cannot."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from neuromorph_track.backends.lava_python import (
    PINS,
    PREFIX,
    environments_folder,
    interpreter_in,
    made_python,
    make_current,
    own_variables,
)
from neuromorph_track.errors import JobError
from neuromorph_track.runs.pythons import answer_of, find_python, find_uv, reason_in

VERSION = "3.10"
# What the worker imports of Lava, and so all that has to be there.
CHECK = """
import lava.magma.compiler.compiler, lava.magma.runtime.runtime
import lava.proc.conv.models, lava.proc.dense.models, lava.proc.io, lava.proc.lif.models, lava.proc.sdn.models
"""
# On a slow line uv's default of 30 s without data is too short.
UV_SECONDS = "300"
STDERR = 2

Say = Callable[[str], None]
Commands = list[list[str]]


def make_lava_environment(force: bool = False, quiet: bool = False, say: Say | None = None) -> Path:
    """Make the environment that Lava runs in, unless it is there already.

    It is made at its final place, because a virtual environment holds absolute paths, and is used
    from the moment that :func:`make_current` names it. Until then an older one stays in use; what
    an interrupted call leaves behind is removed by the next.

    Parameters
    ----------
    force : bool
        Make it anew.
    quiet : bool
        Do not pass on what uv and pip print.
    say : callable or None
        Told in one line what happens next.

    Returns
    -------
    path
        The interpreter.

    Raises
    ------
    JobError
        When there is no Python 3.10, or the packages cannot be had or do not work.
    """
    tell = say or (lambda line: None)
    root = environments_folder()
    try:
        root.mkdir(parents=True, exist_ok=True)
        with _alone(root, tell):
            found = made_python()
            if found is None or force:
                found = _make(root, quiet, tell)
            _sweep(root, keep=found)
            return found
    except OSError as error:
        raise JobError(f"{root}: cannot be written: {error.strerror or error}") from error


@contextmanager
def _alone(root: Path, say: Say) -> Iterator[None]:
    with open(root / "lock", "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another `env lava` to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(root: Path, quiet: bool, say: Say) -> Path:
    environment = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
    try:
        _build(environment, quiet, say)
        say("checking that Lava can be imported")
        python = interpreter_in(environment)
        works, answer = answer_of([str(python), "-c", CHECK])
        if not works:
            raise JobError(f"Lava cannot be imported in the new environment: {answer}")
        make_current(environment)
        return python
    except BaseException:
        shutil.rmtree(environment, ignore_errors=True)
        raise


def _sweep(root: Path, keep: Path) -> None:
    for environment in root.glob(f"{PREFIX}*"):
        if interpreter_in(environment) != keep:
            shutil.rmtree(environment, ignore_errors=True)


def _build(environment: Path, quiet: bool, say: Say) -> None:
    python, refused = find_python(VERSION)
    failure = ""
    for name, commands in _ways(environment, python, find_uv()).items():
        # Nothing of a first try may be taken for a part of the second.
        shutil.rmtree(environment, ignore_errors=True)
        say(f"making {environment} with {name} and {python or f'a Python {VERSION} that it brings'}")
        failure = _first_failure(commands, environment.parent, quiet)
        if not failure:
            return
        failure = f"{name} {failure}"
        say(failure)
    if python is None and not interpreter_in(environment).exists():
        raise JobError(_no_python([*refused, failure] if failure else refused))
    raise JobError(f"the packages of Lava's environment could not be installed: {failure}")


def _ways(environment: Path, python: str | None, uv: str | None) -> dict[str, Commands]:
    """The programs that can make the environment, in order, each with its commands."""
    ways: dict[str, Commands] = {}
    inside = str(interpreter_in(environment))
    packages = ["--only-binary", ":all:", "--no-deps", *PINS]
    if uv is not None:
        ways["uv"] = [
            [uv, "venv", "--quiet", "--python", python or f"cpython@{VERSION}", str(environment)],
            [uv, "pip", "install", "--compile-bytecode", "--python", inside, *packages],
        ]
    if python is not None:
        # pip too knows settings (mirrors, proxies) that uv does not read, so it is the second try.
        ways["pip"] = [
            [python, "-m", "venv", str(environment)],
            [inside, "-m", "pip", "install", "--disable-pip-version-check", *packages],
        ]
    return ways


def _first_failure(commands: Commands, folder: Path, quiet: bool) -> str:
    """Run commands until one fails; why it did, or nothing."""
    for command in commands:
        # Not in the user's folder, where uv and pip would look for a project's settings.
        done = subprocess.run(
            command,
            cwd=folder,
            env={"UV_HTTP_TIMEOUT": UV_SECONDS, **own_variables()},
            stdin=subprocess.DEVNULL,
            # What this program prints on its own stdout is a result.
            stdout=subprocess.PIPE if quiet else STDERR,
            stderr=subprocess.STDOUT if quiet else None,
            check=False,
        )
        if done.returncode != 0:
            reason = reason_in((done.stdout or b"").decode(errors="replace"))
            return f"failed: {reason}" if reason else f"failed with code {done.returncode}"
    return ""


def _no_python(reasons: list[str]) -> str:
    found = f" ({'; '.join(reasons)})" if reasons else ""
    return (
        f"Lava needs Python {VERSION} and none was found{found}; install one of: uv, which brings it along; "
        f"Python {VERSION} with its venv module (Debian, Ubuntu: python{VERSION}-venv); "
        f"pyenv, then `pyenv install {VERSION}`"
    )
