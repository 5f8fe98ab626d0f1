"""How a chip's time is shared among the steps of a run and the phases of a step."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity
from neuromorph_track.errors import InputError
from neuromorph_track.hardware import HardwareProfile, Quantity
from neuromorph_track.profiling.energy_report import EnergyReport

Floats = NDArray[np.float64]


class Phases(NamedTuple):
    """Seconds of each step, each (T,) float64.

    Attributes
    ----------
    spiking : array
        Neurons, synapses, messages, and the barrier that ends the step.
    host : array
        Waiting for the host's input and output, where that takes longer.
    """

    spiking: Floats
    host: Floats


def phases(activity: Activity, report: EnergyReport, profile: HardwareProfile) -> Phases:
    """Share the time of a run among its steps.

    The report knows the time of all steps together. What is beyond the barriers is shared by the work of a
    step, ``synops x t_synop + updates x t_update``, as if every step had the same busiest core; the sum is
    the report's.

    Parameters
    ----------
    activity : Activity
        One entry per step.
    report : EnergyReport
        Of these steps as one frame.
    profile : HardwareProfile

    Raises
    ------
    InputError
        When the profile has no times.
    """
    frame, steps = report.steady_state, activity.frames
    if frame.compute_time is None or frame.frame_time is None:
        raise InputError(profile.id, "time", "no times", "a profile that says how long events take")
    compute = frame.compute_time.p50
    barrier = min(_middle(profile.time.barrier), compute / steps)
    synops = activity.total("synops" if profile.counting.synop == "nonzero_weight" else "synops_all")
    work = synops * _middle(profile.time.synop)
    work = work + activity.total("neuron_updates") * _middle(profile.time.neuron_update)
    share = work / work.sum() if work.sum() > 0 else np.full(steps, 1 / steps)
    spiking = barrier + (compute - steps * barrier) * share
    waiting = max(0.0, frame.frame_time.p50 - compute)
    return Phases(spiking, np.full(steps, waiting / steps))


def _middle(quantity: Quantity | None) -> float:
    return 0.0 if quantity is None else float(quantity.si[1])
