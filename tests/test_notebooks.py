"""The notebooks: nothing of this machine in git, and every cell runs in an empty folder."""

from __future__ import annotations

import json
import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
CELL_SECONDS = 300
# What a notebook needs beside the core.
EXTRAS = {"02_export_and_verify": "lava", "08_nir": "norse"}
SWITCH = "NEUROMORPH_TRACK_NOTEBOOKS"
"""0 where the documentation's build runs the same notebooks."""
ABSOLUTE = re.compile(r"(?<![\w.:/])(/(home|root|work|tmp|usr|Users|mnt)/|[A-Z]:\\\\)")


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def cells(path: Path, kind: str) -> list[dict[str, Any]]:
    return [cell for cell in read(path)["cells"] if cell["cell_type"] == kind]


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def named(path: Path) -> str:
    return path.stem


def test_they_are_all_there() -> None:
    assert [path.stem[:2] for path in NOTEBOOKS] == [f"{number:02d}" for number in range(1, 9)]
    assert set(EXTRAS) <= {path.stem for path in NOTEBOOKS}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_outputs_are_stripped(path: Path) -> None:
    kept = [
        cell["id"] for cell in cells(path, "code") if cell["outputs"] or cell["execution_count"] is not None
    ]
    assert kept == []
    assert read(path)["metadata"]["kernelspec"]["name"] == "python3"
    assert all(cell["metadata"] == {} for cell in read(path)["cells"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_paths_are_relative_and_links_lead_somewhere(path: Path) -> None:
    text = "\n".join(source(cell) for cell in read(path)["cells"])
    assert ABSOLUTE.search(text) is None
    linked = re.findall(r"\]\((\.\./[^)#]+)", text)
    assert [link for link in linked if not (FOLDER / link).resolve().is_file()] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_a_title_first_and_headings_below_it(path: Path) -> None:
    titles = [source(cell) for cell in cells(path, "markdown")]
    assert re.match(r"# \S", titles[0])
    assert [text for text in titles[1:] if re.search(r"^# ", text, re.MULTILINE)] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_every_code_cell_is_python(path: Path) -> None:
    for cell in cells(path, "code"):
        compile(source(cell), path.name, "exec")


@pytest.mark.slow
@pytest.mark.slayer
@pytest.mark.skipif(os.environ.get(SWITCH) == "0", reason=f"{SWITCH} is 0: the documentation runs them")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_it_runs(path: Path, tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    if (extra := EXTRAS.get(path.stem)) is not None and find_spec(extra) is None:
        pytest.skip(f"{extra} is not installed in this environment")
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=CELL_SECONDS, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    told = [output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"]
    assert told == []
    assert any("image/png" in output.get("data", {}) for output in outputs)
