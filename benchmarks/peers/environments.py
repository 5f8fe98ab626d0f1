"""An environment for each peer, beside our own and never in it."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import torch

from neuromorph_track.backends.lava_python import interpreter_in, own_variables
from neuromorph_track.errors import JobError
from neuromorph_track.files import cache_folder
from neuromorph_track.runs.pythons import find_python, find_uv, reason_in

HERE = Path(__file__).parent
COMPLETE = "complete"
SECONDS = 1800.0


@dataclass(frozen=True)
class Peer:
    """A tool that counts too.

    Attributes
    ----------
    name : str
        Its worker is ``run_<name>.py``.
    pins : tuple of str
        All that is installed; nothing is resolved for it.
    python : str or None
        The version it needs. None: this interpreter, whose PyTorch, NumPy and all else it then reads too,
        so that only its own packages are downloaded.
    with_dependencies : tuple of str
        Installed with what they ask for.
    """

    name: str
    pins: tuple[str, ...]
    python: str | None = None
    with_dependencies: tuple[str, ...] = ()

    def count(self, network: Path) -> tuple[str, dict[str, float]]:
        """Its version, and its counts per sample of a network that ``exchange.write`` wrote."""
        with tempfile.TemporaryDirectory() as folder:
            answer = Path(folder) / "counts.json"
            self.run(network, answer)
            found = json.loads(answer.read_text())
            return found["version"], found["counts"]

    def run(self, question: Path, answer: Path) -> None:
        """Have its worker read the one file and write the other.

        Raises
        ------
        JobError
            When the environment cannot be made, or the worker fails.
        """
        worker = HERE / f"run_{self.name}.py"
        _run([str(self._environment()), "-W", "ignore", str(worker), str(question), str(answer)], self.name)

    def _environment(self) -> Path:
        """Its interpreter; made at the first call."""
        made_of = "\n".join((sys.executable, torch.__version__, *self.pins, *self.with_dependencies))
        digest = hashlib.sha256(made_of.encode()).hexdigest()[:12]
        folder = cache_folder() / "peers" / f"{self.name}-{digest}"
        if not (folder / COMPLETE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.parent.mkdir(parents=True, exist_ok=True)
            self._make(folder)
            (folder / COMPLETE).touch()
        return interpreter_in(folder)

    def _make(self, folder: Path) -> None:
        uv = find_uv()
        base = sys.executable if self.python is None else find_python(self.python)[0]
        if uv is None or base is None:
            raise JobError(f"{self.name}: its environment needs {'uv' if base else f'Python {self.python}'}")
        print(f"making the environment of {self.name} in {folder}", file=sys.stderr)
        _run([uv, "venv", "--quiet", "--python", base, str(folder)], self.name)
        install = [uv, "pip", "install", "--quiet", "--python", str(interpreter_in(folder))]
        if self.with_dependencies:
            _run([*install, *self.with_dependencies], self.name)
        if self.pins:
            _run([*install, "--no-deps", *self.pins], self.name)
        if self.python is None:
            ours = Path(torch.__file__).parents[1]
            # The peer's own packages lie in front of those that this line adds.
            (next(folder.glob("lib/python*/site-packages")) / "borrowed.pth").write_text(f"{ours}\n")


def _run(command: list[str], name: str) -> None:
    try:
        done = subprocess.run(
            command,
            env=own_variables(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise JobError(f"{name}: took more than {SECONDS:g} s") from error
    if done.returncode:
        raise JobError(f"{name}: {reason_in(done.stderr) or f'ended with code {done.returncode}'}")
