"""The worker: reads requests on stdin, answers on stdout, dies with its host."""

from __future__ import annotations

import contextlib
import io
import os
import select
import sys
import threading
import traceback
from typing import TYPE_CHECKING, Protocol

from neuromorph_track.backends.lava_worker.frames import Message, decode, encode

if TYPE_CHECKING:
    from neuromorph_track.backends.lava_worker.graph import Settings
    from neuromorph_track.backends.lava_worker.spec import Array, LayerSpec
    from neuromorph_track.backends.lava_worker.tail import Tail

WATCH_MILLISECONDS = 250


class Session(Protocol):
    """A network that is ready to run somewhere."""

    @property
    def steps_done(self) -> int:
        """Steps of the last layer so far."""

    def run(self, values: Array) -> list[Array]:
        """What the layers sent in answer to ``values``; a head's membrane and a tail's ports come last."""

    def rewrite(self, layer: int, weight: Array) -> None:
        """Give a convolution other weights between two runs."""

    def failure(self) -> str | None:
        """What went wrong where :meth:`run` cannot see it."""

    def close(self) -> None:
        """End everything that was started."""


class Worker:
    """Serves one host.

    Parameters
    ----------
    requests, replies : binary files
    host : int
        Its process id.
    """

    def __init__(self, requests: io.RawIOBase, replies: io.RawIOBase, host: int) -> None:
        self.requests, self.replies, self.host = requests, replies, host
        self.speaking = threading.Lock()
        self.session: Session | None = None
        # A session that is being closed must not be taken for one that failed.
        self.looking = threading.Lock()
        self.reported = 0

    def serve(self) -> None:
        """Answer until the host hangs up."""
        threading.Thread(target=self._watch, daemon=True).start()
        while True:
            try:
                request = decode(self._read)
            except EOFError:
                return
            try:
                self._send(self._answer(request))
            except Exception as error:
                kind = "unavailable" if type(error).__name__ == "Unavailable" else "error"
                self._send(Message(kind, {"text": self._failure() or _text(error)}))

    def leave(self) -> None:
        """End with everything that was started; nothing else may run at exit."""
        with self.looking:
            session, self.session = self.session, None
            if session is not None:
                session.close()
        os._exit(0)

    def _answer(self, request: Message) -> Message:
        if request.kind == "setup":
            self._set_up(request)
            return Message("ready")
        assert self.session is not None
        if request.kind == "rewrite":
            self.session.rewrite(request.content["layer"], request.arrays["weight"])
            return Message("ready")
        sent = self.session.run(request.arrays["values"])
        return Message("steps", {}, {str(index): steps for index, steps in enumerate(sent)})

    def _set_up(self, request: Message) -> None:
        # Lava is imported here, where a failure can be told.
        from neuromorph_track.backends.lava_worker.graph import Settings
        from neuromorph_track.backends.lava_worker.spec import unpack
        from neuromorph_track.backends.lava_worker.tail import Tail

        if self.session is not None:
            with self.looking:
                session, self.session = self.session, None
            session.close()
        self.reported = 0
        specs = unpack(request.content["layers"], request.arrays)
        settings = Settings(**request.content["settings"])
        tail = Tail(**request.content["tail"]) if "tail" in request.content else None
        self.session = _open_session(request.content["on"], specs, settings, tail)

    def _watch(self) -> None:
        # The main thread may be deep in a run when the host hangs up.
        hang_up = select.poll()
        hang_up.register(self.requests, 0)
        while os.getppid() == self.host and not hang_up.poll(WATCH_MILLISECONDS):
            session = self.session
            if session is None:
                continue
            failure = self._failure()
            if failure is not None:
                self._send(Message("error", {"text": failure}))
                break
            if session.steps_done != self.reported:
                self.reported = session.steps_done
                self._send(Message("progress", {"steps": self.reported}))
        self.leave()

    def _failure(self) -> str | None:
        with self.looking:
            return self.session.failure() if self.session is not None else None

    def _read(self, size: int) -> bytearray:
        data = bytearray(size)
        view, filled = memoryview(data), 0
        while filled < size:
            count = self.requests.readinto(view[filled:])
            if not count:
                raise EOFError
            filled += count
        return data

    def _send(self, message: Message) -> None:
        with self.speaking:
            for piece in encode(message):
                view = memoryview(piece)
                while view:
                    view = view[self.replies.write(view) :]


def _open_session(on: str, specs: list[LayerSpec], settings: Settings, tail: Tail | None) -> Session:
    if on == "loihi2":
        from neuromorph_track.backends.lava_worker.loihi2 import Loihi2Session

        return Loihi2Session(specs, settings)
    if on == "threads":
        from neuromorph_track.backends.lava_worker.threads import ThreadSession

        return ThreadSession(specs, settings, tail)
    from neuromorph_track.backends.lava_worker.processes import ProcessSession, die_with_parent

    die_with_parent()
    return ProcessSession(specs, settings, tail)


def _text(error: Exception) -> str:
    """The traceback; what was raised to be shown as it is speaks for itself."""
    # Their modules import Lava, whose absence may be the very error.
    return str(error) if type(error).__name__ in ("ModelError", "Unavailable") else traceback.format_exc()


def main() -> None:
    # Lava prints; what host and worker say to each other must not be mixed with it.
    requests = os.fdopen(os.dup(0), "rb", buffering=0)
    replies = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    worker = Worker(requests, replies, int(sys.argv[-1]))
    with contextlib.suppress(BrokenPipeError):
        worker.serve()
    worker.leave()


if __name__ == "__main__":
    main()
