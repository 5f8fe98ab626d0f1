"""``export`` between `.nir` and `.net`."""

from __future__ import annotations

from pathlib import Path

from neuromorph_track.errors import InputError
from neuromorph_track.netx import Network, read_net, write_net
from neuromorph_track.netx.nir import CONVENTIONS, NirImport, Values, read_nir, write_nir

SUFFIX = ".nir"
MAX_FRACTION_BITS = 16


def nir_to_net(
    source: Path,
    output: Path,
    *,
    convention: str | None = None,
    dt: float | None = None,
    input_shape: tuple[int, ...] | None = None,
    value_bits: int | None = None,
    largest_value: float = 1.0,
) -> NirImport:
    """Turn a NIR graph into a `.net` file.

    Parameters
    ----------
    value_bits : int or None
        Feed numbers with this many fraction bits, up to ``largest_value``, instead of spikes.

    Raises
    ------
    InputError
        When the graph has no `.net`, or the output has another suffix.
    """
    if output.suffix != ".net":
        raise InputError(output, "output", f"a name ending in {output.suffix!r}", "one ending in '.net'")
    values = None
    if value_bits is not None:
        if not (0 <= value_bits <= MAX_FRACTION_BITS and 0 < largest_value < 1 << MAX_FRACTION_BITS):
            found = f"{value_bits} bits, up to {largest_value:g}"
            raise InputError("--values", "range", found, f"0 to {MAX_FRACTION_BITS} bits, a number above 0")
        values = Values(value_bits, largest_value)
    made = read_nir(source, convention=convention, dt=dt, input_shape=input_shape, values=values)
    write_net(made.network, output)
    return made


def net_to_nir(source: Path, output: Path, dt: float | None = None) -> tuple[Network, float]:
    """Write a `.net` file as a NIR graph.

    Returns
    -------
    network : Network
    dt : float
        Timestep that the graph's time constants are for, in their unit.

    Raises
    ------
    InputError
        When NIR has no node for a layer, or the output has another suffix.
    """
    if output.suffix != SUFFIX:
        raise InputError(
            output, "output", f"a name ending in {output.suffix!r}", f"one ending in {SUFFIX!r}, of a .net"
        )
    step = CONVENTIONS["nir"].dt if dt is None else dt
    network = read_net(source)
    write_nir(network, output, step)
    return network, step
