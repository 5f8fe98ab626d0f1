"""Nothing is left of Lava, however it ends."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.association import tracker_settings
from neuromorph_track.association.in_lava import LavaAssociation
from neuromorph_track.backends.lava_cpu import LavaBackend
from neuromorph_track.backends.lava_python import INTERPRETER
from neuromorph_track.data.frames import open_source
from neuromorph_track.detection import FrameEncoder
from neuromorph_track.errors import JobError
from neuromorph_track.export.zoo import load_network
from neuromorph_track.netx import Layer, Network, Neuron
from tests.backends.random_networks import random_input, random_network

pytestmark = [pytest.mark.slayer, pytest.mark.slow]

TIMEOUT = 60.0
# All 50 of the specification take some minutes: NEUROMORPH_TRACK_KILLS=50.
KILLS = int(os.environ.get("NEUROMORPH_TRACK_KILLS", "10"))
GONE_SECONDS = 5.0
MARK = "NEUROMORPH_TRACK_TEST"


def left(mark: str, segments: set[str], descriptors: int) -> str:
    """Processes that carry the mark, new shared memory that is nobody else's, and new open descriptors."""
    processes = [process for process in others() if carries(process, mark)]
    more = len(os.listdir("/proc/self/fd")) - descriptors
    new = set(os.listdir("/dev/shm")) - segments
    # What another program on the machine is using was made by that program.
    new = {name for name in new if processes or not any(uses(process, name) for process in others())}
    return f"{processes=} {new=} {more=}" if processes or new or more > 0 else ""


def left_at_last(mark: str, segments: set[str], descriptors: int) -> str:
    """What is still left when what was ended has had its time to go."""
    deadline = time.monotonic() + GONE_SECONDS
    while (found := left(mark, segments, descriptors)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def others() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if entry.name != str(os.getpid())]


def carries(process: int, mark: str) -> bool:
    with contextlib.suppress(OSError):
        return mark.encode() in Path(f"/proc/{process}/environ").read_bytes()
    return False


def uses(process: int, segment: str) -> bool:
    with contextlib.suppress(OSError):
        return f"/dev/shm/{segment}" in Path(f"/proc/{process}/maps").read_text(errors="replace")
    return False


@pytest.fixture(autouse=True)
def nothing_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Whatever a test starts inherits the mark, and other runs on the machine do not have it.
    mark = uuid.uuid4().hex
    monkeypatch.setenv(MARK, mark)
    before = set(os.listdir("/dev/shm")), len(os.listdir("/proc/self/fd"))
    yield
    assert left_at_last(mark, *before) == ""


HOLD = """
import mmap, sys
with open(sys.argv[1], "w+b") as file:
    file.truncate(8)
    memory = mmap.mmap(file.fileno(), 8)
print("held", flush=True)
sys.stdin.read()
"""


def test_memory_of_another_program_is_not_taken_for_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    segment = Path("/dev/shm") / f"neuromorph-track-{uuid.uuid4().hex}"
    before = set(os.listdir("/dev/shm")), len(os.listdir("/proc/self/fd"))
    mark = os.environ[MARK]
    monkeypatch.delenv(MARK)
    command = [sys.executable, "-c", HOLD, str(segment)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert segment.name not in left(mark, *before)
    assert segment.name in left(mark, *before)
    segment.unlink()


def network_and_values(steps: int = 4) -> tuple[Network, np.ndarray]:
    return random_network(2, cuba=False), random_input(random_network(2, cuba=False), steps, 0, cuba=False)


@pytest.mark.parametrize("stock", [False, True])
def test_a_reset_leaves_no_descriptor_in_the_worker(stock: bool) -> None:
    network, values = network_and_values()
    with LavaBackend(network, stock=stock, timeout=TIMEOUT) as lava:
        open_files = []
        for _ in range(3):
            lava.run(values)
            lava.reset()
            open_files.append(len(os.listdir(f"/proc/{lava._worker.process.pid}/fd")))
        assert open_files[-1] <= open_files[0]


@pytest.mark.parametrize("stock", [False, True])
def test_success(stock: bool) -> None:
    network, values = network_and_values()
    with LavaBackend(network, stock=stock, timeout=TIMEOUT) as lava:
        lava.run(values)
        # What the fixture looks for is there to be found.
        assert str(lava._worker.process.pid) in left(os.environ[MARK], set(), 0)
    with pytest.raises(JobError, match="Lava was closed"):
        lava.run(values)


def test_forgotten_without_close() -> None:
    network, values = network_and_values()
    lava = LavaBackend(network, timeout=TIMEOUT)
    lava.run(values)
    del lava


@pytest.mark.parametrize("stock", [False, True])
def test_an_exception_in_a_process_model_reaches_the_user(stock: bool) -> None:
    """A delay beyond 63 steps, which Lava's model itself refuses in its first step."""
    layers = (
        Layer("input", (3,), neuron=Neuron("delta", "SDNN", 1)),
        Layer(
            "dense",
            (2,),
            neuron=Neuron("sigma_delta", "SDNN", 1),
            weight=np.ones((2, 3), np.int32),
            delay=np.full((2, 3), 64, np.int32),
        ),
        Layer("dense", (2,), neuron=Neuron("sigma_delta", "SDNN", 1), weight=np.eye(2, dtype=np.int32)),
    )
    lava = LavaBackend(Network(layers), stock=stock, timeout=TIMEOUT)
    with lava, pytest.raises(JobError, match=r"ValueError: DelayDense .* in run_spk") as caught:
        lava.run(np.ones((2, 3), np.int32))
    assert "Traceback" in str(caught.value.__cause__)


def test_what_lava_cannot_build_reaches_the_user() -> None:
    network, _ = network_and_values()
    wrong = replace(network.layers[0], shape=(1, 2, 3))
    with pytest.raises(JobError, match="Lava failed"):
        LavaBackend(Network((wrong, *network.layers[1:])), timeout=TIMEOUT)


@pytest.mark.parametrize("stock", [False, True])
def test_an_exception_behind_the_head_reaches_the_user(stock: bool) -> None:
    network, source = load_network("scenes-nano"), open_source("scene:seed=3,frames=1")
    assert network.contract is not None
    values = np.stack([FrameEncoder(network.contract.input)(frame)[0] for frame in source])
    tail = LavaAssociation(source.size, tracker_settings(0.25), max_tracks=2).tail(network.contract)
    lava = LavaBackend(network, stock=stock, tail=tail, timeout=TIMEOUT)
    with lava, pytest.raises(JobError, match="max_tracks: found 6 tracks in one frame, expected at most 2"):
        lava.run(values)


@pytest.mark.parametrize("stock", [False, True])
def test_time_out(stock: bool) -> None:
    network, values = network_and_values(steps=20_000)
    with LavaBackend(network, stock=stock, timeout=TIMEOUT) as lava:
        lava._worker.timeout = 0.4
        with pytest.raises(JobError, match=r"did not answer within 0\.4 s"):
            lava.run(values)


@pytest.mark.parametrize("stock", [False, True])
def test_control_c(stock: bool) -> None:
    network, values = network_and_values(steps=20_000)
    # A shell starts what runs in the background deaf to Control-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with LavaBackend(network, stock=stock, timeout=TIMEOUT) as lava:
            threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
            with pytest.raises(KeyboardInterrupt):
                lava.run(values)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_lava_process_that_dies_is_noticed() -> None:
    network, values = network_and_values(steps=20_000)
    with LavaBackend(network, stock=True, timeout=TIMEOUT) as lava:
        children = Path(f"/proc/{lava._worker.process.pid}/task/{lava._worker.process.pid}/children")
        victim = int(children.read_text().split()[1])
        threading.Timer(0.5, lambda: os.kill(victim, signal.SIGKILL)).start()
        with pytest.raises(JobError, match="exit code -9"):
            lava.run(values)


HOST = """
import sys
from tests.backends.test_lava_clean import network_and_values
from neuromorph_track.backends.lava_cpu import LavaBackend

network, values = network_and_values(steps=20_000)
lava = LavaBackend(network, stock=sys.argv[1] == "True")
print("started", flush=True)
lava.run(values)
"""


@pytest.mark.parametrize("attempt", range(KILLS))
def test_killed_at_a_random_moment(attempt: int) -> None:
    """The host, its worker or one of Lava's processes; while Lava starts or while it runs."""
    draw = random.Random(attempt)
    stock, whom = attempt % 2 == 0, ("host", "worker", "child")[attempt % 3]
    host = subprocess.Popen(
        [sys.executable, "-c", HOST, str(stock)],
        cwd=Path(__file__).resolve().parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    time.sleep(draw.uniform(0.0, 8.0))
    victims = [host.pid] if whom == "host" else descendants(host.pid)
    if whom == "worker":
        victims = victims[:1]
    if victims:
        with contextlib.suppress(ProcessLookupError):
            os.kill(draw.choice(victims), signal.SIGKILL)
    else:
        host.kill()
    host.communicate(timeout=TIMEOUT)


def descendants(process: int) -> list[int]:
    found = []
    with contextlib.suppress(OSError):
        for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


def test_an_interpreter_without_lava_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho no such luck >&2\nexit 3\n")
    python.chmod(0o755)
    monkeypatch.setenv(INTERPRETER, str(python))
    with pytest.raises(JobError, match="ended with code 3: no such luck"):
        LavaBackend(network_and_values()[0], timeout=TIMEOUT)


def test_an_interpreter_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(INTERPRETER, "/no/such/python")
    with pytest.raises(JobError, match="/no/such/python: cannot be started for Lava"):
        LavaBackend(network_and_values()[0])
