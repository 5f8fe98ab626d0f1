"""Events made from pictures: when a pixel sends one, how many, and that nothing else is touched."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from neuromorph_track.data.events import Events
from neuromorph_track.data.events.emulate import (
    EMULATORS,
    EmulatedStream,
    Emulator,
    PixelEmulator,
    SensorSettings,
    VideoIntensities,
)
from neuromorph_track.data.events.emulate.brightness import log_brightness
from neuromorph_track.data.frames import open_source
from neuromorph_track.errors import InputError, JobError

SHAPE = (6, 8)
QUIET = SensorSettings(mismatch=0, leak_hz=0)

Make = Callable[[SensorSettings], Emulator]


@pytest.fixture(params=["pixels", "v2e"])
def make(request: pytest.FixtureRequest) -> Make:
    if request.param == "v2e":
        pytest.importorskip("visionsim")
    return lambda settings: EMULATORS[request.param](settings, SHAPE, 3)


def even(value: float) -> NDArray[np.float64]:
    return np.full(SHAPE, value)


def ramp(emulator: Emulator, thresholds: float, start: float = 50.0) -> Events:
    """All pixels change by so many thresholds of 0.2, and a millionth, in 10 ms."""
    assert len(emulator.step(even(start), 5_000)) == 0
    return emulator.step(even(start * np.exp(0.2 * thresholds * (1 + 1e-6))), 15_000)


def moving(steps: int, seed: int = 0) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Waves that run over the sensor."""
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    for step in range(steps):
        yield step * 5_000, 100 + 60 * np.sin(step / 7 + rows / 3 + columns / 5 + seed)


def run(emulator: Emulator, pictures: Iterator[tuple[int, NDArray[np.float64]]]) -> Events:
    return Events.joined([emulator.step(picture, time) for time, picture in pictures])


def test_a_brightening_pixel_sends_at_the_times_of_its_crossings(make: Make) -> None:
    events = ramp(make(QUIET), 4)
    assert len(events) == 4 * SHAPE[0] * SHAPE[1]
    assert events.on.all()
    # Logarithms change evenly: a quarter of 10 ms each.
    assert np.unique(events.t).tolist() == pytest.approx([7_500, 10_000, 12_500, 15_000], abs=2)


def test_darker_is_off(make: Make) -> None:
    events = ramp(make(QUIET), -3)
    assert len(events) == 3 * SHAPE[0] * SHAPE[1]
    assert not events.on.any()


@pytest.mark.parametrize("contrast", [1, 2, 5, 11])
def test_counts_are_contrast_over_threshold(make: Make, contrast: int) -> None:
    for threshold in (0.1, 0.2, 0.4):
        settings = SensorSettings(on=threshold, mismatch=0, leak_hz=0)
        expected = int(contrast * 0.2 / threshold + 1e-6)
        assert len(ramp(make(settings), contrast)) == expected * SHAPE[0] * SHAPE[1]


def test_what_is_left_of_a_change_is_kept(make: Make) -> None:
    emulator = make(QUIET)
    found = [
        len(emulator.step(even(50 * np.exp(0.2 * 0.75 * step)), step * 1_000)) / (SHAPE[0] * SHAPE[1])
        for step in range(5)
    ]
    assert found == [0, 0, 1, 1, 1]


def test_silence(make: Make) -> None:
    emulator = make(SensorSettings(mismatch=0.03, leak_hz=0))
    assert len(run(emulator, ((t * 1000, even(40)) for t in range(50)))) == 0


def test_the_dark_is_linear() -> None:
    assert log_brightness([0, 10, 20, np.e**5]) == pytest.approx([0, np.log(20) / 2, np.log(20), 5])


def test_times_never_fall_and_are_between_pictures(make: Make) -> None:
    emulator = make(SensorSettings(leak_hz=1, shot_noise_hz=20, refractory_us=300))
    before = 0
    for time, picture in moving(60):
        events = emulator.step(picture, time)
        assert (np.diff(events.t) >= 0).all()
        assert ((events.t >= before) & (events.t <= time)).all()
        before = time


def test_an_hour_later_nothing_is_lost(make: Make) -> None:
    """The library's float32 seconds would be off by a quarter of a millisecond."""
    settings = SensorSettings(refractory_us=300)
    hour = 3_600_000_000
    early = run(make(settings), moving(30))
    late = run(make(settings), ((hour + time, picture) for time, picture in moving(30)))
    assert len(early) > 300
    assert (late.t - hour == early.t).all()
    assert (late.x == early.x).all()
    assert (late.on == early.on).all()


def test_the_same_seed_gives_the_same_events(make: Make) -> None:
    settings = SensorSettings(leak_hz=1, shot_noise_hz=20)
    a, b = (run(make(settings), moving(40)) for _ in range(2))
    assert all((getattr(a, name) == getattr(b, name)).all() for name in ("t", "x", "y", "on"))


@pytest.mark.parametrize("emulator", ["pixels", "v2e"])
def test_another_seed_gives_others(emulator: str) -> None:
    if emulator == "v2e":
        pytest.importorskip("visionsim")
    found = [run(EMULATORS[emulator](SensorSettings(), SHAPE, seed), moving(40)) for seed in (0, 1)]
    assert found[0].t.tolist() != found[1].t.tolist()


def test_generators_of_others_are_left_alone(make: Make) -> None:
    torch.manual_seed(1)
    state = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].copy()  # noqa: NPY002
    emulator = make(SensorSettings(leak_hz=1, shot_noise_hz=50))
    first = run(emulator, moving(20))
    assert torch.equal(torch.get_rng_state(), state[0])
    assert random.getstate() == state[1]
    assert (np.random.get_state()[1] == state[2]).all()  # noqa: NPY002
    # Nor does it matter what they draw between two pictures.
    torch.manual_seed(99)
    again = make(SensorSettings(leak_hz=1, shot_noise_hz=50))
    parts = []
    for time, picture in moving(20):
        torch.rand(7)
        parts.append(again.step(picture, time))
    assert Events.joined(parts).t.tolist() == first.t.tolist()


def test_a_blind_pixel_misses_what_happens(make: Make) -> None:
    settings = SensorSettings(mismatch=0, leak_hz=0, refractory_us=4_000)
    emulator = make(settings)
    events = ramp(emulator, 20)
    assert SHAPE[0] * SHAPE[1] <= len(events) <= 3 * SHAPE[0] * SHAPE[1]
    one = events.t[(events.x == 2) & (events.y == 3)]
    assert (np.diff(one) >= 3_999).all()


def test_dead_time_by_hand() -> None:
    """A change of one threshold in 1 ms: seen 1 ms, blind 2 ms, and so on."""
    settings = SensorSettings(mismatch=0, leak_hz=0, refractory_us=2_000)
    emulator = PixelEmulator(settings, (1, 1), 0)
    times = []
    for step in range(13):
        value = np.full((1, 1), 20 * np.exp(0.2 * step))
        times += emulator.step(value, step * 1_000).t.tolist()
    assert times == pytest.approx([1_000, 4_000, 7_000, 10_000], abs=1)


def test_leak_makes_on_events_of_nothing(make: Make) -> None:
    emulator = make(SensorSettings(mismatch=0, leak_hz=10))
    events = run(emulator, ((t * 10_000, even(100)) for t in range(101)))
    assert events.on.all()
    assert len(events) / (SHAPE[0] * SHAPE[1]) == pytest.approx(10, rel=0.15)


@pytest.mark.parametrize(("intensity", "share"), [(0.0, 0.945), (255.0, 0.25), (2_000.0, 0.25)])
def test_shot_noise_is_that_of_the_light(intensity: float, share: float) -> None:
    emulator = PixelEmulator(SensorSettings(leak_hz=0, shot_noise_hz=40), (40, 50), 0)
    events = Events.joined([emulator.step(np.full((40, 50), intensity), t * 10_000) for t in range(51)])
    assert len(events) / (40 * 50 * 0.5) == pytest.approx(40 * share, rel=0.05)
    assert events.on.mean() == pytest.approx(0.5, abs=0.02)


def test_a_slow_pixel_follows_late(make: Make) -> None:
    emulator = make(SensorSettings(mismatch=0, leak_hz=0, cutoff_hz=20))
    emulator.step(even(235), 0)
    # Five and a half thresholds.
    first = sum(len(emulator.step(even(235 * np.exp(1.1)), t * 500)) for t in range(1, 7))
    later = sum(len(emulator.step(even(235 * np.exp(1.1)), t * 500)) for t in range(7, 200))
    assert 0 < first < 5 * SHAPE[0] * SHAPE[1]
    assert first + later == 5 * SHAPE[0] * SHAPE[1]


@pytest.mark.parametrize(
    "settings",
    [
        SensorSettings(leak_hz=0),
        SensorSettings(on=0.3, off=0.2, mismatch=0.05, leak_hz=2),
        SensorSettings(shot_noise_hz=5),
        SensorSettings(cutoff_hz=15, leak_hz=0),
    ],
    ids=["plain", "uneven", "noise", "cutoff"],
)
def test_as_many_as_v2e(settings: SensorSettings) -> None:
    pytest.importorskip("visionsim")
    shape = (48, 64)
    rng = np.random.default_rng(0)
    # The further to the right, the more contrast.
    scene = 90 * np.exp(np.kron(rng.uniform(-1, 1, (24, 32)), np.ones((4, 4))) * np.linspace(0.1, 2, 128))
    pictures = [(t * 2_000, scene[t // 3 : t // 3 + shape[0], t // 2 : t // 2 + shape[1]]) for t in range(40)]
    smooth = [
        (time, (picture + pictures[max(at - 1, 0)][1]) / 2) for at, (time, picture) in enumerate(pictures)
    ]
    ours, theirs = (run(EMULATORS[name](settings, shape, 1), iter(smooth)) for name in ("pixels", "v2e"))
    assert len(ours) > 5_000
    assert len(ours) == pytest.approx(len(theirs), rel=0.1)
    assert ours.on.sum() == pytest.approx(theirs.on.sum(), rel=0.1)
    columns = [np.bincount(events.x, minlength=shape[1]) for events in (ours, theirs)]
    assert np.corrcoef(columns)[0, 1] > 0.9


class Waves:
    name, width, height = "waves", SHAPE[1], SHAPE[0]

    def __iter__(self) -> Iterator[tuple[int, NDArray[np.float64]]]:
        return moving(30)

    def fingerprint(self) -> str:
        return "ab"


def test_a_stream_can_be_read_again() -> None:
    stream = EmulatedStream(Waves(), SensorSettings(shot_noise_hz=10), seed=4)
    a, b = (Events.joined(list(stream.packets())) for _ in range(2))
    assert (stream.name, stream.width, stream.height) == ("waves", 8, 6)
    assert len(a) > 100
    assert a.t.tolist() == b.t.tolist()
    assert (np.diff(a.t) >= 0).all()
    others = [EmulatedStream(Waves(), seed=4), EmulatedStream(Waves(), SensorSettings(on=0.3), seed=4)]
    prints = {each.fingerprint() for each in [stream, *others, EmulatedStream(Waves(), seed=5)]}
    assert len(prints) == 4
    assert all(len(each) == 64 for each in prints)


def test_a_video() -> None:
    source = VideoIntensities(open_source("targets:preset=easy,frames=3,width=64,height=64,size=14"))
    times, pictures = zip(*source, strict=True)
    assert times == (0, 40_000, 80_000)
    frame = next(iter(open_source("targets:preset=easy,frames=3,width=64,height=64,size=14")))
    assert pictures[0] == pytest.approx(frame @ np.array([0.299, 0.587, 0.114]), abs=1e-3)
    events = Events.joined(list(EmulatedStream(source, SensorSettings(leak_hz=0)).packets()))
    assert len(events) > 50
    assert 0 <= events.t[0] <= events.t[-1] <= 80_000


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"on": 0}, "sensor: on: found 0, expected a number from 0.01 to 10"),
        ({"mismatch": float("nan")}, "sensor: mismatch: found nan, expected a number"),
        ({"shot_noise_hz": -1}, "sensor: shot_noise_hz: found -1"),
        ({"refractory_us": True}, "sensor: refractory_us: found True"),
    ],
)
def test_settings_out_of_range(values: dict[str, float], fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        SensorSettings(**values)


def test_another_emulator() -> None:
    with pytest.raises(InputError, match="'esim', expected one of pixels, v2e"):
        EmulatedStream(Waves(), emulator="esim")


def test_without_visionsim(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "visionsim.emulate.dvs", None)
    with pytest.raises(JobError, match=r"neuromorph-track\[simulate\]"):
        EMULATORS["v2e"](QUIET, SHAPE, 0)


def test_pictures_must_follow_each_other(make: Make) -> None:
    emulator = make(QUIET)
    emulator.step(even(1), 10)
    with pytest.raises(ValueError, match="10 us, after one at 10 us"):
        emulator.step(even(1), 10)
    with pytest.raises(ValueError, match=r"\(2, 2\)"):
        emulator.step(np.zeros((2, 2)), 20)
