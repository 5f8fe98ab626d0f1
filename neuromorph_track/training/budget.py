"""What a frame may cost, as a term of the loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from neuromorph_track.errors import InputError
from neuromorph_track.hardware import HardwareProfile, load_profile
from neuromorph_track.networks.smtrack_spec import SmtrackSpec
from neuromorph_track.training.chain_counts import SenderCounts, chain_counts
from neuromorph_track.training.families import Family
from neuromorph_track.training.recipe import Recipe


@dataclass(frozen=True)
class SpikeBudget:
    """The cost of a frame, linear in the spikes that each layer sends.

    ::

        cost = fixed + sum over layers of (spikes per neuron and frame) x neurons
                       x (price of a spike + weights it meets x share that is not zero x price of a synop)

    Attributes
    ----------
    unit : str
        ``joules`` or ``synops``.
    target, fixed, weight : float
        What a frame may cost and what it costs without a spike, in that unit; factor of the loss.
    spikes, synops : tuple of float
        Of each layer that sends, input first: cost of one spike of every neuron by itself, and that of the
        weights which they meet, zero ones included.
    first_differs : bool
        Whether the first frame of a clip is not like the others and is left out where there are others.
    """

    unit: str
    target: float
    fixed: float
    weight: float
    spikes: tuple[float, ...]
    synops: tuple[float, ...]
    first_differs: bool

    @classmethod
    def of(cls, recipe: Recipe, family: Family) -> SpikeBudget | None:
        """The budget of a recipe, if it has one.

        Raises
        ------
        InputError
            When the profile does not price synops, or a frame costs more already without a spike of a neuron
            that learns.
        """
        budget = recipe.budget
        if budget is None:
            return None
        layers, head = family.chain(recipe)
        senders, head_neurons = chain_counts(layers, head, recipe.input.height, recipe.input.width)
        hosted = family.delta_coded(recipe)
        steps = recipe.network.steps if isinstance(recipe.network, SmtrackSpec) else 1
        prices = SYNOPS if budget.profile is None else EventPrices.of(load_profile(budget.profile))
        found = cls(
            unit="synops" if budget.profile is None else "joules",
            target=budget.joules_per_frame or budget.synops_per_frame or 0.0,
            fixed=prices.idle_frame(senders, head_neurons, steps, hosted),
            weight=budget.weight,
            spikes=tuple(
                sender.neurons * (prices.message + prices.out * (index > 0 or not hosted))
                for index, sender in enumerate(senders)
            ),
            synops=tuple(sender.neurons * prices.synops(sender) for sender in senders),
            first_differs=hosted,
        )
        # Direct coding sends nearly every pixel in every step, and no training changes that.
        least = found.fixed + (0.0 if hosted else steps * (found.spikes[0] + found.synops[0]))
        if least >= found.target:
            expected = f"more than {least:.3g}, which a frame costs before any neuron that learns has sent"
            raise InputError(recipe.name, f"budget.{found.unit}_per_frame", f"{found.target:g}", expected)
        return found

    def cost(self, sent: Sequence[Tensor], nonzero: Tensor) -> Tensor:
        """Mean cost of a frame of a clip in which layers ``sent`` (F,) spikes per neuron.

        ``nonzero`` (L,) is the share of weights that are not zero, by the layer whose spikes meet them.
        """
        rates = torch.stack(list(sent))
        rates = rates[:, 1:] if self.first_differs and rates.shape[1] > 1 else rates
        each = rates.new_tensor(self.spikes) + rates.new_tensor(self.synops) * nonzero
        return self.fixed + (rates.mean(1) * each).sum()

    def loss(self, cost: Tensor) -> Tensor:
        """``weight * relu(log(cost / target))``."""
        return self.weight * torch.relu(torch.log(cost.clamp(min=1e-12) / self.target))


@dataclass(frozen=True)
class EventPrices:
    """Nominal prices of a chip's events, J; 0 where the profile has none. Static power is left out.

    Attributes
    ----------
    synop, update, out, message, barrier, handed, inference : float
        One weight met, one neuron in one timestep, one spike made, one spike to a core, one timestep's end on
        one chip, one value from or to the host, one frame. The fetch of the weight is inside the first; that
        a spike goes to one core is the least it can do.
    nominal : bool
        Whether synops are counted as papers do.
    """

    synop: float
    update: float
    out: float
    message: float
    barrier: float
    handed: float
    inference: float
    nominal: bool

    @classmethod
    def of(cls, profile: HardwareProfile) -> EventPrices:
        """Prices of a profile.

        Raises
        ------
        InputError
            When it does not price synops.
        """
        if profile.dense or profile.energy.synop is None:
            raise InputError("budget", "profile", repr(profile.id), "one that prices synops")

        def price(term: str) -> float:
            quantity = getattr(profile.energy, term)
            return 0.0 if quantity is None else quantity.si[1]

        bits = profile.resources.weight_bits
        fetch = price("memory_bit") * (0.0 if bits is None else bits.si[1])
        return cls(
            synop=price("synop") + fetch,
            # A neuron that nothing reaches can be cheaper; in training every one is taken as reached.
            update=price("neuron_update") or price("neuron_update_active"),
            out=price("spike_out"),
            message=price("message"),
            barrier=price("barrier"),
            handed=price("io_value"),
            inference=price("inference"),
            nominal=profile.counting.synop == "nominal",
        )

    def synops(self, sender: SenderCounts) -> float:
        """What the weights cost that one spike of a layer meets."""
        return self.synop * (sender.synops_nominal if self.nominal else sender.synops)

    def idle_frame(self, senders: Sequence[SenderCounts], head: int, steps: int, hosted: bool) -> float:
        """What a frame costs without a spike; the input's neurons may be the host's."""
        on_chip = sum(sender.neurons for sender in senders[int(hosted) :]) + head
        handed = senders[0].neurons + head
        return steps * (on_chip * self.update + self.barrier) + handed * self.handed + self.inference


SYNOPS = EventPrices(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, nominal=False)
"""Synops as they are."""
