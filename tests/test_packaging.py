"""What is published: a wheel that runs outside of the checkout, and an sdist that builds the same one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "neuromorph_track"


def run(*command: str | Path, folder: Path = ROOT, site: Path | None = None) -> str:
    path = {} if site is None else {"PYTHONPATH": str(site)}
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env={**os.environ, **path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist, and the wheel that is built from it, with the build tools that are here."""
    folder = tmp_path_factory.mktemp("dist")
    run("-m", "build", "--no-isolation", "--outdir", folder)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as pip would lay it down; its dependencies are those of this environment."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_metadata_can_be_published(built: Path) -> None:
    files = sorted(built.iterdir())
    assert [path.suffix for path in files] == [".whl", ".gz"]
    run("-m", "twine", "check", "--strict", *files)


def test_what_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    ours = [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {str(path.relative_to(ROOT)) for path in ours} <= names
    for place, folder in (("hardware/profiles", "hardware_profiles"), ("netx/exports", "netx_exports")):
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
        shipped = {f"neuromorph_track/{place}/{path.relative_to(ROOT / folder)}" for path in files}
        assert shipped
        assert shipped <= names
    assert {"neuromorph_track/py.typed", "neuromorph_track/netx/exports/scenes-nano.md"} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    # Nothing beside the package: a wheel with a folder `tests` would put it among everybody's packages.
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"neuromorph_track"}


def test_the_sdist_builds_the_wheel_of_the_checkout(wheel: Path, built: Path, tmp_path: Path) -> None:
    run("-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path)
    (direct,) = tmp_path.iterdir()
    first, second = (
        {each.filename: each.CRC for each in zipfile.ZipFile(path).infolist()} for path in (wheel, direct)
    )
    assert first == second
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        parts = {name.partition("/")[2].split("/")[0] for name in archive.getnames()}
    assert {
        "pyproject.toml",
        "LICENSE",
        "README.md",
        "neuromorph_track",
        "netx_exports",
        "hardware_profiles",
    } <= parts
    assert not parts & {".ci", "benchmarks", ".venv", "shared", "runs"}


def test_the_metadata_is_complete(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith("METADATA"))
        told: Message = Parser().parsestr(archive.read(name).decode())
    assert told["Name"] == "neuromorph-track"
    assert told["License-Expression"] == "BSD-3-Clause"
    assert {"lava", "norse", "dev", "explore", "train", "docs"} <= set(told.get_all("Provides-Extra", []))
    assert told["Requires-Python"] == "<3.14,>=3.10"
    assert "# neuromorph-track" in str(told.get_payload())
    # Nobody may be sent to a machine that only some can reach.
    assert not [each for each in told.get_all("Requires-Dist", []) if "@" in each]


@pytest.mark.parametrize(
    ("arguments", "right"),
    [
        (["--version"], lambda out: out.strip() != ""),
        (["zoo", "--json"], lambda out: json.loads(out)[0]["name"] == "scenes-nano"),
        (["hardware", "list", "--json"], lambda out: "loihi1" in [each["id"] for each in json.loads(out)]),
        (["inspect", "scenes-nano", "--json"], lambda out: len(json.loads(out)["layers"]) == 9),
        (
            ["inspect", "smtrack-nano", "--json"],
            lambda out: json.loads(out)["contract"]["name"] == "smtrack-nano",
        ),
    ],
)
def test_it_runs_outside_of_the_checkout(
    site: Path, tmp_path: Path, arguments: list[str], right: Callable[[str], bool]
) -> None:
    where = run("-c", "import neuromorph_track; print(neuromorph_track.__file__)", folder=tmp_path, site=site)
    assert Path(where.strip()).is_relative_to(site)
    program = "from neuromorph_track.cli import main; main()"
    assert right(run("-W", "ignore", "-c", program, *arguments, folder=tmp_path, site=site))
