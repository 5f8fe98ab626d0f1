"""Finding a Python of another version, and uv, on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from neuromorph_track.backends.lava_python import own_variables

PROBE_SECONDS = 60.0
# Prints the interpreter's path, or fails with one line that says what it lacks.
PROBE = """
import sys
try:
    import ctypes, ensurepip, ssl, venv
except ImportError as error:
    sys.exit(str(error))
if "%d.%d" % sys.version_info[:2] != sys.argv[1]:
    sys.exit("is Python %d.%d" % sys.version_info[:2])
print(sys.executable)
"""


def find_python(version: str) -> tuple[str | None, list[str]]:
    """An interpreter of a version (``"3.10"``) that can make environments.

    Returns
    -------
    path : str or None
    refused : list of str
        Candidates that do not do, each with the reason.
    """
    refused: list[str] = []
    for candidate in _pythons(version):
        # Each is run: a pyenv shim leads to different versions, or to none, in different folders.
        works, answer = answer_of([candidate, "-c", PROBE, version])
        if works:
            return answer, refused
        refused.append(f"{candidate}: {answer}")
    return None, refused


def find_uv() -> str | None:
    """A uv that starts; pip may have put one beside this interpreter, or into any of pyenv's versions."""
    beside = Path(sys.prefix) / "bin" / "uv"
    elsewhere = [Path(os.path.expanduser(place)) for place in ("~/.local/bin/uv", "~/.cargo/bin/uv")]
    candidates = [*_on_path("uv"), beside, *elsewhere, *sorted(_pyenv_versions().glob("*/bin/uv"))]
    return next((str(path) for path in candidates if answer_of([str(path), "--version"])[0]), None)


def answer_of(command: list[str]) -> tuple[bool, str]:
    """Whether a program ends well; the last line that it prints then, or else what went wrong."""
    try:
        done = subprocess.run(
            command,
            env=own_variables(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PROBE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False, f"did not answer within {PROBE_SECONDS:g} s"
    except OSError as error:
        return False, error.strerror or str(error)
    if done.returncode != 0:
        return False, reason_in(done.stderr or done.stdout) or f"ended with code {done.returncode}"
    return True, "".join(done.stdout.splitlines()[-1:]).strip()


def reason_in(output: str) -> str:
    """The line of a failed program's output that tells most; nothing where there is no output."""
    lines = [line.strip() for line in output.strip().splitlines()] or [""]
    errors = [line for line in lines if line.lower().startswith("error")]
    # Python's own traceback says what it is about at its end.
    return errors[0] if errors else lines[-1 if lines[0].startswith("Traceback") else 0]


def _pythons(version: str) -> Iterator[str]:
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        yield sys.executable
    yield from map(str, _on_path(f"python{version}"))
    yield from map(str, sorted(_pyenv_versions().glob(f"{version}*/bin/python")))


def _on_path(name: str) -> Iterator[Path]:
    # All of them and not only the first, which may be a shim that does not work here.
    candidates = (Path(folder) / name for folder in dict.fromkeys(os.get_exec_path()) if folder)
    return (path for path in candidates if path.is_file() and os.access(path, os.X_OK))


def _pyenv_versions() -> Path:
    return Path(os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")) / "versions"
