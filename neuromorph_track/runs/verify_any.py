"""``verify`` as a function: of a network by its name, its path or itself, and of a siamese pair."""

from __future__ import annotations

from os import PathLike

from neuromorph_track.export.zoo import load_network, located
from neuromorph_track.netx import AnyNetwork, Graph, Network, Siamese, is_siamese, read_siamese
from neuromorph_track.runs.difference import Against
from neuromorph_track.runs.verify import Verdict, verify
from neuromorph_track.runs.verify_siamese import SiameseVerdict, verify_siamese


def verify_any(
    net: str | PathLike[str] | AnyNetwork | Siamese,
    against: Against = "lava",
    frames: int = 4,
    source: str | None = None,
    *,
    stock: bool = True,
    timeout: float | None = None,
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

    Raises
    ------
    InputError, JobError
    """
    if isinstance(net, (Network, Graph)):
        return verify(net, against, frames, source, stock=stock, timeout=timeout)
    if isinstance(net, Siamese) or is_siamese(located(net)):
        pair = net if isinstance(net, Siamese) else read_siamese(located(net))
        return verify_siamese(pair, against, frames, source, stock=stock, timeout=timeout)
    return verify(load_network(net), against, frames, source, stock=stock, timeout=timeout)
