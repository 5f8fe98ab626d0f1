"""Siamese pairs: by what a user calls them, and the one that a run names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.export.zoo import located, pair_names
from neuromorph_track.netx import AnyNetwork, Siamese, is_siamese, read_siamese
from neuromorph_track.netx.describe_siamese import full_search
from neuromorph_track.runs.fingerprint import find_network, network_fingerprint


def load_siamese(path: str | Path) -> Siamese:
    """A siamese pair by its name in the zoo, from its folder, or from a checkpoint.

    Raises
    ------
    InputError
    """
    place = located(path)
    if is_siamese(place):
        return read_siamese(place)
    # pathlib's questions raise where a name is too long.
    if Path(path).suffix == ".pt" and os.path.isfile(path):
        # Not on top: it brings training along, which `compare` and `report` can do without.
        from neuromorph_track.export.siamese import export_siamese, is_siamese_checkpoint

        if is_siamese_checkpoint(path):
            return export_siamese(path).siamese
    families = "a siamese pair's folder, or a checkpoint of the spiketrack or hadtrack family"
    expected = ", ".join([*pair_names(), families])
    raise InputError(path, "network", "neither" if os.path.exists(path) else "no such file", expected)


def fingerprints(siamese: Siamese) -> dict[str, str]:
    """What ``run.json`` says of a pair, so that a later job can tell whether it has the same one."""
    return {
        "search_sha256": network_fingerprint(siamese.search),
        "template_sha256": network_fingerprint(siamese.template),
    }


def find_pair(named: Mapping[str, Any]) -> Siamese | None:
    """Load the pair that the part ``network`` of a ``run.json`` names.

    Returns
    -------
    Siamese or None
        None where it is not there, cannot be read, or is another one by now.
    """
    given = named.get("given")
    if not isinstance(given, str):
        return None
    try:
        siamese = load_siamese(given)
        same = all(named.get(name) == digest for name, digest in fingerprints(siamese).items())
    except (InputError, JobError, OSError):
        return None
    return siamese if same else None


def is_of_a_pair(named: Mapping[str, Any]) -> bool:
    """Whether a ``run.json`` speaks of a pair, in its part ``network``."""
    return named.get("search_sha256") is not None


def find_counted(named: Mapping[str, Any]) -> AnyNetwork | None:
    """What the counts of a run in ``activity.h5`` are of, and what is mapped to cores, or None.

    Of a siamese pair it is the search chain with a memory in it, see
    :func:`~neuromorph_track.netx.describe_siamese.full_search`.
    """
    if not is_of_a_pair(named):
        return find_network(named.get("given"), named.get("sha256"))
    siamese = find_pair(named)
    return None if siamese is None else full_search(siamese)
