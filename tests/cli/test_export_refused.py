"""An export that does not compute what was trained leaves no file that looks fine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.runs import unequal
from tests.runs.test_export import KINDS, Made


@pytest.mark.parametrize("machine", [(), ("--json",)])
@pytest.mark.parametrize(("made", "output", "words"), KINDS)
def test_what_differs_is_not_written(
    made: Made,
    output: str,
    words: str,
    machine: tuple[str, ...],
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = made(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    unequal.spoil(monkeypatch)
    own = ("--model", given["model"], "--input-shape", "6") if "model" in given else ()
    arguments = ("export", given["checkpoint"], *own, *machine, "-o", output)
    answer = command(*arguments)
    assert (answer.code, answer.out) == (1, "")
    error, step = answer.err.splitlines()
    assert words in error
    assert step.startswith(" next: report it with what `neuromorph-track env` prints; --no-check")
    assert list(Path.cwd().iterdir()) == []
    assert command(*arguments, "--no-check").code == 0
    assert Path(output).exists()
