"""Which network a run used, so that a later job can tell whether it has the same one."""

from __future__ import annotations

import hashlib
from pathlib import Path

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.export.zoo import load_network
from neuromorph_track.netx import AnyNetwork, Network, chains


def network_fingerprint(network: AnyNetwork) -> str:
    """SHA-256 of the network's file; of a branching network, of its graph file and all nodes' files."""
    files = [network.source]
    if not isinstance(network, Network):
        files += [chain.source for chain in chains(network)]
    digest = hashlib.sha256()
    for file in files:
        digest.update(Path(file).read_bytes())
    return digest.hexdigest()


def find_network(given: object, sha256: object) -> AnyNetwork | None:
    """Load the network that ``run.json`` names.

    Parameters
    ----------
    given : str
        What the user called it: a name of the zoo or a path, as seen from where the run was started.
    sha256 : str
        Its :func:`network_fingerprint` at that time.

    Returns
    -------
    AnyNetwork or None
        None where it is not there, cannot be read, or is another one by now.
    """
    if not isinstance(given, str):
        return None
    try:
        network = load_network(given)
        return network if network_fingerprint(network) == sha256 else None
    except (InputError, JobError, OSError):
        return None
