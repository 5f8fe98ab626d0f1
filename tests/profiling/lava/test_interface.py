"""The names that code for Intel's chip profiler uses."""

from __future__ import annotations

import os
import re
import uuid
from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.hardware import load_profile
from tests.backends.test_lava_clean import MARK, left_at_last
from tests.profiling.lava.programs import ROOT, answer, run

pytestmark = [pytest.mark.slayer, pytest.mark.slow]

NETWORK = """
import multiprocessing
from tests.profiling.lava.test_by_hand import STEPS, chain_of
first, second, spikes = chain_of()
source, one, two = Source(data=spikes), LIF(shape=(5,), du=4095, vth=2), LIF(shape=(4,), du=4095, vth=2)
connect(source, Dense(weights=first), one, Dense(weights=second), two)
config = Loihi2SimCfg(select_tag="fixed_pt")
profiler = Profiler.init(config)
"""

EVERYTHING = """
profiler.execution_time_probe(num_steps=STEPS, t_start=1, t_end=STEPS, dt=1, buffer_size=1024)
profiler.energy_probe(num_steps=STEPS)
profiler.activity_probe()
profiler.memory_probe()
# In two runs, as those who feed one sample after the other.
run(two, 10, config)
run(two, STEPS - 10, config)
result = {"during": profiler.energy}
two.stop()
times = ("execution_time", "host_time", "spiking_time", "learning_time")
times += ("management_time", "pre_lrn_mgtm_time")
result["times"] = {name: getattr(profiler, name).tolist() for name in times}
joules = ("energy", "static_energy", "dynamic_energy", "power", "static_power", "dynamic_power")
result["joules"] = {name: getattr(profiler, name) for name in joules}
result["rails"] = [profiler.vdd_power, profiler.vddm_power, profiler.vddio_power]
result["chips"] = [profiler.num_alloc_chips, profiler.num_available_chips]
result["broken"] = [profiler.power_breakdown(), profiler.energy_breakdown()]
steady = profiler.report.steady_state
result["reported"] = [steady.total.p5, steady.total.p50, steady.total.p95, steady.frame_time.p50]
result["frames"] = [profiler.report.frame_period, profiler.activity.frames]
result["statement"] = profiler.statement
folder = sys.argv[1]
profiler.plot_execution_time(f"{folder}/times")
profiler.plot_activity(file=f"{folder}/activity.svg")
profiler.plot_memory_util(f"{folder}/memory.png")
profiler.host_io = False
result["without_io"] = profiler.report.bound, profiler.activity.input_values, profiler.energy
profiler.hardware = "loihi1"
result["loihi1"] = profiler.energy
print(json.dumps(result))
"""


def test_everything_that_the_chip_profiler_has(tmp_path: Path) -> None:
    result = answer(NETWORK + EVERYTHING, tmp_path)
    times = {name: np.array(seconds) for name, seconds in result["times"].items()}
    assert all(seconds.shape == (24,) for seconds in times.values())
    np.testing.assert_allclose(times["spiking_time"] + times["host_time"], times["execution_time"])
    np.testing.assert_allclose(times["execution_time"].sum(), result["reported"][3])
    assert len(set(times["spiking_time"])) > 1
    assert not times["learning_time"].any()
    assert not times["pre_lrn_mgtm_time"].any()
    assert np.isnan(times["management_time"]).all()
    joules = result["joules"]
    assert result["during"] == joules["energy"] == result["reported"][1]
    assert result["reported"][0] < joules["energy"] < result["reported"][2]
    for name in ("", "static_", "dynamic_"):
        assert joules[f"{name}energy"] > 0
        np.testing.assert_allclose(joules[f"{name}energy"], joules[f"{name}power"] * result["reported"][3])
    assert np.isnan(result["rails"]).all()
    watts, micro = np.array(result["broken"])
    np.testing.assert_array_equal(
        watts[:3], [joules["power"], joules["dynamic_power"], joules["static_power"]]
    )
    np.testing.assert_allclose(micro[0], joules["energy"] * 1e6)
    assert np.isnan([*watts[3:], *micro[3:]]).all()
    assert result["chips"] == [1, int(load_profile("loihi2-oheogulch").resources.chips.si[1])]
    assert result["frames"] == [None, 24]
    assert "Loihi 2" in result["statement"]
    assert {path.name for path in tmp_path.iterdir()} == {"times.png", "activity.svg", "memory.png"}
    assert all(path.stat().st_size > 1000 for path in tmp_path.iterdir())
    bound, entering, without = result["without_io"]
    assert bound != "input and output"
    assert entering == 0
    assert without <= joules["energy"]
    assert result["loihi1"] not in (joules["energy"], without)


WINDOWS = """
profiler.execution_time_probe(t_start=3, t_end=20, dt=4)
profiler.energy_probe(num_steps=8)
run(two, STEPS, config)
two.stop()
binned = profiler.execution_time.tolist()
eight = profiler.energy
steps = profiler.activity.frames
print(json.dumps({"binned": binned, "eight": eight, "steps": steps, "said": profiler.statement}))
"""


def test_probes_look_at_the_steps_that_they_name() -> None:
    result = answer(NETWORK + WINDOWS)
    # Steps 3 to 20 in fours: the last bin has two.
    assert len(result["binned"]) == 5
    assert result["binned"][-1] < 0.7 * result["binned"][0]
    assert result["steps"] == 8
    assert result["eight"] > 0
    assert "24 steps ran; the estimates are of the first 8" in result["said"]


WRONG = """
class Mine(Loihi2SimCfg):
    pass

def say(attempt):
    try:
        attempt()
    except (ValueError, NotImplementedError) as error:
        print("said", error)

say(lambda: Profiler.init(Mine()))
ours.register(Mine, hardware="loihi1")
print("said", *(one.hardware.id for one in (Profiler.init(Mine()), Profiler.init(Loihi1SimCfg()), profiler)))
say(lambda: profiler.energy)
say(lambda: profiler.energy_probe(num_steps=0))
say(lambda: setattr(profiler, "hardware", "abacus"))
run(two, 3, config)
two.stop()
say(lambda: profiler.energy)
say(lambda: profiler.execution_time)
print("said", profiler.activity.frames)
"""


def test_what_is_missing_is_told_in_one_line() -> None:
    said = [line[5:] for line in run(NETWORK + WRONG).splitlines() if line.startswith("said ")]
    missing, ids, early, none, unknown, energy, execution, frames = said
    assert "no implementation of the profiler for Mine" in missing
    assert ids == "loihi1 loihi1 loihi2-oheogulch"
    assert early == "profiler: energy: found no probe for it, expected energy_probe() before the run"
    assert none.startswith("profiler: probe: found steps 1 to 0")
    assert "abacus" in unknown
    assert energy == early
    assert "expected execution_time_probe() before the run" in execution
    assert frames == "3"


def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    mark = uuid.uuid4().hex
    monkeypatch.setenv(MARK, mark)
    segments, descriptors = set(os.listdir("/dev/shm")), len(os.listdir("/proc/self/fd"))
    stops = "run(two, 5, config)\ntwo.stop()\nprint(len(multiprocessing.active_children()))"
    assert run(NETWORK + stops).splitlines()[-1] == "0"
    assert left_at_last(mark, segments, descriptors) == ""


def test_the_example_of_the_page() -> None:
    """The program in docs/lava.md, as it stands there."""
    page = (ROOT / "docs" / "lava.md").read_text(encoding="utf-8")
    (example,) = [
        block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "Profiler" in block
    ]
    printed = run(example)
    joules = re.search(r"^([0-9.e-]+) J in ([0-9.e-]+) s$", printed, re.MULTILINE)
    assert joules is not None
    assert all(float(number) > 0 for number in joules.groups())
    assert "Estimated for Loihi 2" in printed
