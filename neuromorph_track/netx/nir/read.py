"""From a `.nir` file to a network of integer layers."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

import nir
import numpy as np

from neuromorph_track.netx.contract import RunContract
from neuromorph_track.netx.graph import Layer, Network
from neuromorph_track.netx.nir import metadata
from neuromorph_track.netx.nir.chain import chain
from neuromorph_track.netx.nir.convention import Convention
from neuromorph_track.netx.nir.convolution import Convolution
from neuromorph_track.netx.nir.dense import Shape, matrix_of
from neuromorph_track.netx.nir.dynamics import Dynamics, dynamics
from neuromorph_track.netx.nir.file import read_raw
from neuromorph_track.netx.nir.layer import MadeLayer, make_input, make_layer
from neuromorph_track.netx.nir.refused import Refused
from neuromorph_track.netx.nir.report import LayerReport, NirReport
from neuromorph_track.netx.nir.sections import Section, sections, without_ends
from neuromorph_track.netx.nir.synapse import fold
from neuromorph_track.netx.nir.unit import Part
from neuromorph_track.netx.nir.values import DELTA, Values
from neuromorph_track.netx.validate import validate

# Of frameworks whose neurons subtract the threshold unless told otherwise; no file says which they did.
SUBTRACTING = ("nir", "snntorch", "sinabs")
SUBTRACTS = (
    "NIR and the chip reset a potential after a spike; a network trained with the threshold subtracted "
    "instead (the default of snntorch and sinabs) computes something else, and its file does not say so; "
    "nor whether neurons send several spikes in one step (MultiSpike, the default of sinabs) or fire at the "
    "threshold itself (>=)"
)


@dataclass(frozen=True)
class NirImport:
    """A network, and what was lost on the way."""

    network: Network
    report: NirReport


def read_nir(
    path: str | os.PathLike[str],
    *,
    convention: str | None = None,
    dt: float | None = None,
    input_shape: Shape | None = None,
    values: Values | None = None,
) -> NirImport:
    """Read a NIR graph and turn it into a network that the chip can hold.

    Parameters
    ----------
    path : str or path
        A chain of Conv2d, Linear, Affine, SumPool2d, AvgPool2d, Flatten, Scale and Delay nodes with LIF,
        IF, CubaLIF or Threshold populations between, nested or not, recurrent or not; LI, CubaLI or I
        at the end. Linear nodes between two populations are folded into one layer.
    convention : str or None
        ``nir``, ``snntorch``, ``norse`` or ``sinabs``: how time constants become decays, see
        :data:`CONVENTIONS`. By default what the file says (ours do), or ``nir``.
    dt : float or None
        Timestep in the unit of the time constants, instead of the convention's.
    input_shape : tuple of int or None
        Instead of the Input node's, without a batch dimension.
    values : Values or None
        Feed numbers instead of spikes.

    Raises
    ------
    InputError
        When the file is broken, or says something that a `.net` cannot: branches, convolutions over one
        dimension, neurons that differ in time constants, delays of convolutions ...
    """
    source = str(path)
    raw = read_raw(path)
    said = metadata.own(raw.metadata)
    rule = metadata.convention(said, source, convention, dt)
    ends = without_ends(source, chain(raw, source), input_shape)
    builder = _Builder(source, rule, values or metadata.values(said), ends.warnings, said)
    builder.add_all(list(sections(ends.links)), ends.shape)
    return builder.result(metadata.contract(said, source))


class _Builder:
    """Layers as they are made, and what is said about them."""

    def __init__(
        self,
        source: str,
        rule: Convention,
        values: Values | None,
        warnings: list[str],
        said: metadata.Metadata,
    ) -> None:
        self.source, self.rule, self.values, self.warnings = source, rule, values, warnings
        self.said = said
        self.layers: list[Layer] = []
        self.reports: list[LayerReport] = []
        self.membrane_scale: float | None = None
        self.resets = False

    def add_all(self, parts: list[Section], shape: Shape) -> None:
        values = self.values
        if values is not None and not parts[0].linear:
            self._take(self._input(parts.pop(0), shape, values))
            values = None
        for index, section in enumerate(parts):
            made = self._layer(section, shape, values if index == 0 else None)
            self._take(made)
            shape = made.layer.shape
            if made.membrane_scale is not None and index < len(parts) - 1:
                found = f"potentials that go on to {parts[index + 1].nodes[0]!r}"
                raise section.named(self.source, Refused(found, "spikes; only those travel"))

    def result(self, contract: RunContract | None) -> NirImport:
        network = Network(tuple(self.layers), self.source, contract)
        validate(network)
        first = self.layers[0].neuron
        as_bias = first is not None and first.kind == "cuba"
        if self.resets and self.rule.name in SUBTRACTING:
            self.warnings.append(SUBTRACTS)
        report = NirReport(
            self.rule.name,
            self.rule.dt,
            tuple(self.reports),
            tuple(self.warnings),
            "spikes" if self.values is None else self.values.sentence(as_bias),
            self.membrane_scale,
        )
        return NirImport(network, report)

    def _take(self, made: MadeLayer) -> None:
        self.layers.append(made.layer)
        self.reports.append(made.report)
        self.membrane_scale = made.membrane_scale
        self.warnings += [f"layer {made.report.name}: {text}" for text in made.warnings]

    def _layer(self, section: Section, shape: Shape, values: Values | None) -> MadeLayer:
        synapse = fold(self.source, section.linear, shape, self.rule.dt)
        joined = synapse.joined()
        self._before(shape, isinstance(joined, Convolution), values)
        population = section.population
        recurrent = None if population is None else population.recurrent
        node = None if population is None else population.node
        for link in section.linear:
            if link.node is None:
                self.warnings.append(f"node {link.name!r} has no type and is taken for a flatten")
        try:
            part = Part(
                len(self.layers),
                section.nodes,
                synapse.shape,
                joined,
                None if recurrent is None else matrix_of(recurrent[1], synapse.shape),
                self._dynamics(node, synapse.shape),
                values,
                metadata.hint(self.said, node),
            )
            return make_layer(part)
        except Refused as refused:
            raise section.named(self.source, refused) from refused

    def _before(self, shape: Shape, takes_map: bool, values: Values | None) -> None:
        """The layer without weights that has to come first: an input, or a flatten."""
        if not self.layers:
            fed = shape if takes_map else (math.prod(shape),)
            if fed != shape:
                self.warnings.append(f"input: {shape} is fed as {fed}, in the order of its axes")
            self.layers.append(Layer("input", fed, neuron=None if values is None else DELTA))
        elif not takes_map and len(shape) == 3:
            self.layers.append(Layer("flatten", (math.prod(shape),)))

    def _input(self, section: Section, shape: Shape, values: Values) -> MadeLayer:
        assert section.population is not None
        try:
            return make_input(section.nodes, shape, self._dynamics(section.population.node, shape), values)
        except Refused as refused:
            raise section.named(self.source, refused) from refused

    def _dynamics(self, node: nir.NIRNode | None, shape: Shape) -> Dynamics:
        if node is None:
            # Weights at the end of a graph: their sum, anew in every step.
            ones = np.ones(shape)
            return Dynamics(0.0, 0.0, 0.0, ones, 0 * ones, None, False)
        self.resets |= hasattr(node, "v_reset")
        return dynamics(node, shape, self.rule)
