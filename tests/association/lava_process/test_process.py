"""The tracker as a process in graphs that others build, on Lava's own runtime.

In programs of their own: importing Lava changes how the whole program starts processes.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neuromorph_track.association import TwoStageTracker, tracker_settings
from neuromorph_track.association.rows import from_rows
from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.data.detections import Tracks
from neuromorph_track.data.frames import open_source
from neuromorph_track.detection import FrameEncoder, HeadDecoder
from neuromorph_track.export.zoo import load_network
from tests.association.test_stepwise import CONTRACT, placement, potentials

pytestmark = [pytest.mark.slayer, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[3]
TIMEOUT = 120
LATENCY = 3

COMMON = """
import json, sys
import numpy as np
from lava.magma.core.run_conditions import RunSteps
from lava.magma.core.run_configs import Loihi1SimCfg, Loihi2SimCfg
from lava.proc.io.sink import PyReceiveModelFloat, RingBuffer as Sink
from lava.proc.io.source import RingBuffer as Source
from neuromorph_track.association.lava_process import AssociationProcess
from neuromorph_track.errors import InputError
from tests.association.test_stepwise import CONTRACT, placement, potentials

def build(**changed):
    arguments = {"shape": (12, 8, 16), "contract": CONTRACT, "placement": placement(), "latency": 3}
    return AssociationProcess(**{**arguments, **changed})
"""

STANDALONE = """
held = potentials()
# Before the first result and in between stand the boxes of other frames.
steps = np.concatenate([held[-3:], np.repeat(held, 2, 0)])
source = Source(data=steps.transpose(3, 2, 1, 0))
contract = CONTRACT.model_copy(update={"steps_per_frame": 2})
association = build(contract=contract, max_tracks=int(sys.argv[2]))
tracks, count = Sink(shape=association.tracks.shape, buffer=len(steps)), Sink(shape=(1,), buffer=len(steps))
source.s_out.connect(association.potentials)
association.tracks.connect(tracks.a_in)
association.count.connect(count.a_in)
# Lava's own sink of the fixed-point kind would cut floats to integers.
floats = {Sink: PyReceiveModelFloat}
config = {
    "untagged": Loihi2SimCfg(),
    "fixed": Loihi2SimCfg(select_tag="fixed_pt", exception_proc_model_map=floats),
    "floating": Loihi2SimCfg(select_tag="floating_pt"),
    "loihi1": Loihi1SimCfg(select_tag="floating_pt"),
}[sys.argv[1]]
# In two runs: the process goes on where it was.
association.run(condition=RunSteps(8), run_cfg=config)
association.run(condition=RunSteps(len(steps) - 8), run_cfg=config)
rows, counts = tracks.data.get(), count.data.get()
association.stop()
print(json.dumps({"rows": rows.T.tolist(), "counts": counts[0].tolist()}))
"""

WRONG = """
cases = {
    "channels": {"shape": (12, 8, 15)},
    "flat": {"shape": (1536,)},
    "latency": {"latency": -1},
    "rows": {"max_tracks": 0},
}
for name, changed in cases.items():
    try:
        build(**changed)
    except InputError as error:
        print(f"{name}: {error}")
"""


def environment() -> dict[str, str]:
    # The compiler warns of models that it cannot import; these must be none of ours.
    return {**os.environ, "PYTHONWARNINGS": "error:Cannot import module", "OMP_NUM_THREADS": "1"}


def run(script: str, *arguments: object) -> str:
    command = [sys.executable, "-c", COMMON + script, *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=TIMEOUT, cwd=ROOT, env=environment()
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def expected_tracks() -> list[Tracks]:
    settings = tracker_settings(CONTRACT.score_threshold)
    decoder, tracker = HeadDecoder(CONTRACT, score_threshold=settings.low_score), TwoStageTracker(settings)
    return [tracker.update(decoder(held, placement())) for held in potentials()]


def assert_same(found: Tracks, expected: Tracks) -> None:
    for name in ("xyxy", "score", "class_id", "track_id"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), err_msg=name)


def assert_tracks(result: dict[str, Any], expected: list[Tracks], ends: list[int]) -> None:
    """``ends`` are the steps that end a frame."""
    counts = np.array(result["counts"])
    assert np.flatnonzero(counts >= 0).tolist() == ends
    for step, tracks in zip(ends, expected, strict=True):
        # Turned round by ``.T``, columns come first and rows second.
        assert_same(from_rows(np.array(result["rows"][step]).T, int(counts[step])), tracks)


@pytest.mark.parametrize("config", ["untagged", "fixed", "floating", "loihi1"])
def test_between_a_source_and_a_sink(config: str) -> None:
    expected = expected_tracks()
    assert len({number for tracks in expected for number in tracks.track_id.tolist()}) >= 2
    result = json.loads(run(STANDALONE, config, 6).splitlines()[-1])
    assert_tracks(result, expected, [LATENCY + 2 * frame + 1 for frame in range(len(expected))])


def test_more_tracks_than_rows() -> None:
    """Lava's runtime would wait for ever and say nothing: the model says it."""
    first = next(len(tracks) for tracks in expected_tracks() if len(tracks) > 1)
    command = [sys.executable, "-c", COMMON + STANDALONE, "untagged", "1"]
    with subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        text=True,
        env=environment(),
        start_new_session=True,
    ) as program:
        assert program.stderr is not None
        try:
            said = next(line for line in program.stderr if "max_tracks" in line)
        finally:
            # Not a kill: Python's keeper of shared memory outlives this and removes the segments.
            os.killpg(program.pid, signal.SIGTERM)
    assert f"association: max_tracks: found {first} tracks in one frame, expected at most 1" in said


def test_what_does_not_fit_is_refused_where_it_is_built() -> None:
    expected = "expected (width, height, 16), as the contract's head"
    assert run(WRONG).splitlines() == [
        f"channels: association: shape: found (12, 8, 15), {expected}",
        f"flat: association: shape: found (1536,), {expected}",
        "latency: association: latency: found -1, expected 0 steps or more",
        "rows: association: max_tracks: found 0, expected 1 or more",
    ]


def test_the_example_of_the_page_behind_lava_dls_loader() -> None:
    """The program in docs/lava.md, as it stands there."""
    page = (ROOT / "docs" / "lava.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (example,) = [block for block in blocks if "AssociationProcess" in block]
    say = "import json\nprint(json.dumps({'rows': rows.T.tolist(), 'counts': counts[0].tolist()}))\n"
    result = json.loads(run(example + say).splitlines()[-1])

    network = load_network("scenes-nano")
    assert network.contract is not None
    source = open_source("scene:seed=3,frames=4")
    encoder, settings = FrameEncoder(network.contract.input), tracker_settings(0.25)
    decoder, tracker = HeadDecoder(network.contract, score_threshold=0.1), TwoStageTracker(settings)
    values = np.stack([encoder(frame)[0] for frame in source])
    held = FixedSimulator(network).run(values).output
    expected = [tracker.update(decoder(frame, encoder.placement(*source.size))) for frame in held]
    assert all(len(tracks) >= 5 for tracks in expected)
    assert_tracks(result, expected, [8, 9, 10, 11])
