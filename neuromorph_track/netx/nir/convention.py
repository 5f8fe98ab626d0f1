"""How a framework turns NIR's time constants into the decays of its timesteps."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rule = Literal["euler", "exponential"]


@dataclass(frozen=True)
class Convention:
    """Timestep and rule of a discretisation; NIR itself has neither.

    With ``euler``, ``x`` keeps ``1 - dt / tau`` per step, with ``exponential`` ``exp(-dt / tau)``;
    what it is driven with is multiplied by the rest, ``1 - keep``, in both.

    Attributes
    ----------
    name : str
    dt : float
        In the unit of the file's time constants.
    rule : str
    """

    name: str
    dt: float
    rule: Rule = "euler"

    def keep(self, tau: Floats) -> Floats:
        """Share of a state that is left after one step; below 0 where ``dt`` is longer than ``tau``."""
        ratio = self.dt / tau
        return 1 - ratio if self.rule == "euler" else np.exp(-ratio)

    def tau(self, keep: float) -> float:
        """The inverse of :meth:`keep`; infinite where everything is kept."""
        if keep >= 1:
            return math.inf
        return self.dt / (1 - keep) if self.rule == "euler" else -self.dt / math.log(keep)

    def at(self, dt: float | None) -> Convention:
        return self if dt is None else replace(self, dt=dt)


CONVENTIONS = {
    # The NIR paper's networks, and lava-dl's own reader, have this timestep.
    "nir": Convention("nir", 1e-4),
    # beta = 1 - dt / tau, alpha likewise (snntorch import_nir.py, export_nir.py).
    "snntorch": Convention("snntorch", 1e-4),
    # to_nir writes dt / tau_inv instead of 1 / tau_inv, with dt = 1e-3 unless told otherwise, and the
    # cells step by 1e-3: together dt² (norse 1.1.0 export_nir.py). Files made with to_nir(dt=1) need 1e-3.
    "norse": Convention("norse", 1e-6),
    # tau_mem counts steps, alpha = exp(-1 / tau_mem) (sinabs layers/lif.py, nir.py).
    "sinabs": Convention("sinabs", 1.0, "exponential"),
}
