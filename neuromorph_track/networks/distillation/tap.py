"""Feature maps from inside a network, without changing it."""

from __future__ import annotations

from functools import partial
from types import TracebackType

from torch import Tensor, nn

from neuromorph_track.errors import InputError


class Tap:
    """While open, keeps what the named modules of a network gave last.

    A backbone that runs on the template first and then on the search crop leaves the search crop's map.

    Parameters
    ----------
    network : nn.Module
    names : str
        As :meth:`torch.nn.Module.get_submodule` takes them, e.g. ``blocks.3`` or ``head.0``.

    Attributes
    ----------
    maps : dict of Tensor
        By name. (N, C, H, W, T) of an integer network: see :func:`over_steps`.

    Raises
    ------
    InputError
        When there is no such module.
    """

    def __init__(self, network: nn.Module, *names: str) -> None:
        self.maps: dict[str, Tensor] = {}
        known = dict(network.named_modules())
        unknown = [name for name in names if name not in known]
        if unknown:
            raise InputError("tap", "name", repr(unknown[0]), "a module of the network")
        self._modules = {name: known[name] for name in names}
        self._hooks: list[nn.modules.module.RemovableHandle] = []

    def __enter__(self) -> Tap:
        for name, module in self._modules.items():
            self._hooks.append(module.register_forward_hook(partial(self._keep, name)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._hooks:
            self._hooks.pop().remove()

    def _keep(self, name: str, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        self.maps[name] = output


def over_steps(maps: Tensor) -> Tensor:
    """Spikes (N, C, H, W, T) as their mean over the T timesteps of a frame, (N, C, H, W)."""
    return maps.mean(-1)
