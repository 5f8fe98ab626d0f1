"""A look inside a network at work: what every layer sends, and what its neurons hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity
from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.fixed.neurons import THRESHOLD_SHIFT
from neuromorph_track.errors import InputError
from neuromorph_track.export.zoo import load_network
from neuromorph_track.hardware import load_profiles
from neuromorph_track.netx import AnyNetwork, Graph, Network, stages
from neuromorph_track.profiling import EnergyReport, price_all
from neuromorph_track.reports.activity_plot import plot_activity
from neuromorph_track.reports.notebook.counts import steps_frame
from neuromorph_track.reports.notebook.html import HtmlTable, cell
from neuromorph_track.reports.notebook.lines import block, counted
from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.potentials_plot import plot_potentials
from neuromorph_track.reports.raster_plot import busiest, plot_raster
from neuromorph_track.runs.detector import own_reset
from neuromorph_track.runs.verify import input_values

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]

Values = NDArray[np.int32]
# Lines of a plot that can be told apart.
LINES = 4


@dataclass(frozen=True, repr=False)
class Simulation:
    """What a network did in each timestep.

    Attributes
    ----------
    network : Network or Graph
    values : (T, *input_shape) int32
        What it was fed.
    spikes : dict of (T, *shape) int32
        What each layer sent, by the layer's name; of a sigma head its potential.
    membranes : dict of (T, *shape) int32
        Potentials of outputs of CUBA and ILIF neurons after each step, by the output's name.
    activity : Activity
        Exact counts, an entry for each timestep.
    reset_interval : int or None
        Timesteps after which all states went back to zero.
    """

    network: AnyNetwork
    values: Values
    spikes: dict[str, Values]
    membranes: dict[str, Values]
    activity: Activity
    reset_interval: int | None

    @property
    def steps(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        sent = sum(int(layer.spikes_out.sum()) for layer in self.activity.layers)
        synops = int(self.activity.total("synops").sum())
        first = f"{counted(self.steps, 'timestep')} of {counted(len(self.spikes), 'layer')}"
        return block(first, [f"{sent:,} spikes, {synops:,} synops"])

    def _repr_html_(self) -> str:
        rows = [
            (
                *(layer.name, layer.neuron, f"{layer.neurons:,}"),
                *(f"{count.sum():,}" for count in (layer.spikes_in, layer.synops, layer.spikes_out)),
            )
            for layer in self.activity.layers
        ]
        headings = ("Layer", "Neuron", "Neurons", "Spikes in", "Synops", "Spikes out")
        caption = f"Counts over {counted(self.steps, 'timestep')}, exact"
        return cell(tables=[HtmlTable(headings, rows, caption, words=2)])

    def potential(self, layer: str) -> NDArray[np.int64]:
        """What the neurons of a layer hold after each timestep, ``(T, neurons)``.

        Of CUBA and ILIF neurons that is the membrane potential, of a sigma head its sum. Of sigma-delta
        neurons it is the activation as their receivers know it: all that they have sent, added up.

        Raises
        ------
        InputError
            When there is no such layer, or it lies inside a network that branches.
        """
        sent = self._of(layer)
        neuron = next(stage.layer.neuron for stage in stages(self.network) if stage.name == layer)
        assert neuron is not None
        if neuron.kind == "sigma":
            held: NDArray[np.int32] = sent
        elif neuron.sends_changes:
            return np.cumsum(sent.reshape(self.steps, -1), axis=0, dtype=np.int64)
        else:
            held = self._membrane(layer)
        return held.reshape(self.steps, -1).astype(np.int64)

    def _membrane(self, layer: str) -> Values:
        """The simulator keeps the potentials of last layers: the chain is run again as far as this one."""
        if isinstance(self.network, Graph):
            raise InputError(self.network.source, "layer", layer, "a chain: this network branches")
        last = next(at for at in range(len(self.network.layers)) if self.network.name(at) == layer)
        front = Network(self.network.layers[: last + 1], self.network.source, self.network.contract)
        membrane = FixedSimulator(front, reset_interval=self.reset_interval).run(self.values).membrane
        assert membrane is not None
        return membrane

    def _of(self, layer: str) -> Values:
        if layer not in self.spikes:
            raise InputError(self.network.source, "layer", repr(layer), ", ".join(self.spikes))
        return self.spikes[layer]

    def price(
        self, hardware: Sequence[str] = (), steps_per_frame: int = 1, frame_period: float | None = None
    ) -> tuple[EnergyReport, ...]:
        """What it would cost on some machines.

        Parameters
        ----------
        hardware : sequence of str
            Names or paths of profiles; without any, all that come with the project.
        steps_per_frame : int
            Timesteps that make a frame; those left over at the end are left out.
        frame_period : float, optional
            Seconds between two frames; None is as fast as the machine computes.

        Raises
        ------
        InputError
            When there are fewer timesteps than a frame has.
        """
        frames = self.steps // max(1, steps_per_frame)
        if steps_per_frame < 1 or not frames:
            raise InputError("price", "steps_per_frame", str(steps_per_frame), f"1 to {self.steps}")
        whole = self.activity.first(frames * steps_per_frame).per_frame(steps_per_frame)
        return price_all(whole, load_profiles(hardware), frame_period, network=self.network)

    def plot(self, layers: Sequence[str] = (), neurons: int = 120) -> Picture:
        """A raster of these layers, or of all that spike: a dash for each spike.

        Parameters
        ----------
        layers : sequence of str
        neurons : int
            How many of a layer are drawn, those that spiked most often.
        """
        fires = [layer.name for layer in self.activity.layers if layer.fires]
        return plot_raster({name: self._of(name) for name in layers or fires}, neurons)

    def plot_activity(self, count: str = "synops") -> Picture:
        """One of the counts by timestep and layer."""
        return plot_activity(self.activity, count, "timestep")

    def plot_potentials(self, layer: str, neurons: Sequence[int] = ()) -> Picture:
        """Potentials of some neurons of a layer, by default those that spiked most often.

        Parameters
        ----------
        layer : str
        neurons : sequence of int
            Indices in (C, H, W) order.

        Raises
        ------
        InputError
        """
        held, sent = self.potential(layer), self._of(layer).reshape(self.steps, -1)
        neuron = next(stage.layer.neuron for stage in stages(self.network) if stage.name == layer)
        assert neuron is not None
        if not len(neurons):
            moved = sent if neuron.fires else np.diff(held, axis=0)
            neurons = busiest(moved, LINES).tolist() or list(range(min(LINES, held.shape[1])))
        shown = list(neurons)
        whole = None if neuron.sends_changes or not neuron.fires else neuron.threshold << THRESHOLD_SHIFT
        return plot_potentials(
            held[:, shown],
            [f"neuron {place}" for place in shown],
            f"{layer}: what its neurons hold",
            sent[:, shown] if neuron.fires else None,
            whole,
        )

    def to_dataframe(self) -> DataFrame:
        """As of :func:`~neuromorph_track.reports.notebook.counts.steps_frame`."""
        return steps_frame(self.activity)


def simulate(
    net: str | PathLike[str] | AnyNetwork, source: str | Values | None = None, frames: int = 8
) -> Simulation:
    """Run a network in the fixed-point simulator and keep everything that it sends.

    That takes memory: four bytes for each neuron and timestep.

    Parameters
    ----------
    net : str, path or network
        As of :func:`neuromorph_track.load`.
    source : str or (T, *input_shape) int32, optional
        As of :func:`neuromorph_track.track`, or the very values that the first layer is fed; by default a
        synthetic scene, and noise for a network without a run contract.
    frames : int
        At most; not of values.

    Raises
    ------
    InputError
        When the network or the source cannot be used.
    """
    network = net if isinstance(net, (Network, Graph)) else load_network(net)
    values = input_values(network, frames, source) if source is None or isinstance(source, str) else source
    interval = own_reset(network)
    steps = FixedSimulator(network, reset_interval=interval).run(values, record=True)
    assert steps.spikes is not None
    names = [layer.name for layer in steps.activity.layers]
    sent = dict(zip(names, steps.spikes, strict=True))
    return Simulation(network, values, sent, steps.membranes, steps.activity, interval)
