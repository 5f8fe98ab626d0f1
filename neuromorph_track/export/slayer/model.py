"""A private copy of a SLAYER model, and what its own forward pass does, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from neuromorph_track.errors import InputError
from neuromorph_track.export.slayer.private import private_copy, reset_states
from neuromorph_track.export.slayer.site import Site, derived_from, kind_of, label


class Call(NamedTuple):
    """One block's turn in a forward pass; ``output`` is ``(1, *shape, T)``."""

    site: Site
    arrived: Tensor
    output: Tensor


class SlayerModel:
    """A copy of a model on the CPU in evaluation mode; the caller's model is never touched.

    Parameters
    ----------
    model : torch.nn.Module
    source : str
        Name used in messages.

    Attributes
    ----------
    sites : tuple of Site
        The SLAYER blocks, in the order in which the model holds them.

    Raises
    ------
    InputError
        When there is no SLAYER block in it, or it cannot be copied.
    """

    def __init__(self, model: nn.Module, source: str) -> None:
        self.source = source
        self._module = private_copy(model, source)
        self.sites = tuple(_sites(self._module, source))
        if not self.sites:
            found = f"no SLAYER block in {type(model).__name__}"
            raise InputError(source, "model", found, "a chain of blocks of lava.lib.dl.slayer.block")

    @torch.no_grad()
    def run(self, values: Tensor) -> list[Call]:
        """The model's own forward pass, all neuron states at zero before.

        Parameters
        ----------
        values : (1, *input_shape, T) float32

        Returns
        -------
        list of Call
            In the order of execution.

        Raises
        ------
        InputError
            When the forward pass fails, or does anything to what goes from one block to the next.
        """
        reset_states(self._module)
        recorder = _Recorder(self._module, self.sites)
        version = values._version
        try:
            output = self._module(values)
        except InputError:
            raise
        except (Exception, SystemExit) as error:
            raise self._failed(error, values) from error
        finally:
            recorder.remove()
        self._check_chain(recorder.turns, values, version, output)
        return [Call(turn.site, turn.arrived, turn.output) for turn in recorder.turns]

    @torch.no_grad()
    def run_block(self, site: Site, values: Tensor) -> Tensor:
        """One block's own forward pass from states at zero, ``(1, *shape, T)`` float32 in and out."""
        reset_states(site.block)
        return _first(site.block(values))

    def _failed(self, error: BaseException, values: Tensor) -> InputError:
        reason = (str(error) or type(error).__name__).splitlines()[0][:160]
        found = f"a forward pass that fails by itself: {type(error).__name__}: {reason}"
        shape = tuple(values.shape[1:-1])
        return InputError(self.source, "model", found, f"one that runs on input of shape {shape}")

    def _check_chain(self, turns: list[_Turn], values: Tensor, version: int, output: Any) -> None:
        for site in self.sites:
            times = sum(turn.site is site for turn in turns)
            if times != 1:
                found = "never called by the model's forward" if times == 0 else f"called {times} times"
                raise site.refuse(found, "a chain: each block once, on all steps at a time")
        # The same tensor, not just the same numbers: those of a silent network are all zero.
        before, sender = values, "the model is fed"
        for turn in turns:
            if turn.arrived is not before or turn.arrived_version != version:
                raise turn.site.refuse(
                    f"an input other than what {sender}: the model's forward does more than its blocks",
                    "blocks that follow each other, without operations or branches between them "
                    "(a slayer Flatten block instead of reshape)",
                )
            before, version, sender = turn.output, turn.version, "the block before sends"
        if before._version != version or not any(part is before for part in _parts(output)):
            found = "a result other than what the last block sends: its forward does more than its blocks"
            expected = f"what {turns[-1].site.label} sends; do the rest on the host"
            raise InputError(self.source, "model", found, expected)


class _Turn(NamedTuple):
    site: Site
    arrived: Tensor
    arrived_version: int
    output: Tensor
    version: int


class _Recorder:
    """Hooks that note what every block is given and gives, and that refuse a module that is none."""

    def __init__(self, model: nn.Module, sites: Iterable[Site]) -> None:
        self.turns: list[_Turn] = []
        inside = {id(part) for site in sites for part in site.block.modules()}
        self._handles = [
            site.block.register_forward_hook(self._note(site), with_kwargs=True) for site in sites
        ]
        for name, module in model.named_modules():
            holds_a_block = any(id(part) in inside for part in module.modules())
            if id(module) not in inside and not holds_a_block:
                refuse = self._refuse(name, next(iter(sites)).source)
                self._handles.append(module.register_forward_pre_hook(refuse))

    def remove(self) -> None:
        for handle in self._handles:
            handle.remove()

    def _note(self, site: Site) -> Any:
        def note(_: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any], output: Any) -> None:
            arrived, sent = [*inputs, *named.values()][0], _first(output)
            self.turns.append(_Turn(site, arrived, arrived._version, sent, sent._version))

        return note

    def _refuse(self, name: str, source: str) -> Any:
        def refuse(module: nn.Module, _: tuple[Any, ...]) -> None:
            found = f"a {type(module).__module__}.{type(module).__qualname__}, which no .net can hold"
            expected = "blocks of lava.lib.dl.slayer.block alone; keep the rest out of the model's forward"
            raise InputError(source, label(name, type(module).__qualname__), found, expected)

        return refuse


def _sites(model: nn.Module, source: str) -> Iterator[Site]:
    inside: set[int] = set()
    for path, module in model.named_modules():
        if id(module) in inside:
            continue
        kind = kind_of(module)
        if kind is not None:
            inside.update(id(part) for part in module.modules())
            yield Site(source, path, kind, module)
        elif (base := derived_from(module)) is not None:
            found = f"a {type(module).__module__}.{type(module).__qualname__}, derived from slayer's {base}"
            expected = f"slayer.block.{base} itself: what a subclass computes cannot be known"
            raise InputError(source, label(path, type(module).__qualname__), found, expected)


def _first(output: Any) -> Tensor:
    """A block that counts its events gives them beside its spikes."""
    tensor: Tensor = output[0] if isinstance(output, tuple) else output
    return tensor


def _parts(output: Any) -> Iterator[Any]:
    if isinstance(output, dict):
        yield from output.values()
    elif isinstance(output, (tuple, list)):
        yield from output
    else:
        yield output
