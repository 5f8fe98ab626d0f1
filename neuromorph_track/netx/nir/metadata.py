"""What a file of ours says about itself, beside the graph; other writers' metadata say nothing here."""

from __future__ import annotations

import math

import nir
from pydantic import ValidationError

from neuromorph_track.errors import InputError
from neuromorph_track.netx.contract import RunContract
from neuromorph_track.netx.nir.convention import CONVENTIONS, Convention
from neuromorph_track.netx.nir.file import Metadata
from neuromorph_track.netx.nir.values import Values

# The mark of our own files.
WRITER = "neuromorph-track"
LARGEST_SCALE = 1e12


def own(metadata: Metadata) -> Metadata:
    """The metadata of a graph that we wrote, and nothing of any other."""
    return metadata if metadata.get("writer") == WRITER else {}


def convention(said: Metadata, source: str, name: str | None, dt: float | None) -> Convention:
    """How time constants are to be read: as asked for, as the file says, or as NIR's paper does.

    Raises
    ------
    InputError
        When there is no such convention, or the timestep is none.
    """
    if name is not None and name not in CONVENTIONS:
        raise InputError(source, "convention", repr(name), ", ".join(CONVENTIONS))
    stored = said.get("dt")
    found = CONVENTIONS[name or "nir"]
    if name is None and isinstance(stored, float):
        found = Convention(WRITER, stored)
    found = found.at(dt)
    if not (math.isfinite(found.dt) and found.dt > 0):
        raise InputError(source, "dt", f"{found.dt:g}", "a timestep above 0")
    return found


def values(said: Metadata) -> Values | None:
    """The numbers that the network is fed, where it is fed with numbers."""
    stored = [said.get(key) for key in ("fraction_bits", "largest", "spike_exp")]
    bits, largest, exp = (n if isinstance(n, float) else -1.0 for n in stored)
    if not (0 <= bits <= 16 and largest > 0 and 0 <= exp <= 7):
        return None
    return Values(int(bits), largest, int(exp))


def contract(said: Metadata, source: str) -> RunContract | None:
    """How the network is run, where the `.net` said it.

    Raises
    ------
    InputError
        When that is no contract.
    """
    text = said.get("contract")
    if not isinstance(text, str):
        return None
    try:
        return RunContract.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = "/".join(["metadata/contract", *map(str, first["loc"])])
        raise InputError(source, where, repr(first["input"])[:80], first["msg"].lower()) from error


def hint(said: Metadata, node: nir.NIRNode | None) -> float | None:
    """The scale at which a layer's weights are whole, in a file of ours; it is tried, not believed."""
    scale = node.metadata.get("scale") if said and node is not None else None
    return scale if isinstance(scale, float) and 0 < scale < LARGEST_SCALE else None
