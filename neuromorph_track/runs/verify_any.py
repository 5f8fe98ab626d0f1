"""``verify`` as a function: of a network by its name, its path or itself, and of a siamese pair."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike

from neuromorph_track.export.zoo import load_network, located
from neuromorph_track.netx import AnyNetwork, Graph, Network, Siamese, is_siamese, read_siamese, stages
from neuromorph_track.runs.difference import Against
from neuromorph_track.runs.verify import Verdict, verify
from neuromorph_track.runs.verify_siamese import SiameseVerdict, verify_siamese


def loaded(net: str | PathLike[str] | AnyNetwork | Siamese) -> AnyNetwork | Siamese:
    """A network or a pair by its name in the zoo or its path; what is one already is given back.

    Raises
    ------
    InputError
    """
    if isinstance(net, (Network, Graph, Siamese)):
        return net
    place = located(net)
    return read_siamese(place) if is_siamese(place) else load_network(net)


def timesteps(network: AnyNetwork, frames: int) -> int:
    """How many Lava's own clock runs for so many frames: on until the last has come through every synapse."""
    per_frame = network.contract.steps_per_frame if network.contract else 1
    return frames * per_frame + max(stage.depth for stage in stages(network))


def verify_any(
    net: str | PathLike[str] | AnyNetwork | Siamese,
    against: Against = "lava",
    frames: int = 4,
    source: str | None = None,
    *,
    stock: bool = True,
    timeout: float | None = None,
    progress: Callable[[int], None] | None = None,
) -> Verdict | SiameseVerdict:
    """Compare a network in the fixed-point simulator with Lava or SLAYER, every layer at every step.

    Lava runs in a process of its own, so this works in a notebook too.

    Parameters
    ----------
    net : str, path, network or Siamese
        A `.net` file, the folder of a branching network or a siamese pair, a name of the zoo.
    against : str
        ``lava`` or ``slayer``.
    frames : int
    source : str, optional
        What to feed, as of `track`; by default a synthetic scene.
    stock : bool
        Lava's own runtime and convolution, not the faster ones of this package.
    timeout : float, optional
        Seconds that Lava may take for one answer.
    progress : callable, optional
        Told how many timesteps Lava has done of a network that is no pair.

    Raises
    ------
    InputError, JobError
    """
    network = loaded(net)
    if isinstance(network, Siamese):
        return verify_siamese(network, against, frames, source, stock=stock, timeout=timeout)
    return verify(network, against, frames, source, stock=stock, timeout=timeout, progress=progress)
