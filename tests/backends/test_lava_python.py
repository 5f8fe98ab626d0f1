"""Which Python runs Lava; fakes stand for all of them."""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from neuromorph_track.backends import lava_python as module
from neuromorph_track.backends.lava_cpu import LavaBackend
from neuromorph_track.backends.lava_python import (
    CURRENT,
    INTERPRETER,
    PINS,
    LavaPython,
    environments_folder,
    find_lava_python,
    interpreter_in,
    made_python,
    make_current,
)
from neuromorph_track.errors import JobError
from neuromorph_track.files import CACHE_VARIABLE
from tests.backends.random_networks import random_network
from tests.test_imports import MODULES, PACKAGE, imports_of, within
from tests.test_setup import holds, pins

LOCK = Path(__file__).resolve().parents[2] / "requirements" / "lock.txt"


@pytest.fixture(autouse=True)
def nothing_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(INTERPRETER, raising=False)
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    has_lava(monkeypatch, False)


def has_lava(monkeypatch: pytest.MonkeyPatch, installed: bool) -> None:
    def distribution(name: str) -> str:
        assert name == "lava-nc"
        if not installed:
            raise PackageNotFoundError(name)
        return name

    monkeypatch.setattr(module, "distribution", distribution)


def make_environment(name: str = "env-1") -> Path:
    environment = environments_folder() / name
    interpreter_in(environment).parent.mkdir(parents=True)
    interpreter_in(environment).touch()
    make_current(environment)
    return environment


@pytest.mark.parametrize(
    ("named", "installed", "made", "origin"),
    [
        (True, True, True, "named"),
        (True, False, False, "named"),
        (False, True, True, "this"),
        (False, True, False, "this"),
        (False, False, True, "made"),
        (False, False, False, None),
    ],
)
def test_the_order(
    monkeypatch: pytest.MonkeyPatch, named: bool, installed: bool, made: bool, origin: str | None
) -> None:
    paths = {"named": "/opt/lava/python", "this": sys.executable}
    if named:
        monkeypatch.setenv(INTERPRETER, paths["named"])
    has_lava(monkeypatch, installed)
    if made:
        paths["made"] = str(interpreter_in(make_environment()))
    found = find_lava_python()
    assert (found and found.origin) == origin
    if found is not None:
        assert found.path == paths[found.origin]


def test_without_any_the_error_says_what_to_run() -> None:
    with pytest.raises(JobError, match="run `neuromorph-track env lava`") as caught:
        LavaBackend(random_network(0, cuba=False))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("origin", "kept"), [("named", False), ("this", True), ("made", False)])
def test_paths_of_this_python_are_kept_from_others(
    monkeypatch: pytest.MonkeyPatch, origin: str, kept: bool
) -> None:
    for name in ("PYTHONPATH", "PYTHONHOME", "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, "1")
    variables = LavaPython("python", origin).variables()  # type: ignore[arg-type]
    assert ("PYTHONPATH" in variables, "PYTHONHOME" in variables) == (kept, kept)
    assert variables["OMP_NUM_THREADS"] == "1"


def test_what_was_made_last_is_used() -> None:
    make_environment("env-1")
    newest = make_environment("env-2")
    assert made_python() == interpreter_in(newest)


def test_an_environment_whose_python_was_removed_is_none() -> None:
    interpreter_in(make_environment()).unlink()
    assert made_python() is None


def test_an_environment_with_other_pins_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    make_environment()
    monkeypatch.setattr(module, "PINS", (*PINS, "more==1"))
    assert made_python() is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"environment": 3, "pins": []}',
        json.dumps({"environment": "env-1", "pins": "all"}),
        json.dumps({"environment": "../env-1", "pins": PINS}),
        json.dumps({"environment": "elsewhere", "pins": PINS}),
    ],
)
def test_a_broken_note_is_none(text: str) -> None:
    make_environment()
    (environments_folder() / "elsewhere").symlink_to("env-1")
    (environments_folder() / CURRENT).write_text(text)
    assert made_python() is None


def test_the_cache_folder_may_be_given_relative(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(CACHE_VARIABLE, "cache")
    assert environments_folder() == tmp_path / "cache" / "lava"


def test_the_pins_are_those_of_the_lock() -> None:
    locked = {
        canonicalize_name(requirement.name): str(requirement.specifier)
        for requirement, _ in pins(LOCK)
        if holds(requirement.marker, "3.10")
    }
    for requirement in map(Requirement, PINS):
        assert str(requirement.specifier) == locked[canonicalize_name(requirement.name)], requirement


def test_what_runs_there_imports_only_what_is_pinned() -> None:
    """Lava's worker and the tracker behind the head, with all that importing them executes."""
    host = f"{PACKAGE}.backends.lava_worker.handle"
    queue = [name for name in MODULES if within(name, f"{PACKAGE}.backends.lava_worker") and name != host]
    queue += [name for name in MODULES if within(name, f"{PACKAGE}.association.lava_process")]
    seen, packages = set(queue), set[str]()
    while queue:
        for name in imports_of(queue.pop(), at_import=True):
            # Importing a.b.c runs a and a.b first.
            parents = [name[: dot.start()] for dot in re.finditer(r"\.|$", name)]
            new = {parent for parent in parents if parent in MODULES} - seen
            seen |= new
            queue += new
            packages.add(parents[0])
    pinned = {pin.partition("==")[0].replace("-", "_") for pin in PINS} - {"lava_nc"} | {"lava"}
    own = {PACKAGE, *sys.stdlib_module_names, "tomllib"}
    assert packages - own <= pinned
    assert {"lava", "numpy", "scipy", "pydantic"} <= packages
