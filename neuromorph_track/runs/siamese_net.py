"""A siamese pair at work: a template into weights, a frame's window into cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity, NeuronSpikes
from neuromorph_track.backends.fixed import FixedSimulator, Steps
from neuromorph_track.backends.fixed.one_thread import one_thread
from neuromorph_track.detection import FrameEncoder
from neuromorph_track.detection.centre import Cells, decode_cells
from neuromorph_track.detection.crop import Window
from neuromorph_track.netx import CropSpec, Network, Siamese
from neuromorph_track.netx.graph import sends_changes
from neuromorph_track.netx.memory import Bits, kernels_of, memory_of, written_weights
from neuromorph_track.runs.detector import check_device, wrap_warnings

Frame = NDArray[np.uint8]


@dataclass(frozen=True)
class Template:
    """What a crop of the object leaves.

    Attributes
    ----------
    sums : int64 array or None
        The memory, or kernels; None for a blind pair.
    activity : Activity
        Of the template chain, one entry: the crop.
    spikes : NeuronSpikes
    """

    sums: NDArray[np.int64] | None
    activity: Activity
    spikes: NeuronSpikes


@dataclass(frozen=True)
class Written:
    """What writing a memory into 8 bits took from it.

    Attributes
    ----------
    layer : str
    error : float
        Frobenius norm of what was lost, relative to that of the weights before they were rounded.
    clipped : float
        Share of the weights that were too large.
    """

    layer: str
    error: float
    clipped: float


class Seen(NamedTuple):
    """What a chain was shown, and what its layers made of it.

    Attributes
    ----------
    pictures : tuple of (H, W, 3) uint8
        As the chain took them.
    window : Window or None
        The square of the frame that they were cut from; None where all of it was seen.
    steps : Steps
        With what every layer sent.
    """

    pictures: tuple[Frame, ...]
    window: Window | None
    steps: Steps


class PairNet:
    """Both chains in the fixed-point simulator, and the memory that goes from one to the other.

    Parameters
    ----------
    siamese : Siamese
    device : str
        PyTorch device of the simulator.
    bits : int
        Of the weights that are written: 8, 6 or 4.
    record : bool
        Whether :meth:`take_seen` has something to tell.

    Raises
    ------
    InputError
        When there is no such device.
    """

    def __init__(self, siamese: Siamese, device: str = "cpu", bits: Bits = 8, record: bool = False) -> None:
        check_device(device)
        self.siamese, self.contract, self.bits = siamese, siamese.contract, bits
        self._template = _Chain(siamese.template, self.contract.template, device, record)
        self._search = _Chain(siamese.search, self.contract.search, device, record)

    def _template_of(self, pictures: Sequence[Frame], times: int = 1) -> Template:
        """Run the template chain, ``times`` steps a picture."""
        steps = self._template.run(pictures, times)
        activity = steps.activity.per_frame(self.contract.template.steps)
        counted = self._template.simulator.take_spikes_by_neuron()
        spikes = NeuronSpikes(counted, tuple(np.zeros_like(each) for each in counted))
        sums = None
        if self.contract.written:
            made = memory_of if self.contract.memory else kernels_of
            sums = made(steps.output, self.contract)
        return Template(sums, activity, spikes)

    def write(self, sums: NDArray[np.int64] | None) -> tuple[Written, ...]:
        """Put a memory into the weights of the search chain."""
        if sums is None:
            return ()
        search, told = self.siamese.search, []
        for spec in self.contract.written:
            written = written_weights(search.layers[spec.layer], spec, sums, self.bits)
            self._search.simulator.rewrite(search.name(spec.layer), written.weight)
            told.append(Written(search.name(spec.layer), written.error, written.clipped))
        return tuple(told)

    def take_search_spikes(self) -> tuple[NDArray[np.int64], ...]:
        """Spikes of each neuron of the search chain since this was last asked."""
        return self._search.simulator.take_spikes_by_neuron()

    def take_seen(self) -> dict[str, Seen]:
        """What ``template`` and ``search`` saw last since this was asked; empty if nothing is recorded."""
        seen = {part: chain.take_seen() for part, chain in self._chains()}
        return {part: each for part, each in seen.items() if each is not None}

    def wrapped_layers(self) -> list[str]:
        """A warning for each layer whose sums left 24 bits since this was last asked."""
        peaks = {
            f"{name} of the {part} chain": peak
            for part, chain in self._chains()
            for name, peak in chain.simulator.take_peaks().items()
        }
        return wrap_warnings(peaks, "its weights are too large for what arrives")

    def _chains(self) -> tuple[tuple[str, _Chain], ...]:
        return ("template", self._template), ("search", self._search)


class SiameseNet(PairNet):
    """A pair that searches crops: each begins with all states at zero.

    Parameters
    ----------
    siamese, device, bits, record
        See :class:`PairNet`.
    """

    def template(self, frame: Frame, cxcywh: NDArray[np.float64]) -> Template:
        """Run the template chain on the object's crop."""
        crop = self.contract.template
        assert crop.factor is not None
        return self._template_of([self._template.cut(Window.around(cxcywh, crop.factor), frame)], crop.steps)

    def look(self, frame: Frame, window: Window) -> tuple[Cells, Activity]:
        """What the search chain says about a window of a frame, and its counts, one entry."""
        potentials, steps = self._look(frame, window)
        cells = decode_cells(self.contract.raw_output(potentials))
        return cells, steps.activity.per_frame(self.contract.search.steps)

    def potentials(self, frame: Frame, window: Window) -> NDArray[np.int32]:
        """What the head's neurons hold at the end of a frame, (5, H, W)."""
        return self._look(frame, window)[0]

    def _look(self, frame: Frame, window: Window) -> tuple[NDArray[np.int32], Steps]:
        steps = self._search.run([self._search.cut(window, frame)], self.contract.search.steps)
        return steps.held[-1], steps


class _Chain:
    """One of the two, and how pictures become its input."""

    def __init__(self, network: Network, crop: CropSpec, device: str, record: bool = False) -> None:
        self.crop, self.encoder, self.record = crop, FrameEncoder(crop.input), record
        self._window: Window | None = None
        self._seen: Seen | None = None
        resets = None if crop.factor is None else crop.steps
        self.simulator = FixedSimulator(network, reset_interval=resets, pipelined=False, device=device)
        # Sigma-delta neurons know of no reset between two steps; theirs were trained from silence.
        self.forgets = sends_changes(network)

    def cut(self, window: Window, frame: Frame) -> Frame:
        """A window of a frame as the chain takes it."""
        self._window = window
        return window.cut(frame, self.crop.input.height, self.crop.input.pad)

    def run(self, pictures: Sequence[Frame], times: int = 1) -> Steps:
        """What the chain says about pictures, so many steps each."""
        encoded = [self.encoder(picture)[0] for picture in pictures]
        # A copy with the same layout: PyTorch warns of a view that cannot be written.
        values = np.stack([value for value in encoded for _ in range(times)])
        with one_thread():
            if self.forgets:
                self.simulator.reset()
            steps = self.simulator.run(values, record=self.record)
        if self.crop.input.events is not None:
            steps = replace(steps, activity=replace(steps.activity, input_events=True))
        if self.record:
            self._seen = Seen(tuple(pictures), self._window, steps)
        return steps

    def take_seen(self) -> Seen | None:
        """What it saw last since this was asked."""
        seen, self._seen = self._seen, None
        return seen
