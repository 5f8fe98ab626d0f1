"""The command line as a user runs it, without the seconds that a new process takes to start."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from neuromorph_track.cli import main
from neuromorph_track.export.zoo import load_network
from neuromorph_track.netx import write_net


@dataclass(frozen=True)
class Answer:
    """Exit code, and what was printed."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """What stderr says, in one line, without the frame that wrong usage gets."""
        return " ".join(self.err.split()).replace("│ ", "")


Command = Callable[..., Answer]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Run ``neuromorph-track ARGUMENTS`` in an empty folder, ``tmp_path / "work"``."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)

    def run(*arguments: str | Path) -> Answer:
        monkeypatch.setattr(sys, "argv", ["neuromorph-track", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main()
        printed = capsys.readouterr()
        code = stop.value.code
        assert code is None or isinstance(code, int)
        return Answer(code or 0, printed.out, printed.err)

    return run


@pytest.fixture
def net(tmp_path: Path) -> Path:
    """A copy of ``scenes-nano`` that a test may break."""
    path = tmp_path / "mine.net"
    write_net(load_network("scenes-nano"), path)
    return path
