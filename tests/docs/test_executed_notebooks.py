"""What the build proves of executed notebooks, and when it executes them anew."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("sphinx", reason="the extra docs is not installed")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs"))

import executed_notebooks
import nbformat
import nbformat.v4 as nb
from executed_notebooks.fingerprint import fingerprint
from executed_notebooks.proof import MOST_SECONDS, faults, seconds_fault, seconds_line

PICTURE = nb.new_output("display_data", {"image/png": "", "text/plain": "a picture"})
WORDS = nb.new_output("execute_result", {"text/plain": "7"})
SAID = nb.new_output("stream", name="stdout", text="seven\n")
WARNED = nb.new_output("stream", name="stderr", text="UserWarning: eight\n")


def notebook(*cells: list[Any]) -> Any:
    executed = [nb.new_code_cell("", outputs=outputs) for outputs in cells]
    return nb.new_notebook(cells=[nb.new_markdown_cell("# A title"), *executed])


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([[PICTURE]], []),
        ([[], [SAID, WORDS, PICTURE]], []),
        ([[SAID, WORDS]], ["draws no picture"]),
        ([], ["draws no picture"]),
        ([[PICTURE], [SAID, WARNED]], ["code cell 2 writes to stderr: UserWarning: eight"]),
        ([[WARNED]], ["code cell 1 writes to stderr: UserWarning: eight", "draws no picture"]),
    ],
)
def test_a_notebook_draws_and_does_not_warn(cells: list[list[Any]], expected: list[str]) -> None:
    assert faults(notebook(*cells)) == expected


def test_their_time_together() -> None:
    seconds = {"one": MOST_SECONDS - 50, "two": 50.0}
    assert seconds_line(seconds) == "notebooks: 1200 s together (one 1150, two 50)"
    assert seconds_fault(seconds) is None
    assert seconds_fault({**seconds, "three": 1}) == "the notebooks take 1201 s together, more than 1200 s"


@pytest.mark.parametrize(
    ("cell", "seconds", "expected"),
    [
        (PICTURE, 30.0, []),
        (PICTURE, 1201.0, ["the notebooks take 1201 s together, more than 1200 s"]),
        (WARNED, 30.0, ["code cell 1 writes to stderr: UserWarning: eight", "draws no picture"]),
    ],
)
def test_the_build_warns_of_what_was_executed(
    cell: Any, seconds: float, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warned: list[str] = []
    logger = SimpleNamespace(warning=lambda text, **_: warned.append(text), info=lambda text: None)
    monkeypatch.setattr(executed_notebooks, "LOGGER", logger)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks/01_one.ipynb").write_text(nbformat.writes(notebook([cell])), encoding="utf-8")
    metadata = {"notebooks/01_one": {"exec_data": {"runtime": seconds}}, "index": {}}
    config = SimpleNamespace(output_folder=str(tmp_path))
    app: Any = SimpleNamespace(env=SimpleNamespace(nb_metadata=metadata, mystnb_config=config))
    executed_notebooks._prove(app, None)
    assert warned == expected
    # A build without execution, and one that failed before, prove nothing.
    warned.clear()
    executed_notebooks._prove(app, ValueError("a cell failed"))
    app.env.nb_metadata = {"notebooks/01_one": {}}
    executed_notebooks._prove(app, None)
    assert warned == []


def test_the_fingerprint_is_of_names_and_contents(tmp_path: Path) -> None:
    module = tmp_path / "neuromorph_track" / "room" / "one.py"
    (module.parent / "__pycache__").mkdir(parents=True)
    module.write_text("1")
    net = tmp_path / "netx_exports" / "a.net"
    net.parent.mkdir()
    net.write_bytes(b"1")
    states = [fingerprint(tmp_path)]
    (module.parent / "__pycache__" / "one.pyc").write_bytes(b"compiled")
    (tmp_path / "README.md").write_text("no notebook reads it")
    assert fingerprint(tmp_path) == states[0]
    module.write_text("2")
    states.append(fingerprint(tmp_path))
    net.write_bytes(b"2")
    states.append(fingerprint(tmp_path))
    module.rename(module.with_name("two.py"))
    states.append(fingerprint(tmp_path))
    assert len(set(states)) == len(states)
