"""Writing files so that a reader never sees half of one, reading texts, CSV, digests, the cache folder."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import platformdirs

from neuromorph_track.errors import InputError, JobError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LARGEST_TEXT = 1 << 20
DIGEST_BYTES = 1 << 20
CACHE_VARIABLE = "NEUROMORPH_TRACK_CACHE"


@contextmanager
def atomic_path(target: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path beside ``target``; rename it to ``target`` if the block succeeds.

    The temporary name keeps the suffix of the target, because writers (OpenCV,
    matplotlib, PyAV) choose their format by it.

    Raises
    ------
    JobError
        When the folder cannot be written or the disk is full; nothing is left behind.
    """
    target = Path(target)
    temporary: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=target.suffix, dir=target.parent)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        # mkstemp makes the file private; what a user asked for gets the usual mode.
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, target)
        temporary = None
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def write_text(target: str | os.PathLike[str], text: str) -> None:
    """Write ``text`` (UTF-8) to ``target`` in one piece."""
    with atomic_path(target) as path:
        path.write_text(text, encoding="utf-8")


@contextmanager
def atomic_folder(target: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary folder beside ``target``; rename it to ``target`` if the block succeeds.

    Raises
    ------
    InputError
        When ``target`` is there and not an empty folder.
    JobError
        When the folder cannot be written; nothing is left behind.
    """
    target = Path(target)
    temporary: Path | None = None
    try:
        # pathlib's questions raise where a name is too long.
        if os.path.exists(target) and not (target.is_dir() and not any(target.iterdir())):
            found = "a folder with files" if target.is_dir() else "a file"
            raise InputError(target, "output", found, "a new or an empty folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        yield temporary
        # mkdtemp makes the folder private.
        temporary.chmod(0o777 & ~_umask())
        temporary.rename(target)
        temporary = None
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def unwritable(target: str | os.PathLike[str], error: OSError) -> JobError:
    """What to raise where something cannot be written."""
    return JobError(f"{target}: cannot be written: {error.strerror or error}")


def made_folder(target: str | os.PathLike[str]) -> None:
    """Make a folder unless it is there: who works long learns now that it cannot be written.

    Raises
    ------
    JobError
    """
    try:
        os.makedirs(target, exist_ok=True)
    except OSError as error:
        raise unwritable(target, error) from error


def read_text(path: str | os.PathLike[str], expected: str) -> str:
    """Read a small text file; ``expected`` says in errors what it should have been.

    Raises
    ------
    InputError
        When it is absent, not UTF-8, or beyond 1 MiB.
    """
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST_TEXT + 1)
        if len(content) > LARGEST_TEXT:
            raise InputError(path, "file", f"more than {LARGEST_TEXT} bytes", expected)
        return content.decode("utf-8")
    except FileNotFoundError as error:
        raise InputError(path, "file", "nothing", expected) from error
    except OSError as error:
        raise InputError(path, "file", error.strerror or str(error), expected) from error
    except UnicodeDecodeError as error:
        raise InputError(path, "file", "bytes that are not UTF-8", expected) from error


def csv_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows of the same keys, one at least, under a line of their names; None is an empty cell."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def parse_toml(text: str, source: str | os.PathLike[str]) -> dict[str, Any]:
    """The table that a TOML text holds; ``source`` is the file that errors name.

    Raises
    ------
    InputError
    """
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Numbers of thousands of digits and tables of thousands of levels are no TOMLDecodeError.
        raise InputError(source, "syntax", str(error).replace("\n", " "), "valid TOML") from error


def cache_folder() -> Path:
    """Exported networks and Lava's Python: ``NEUROMORPH_TRACK_CACHE``, or the user's cache folder."""
    return Path(os.environ.get(CACHE_VARIABLE) or platformdirs.user_cache_dir("neuromorph-track"))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def file_sha256(path: str | os.PathLike[str]) -> str:
    """SHA-256 of a file's bytes, which need not fit into memory."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(DIGEST_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def json_text(content: object) -> str:
    """A file of JSON that people may read too."""
    return json.dumps(content, indent=2) + "\n"
