"""The folder of a run: whole or not there, and never at the cost of somebody's files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.runs import read_run
from neuromorph_track.runs.folder import ACTIVITY, RUN_JSON, TRACKS, VIDEO, new_run_folder, versions
from tests.conftest import SmallDisk


def write_run(target: Path, overwrite: bool = False, parts: tuple[str, ...] = (RUN_JSON, ACTIVITY)) -> None:
    with new_run_folder(target, overwrite) as folder:
        for name in parts:
            (folder / name).write_text("{}")


def fail_in(target: Path, error: BaseException) -> None:
    with new_run_folder(target, overwrite=True) as folder:
        (folder / RUN_JSON).write_text("new")
        raise error


def content(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_it_appears_when_all_is_written(tmp_path: Path) -> None:
    target = tmp_path / "new" / "run"
    with new_run_folder(target, overwrite=False) as folder:
        (folder / RUN_JSON).write_text("{}")
        assert not target.exists()
    assert content(tmp_path) == {f"new/run/{RUN_JSON}": "{}"}
    assert target.stat().st_mode & 0o777 == (tmp_path / "new").stat().st_mode & 0o777


@pytest.mark.parametrize("before", [None, {}, {RUN_JSON: "old", TRACKS: "old"}])
@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt(), InputError("a", "b", "c", "d")])
def test_a_failure_leaves_everything_as_it_was(
    tmp_path: Path, before: dict[str, str] | None, error: BaseException
) -> None:
    target = tmp_path / "run"
    if before is not None:
        target.mkdir()
        for name, text in before.items():
            (target / name).write_text(text)
    with pytest.raises(type(error)):
        fail_in(target, error)
    assert target.exists() == (before is not None)
    assert content(tmp_path) == {f"run/{name}": text for name, text in (before or {}).items()}
    assert [path for path in tmp_path.rglob(".*")] == []


def empty(target: Path) -> None:
    target.mkdir()


def file(target: Path) -> None:
    target.write_text("mine")


def finished(target: Path) -> None:
    write_run(target)


def foreign(target: Path) -> None:
    target.mkdir()
    (target / "thesis.tex").write_text("mine")


@pytest.mark.parametrize(
    ("make", "overwrite", "refusal"),
    [
        (empty, False, None),
        (empty, True, None),
        (finished, True, None),
        (finished, False, "a run that is finished"),
        (file, False, "a file"),
        (file, True, "a file"),
        (foreign, False, "a folder that is not a run"),
        (foreign, True, "a folder that is not a run"),
    ],
)
def test_what_may_be_replaced(
    tmp_path: Path, make: Callable[[Path], None], overwrite: bool, refusal: str | None
) -> None:
    target = tmp_path / "run"
    make(target)
    before = target.read_text() if target.is_file() else content(target)
    if refusal is None:
        write_run(target, overwrite, (RUN_JSON, TRACKS))
        assert set(content(target)) == {RUN_JSON, TRACKS}
        return
    with pytest.raises(InputError) as caught:
        write_run(target, overwrite)
    assert (caught.value.field, caught.value.found) == ("output", refusal)
    assert (target.read_text() if target.is_file() else content(target)) == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_what_else_lies_in_a_run_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "run"
    write_run(target, parts=(RUN_JSON, TRACKS, VIDEO))
    (target / "notes.txt").write_text("mine")
    write_run(target, overwrite=True, parts=(RUN_JSON, ACTIVITY))
    # The tracks of the old run are not those of the new one.
    assert set(content(target)) == {RUN_JSON, ACTIVITY, "notes.txt"}


def test_the_folder_one_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_run(Path("."))
    write_run(Path(""), overwrite=True, parts=(RUN_JSON,))
    assert [path.name for path in Path.cwd().iterdir()] == [RUN_JSON]


def test_through_a_link(tmp_path: Path) -> None:
    write_run(tmp_path / "real")
    (tmp_path / "link").symlink_to("real")
    write_run(tmp_path / "link", overwrite=True, parts=(RUN_JSON,))
    assert (tmp_path / "link").is_symlink()
    assert set(content(tmp_path / "real")) == {RUN_JSON}


def test_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JobError, match=r"file/run: cannot be written"):
        write_run(tmp_path / "file" / "run")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_full_disk(tmp_path: Path, small_disk: SmallDisk) -> None:
    with (
        small_disk(),
        pytest.raises(JobError, match="run: cannot be written"),
        new_run_folder(tmp_path / "run", overwrite=False) as folder,
    ):
        (folder / RUN_JSON).write_bytes(bytes(20_000))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "field"),
    [(None, RUN_JSON), ("{", "file"), ("[]", "file"), (b"\xff\xfe", "file"), ("[" * 100_000, "file")],
)
def test_folders_that_are_no_run(tmp_path: Path, text: str | bytes | None, field: str) -> None:
    if text is not None:
        (tmp_path / RUN_JSON).write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(InputError) as caught:
        read_run(tmp_path)
    assert caught.value.field == field
    assert "\n" not in str(caught.value)


def test_versions() -> None:
    found = versions()
    assert found["numpy"][0].isdigit()
    assert {"python", "platform", "neuromorph-track", "torch"} <= found.keys()
