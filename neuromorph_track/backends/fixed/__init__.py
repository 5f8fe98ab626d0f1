"""The fixed-point simulator: Lava's integer semantics without Lava."""

from neuromorph_track.backends.fixed.simulator import FixedSimulator
from neuromorph_track.backends.fixed.steps import Output, Steps

__all__ = ["FixedSimulator", "Output", "Steps"]
