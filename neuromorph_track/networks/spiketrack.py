"""Single-object trackers of the spiketrack family: a template that is written into a search network."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from neuromorph_track.networks.hadtrack_spec import HadtrackSpec
from neuromorph_track.networks.integer import FusedConv, IntegerConv, IntegerLif, Rectifier
from neuromorph_track.networks.integer.coding import PIXEL_UNIT, coded, speaking
from neuromorph_track.networks.integer.conv import LEAST_ROOM
from neuromorph_track.networks.integer.memory import KernelSynapse, MemorySynapse, WrittenSynapse
from neuromorph_track.networks.integer.norm import freeze_norms
from neuromorph_track.networks.integer.sigma_delta import FORM, SPIKE_UNITS, SigmaDelta, SigmaDeltaConv
from neuromorph_track.networks.interface import DetectorOutput
from neuromorph_track.networks.spiketrack_spec import SpiketrackSpec

Spec = SpiketrackSpec | HadtrackSpec
# Score, offset (x, y), size (w, h).
OUTPUTS = 5
PRIOR_PROBABILITY = 0.02
# Weights of a fresh output begin small, so that boxes stay near those of its biases for a while.
HEAD_SPREAD = 0.01


class SpiketrackNet(nn.Module):
    """A template branch and a search branch with one backbone.

    Parameters
    ----------
    spec : SpiketrackSpec or HadtrackSpec
    """

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        self.spec, self.stride = spec, spec.stride
        changes = spec.neuron == "sigma_delta"
        # What makes synapses, and what a spike of 1 stands for.
        self._synapse, self._spike = (SigmaDeltaConv, 1 / SPIKE_UNITS) if changes else (FusedConv, 1.0)
        blocks, channels = [], spec.inputs
        unit: float | None = PIXEL_UNIT
        for layer in spec.layers:
            shape = (channels, layer.channels, layer.kernel, layer.stride, layer.dilation)
            blocks.append(self._block(*shape, unit=unit))
            channels, unit = layer.channels, None
        self.blocks = nn.ModuleList(blocks)
        correlates = spec.retrieval == "correlation"
        asked = spec.channels if correlates else spec.heads * spec.keys
        self.written = None
        if spec.retrieval == "memory":
            made = spec.heads * (spec.keys + spec.values)
            self.written = self._block(spec.channels, made, 1, size=spec.template_cells)
        if not correlates:
            self.query = self._block(spec.channels, asked, 1, size=spec.search_cells)
        rounds = 1 if correlates else 1 + spec.refinements
        self.retrievals = nn.ModuleList(Retrieval(spec) for _ in range(rounds))
        told = self.retrievals[0].outputs
        self.refiners = nn.ModuleList(
            nn.Sequential(self._block(told, told, 3, groups=told), self._block(told, asked, 1))
            for _ in range(rounds - 1)
        )
        head, channels = [self._block(told, spec.channels, 1)], spec.channels
        for layer in spec.head:
            head.append(self._block(channels, layer.channels, layer.kernel, 1, layer.dilation))
            channels = layer.channels
        self.head = nn.ModuleList(head)
        room = LEAST_ROOM * spec.search_steps
        self.output = self._synapse(channels, OUTPUTS, 1, unit=self._spike, norm=False, room=room)
        nn.init.normal_(self.output.weight, std=HEAD_SPREAD)
        with torch.no_grad():
            self.output.shift[0] = -math.log((1 - PRIOR_PROBABILITY) / PRIOR_PROBABILITY)
            self.output.shift[3:] = -math.log(1 / spec.usual_share - 1)

    def forward(self, templates: Tensor, searches: Tensor) -> DetectorOutput:
        """Where the object of each template is in its search crop.

        Parameters
        ----------
        templates : (N, 3, h, w, K) float
            Pixels over 256, one picture or one for each of the template's steps.
        searches : (N, 3, H, W, 1) float
            Of a network that carries its states on, (N, C, H, W, F): F windows.

        Returns
        -------
        DetectorOutput
            ``raw`` (N, 5, H', W', F): score, offset x and y, width, height; ``sent`` of the search branch;
            ``features`` of the layer before the output, in units of activation.
        """
        return self.search(searches, self.memory(templates))

    def search(self, searches: Tensor, memory: Tensor | None) -> DetectorOutput:
        """The same with what :meth:`memory` gave."""
        carried = self.spec.carried
        steps = searches.shape[-1] if carried else self.spec.search_steps
        x, sent = self._features(searches, steps)
        for place, retrieval in enumerate(self.retrievals):
            if place:
                for block in self.refiners[place - 1]:
                    x = _through(block, x, sent)
            elif self.spec.retrieval != "correlation":
                x = _through(self.query, x, sent)
            x = retrieval(x, memory)
            sent.append(speaking(x))
        for block in self.head:
            x = _through(block, x, sent)
        x = x * self.output.unit
        currents, _ = self.output(x.movedim(-1, 0).flatten(0, 1))
        by_step = currents.unflatten(0, (steps, -1)).movedim(0, -1)
        raw = by_step if carried else by_step.mean(-1, keepdim=True)
        per_frame = steps // raw.shape[-1]
        spoken = tuple(each.expand(raw.shape[-1]) * per_frame for each in sent)
        return DetectorOutput(raw, spoken, x)

    def memory(self, templates: Tensor) -> Tensor | None:
        """What is written into the search branch, whole numbers; None of a blind network.

        Returns
        -------
        (N, heads, keys, values), or (N, C, k, k) for correlation
        """
        spec = self.spec
        if spec.retrieval == "blind":
            return None
        spikes, _ = self._features(templates, spec.template_steps)
        if spec.retrieval == "correlation":
            return _centre(spikes, spec.kernel).sum(-1)
        assert self.written is not None
        made = self.written(spikes)
        keys, values = made.split([spec.heads * spec.keys, spec.heads * spec.values], 1)
        # Whole numbers beyond those of half precision, and of sigma-delta neurons beyond single precision.
        exact = torch.float64 if spec.neuron == "sigma_delta" else torch.float32
        by_head = (each.to(exact).unflatten(1, (spec.heads, -1)).flatten(3) for each in (keys, values))
        with torch.autocast(templates.device.type, enabled=False):
            return torch.einsum("nhkc,nhvc->nhkv", *by_head)

    def freeze_norm(self) -> None:
        """Train on with what the chip will compute, see :class:`FoldedNorm`."""
        freeze_norms(self)

    def head_scale(self) -> float:
        """Raw output that one unit of the head's membrane potential stands for at the end of a frame."""
        return self.output.sum_scale(self.spec.search_steps)

    def _features(self, pictures: Tensor, steps: int) -> tuple[Tensor, list[Tensor]]:
        x = coded(pictures)
        x = x.expand(*x.shape[:-1], steps) if x.shape[-1] == 1 else x
        sent = [speaking(x)]
        for block in self.blocks:
            x = _through(block, x, sent)
        return x, sent

    def _block(
        self,
        inputs: int,
        outputs: int,
        kernel: int,
        stride: int = 1,
        dilation: int = 1,
        unit: float | None = None,
        groups: int = 1,
        size: tuple[int, int] | None = None,
    ) -> IntegerConv:
        spec = self.spec
        synapse = self._synapse(
            inputs,
            outputs,
            kernel,
            stride,
            dilation,
            self._spike if unit is None else unit,
            spread=spec.spread,
            # Twice the largest spike: what a soft reset leaves is on top of it.
            room=2 * spec.levels,
            groups=groups,
            size=size,
            ceiling=spec.ceiling,
        )
        return IntegerConv(synapse, neuron_of(spec))


class Retrieval(nn.Module):
    """A layer of which each group has channels that are written and channels that pass spikes on.

    Parameters
    ----------
    spec : SpiketrackSpec or HadtrackSpec
    """

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        self.groups = spec.channels if spec.retrieval == "correlation" else spec.heads
        self.synapse: WrittenSynapse
        if spec.retrieval == "correlation":
            self.synapse = KernelSynapse(spec.channels, spec.kernel, spec.spread, spec.ceiling)
            passed = spec.channels
        else:
            self.synapse = MemorySynapse(spec.heads, spec.keys, spec.values, spec.spread, spec.ceiling)
            passed = spec.heads * spec.keys
        # Of a blind network: a memory that is learnt, of the size of those that are written.
        self.constant = (
            nn.Parameter(torch.rand(1, spec.heads, spec.keys, spec.values))
            if spec.retrieval == "blind"
            else None
        )
        if spec.neuron == "sigma_delta":
            self.synapse.form = FORM
        self.neuron = neuron_of(spec)
        self.outputs = self.synapse.shift.numel() + passed

    def forward(self, spikes: Tensor, memory: Tensor | None) -> Tensor:
        """Spikes (N, C_out, H, W, T) of spikes (N, C_in, H, W, T)."""
        if memory is None:
            memory = self.constant_memory(len(spikes))
        steps = spikes.shape[-1]
        moved = spikes.movedim(-1, 0).flatten(0, 1)
        repeated = memory.repeat(steps, *[1] * (memory.ndim - 1))
        found = self.synapse(moved, repeated)
        form = self.synapse.form
        passed = moved * (form.passed / form.threshold)
        grouped = [each.unflatten(1, (self.groups, -1)) for each in (found, passed)]
        currents = torch.cat(grouped, 2).flatten(1, 2).unflatten(0, (steps, -1))
        sent: Tensor = self.neuron(currents, form.threshold)
        return sent.movedim(0, -1)

    def constant_memory(self, number: int) -> Tensor:
        """What a blind network has in the place of ``number`` memories."""
        assert self.constant is not None
        return self.constant.relu().expand(number, -1, -1, -1)


def neuron_of(spec: Spec) -> nn.Module:
    """The neurons that a spec names."""
    if spec.neuron == "sigma_delta":
        return SigmaDelta(spec.threshold)
    if spec.neuron == "relu":
        return Rectifier()
    # States that are carried on go through tens of steps in training, others through a template's few.
    return IntegerLif(spec.levels, spec.decay, through_reset=spec.carried)


def _centre(maps: Tensor, kernel: int) -> Tensor:
    """The middle of maps (N, C, h, w, T); of an even rest, the upper left."""
    top, left = (maps.shape[2] - kernel) // 2, (maps.shape[3] - kernel) // 2
    return maps[:, :, top : top + kernel, left : left + kernel]


def _through(block: nn.Module, x: Tensor, sent: list[Tensor]) -> Tensor:
    spikes: Tensor = block(x)
    sent.append(speaking(spikes))
    return spikes
