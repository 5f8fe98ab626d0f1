"""Intel's chip profiler, by its own names, for Lava's simulation on the CPU.

Importing this registers :class:`SimulationProfiler` in ``lava.utils.profiler`` for ``Loihi1SimCfg`` and
``Loihi2SimCfg``; code that was written for the chip then runs unchanged::

    import neuromorph_track.profiling.lava
    from lava.utils.profiler import Profiler

    run_config = Loihi2SimCfg(select_tag="fixed_pt")
    profiler = Profiler.init(run_config)
    profiler.energy_probe(num_steps=100)
    network.run(condition=RunSteps(100), run_cfg=run_config)
    print(profiler.energy, profiler.report.steady_state.total, profiler.statement)
    network.stop()

What it gives are estimates of the chip, from exact counts; nothing is measured, least of all the time that
the simulation takes. Importing this imports Lava.
"""

from neuromorph_track.profiling.lava.profiler import SimulationProfiler
from neuromorph_track.profiling.lava.registry import register

__all__ = ["SimulationProfiler", "register"]

register()
