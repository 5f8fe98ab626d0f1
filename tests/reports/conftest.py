"""A small run, priced on every chip that comes with the project."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from neuromorph_track.backends.activity import Activity, LayerActivity
from neuromorph_track.hardware import list_profiles, load_profile
from neuromorph_track.profiling import EnergyReport, price_all

RUNS = {"first": 1, "second": 8, "a run with such a long name that it fits no column": 1}


@pytest.fixture
def activity() -> Activity:
    return run_of(1)


def run_of(times: int) -> Activity:
    return Activity((layer("0 conv", 4000 * times), layer("1 conv", 1000 * times)), steps_per_frame=1)


def layer(name: str, scale: int) -> LayerActivity:
    """Three frames, the first dense; ``scale`` times 5 neurons, 20 synops for each spike that comes in."""
    return LayerActivity(
        name=name,
        kind="conv",
        neuron="sigma_delta",
        neurons=5 * scale,
        weights=100,
        nonzero_weights=90,
        macs=99 * scale,
        graded=False,
        neurons_in=5 * scale,
        nominal_macs=100 * scale,
        message_bits=16,
        spikes_in=np.array([9, 1, 2]) * scale,
        synops=np.array([180, 20, 40]) * scale,
        synops_all=np.array([198, 22, 44]) * scale,
        neuron_updates=np.full(3, 5 * scale),
        neuron_updates_changed=np.array([5, 1, 2]) * scale,
        spikes_out=np.array([3, 1, 0]) * scale,
    )


@pytest.fixture(scope="session")
def reports() -> tuple[EnergyReport, ...]:
    """Every chip that comes with the project."""
    return price_all(run_of(1), [load_profile(name) for name in list_profiles()], frame_period=0.04)


@pytest.fixture(scope="session")
def three_runs() -> tuple[tuple[str, ...], tuple[EnergyReport, ...]]:
    """Names of runs, and their reports on three chips; the second needs 8 times the synops of the first."""
    chips = [load_profile(name) for name in ("loihi1", "loihi2-oheogulch", "dense-45nm-int8")]
    found = {name: price_all(run_of(times), chips, 0.04) for name, times in RUNS.items()}
    names = tuple(name for name in found for _ in chips)
    return names, tuple(report for reports in found.values() for report in reports)


@pytest.fixture
def drawn_texts(monkeypatch: pytest.MonkeyPatch) -> Callable[[Figure], list[Text]]:
    """All texts that a figure shows when it is drawn, and nothing that it only holds."""

    def of(picture: Figure) -> list[Text]:
        shown: list[Text] = []
        draw = Text.draw

        def noted(text: Text, *arguments: Any, **options: Any) -> None:
            if text.get_text().strip() and text.get_visible():
                shown.append(text)
            draw(text, *arguments, **options)

        with monkeypatch.context() as patch:
            patch.setattr(Text, "draw", noted)
            FigureCanvasAgg(picture).draw()
        return list(dict.fromkeys(shown))

    return of
