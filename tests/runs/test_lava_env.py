"""Making the Python that runs Lava: whole or not at all, with whatever program there is."""

from __future__ import annotations

import fcntl
import shutil
import sys
import threading
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from neuromorph_track.backends import lava_python
from neuromorph_track.backends.lava_python import INTERPRETER, PINS, environments_folder, made_python
from neuromorph_track.errors import JobError
from neuromorph_track.files import CACHE_VARIABLE
from neuromorph_track.runs import lava_env as module
from neuromorph_track.runs.lava_env import make_lava_environment
from neuromorph_track.runs.pythons import answer_of, find_python, find_uv
from neuromorph_track.runs.run import RunOptions, track
from neuromorph_track.runs.verify import verify
from tests.backends.random_networks import random_network
from tests.runs.fake_programs import SHELL, add_program

ROOT = Path(__file__).resolve().parents[2]
# Both write down what they are asked for, and make an interpreter out of what INSIDE says.
MAKE = f"""
for folder; do :; done
mkdir -p "$folder/bin"
printf '#!{SHELL}\\n%s\\n' "$INSIDE" > "$folder/bin/python"
chmod +x "$folder/bin/python"
"""
PYTHON = f'echo "python $*" >> "$LOG"{MAKE}'
UV = f"""
echo "uv $*" >> "$LOG"
if [ "$1" = pip ]; then
  [ -z "$UV_FAILS" ] && exit
  echo error: offline
  exit 2
fi
{MAKE}"""


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with a uv and a Python 3.10 that only pretend; what they are asked for is in this file."""
    log = tmp_path / "log"
    log.touch()
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setenv("LOG", str(log))
    monkeypatch.setenv("INSIDE", 'echo inside $* >> "$LOG"')
    monkeypatch.setenv("UV_FAILS", "")
    monkeypatch.setattr(module, "find_uv", lambda: str(add_program(tmp_path / "uv", UV)))
    found = str(add_program(tmp_path / "python3.10", PYTHON)), []
    monkeypatch.setattr(module, "find_python", lambda version: found)
    return log


def environments() -> list[str]:
    return sorted(path.name for path in environments_folder().glob("env-*"))


def test_uv_makes_it_and_a_second_call_finds_it(log: Path) -> None:
    said: list[str] = []
    path = make_lava_environment(say=said.append)
    venv, install, check = log.read_text().splitlines()
    assert venv.startswith("uv venv")
    assert str(log.parent / "python3.10") in venv
    assert install.startswith("uv pip install")
    assert install.endswith(f"--python {path} --only-binary :all: --no-deps {' '.join(PINS)}")
    assert check.startswith("inside -c import lava")
    assert made_python() == path
    assert "making" in said[0]
    said.clear()
    assert make_lava_environment(say=said.append) == path
    assert (said, len(log.read_text().splitlines())) == ([], 3)


def test_force_makes_another_in_its_place(log: Path) -> None:
    old = make_lava_environment()
    new = make_lava_environment(force=True)
    assert made_python() == new != old
    assert environments() == [new.parents[1].name]


def test_pip_is_the_second_try(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_FAILS", "1")
    said: list[str] = []
    path = make_lava_environment(quiet=True, say=said.append)
    asked = log.read_text().splitlines()
    assert asked[1].startswith("uv pip install")
    assert asked[2].startswith("python -m venv")
    assert asked[3].startswith("inside -m pip install")
    assert asked[3].endswith(" ".join(PINS))
    assert "uv failed: error: offline" in said
    assert made_python() == path


@pytest.mark.parametrize(
    ("uv", "refused", "words"),
    [
        (False, [], ["Lava needs Python 3.10 and none was found; install one of: uv", "pyenv install 3.10"]),
        (False, ["/a/python3.10: no ssl"], ["none was found (/a/python3.10: no ssl); install"]),
        (True, ["/a: no ssl"], ["none was found (/a: no ssl; uv failed: error: nothing there); install"]),
    ],
)
def test_without_a_python_it_says_what_to_install(
    log: Path, monkeypatch: pytest.MonkeyPatch, uv: bool, refused: list[str], words: list[str]
) -> None:
    program = str(add_program(log.parent / "uv", "echo error: nothing there >&2; exit 2"))
    monkeypatch.setattr(module, "find_uv", lambda: program if uv else None)
    monkeypatch.setattr(module, "find_python", lambda version: (None, refused))
    with pytest.raises(JobError) as caught:
        make_lava_environment(quiet=True)
    for word in words:
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)
    assert environments() == []


def test_uv_may_bring_the_python(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_python", lambda version: (None, []))
    assert make_lava_environment() == made_python()
    assert "--python cpython@3.10 " in log.read_text()
    monkeypatch.setenv("UV_FAILS", "1")
    with pytest.raises(JobError, match="could not be installed: uv failed: error: offline"):
        make_lava_environment(force=True, quiet=True)


def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_FAILS", "1")
    monkeypatch.setenv("INSIDE", "echo ERROR: No matching distribution; exit 1")


def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSIDE", "echo 'ImportError: no lava' >&2; exit 1")


def interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module.subprocess, "run", stop)


@pytest.mark.parametrize(
    ("trouble", "error", "words"),
    [
        (offline, JobError, "could not be installed: pip failed: ERROR: No matching distribution"),
        (broken, JobError, "Lava cannot be imported in the new environment: ImportError: no lava"),
        (interrupted, KeyboardInterrupt, None),
    ],
)
def test_what_fails_leaves_the_old_one_and_nothing_else(
    log: Path, trouble: object, error: type[BaseException], words: str | None
) -> None:
    assert callable(trouble)
    with pytest.MonkeyPatch.context() as patch:
        trouble(patch)
        with pytest.raises(error, match=words):
            make_lava_environment(quiet=True)
    assert (made_python(), environments()) == (None, [])
    old = make_lava_environment()
    with pytest.MonkeyPatch.context() as patch:
        trouble(patch)
        with pytest.raises(error, match=words):
            make_lava_environment(force=True, quiet=True)
    assert (made_python(), environments()) == (old, [old.parents[1].name])


def test_what_a_killed_call_left_is_removed(log: Path) -> None:
    left = environments_folder() / "env-left" / "lib"
    left.mkdir(parents=True)
    path = make_lava_environment()
    assert environments() == [path.parents[1].name]


def test_two_at_once_make_one(log: Path) -> None:
    environments_folder().mkdir(parents=True)
    waiting = threading.Event()
    results: list[Path] = []

    def second() -> None:
        results.append(make_lava_environment(say=lambda line: waiting.set() if "waiting" in line else None))

    with open(environments_folder() / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(30)
        assert log.read_text() == ""
    thread.join(30)
    assert results == [made_python()]


def test_a_folder_that_cannot_be_written(log: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(JobError, match="cache/lava: cannot be written: "):
        make_lava_environment()


def reason_to_skip(folder: Path) -> str:
    """Why the real environment cannot be made on this machine; nothing where it can."""
    if find_python(module.VERSION)[0] is None:
        return f"no Python {module.VERSION} on this machine"
    wheel = ["--no-deps", "--only-binary", ":all:", "--python-version", module.VERSION, PINS[0]]
    tries = [[sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(folder), *wheel]]
    if uv := find_uv():
        tries.append([uv, "pip", "install", "--dry-run", "--target", str(folder), *wheel])
    return "" if any(answer_of(command)[0] for command in tries) else "no package index can be reached"


@pytest.mark.slow
def test_the_real_one_runs_lava(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Made by the programs of this machine, then used from this Python as if it had no lava-nc."""
    if reason := reason_to_skip(tmp_path / "wheels"):
        pytest.skip(reason)
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.delenv(INTERPRETER, raising=False)

    def absent(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(lava_python, "distribution", absent)
    try:
        path = make_lava_environment(quiet=True)
        found = lava_python.find_lava_python()
        assert found == lava_python.LavaPython(str(path), "made")
        for stock in (True, False):
            verdict = verify(random_network(4, cuba=True), "lava", 4, stock=stock, timeout=120)
            assert verdict.equal
            assert verdict.spikes
        # The tracker behind the head needs more of this package than the layers do.
        summaries = [
            track("scene:seed=3,frames=2", "scenes-nano", tmp_path / name, RunOptions(quiet=True, **options))
            for name, options in (("host", {}), ("lava", {"backend": "lava", "association": "lava"}))
        ]
        assert summaries[0].tracks == summaries[1].tracks > 0
        texts = [(tmp_path / name / "tracks.txt").read_text() for name in ("host", "lava")]
        assert texts[0] == texts[1]
    finally:
        # pytest keeps the folders of three runs.
        shutil.rmtree(tmp_path / "cache", ignore_errors=True)
