"""What one event costs, what flows all the time, and how long things take."""

from __future__ import annotations

from neuromorph_track.hardware.fields import Strict
from neuromorph_track.hardware.quantity import Energy, Power, Time


class EventEnergy(Strict):
    """Energy per event. What is absent is unpriced, never free.

    Attributes
    ----------
    synop : Quantity or None
        One weight applied, by ``counting.synop``.
    mac : Quantity or None
        One multiply-accumulate of a dense machine.
    neuron_update : Quantity or None
        One neuron in one timestep; or, instead, the two that follow.
    neuron_update_active, neuron_update_idle : Quantity or None
        The same where its state changed, and where it did not.
    spike_out : Quantity or None
        A neuron making one spike.
    message : Quantity or None
        One spike to one destination core.
    hop : Quantity or None
        One message across one router.
    barrier : Quantity or None
        The end of one timestep, per chip.
    memory_bit : Quantity or None
        One bit of a weight fetched; a synop or MAC fetches ``resources.weight_bits``.
    io_value : Quantity or None
        One value handed over by the host, or read by it.
    layer : Quantity or None
        One layer with weights started on a processor, whatever its size.
    inference : Quantity or None
        One call, beside its layers.
    """

    synop: Energy | None = None
    mac: Energy | None = None
    neuron_update: Energy | None = None
    neuron_update_active: Energy | None = None
    neuron_update_idle: Energy | None = None
    spike_out: Energy | None = None
    message: Energy | None = None
    hop: Energy | None = None
    barrier: Energy | None = None
    memory_bit: Energy | None = None
    io_value: Energy | None = None
    layer: Energy | None = None
    inference: Energy | None = None


class Supply(Strict):
    """Power that flows whether or not an event happens.

    Attributes
    ----------
    static : Quantity or None
        Per chip, idle.
    core : Quantity or None
        Per core in use, on top.
    embedded_cpu : Quantity or None
        Per chip while a network runs: processors that feed, synchronise and read the chip, over idle.
    host : Quantity or None
        One busy core of the host, for what runs there (association).
    measurement_floor : Quantity or None
        The least that the board's meter resolves.
    """

    static: Power | None = None
    core: Power | None = None
    embedded_cpu: Power | None = None
    host: Power | None = None
    measurement_floor: Power | None = None


class Timing(Strict):
    """Time per event.

    Attributes
    ----------
    synop, neuron_update, message : Quantity or None
        On one core; cores work side by side and the busiest sets the pace.
    mac : Quantity or None
        Of the whole machine.
    barrier : Quantity or None
        Per timestep.
    step : Quantity or None
        The shortest timestep, where the machine ticks in real time.
    io_value : Quantity or None
        One value handed over by the host, or read by it; values follow each other.
    layer : Quantity or None
        One layer with weights started on a processor, whatever its size.
    inference : Quantity or None
        One call, beside its layers.
    """

    synop: Time | None = None
    mac: Time | None = None
    neuron_update: Time | None = None
    message: Time | None = None
    barrier: Time | None = None
    step: Time | None = None
    io_value: Time | None = None
    layer: Time | None = None
    inference: Time | None = None
