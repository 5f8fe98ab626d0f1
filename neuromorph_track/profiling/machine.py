"""How much of a machine a network takes: cores and chips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from neuromorph_track.backends.activity import LayerActivity
from neuromorph_track.hardware import HardwareProfile
from neuromorph_track.hardware.mapping import Placement, Problem
from neuromorph_track.profiling.energy_report import PlacementSummary

# Mapping takes long on small cores; a network this many times too large for a board is not mapped to it.
FAR_TOO_LARGE = 8


@dataclass(frozen=True)
class Machine:
    """A profile, and what a network takes of it.

    Attributes
    ----------
    profile : HardwareProfile
    layer_cores : tuple of int
        Cores of each layer; 0 where that is not known, or the layer lies off the cores.
    hosted : tuple of bool
        Which layers lie off the cores: encoders on the host, whose work the chip does not pay.
    chips : int
        In use.
    placement : Placement or None
        Where there is none, cores and chips are the fewest that the neurons alone need.
    """

    profile: HardwareProfile
    layer_cores: tuple[int, ...]
    hosted: tuple[bool, ...]
    chips: int
    placement: Placement | None

    @property
    def cores(self) -> int:
        """In use."""
        return sum(self.layer_cores) if self.placement is None else self.placement.cores

    def summary(self) -> PlacementSummary | None:
        """For the report; None on a machine without cores to place on."""
        if not has_cores(self.profile):
            return None
        if self.placement is None:
            held = board_cores(self.profile)
            if held is None or self.cores <= held:
                return PlacementSummary(self.cores, self.chips, None, (), "neurons alone")
            problem = f"the neurons alone need {self.cores:,} cores (limit: {held:,})"
            return PlacementSummary(self.cores, self.chips, False, (problem,), "neurons alone")
        return PlacementSummary(
            cores=self.cores,
            chips=self.chips,
            fits=self.placement.fits,
            problems=tuple(_sentence(problem) for problem in self.placement.problems),
            basis=f"mapping ({self.profile.mapping.rule})",
        )


def machine_for(
    profile: HardwareProfile, layers: Sequence[LayerActivity], placement: Placement | None
) -> Machine:
    """Count cores and chips; those of ``placement`` where there is one."""
    if not has_cores(profile):
        return Machine(profile, (0,) * len(layers), (False,) * len(layers), 1, None)
    if placement is None:
        cores = tuple(fewest_cores(layer, profile) for layer in layers)
        hosted = tuple(_encodes(layer) for layer in layers)
        held = profile.resources.cores
        chips = 1 if held is None else max(1, ceil(sum(cores) / held.si[1]))
    else:
        cores = tuple(layer.cores for layer in placement.layers)
        hosted = tuple(not layer.cores for layer in placement.layers)
        chips = max(1, placement.chips)
    return Machine(profile, cores, hosted, chips, placement)


def worth_mapping(profile: HardwareProfile, layers: Sequence[LayerActivity]) -> bool:
    """Whether a profile says what is needed to map, and the network is not far too large for its board."""
    per_core, held = profile.resources.neurons_per_core, board_cores(profile)
    if not has_cores(profile) or per_core is None or profile.resources.cores is None:
        return False
    return held is None or sum(fewest_cores(layer, profile) for layer in layers) <= FAR_TOO_LARGE * held


def has_cores(profile: HardwareProfile) -> bool:
    """Whether work is spread over cores that each hold some neurons."""
    return profile.profile.kind in ("event_driven", "manycore")


def board_cores(profile: HardwareProfile) -> int | None:
    """Cores of a board, where the profile says how many chips and cores there are."""
    chips, cores = profile.resources.chips, profile.resources.cores
    return None if chips is None or cores is None else int(chips.si[1] * cores.si[1])


def fewest_cores(layer: LayerActivity, profile: HardwareProfile) -> int:
    """Cores that the neurons of a layer need at least; memory and axons may need more."""
    per_core = profile.resources.neurons_per_core
    if per_core is None or _encodes(layer) or not layer.neuron_updates.any():
        return 0
    return ceil(layer.neurons / per_core.si[1])


def _encodes(layer: LayerActivity) -> bool:
    """Whether this is an encoder that runs on the host, as :func:`hardware.mapping.place` has it."""
    return layer.kind == "input" and layer.neuron == "delta"


def _sentence(problem: Problem) -> str:
    where = f"{problem.layer}: " if problem.layer else ""
    return f"{where}{problem.found} (limit: {problem.expected}); {problem.remedy}"
