"""The processes that train together, started by ``torchrun``, or one alone."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn

from neuromorph_track.errors import InputError


@dataclass(frozen=True)
class Ranks:
    """This process among all that train together.

    Attributes
    ----------
    rank, world : int
        Its number, and how many there are.
    device : torch.device
    """

    rank: int
    world: int
    device: torch.device

    @property
    def writes(self) -> bool:
        """Whether this process writes files and talks to the user."""
        return self.rank == 0

    def share(self, batch: int) -> tuple[int, int]:
        """Which part of a batch is this process's, as ``Clips.batch`` takes it.

        Raises
        ------
        InputError
            When a batch cannot be divided equally.
        """
        if batch % self.world:
            raise InputError("recipe", "batch", str(batch), f"a multiple of {self.world}, the processes")
        return self.rank, self.world

    def wrapped(self, model: nn.Module) -> nn.Module:
        """The model as it is called in training: gradients are averaged over the processes."""
        if self.world == 1:
            return model
        devices = [self.device.index] if self.device.type == "cuda" else None
        # Running means differ by process and are averaged in `together`, not overwritten by those of one.
        return nn.parallel.DistributedDataParallel(model, device_ids=devices, broadcast_buffers=False)

    @torch.no_grad()
    def together(self, model: nn.Module) -> None:
        """Average the floating-point buffers, such as running means, over the processes."""
        if self.world == 1:
            return
        buffers = [buffer for buffer in model.buffers() if buffer.is_floating_point()]
        if buffers:
            flat = torch.cat([buffer.flatten() for buffer in buffers])
            distributed.all_reduce(flat)
            flat /= self.world
            for buffer, mean in zip(buffers, flat.split([b.numel() for b in buffers]), strict=True):
                buffer.copy_(mean.view_as(buffer))

    def gathered(self, state: Tensor) -> Tensor:
        """Bytes (N,) of every process, (world, N)."""
        if self.world == 1:
            return state[None]
        parts = [torch.empty_like(state, device=self.device) for _ in range(self.world)]
        distributed.all_gather(parts, state.to(self.device))
        return torch.stack(parts).cpu()

    def wait(self) -> None:
        """Go on when all processes are here."""
        if self.world > 1:
            distributed.barrier()


@contextmanager
def joined(device: str, environment: Mapping[str, str] = os.environ) -> Iterator[Ranks]:
    """Join the processes that ``torchrun`` started, if it did.

    Parameters
    ----------
    device : str
        ``cpu``, ``cuda`` or ``cuda:1``; with several processes ``cuda`` is a GPU for each.

    Raises
    ------
    InputError
        When there is no such device.
    """
    world = int(environment.get("WORLD_SIZE", "1")) if "RANK" in environment else 1
    local = int(environment.get("LOCAL_RANK", "0"))
    chosen = _device(device, local if world > 1 else 0)
    if world == 1:
        yield Ranks(0, 1, chosen)
        return
    distributed.init_process_group("nccl" if chosen.type == "cuda" else "gloo")
    try:
        yield Ranks(distributed.get_rank(), world, chosen)
    finally:
        distributed.destroy_process_group()


def _device(text: str, local: int) -> torch.device:
    try:
        device = torch.device(text)
    except RuntimeError:
        raise InputError("option", "device", repr(text), "cpu or cuda") from None
    if device.type == "cuda":
        if not torch.cuda.is_available():
            raise InputError("option", "device", text, "cpu, because PyTorch sees no GPU")
        if ":" not in text:
            device = torch.device("cuda", local)
        if device.index >= torch.cuda.device_count():
            raise InputError("option", "device", text, f"one of {torch.cuda.device_count()} GPUs")
        torch.cuda.set_device(device)
    elif device.type != "cpu":
        raise InputError("option", "device", text, "cpu or cuda")
    return device
