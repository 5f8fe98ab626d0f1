"""Frames in, boxes and counts out: a network with its encoder, simulator and decoder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from neuromorph_track.association.in_lava import LavaAssociation, tracks_of_frames
from neuromorph_track.backends.activity import Activity, Counts, NeuronSpikes
from neuromorph_track.backends.fixed import FixedSimulator, Steps
from neuromorph_track.backends.lava_cpu import LavaBackend, LavaSteps
from neuromorph_track.data.detections import Detections, Tracks
from neuromorph_track.detection import FrameEncoder, HeadDecoder, Placement
from neuromorph_track.detection.history import History
from neuromorph_track.errors import InputError
from neuromorph_track.netx import AnyNetwork, Network, RunContract, stages
from neuromorph_track.runs.appearance import Appearance, head_embeddings

# Enough frames to batch a layer's work over time, few enough to stay in a small memory.
CHUNK_VALUES = 1 << 22
LONGEST_CHUNK = 16

# Neurons with a reset of their own; sigma-delta ones go on with what their receivers have been told.
RESETTING = {"cuba", "ilif"}

Frame = NDArray[np.uint8]
Backend = Literal["fixed", "lava"]


class Chunk(NamedTuple):
    """Some consecutive frames and what became of them.

    Attributes
    ----------
    frames : list of (H, W, 3) uint8
    detections : list of Detections
        One for each frame.
    activity, by_step : Activity
        What the network did, with an entry for each frame, and for each timestep.
    tracks : list of Tracks, or None
        One for each frame, where the tracker runs in Lava.
    embeddings : list of (M, E) float32, or None
        What the detections of each frame look like, where it was asked for or the head tells.
    steps : Steps or None
        What every layer sent, where it was asked for.
    """

    frames: list[Frame]
    detections: list[Detections]
    activity: Activity
    by_step: Activity
    tracks: list[Tracks] | None = None
    embeddings: list[NDArray[np.float32]] | None = None
    steps: Steps | None = None


class Detector:
    """Run a network that carries a contract over frames.

    Parameters
    ----------
    network : Network
    class_names : list of str or None
        Keep only these classes.
    device : str
        PyTorch device of the fixed-point simulator.
    backend : str
        ``fixed``, or ``lava``: real Lava processes on the CPU. Close the detector after use.
    in_lava : LavaAssociation or None
        A tracker that runs in the Lava graph too; chunks then have its tracks.
    every_cell : bool
        Detections tell what each cell of the head says, see
        :class:`~neuromorph_track.detection.HeadDecoder`.
    features : str or None
        Name of a layer from whose spikes detections get embeddings, instead of the head's own, if it has any;
        those below the decoder's score threshold get zeros.
    record : bool
        Chunks have what every layer sent; of the simulator alone.

    Raises
    ------
    InputError
        When the network has no contract, or not these classes, when there is no such device, or
        when a tracker is to run in Lava and the network not, or not without a refresh, or when there is no
        such layer, or Lava runs the network, which tells what its last layer says alone.
    JobError
        When Lava is asked for and not installed.
    """

    def __init__(
        self,
        network: AnyNetwork,
        class_names: list[str] | None = None,
        device: str = "cpu",
        backend: Backend = "fixed",
        in_lava: LavaAssociation | None = None,
        every_cell: bool = False,
        features: str | None = None,
        record: bool = False,
    ) -> None:
        self.contract = contract = run_contract(network)
        self.encoder = FrameEncoder(contract.input)
        class_ids = _class_ids(class_names, contract.classes, network.source)
        self.decoder = HeadDecoder(contract, class_ids=class_ids, every_cell=every_cell)
        if features is not None and backend == "lava":
            raise InputError("features", "backend", "'lava'", "'fixed', which hears layers inside")
        self.appearance = None if features is None else Appearance(network, contract, features)
        check_device(device)
        self.simulator: FixedSimulator | LavaBackend
        interval = own_reset(network)
        self.refresh = contract.refresh_every if interval is None else None
        self.in_lava = in_lava
        if in_lava is not None:
            _check_in_lava(backend, self.refresh, network.source)
        if backend == "lava":
            tail = in_lava.tail(contract, class_ids) if in_lava is not None else None
            self.simulator = LavaBackend(network, reset_interval=interval, tail=tail)
        else:
            self.simulator = FixedSimulator(
                network, reset_interval=interval, device=device, listen_to=features
            )
        self.history = History.of(contract)
        self._first_spikes: tuple[Counts, ...] | None = None
        self._record = record
        values = 3 * contract.input.height * contract.input.width * contract.steps_per_frame
        self.chunk = max(1, min(LONGEST_CHUNK, CHUNK_VALUES // values))
        if self.refresh is not None:
            # A refresh falls between two chunks.
            self.chunk = next(n for n in range(self.chunk, 0, -1) if self.refresh % n == 0)

    def run(self, frames: Iterable[Frame]) -> Iterator[Chunk]:
        """Chunks of frames in order; the state of the network is carried on, into another run too.

        The first frame is a chunk of its own, so that its spikes can be told from those of the rest.
        """
        source, done = iter(frames), 0
        self.simulator.take_spikes_by_neuron()
        self._first_spikes = None
        while chunk := list(islice(source, 1 if not done else self.chunk - done % self.chunk)):
            if self.refresh is not None and done and done % self.refresh == 0:
                self.simulator.reset()
                self.history.reset()
                if self.appearance is not None:
                    self.appearance.reset()
            result = self._run(chunk)
            if not done:
                self._first_spikes = self.simulator.take_spikes_by_neuron()
            done += len(chunk)
            yield result

    def take_spikes(self) -> NeuronSpikes | None:
        """Spikes of every neuron in the first frame and in the rest of the last run; None before its first.

        They can be taken once, after the run.
        """
        first, self._first_spikes = self._first_spikes, None
        return None if first is None else NeuronSpikes(first, self.simulator.take_spikes_by_neuron())

    @property
    def looks_from(self) -> str | None:
        """What tells embeddings: the name of a layer, or ``head``; None where nothing does."""
        if self.appearance is not None:
            return self.appearance.layer
        return "head" if self.contract.head.embedding else None

    def close(self) -> None:
        """End what the backend started."""
        if isinstance(self.simulator, LavaBackend):
            self.simulator.close()

    def wrapped_layers(self) -> list[str]:
        """A warning for each layer whose sums left 24 bits since this was last asked; Lava does not tell."""
        if isinstance(self.simulator, LavaBackend):
            return []
        remedy = "its weights are too large for what arrives"
        neurons = [entry.stage.layer.neuron for entry in self.simulator.layers]
        if any(neuron is not None and neuron.sends_changes for neuron in neurons):
            remedy = f"export the network with a spike_exp below {self.contract.spike_exp}"
        return wrap_warnings(self.simulator.take_peaks(), remedy)

    def _run(self, frames: list[Frame]) -> Chunk:
        values, placements = zip(*(self.encoder(frame) for frame in frames), strict=True)
        repeats = self.contract.steps_per_frame
        # Stacked with the channels last, as they lie in memory: nothing is copied twice.
        images = self.history(value.transpose(1, 2, 0) for value in values)
        steps = self.simulator.run(images.transpose(0, 3, 1, 2), record=self._record)
        potentials = steps.held[repeats - 1 :: repeats]
        detections = self._decode(potentials, placements)
        tracks = self._tracks(steps, placements)
        activity = steps.activity.per_frame(repeats)
        looks = self._looks(steps, detections, placements)
        told = steps if self._record else None
        return Chunk(frames, detections, activity, steps.activity, tracks, looks, told)

    def _decode(self, potentials: NDArray[np.int32], placements: tuple[Placement, ...]) -> list[Detections]:
        return [self.decoder(p, where) for p, where in zip(potentials, placements, strict=True)]

    def _looks(
        self, steps: Steps, found: list[Detections], placements: tuple[Placement, ...]
    ) -> list[NDArray[np.float32]] | None:
        if self.appearance is None:
            return head_embeddings(found, self.decoder.score_threshold)
        assert steps.heard is not None
        repeats = self.contract.steps_per_frame
        heard = steps.heard[repeats - 1 :: repeats]
        return self.appearance(heard, found, placements, self.decoder.score_threshold)

    def _tracks(self, steps: Steps, placements: tuple[Placement, ...]) -> list[Tracks] | None:
        if self.in_lava is None:
            return None
        assert isinstance(steps, LavaSteps)
        expected = self.in_lava.frame_size
        for where in placements:
            if where.frame_size != expected:
                raise InputError("frames", "size", str(where.frame_size), f"{expected}, as Lava was told")
        return tracks_of_frames(steps.tail)


def run_contract(network: AnyNetwork) -> RunContract:
    """How a network is run.

    Raises
    ------
    InputError
        When its file does not say.
    """
    if network.contract is None:
        field = "neuromorph_track/contract" if isinstance(network, Network) else "contract"
        expected = "a network that says how it is run (made by `neuromorph-track export`)"
        raise InputError(network.source, field, "nothing", expected)
    return network.contract


def own_reset(network: AnyNetwork) -> int | None:
    """Timesteps after which a network sets its state to zero by itself: one of CUBA and ILIF neurons can."""
    contract = network.contract
    kinds = {stage.layer.neuron.kind for stage in stages(network) if stage.layer.neuron is not None}
    if contract is None or contract.refresh_every is None or not kinds <= RESETTING:
        return None
    return contract.refresh_every * contract.steps_per_frame


def _check_in_lava(backend: Backend, refresh: int | None, source: str) -> None:
    if backend != "lava":
        expected = "'lava', whose graph the tracker is to be part of"
        raise InputError("association", "backend", repr(backend), expected)
    if refresh is not None:
        expected = "none where the tracker runs in Lava: a refresh starts the whole graph anew"
        raise InputError(source, "refresh_every", str(refresh), expected)


def _class_ids(names: list[str] | None, classes: tuple[str, ...], source: str) -> list[int] | None:
    if names is None:
        return None
    shown = ", ".join(classes[:8]) + (" ..." if len(classes) > 8 else "")
    expected = f"some of the network's {len(classes)}: {shown}"
    if not names:
        raise InputError(source, "classes", "no name", expected)
    for name in names:
        if name not in classes:
            raise InputError(source, "classes", repr(name), expected)
    return [classes.index(name) for name in names]


def wrap_warnings(peaks: Mapping[str, float], remedy: str) -> list[str]:
    """A warning for each layer whose largest sum, as a share of the 24-bit range, was 1 or more."""
    return [
        f"sums of layer {name} reached {peak:.2f} of the 24-bit range and wrapped, as on the chip: "
        f"results are wrong; {remedy}"
        for name, peak in peaks.items()
        if peak >= 1
    ]


def check_device(name: str) -> None:
    """Refuse a PyTorch device that this machine does not have.

    Raises
    ------
    InputError
    """
    try:
        # Only work shows whether a device is there: PyTorch knows the names of many that are not.
        torch.ones(1, device=name).item()
    except (RuntimeError, AssertionError) as error:
        raise InputError("device", "name", repr(name), "a PyTorch device of this machine") from error
