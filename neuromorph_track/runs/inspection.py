"""``inspect`` as a function: what is inside a network, and how it lies on a chip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any

from neuromorph_track.errors import InputError
from neuromorph_track.export.zoo import load_network
from neuromorph_track.hardware import HardwareProfile, load_profile
from neuromorph_track.hardware.mapping import Placement, place
from neuromorph_track.netx import AnyNetwork, Graph, Network
from neuromorph_track.netx.describe import describe
from neuromorph_track.reports.notebook.html import HtmlTable, cell
from neuromorph_track.reports.notebook.layers import described_frame, described_html
from neuromorph_track.reports.notebook.lines import block, counted
from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.placement_plot import plot_placement
from neuromorph_track.reports.placement_table import (
    HEADINGS,
    placement_row,
    placement_totals,
    problem_sentence,
)

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]


@dataclass(frozen=True, repr=False)
class Inspection:
    """A network, and its place on some chips; a notebook shows both as tables.

    Attributes
    ----------
    network : Network or Graph
    content : dict
        Layers, contract, branches and notes as plain values.
    placed : tuple of (HardwareProfile, Placement)
    """

    network: AnyNetwork
    content: dict[str, Any]
    placed: tuple[tuple[HardwareProfile, Placement], ...] = ()

    def __repr__(self) -> str:
        layers = self.content["layers"]
        neurons, weights = (sum(layer[name] for layer in layers) for name in ("neurons", "weights"))
        first = f"{counted(len(layers), 'layer')}, {neurons:,} neurons, {weights:,} weights"
        return block(first, [self._on(*each) for each in self.placed], self.content["notes"])

    def _on(self, profile: HardwareProfile, placement: Placement) -> str:
        fits = "fits" if placement.fits else "does not fit"
        cores = f"{counted(placement.cores, 'core')} on {counted(placement.chips, 'chip')}"
        return f"{profile.profile.name}: {cores}, {fits}"

    def _repr_html_(self) -> str:
        tables = [described_html(self.content)]
        for profile, placement in self.placed:
            caption = f"{profile.profile.name}: {placement_totals(placement)}"
            rows = [placement_row(layer) for layer in placement.layers]
            tables.append(HtmlTable(("Layer", *HEADINGS), rows, caption))
        problems = [problem_sentence(each) for _, placement in self.placed for each in placement.problems]
        return cell(tables=tables, warnings=[*self.content["notes"], *(each[2:] for each in problems)])

    def plot(self, hardware: str | None = None) -> Picture:
        """The cores of each layer on one chip, by default the first that was asked for.

        Raises
        ------
        InputError
            When the network was not placed on it.
        """
        found = {profile.id: (profile, placement) for profile, placement in self.placed}
        chosen = hardware or next(iter(found), None)
        if chosen not in found:
            raise InputError("inspect", "hardware", repr(chosen), ", ".join(found) or "hardware=...")
        profile, placement = found[chosen]
        return plot_placement(placement, profile.profile.name)

    def to_dataframe(self) -> DataFrame:
        """A row for each layer (:func:`~neuromorph_track.reports.notebook.layers.described_frame`)."""
        return described_frame(self.content)


def inspect(
    net: str | PathLike[str] | AnyNetwork,
    hardware: Sequence[str] = (),
    *,
    host_encoder: bool | None = None,
) -> Inspection:
    """Describe a network, and place it on some chips.

    Parameters
    ----------
    net : str, path or network
        As of :func:`neuromorph_track.load`.
    hardware : sequence of str
        Names or paths of profiles.
    host_encoder : bool, optional
        Whether input layers run on the host; by default delta encoders do, and other input does not.

    Raises
    ------
    InputError
        Also when a profile has no cores to place on.
    """
    network = net if isinstance(net, (Network, Graph)) else load_network(net)
    profiles = [load_profile(name) for name in hardware]
    placed = tuple((profile, place(network, profile, host_encoder=host_encoder)) for profile in profiles)
    return Inspection(network, describe(network), placed)
