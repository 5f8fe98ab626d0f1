"""Which run configurations of Lava our profiler answers for."""

from __future__ import annotations

import warnings
from functools import partial

from lava.magma.core.run_configs import Loihi1SimCfg, Loihi2SimCfg

from neuromorph_track.profiling.lava.probes import Hardware
from neuromorph_track.profiling.lava.profiler import SimulationProfiler

with warnings.catch_warnings():
    # It warns that there is no profiler, which is about to be untrue.
    warnings.simplefilter("ignore")
    from lava.utils.profiler import run_cfg_dict

DEFAULTS = {Loihi1SimCfg: "loihi1", Loihi2SimCfg: "loihi2-oheogulch"}


def register(*configurations: type, hardware: Hardware | None = None) -> None:
    """Let ``Profiler.init`` answer for run configurations of the simulation.

    Parameters
    ----------
    *configurations : subclasses of lava's RunConfig
        Lava looks a configuration up by its very class, so subclasses of one's own need to be named. By
        default ``Loihi1SimCfg`` and ``Loihi2SimCfg``.
    hardware : str, path or HardwareProfile, optional
        What is estimated; by default Loihi 1 for ``Loihi1SimCfg`` and what derives from it, and otherwise
        Loihi 2 on Oheo Gulch. ``profiler.hardware`` changes it later.
    """
    for configuration in configurations or tuple(DEFAULTS):
        run_cfg_dict[configuration] = partial(
            SimulationProfiler, hardware=hardware or _default(configuration)
        )


def _default(configuration: type) -> str:
    return next(
        (DEFAULTS[base] for base in configuration.__mro__ if base in DEFAULTS), DEFAULTS[Loihi2SimCfg]
    )
