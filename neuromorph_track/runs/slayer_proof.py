"""The proof that an exported network computes what the SLAYER model computes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from neuromorph_track.errors import JobError
from neuromorph_track.export.slayer.export import SlayerExport
from neuromorph_track.export.slayer.model import Call
from neuromorph_track.export.slayer.part import Part, has_neurons
from neuromorph_track.export.slayer.timing import leads
from neuromorph_track.runs.slayer_compare import (
    Floats,
    Integers,
    delayed,
    fed_values,
    from_slayer,
    in_slayers_unit,
    refuse_difference,
    run_network,
    run_part,
    to_slayer,
)
from neuromorph_track.runs.slayer_probe import block_probe, model_probe


@dataclass(frozen=True)
class SlayerProof:
    """What was compared, all of it equal to the last bit.

    Attributes
    ----------
    steps, blocks, values : int
        Every value that every block with neurons sends at every step of a random input.
    active, last_active : int
        How many of the values were not zero, and how many of the last block's.
    silent : tuple of str
        Blocks that sent nothing, neither in the model nor on an input of their own: nothing is proven
        of them.
    chip_values, chip_different : int
        Values of the last layer in the chip's pipeline, where each layer starts a step after the one
        before, and how many of them differ from SLAYER's: biases can make them.
    chip_largest_difference : float
        In SLAYER's unit.
    """

    steps: int
    blocks: int
    values: int
    active: int
    last_active: int
    silent: tuple[str, ...]
    chip_values: int
    chip_different: int
    chip_largest_difference: float

    def to_dict(self) -> dict[str, Any]:
        return {"equal": True, **asdict(self), "silent": list(self.silent)}

    def sentence(self) -> str:
        over = f"{self.values:,} values of {self.blocks} blocks in {self.steps} steps"
        text = f"equal to SLAYER's forward pass, to the last bit: {over}, {self.active:,} not zero"
        if self.silent:
            text += f"; nothing proven of {', '.join(self.silent)}, which sent nothing"
        if not self.last_active:
            text += "; the last block sent nothing in the whole network, only on an input of its own"
        if self.chip_different:
            share = 100 * self.chip_different / self.chip_values
            text += (
                f"; in the chip's pipeline {share:.3g} % of the last layer's differ, by at most "
                f"{self.chip_largest_difference:.2g} (see the notes)"
            )
        return text


def prove_slayer(export: SlayerExport, seed: int = 0) -> SlayerProof:
    """Run SLAYER's forward pass and the fixed-point simulator on the same random input.

    Each block is compared at every step, with what the block before it sends as its input; a block that
    stays silent is run once more on an input of its own. Then the whole network is run.

    Raises
    ------
    JobError
        When a value differs, with the first block, step and neuron; or when the last block never sends
        anything, so that nothing would be proven.
    """
    probe = model_probe(export.parts, export.network.input_shape, seed)
    calls = export.model.run(to_slayer(probe))
    fed = values = fed_values(export.parts[0], probe.values)
    held_back: Integers | None = None
    found, silent = [], []
    for part, call in zip(export.parts, calls, strict=True):
        if not has_neurons(part):
            # A flatten, or the name of a shape.
            values = values.reshape(len(values), *part.sends.shape)
            continue
        values = run_part(part, values)
        found.append(from_slayer(call.output))
        refuse_difference(export.network.source, part, delayed(values, part.axon_delay), found[-1])
        if not np.any(found[-1]) and not _speaks_alone(export, part, call, held_back, seed):
            silent.append(part.site.label)
        held_back = part.axon_delay
    last = [part for part in export.parts if has_neurons(part)][-1]
    if last.site.label in silent:
        raise JobError(
            f"{export.network.source}: {last.site.label}, the last block, sends nothing on any input tried, "
            "so that nothing is proven: are its weights too small for its threshold?",
            "export a model that answers; --no-check (check=False) writes this one unproven",
        )
    gaps = _gaps_on_the_chip(export, last, fed, found[-1])
    return SlayerProof(
        steps=len(fed),
        blocks=len(found),
        values=sum(sent.size for sent in found),
        active=sum(int(np.count_nonzero(sent)) for sent in found),
        last_active=int(np.count_nonzero(found[-1])),
        silent=tuple(silent),
        chip_values=gaps.size,
        chip_different=int(np.count_nonzero(gaps)),
        chip_largest_difference=float(np.abs(gaps).max()),
    )


def _speaks_alone(
    export: SlayerExport, part: Part, call: Call, held_back: Integers | None, seed: int
) -> bool:
    """Compare a block on a loud input of its own; whether it sent anything.

    The delays of the block before, ``held_back``, are in this block's synapses: SLAYER is given them.
    """
    probe = block_probe(part, tuple(call.arrived.shape[1:-1]), seed)
    arrives = probe._replace(values=delayed(probe.values, held_back))
    found = from_slayer(export.model.run_block(part.site, to_slayer(arrives)))
    values = fed_values(part, probe.values)
    if part.layers[0].kind in ("dense", "dense_rec"):
        values = values.reshape(len(values), -1)
    sent = delayed(run_part(part, values), part.axon_delay)
    refuse_difference(export.network.source, part, sent, found)
    return bool(np.any(found))


def _gaps_on_the_chip(export: SlayerExport, last: Part, fed: Integers, found: Floats) -> Floats:
    """Run the network as a whole; what its last layer and SLAYER's differ by in the chip's pipeline."""
    late = sum(part.is_late for part in export.parts)
    expected, starts = found[late:], leads(export.parts)
    for pipelined, must_be_equal in ((False, starts.together), (True, starts.as_on_the_chip)):
        ours = run_network(export.network, last, fed, pipelined)[: len(expected)]
        if must_be_equal:
            refuse_difference(export.network.source, last, ours, expected)
    return in_slayers_unit(last, ours) - expected.reshape(ours.shape)
