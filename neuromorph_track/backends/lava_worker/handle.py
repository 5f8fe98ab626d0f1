"""The host's hold on a worker: ask, wait no longer than allowed, and always be able to kill it."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import tempfile
import time
import weakref
from collections.abc import Callable
from typing import IO

import neuromorph_track
from neuromorph_track.backends.lava_python import lava_python
from neuromorph_track.backends.lava_worker.frames import Message, decode, encode
from neuromorph_track.errors import JobError

POLL_MILLISECONDS = 250
# How long a worker may take to leave by itself once it is told to.
GRACE_SECONDS = 2.0
SHOWN_ERROR = 4000
# The interpreter may be one that this package is not installed for: it is given the package's
# place, and keeps its own paths for everything else.
BOOT = """
import importlib.util, runpy, sys
sys.path[:] = [path for path in sys.path if path]
spec = importlib.util.spec_from_file_location("neuromorph_track", sys.argv[1])
sys.modules["neuromorph_track"] = package = importlib.util.module_from_spec(spec)
spec.loader.exec_module(package)
runpy.run_module("neuromorph_track.backends.lava_worker", run_name="__main__")
"""


class LavaWorker:
    """A worker process in a session of its own.

    Parameters
    ----------
    timeout : float or None
        Seconds that an answer may take.

    Raises
    ------
    JobError
        When no interpreter with lava-nc is known, or it cannot be started.
    """

    def __init__(self, timeout: float | None = None) -> None:
        self.timeout = timeout
        interpreter = lava_python()
        self.log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the worker)
        command = [interpreter.path, "-c", BOOT, str(neuromorph_track.__file__), str(os.getpid())]
        try:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.log,
                env=interpreter.variables(),
                bufsize=0,
                start_new_session=True,
            )
        except OSError as error:
            self.log.close()
            raise JobError(f"{interpreter.path}: cannot be started for Lava: {error.strerror}") from error
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.requests, self.replies = self.process.stdin, self.process.stdout
        # A worker that reads nothing must not hold the host up either.
        os.set_blocking(self.requests.fileno(), False)
        self.close = weakref.finalize(self, _end, self.process, self.log)

    def ask(self, request: Message, progress: Callable[[int], None] | None = None) -> Message:
        """Send a request and wait for its answer; whatever goes wrong, the worker is gone afterwards.

        Raises
        ------
        JobError
            When Lava fails, dies or does not answer in time.
        """
        if not self.close.alive:
            raise JobError("Lava was closed")
        deadline = None if self.timeout is None else time.monotonic() + self.timeout
        try:
            for piece in encode(request):
                self._write(memoryview(piece), deadline)
            while (answer := decode(lambda size: self._read(size, deadline))).kind == "progress":
                if progress is not None:
                    progress(answer.content["steps"])
            if answer.kind == "unavailable":
                raise JobError(answer.content["text"])
            if answer.kind == "error":
                raise _job_error(answer.content["text"])
        except BaseException:
            self.close()
            raise
        return answer

    def _write(self, view: memoryview, deadline: float | None) -> None:
        while view:
            self._wait(self.requests, deadline, writing=True)
            try:
                view = view[os.write(self.requests.fileno(), view) :]
            except BrokenPipeError:
                raise self._death() from None

    def _read(self, size: int, deadline: float | None) -> bytearray:
        data = bytearray(size)
        view, filled = memoryview(data), 0
        while filled < size:
            self._wait(self.replies, deadline)
            count = os.readv(self.replies.fileno(), [view[filled:]])
            if not count:
                raise self._death()
            filled += count
        return data

    def _wait(self, file: IO[bytes], deadline: float | None, writing: bool = False) -> None:
        ready = select.poll()
        ready.register(file, select.POLLOUT if writing else select.POLLIN)
        while deadline is None or time.monotonic() < deadline:
            if ready.poll(POLL_MILLISECONDS):
                return
            if self.process.poll() is not None:
                # A process that the worker has forked may still hold the pipe open.
                raise self._death()
        raise JobError(f"Lava did not answer within {self.timeout:g} s and was stopped")

    def _death(self) -> JobError:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(GRACE_SECONDS)
        self.log.seek(0)
        text = self.log.read()[-SHOWN_ERROR:].decode(errors="replace").strip()
        code = self.process.returncode
        how = f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with code {code}"
        return JobError(f"Lava's process {how}" + (f": {text.splitlines()[-1]}" if text else ""))


def _job_error(text: str) -> JobError:
    """One line of a traceback: what was raised, and where."""
    lines = text.strip().splitlines() or ["without a word"]
    places = [at for at, line in enumerate(lines) if line.startswith("  File ")]
    where = f" ({lines[places[-1]].strip()})" if places else ""
    # Behind the last place stand its line of code, indented, and what was raised, in lines of its own.
    raised = [line.strip() for line in lines[places[-1] + 2 :]] if places else lines[-1:]
    error = JobError(f"Lava failed: {' '.join(raised)}{where}")
    error.__cause__ = RuntimeError(text)
    return error


def _end(process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    """Hang up, give the worker a moment to leave with all it has started, then kill its group."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    process.stdout.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(GRACE_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    log.close()
