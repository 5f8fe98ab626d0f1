"""``inspect``: what is inside a `.net`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from neuromorph_track.cli import completion
from neuromorph_track.cli.options import AnyNet, Json
from neuromorph_track.cli.output import console, print_json
from neuromorph_track.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

    from neuromorph_track.hardware import HardwareProfile
    from neuromorph_track.hardware.mapping import Placement
    from neuromorph_track.netx import AnyNetwork


def inspect(
    net: AnyNet,
    hardware: Annotated[
        list[str] | None,
        typer.Option(
            "--hardware",
            help="Show how it lies on this chip: a profile or TOML file; repeat for more.",
            autocompletion=completion.hardware,
        ),
    ] = None,
    host_encoder: Annotated[
        bool | None,
        typer.Option(
            "--host-encoder/--chip-encoder",
            help="Where input layers run (default: delta encoders on the host, other input on the chip).",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what a network is made of; with --hardware, how it lies on a chip.

    Example: neuromorph-track inspect scenes-nano --hardware loihi2-oheogulch
    """
    from neuromorph_track.export.zoo import load_network, located
    from neuromorph_track.netx import is_siamese
    from neuromorph_track.netx.describe import describe

    if is_siamese(place := located(net)):
        _inspect_siamese(place, tuple(hardware or ()), host_encoder, as_json)
        return
    network = load_network(net)
    placed = _placed(network, tuple(hardware or ()), host_encoder)
    if as_json:
        print_json(describe(network) | _placements(placed))
    elif placed:
        _print_placed(placed)
    else:
        _print(describe(network))


def _inspect_siamese(net: str, hardware: tuple[str, ...], host_encoder: bool | None, as_json: bool) -> None:
    """The same of both chains of a pair; on a chip, the search chain has a memory in it."""
    from neuromorph_track.netx import read_siamese
    from neuromorph_track.netx.describe_siamese import describe_siamese, full_search

    siamese = read_siamese(net)
    chains = {"template": siamese.template, "search": full_search(siamese)}
    placed = {name: _placed(chain, hardware, host_encoder) for name, chain in chains.items()}
    content = describe_siamese(siamese)
    if as_json:
        print_json(content | {name: content[name] | _placements(placed[name]) for name in chains})
    elif hardware:
        for name in chains:
            console().print(f"{name} chain", style="bold")
            _print_placed(placed[name])
    else:
        _print_siamese(content)


def _placements(placed: list[tuple[HardwareProfile, Placement]]) -> dict[str, Any]:
    from neuromorph_track.hardware.mapping import describe_placement

    return {"placements": [describe_placement(placement) for _, placement in placed]} if placed else {}


def _print_placed(placed: list[tuple[HardwareProfile, Placement]]) -> None:
    from neuromorph_track.reports.placement_table import placement_table

    for profile, placement in placed:
        console().print(placement_table(placement, profile))


def _placed(
    network: AnyNetwork, hardware: tuple[str, ...], host_encoder: bool | None
) -> list[tuple[HardwareProfile, Placement]]:
    if not hardware:
        if host_encoder is not None:
            raise InputError("inspect", "--host-encoder", "no --hardware", "a chip to place the network on")
        return []
    from neuromorph_track.hardware import load_profile
    from neuromorph_track.hardware.mapping import place

    profiles = [load_profile(name) for name in hardware]
    return [(profile, place(network, profile, host_encoder=host_encoder)) for profile in profiles]


def _print(content: dict[str, Any]) -> None:
    out = console()
    out.print(_layers(content))
    if content["graph"] is not None:
        out.print(_branches(content["graph"]))
    for note in content["notes"]:
        out.print(note)
    if content["contract"] is None:
        out.print("No run contract: `track` needs a network that says how it is run.")
        return
    out.print(_contract(content["contract"]))


def _print_siamese(content: dict[str, Any]) -> None:
    out = console()
    for chain in ("template", "search"):
        out.print(_layers(content[chain]))
    notes = dict.fromkeys(
        f"{chain}: {note}" for chain in ("template", "search") for note in content[chain]["notes"]
    )
    for note in notes:
        out.print(note)
    if content["written"]:
        out.print(_written(content))
    else:
        out.print("Nothing of the template is written into the search chain.")
    # What is written has a table of its own.
    out.print(
        _contract(
            {key: value for key, value in content["contract"].items() if key not in ("memory", "kernel")}
        )
    )


def _written(content: dict[str, Any]) -> Table:
    from rich.table import Table

    shape = " x ".join(map(str, content["memory"]))
    told = "heads, keys, values" if content["contract"]["memory"] else "channels, kernel"
    memory = f"{shape} ({told})"
    table = Table("Layer", "Memory", "Weights written", "Of", "Gains", title="Written for each target")
    for layer in content["written"]:
        low, high = layer["gains"]
        table.add_row(
            layer["layer"], memory, f"{layer['weights']:,}", f"{layer['of']:,}", f"{low:.3g} .. {high:.3g}"
        )
    return table


def _contract(contract: dict[str, Any]) -> Table:
    from rich.table import Table

    table = Table(title="How it is run", show_header=False)
    for key, value in contract.items():
        table.add_row(key, _short(value))
    return table


def _layers(content: dict[str, Any]) -> Table:
    from rich.table import Table

    table = Table(title=content["source"], caption=_totals(content), caption_justify="left")
    headings = ("Layer", "Shape", "Neuron", "Threshold", "Weights", "Non-zero", "Range", "MACs per step")
    for index, heading in enumerate(headings):
        table.add_column(heading, justify="right" if index > 2 else "left", no_wrap=True)
    for layer in content["layers"]:
        weights = layer["weights"]
        table.add_row(
            layer["name"],
            " x ".join(map(str, layer["shape"])),
            _neuron(layer),
            "" if layer["threshold"] is None else str(layer["threshold"]),
            f"{weights:,}" if weights else "",
            f"{100 * layer['nonzero_weights'] / weights:.0f} %" if weights else "",
            f"{layer['weight_range'][0]} .. {layer['weight_range'][1]}" if weights else "",
            f"{layer['macs']:,}" if layer["macs"] else "",
        )
    return table


def _branches(graph: dict[str, Any]) -> Table:
    from rich.table import Table

    columns = ("Node", "File", "Hears", "Joined by", "Gives", "Output")
    table = Table(*columns, title="Branches (+n: spikes wait n timesteps for a longer branch)")
    for node in graph["nodes"]:
        waits = node["waits"] or [0]
        heard = ", ".join(f"{n} +{w}" if w else n for n, w in zip(node["from"], waits, strict=True))
        shape = " x ".join(map(str, node["shape"]))
        output = str(graph["outputs"].index(node["name"]) + 1) if node["name"] in graph["outputs"] else ""
        table.add_row(node["name"], node["net"], heard, node["join"] or "", shape, output)
    return table


def _neuron(layer: dict[str, Any]) -> str:
    levels = layer["levels"]
    return (layer["neuron"] or "") + (f", 0 to {levels}" if levels is not None else "")


def _totals(content: dict[str, Any]) -> str:
    layers = content["layers"]
    return (
        f"{sum(layer['neurons'] for layer in layers):,} neurons, "
        f"{sum(layer['weights'] for layer in layers):,} weights, "
        f"{sum(layer['macs'] for layer in layers):,} MACs per timestep of the dense twin"
    )


def _short(value: object) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{key}: {_short(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        shown = ", ".join(map(str, value[:8]))
        return shown + (f" ... ({len(value)})" if len(value) > 8 else "")
    return str(value)
