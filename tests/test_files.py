"""Folders that appear whole or not at all, and texts that are not trusted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.files import LARGEST_TEXT, atomic_folder, parse_toml, read_text
from tests.conftest import SmallDisk


@pytest.mark.parametrize("empty", [False, True])
def test_a_folder_appears_when_all_is_written(tmp_path: Path, empty: bool) -> None:
    target = tmp_path / "a" / "b"
    if empty:
        target.mkdir(parents=True)
    with atomic_folder(target) as folder:
        (folder / "x").write_text("1")
        assert not (target / "x").exists()
    assert [path.name for path in target.parent.iterdir()] == ["b"]
    assert (target / "x").read_text() == "1"
    assert target.stat().st_mode & 0o777 == (tmp_path / "a").stat().st_mode & 0o777


def test_a_failure_leaves_no_folder(tmp_path: Path, small_disk: SmallDisk) -> None:
    def fill() -> None:
        with atomic_folder(tmp_path / "a") as folder:
            (folder / "x").write_bytes(bytes(1 << 20))

    with small_disk(), pytest.raises(JobError, match="a: cannot be written"):
        fill()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda path: path.write_text("mine"), "a file"),
        (lambda path: (path / "mine").mkdir(parents=True), "a folder with files"),
    ],
)
def test_what_is_there_is_left_alone(tmp_path: Path, make: Callable[[Path], None], found: str) -> None:
    make(tmp_path / "a")
    with pytest.raises(InputError) as caught, atomic_folder(tmp_path / "a"):
        pass
    assert caught.value.found == found


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (None, "nothing"),
        (b"\xff\xfe", "bytes that are not UTF-8"),
        (b"#" * (LARGEST_TEXT + 1), f"more than {LARGEST_TEXT} bytes"),
    ],
)
def test_texts_that_cannot_be_read(tmp_path: Path, content: bytes | None, found: str) -> None:
    path = tmp_path / "x.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_text(path, "a recipe")
    assert (caught.value.source, caught.value.found, caught.value.expected) == (str(path), found, "a recipe")


def test_toml() -> None:
    assert parse_toml("[a]\nb = [1, 2]", "x.toml") == {"a": {"b": [1, 2]}}


@pytest.mark.parametrize("text", ["a = ", "a = " + "[" * 100_000, "a = " + "{b=" * 5000, "a = " + "9" * 5000])
def test_what_is_no_toml(text: str) -> None:
    with pytest.raises(InputError, match=r"x\.toml: syntax: found .+, expected valid TOML"):
        parse_toml(text, "x.toml")
