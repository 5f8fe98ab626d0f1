"""The fixed-point simulator: Lava's integer semantics without Lava."""

from neuromorph_track.backends.fixed.simulator import FixedSimulator, Steps

__all__ = ["FixedSimulator", "Steps"]
