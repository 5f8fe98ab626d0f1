"""A chain of nodes cut at its populations: what becomes one layer each."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import nir
import numpy as np

from neuromorph_track.errors import InputError
from neuromorph_track.netx.nir.chain import Link
from neuromorph_track.netx.nir.convolution import MAX_NEURONS
from neuromorph_track.netx.nir.dense import Shape
from neuromorph_track.netx.nir.dynamics import NEURONS
from neuromorph_track.netx.nir.refused import Refused


class Section(NamedTuple):
    """Linear nodes and the population that they drive; the last may have none."""

    linear: list[Link]
    population: Link | None

    @property
    def last(self) -> Link:
        return self.population or self.linear[-1]

    @property
    def nodes(self) -> tuple[str, ...]:
        names = [link.name for link in self.linear]
        if self.population is not None:
            names.append(self.population.name)
            if self.population.recurrent is not None:
                names.append(self.population.recurrent[0])
        return tuple(names)

    def named(self, source: str, refused: Refused) -> InputError:
        """The refusal with the file and the node that it is about."""
        field = f"node {self.last.name!r} ({type(self.last.node).__name__})"
        return InputError(source, field, refused.found, refused.expected)


class Ends(NamedTuple):
    """Shape of what is fed, the nodes between the graph's ends, and what was assumed."""

    shape: Shape
    links: list[Link]
    warnings: list[str]


def sections(links: list[Link]) -> Iterator[Section]:
    """Cut after each population; a flatten behind the last one changes nothing."""
    linear: list[Link] = []
    for link in links:
        if isinstance(link.node, NEURONS):
            yield Section(linear, link)
            linear = []
        else:
            linear.append(link)
    if any(not isinstance(link.node, nir.Flatten) for link in linear):
        yield Section(linear, None)


def without_ends(source: str, links: list[Link], wanted: Shape | None) -> Ends:
    """Take off the Input and the Output, and find the shape of what is fed.

    Raises
    ------
    InputError
        When nothing is between them, or no shape can be found that a `.net` has.
    """
    shape, warnings = wanted, []
    if isinstance(links[0].node, nir.Input):
        stored = links[0].node.input_type["input"]
        if shape is None and stored is not None:
            shape = tuple(int(size) for size in np.asarray(stored).reshape(-1))
        links = links[1:]
    if links and isinstance(links[-1].node, nir.Output):
        links = links[:-1]
    if not any(True for _ in sections(links)):
        raise InputError(source, "nodes", "neither weights nor neurons", "a network")
    if (shape is None or 0 in shape) and wanted is None:
        shape = _taken_by(links[0].node)
    if shape is not None and len(shape) in (2, 4) and shape[0] == 1:
        warnings.append(f"input: the first size of {shape} is taken for a batch of one")
        shape = shape[1:]
    if shape is None or len(shape) not in (1, 3) or min(shape) < 1 or math.prod(shape) > MAX_NEURONS:
        expected = "(C, H, W) or (N,), in the file or as --input-shape"
        raise InputError(source, "input shape", str(shape), expected)
    return Ends(shape, links, warnings)


def _taken_by(node: nir.NIRNode | None) -> Shape | None:
    """What the first node takes, where it says so."""
    if isinstance(node, (nir.Affine, nir.Linear)):
        return (int(node.weight.shape[-1]),)
    if isinstance(node, nir.Conv2d) and np.ndim(node.weight) == 4 and np.size(node.groups) == 1:
        if node.input_shape is None or np.size(node.input_shape) != 2:
            return None
        channels = int(node.weight.shape[1] * np.max(node.groups))
        return (channels, *(int(size) for size in np.ravel(node.input_shape)))
    return None
