"""In which numbers a step is computed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from neuromorph_track.training.tables import Precision

_SHORT = {"bf16": torch.bfloat16, "fp16": torch.float16}


@contextmanager
def computed_in(precision: Precision, device: torch.device) -> Iterator[None]:
    """Compute the forward pass in ``precision``; gradients and weights stay float32.

    Without ``tf32`` a GPU computes in float32 proper, and with the same kernels each time: a training that is
    resumed gives the same weights.
    """
    short = _SHORT.get(precision)
    with (
        _gpu_sums(precision == "tf32", device),
        torch.autocast(device.type, dtype=short or torch.bfloat16, enabled=short is not None),
    ):
        yield


@contextmanager
def _gpu_sums(tf32: bool, device: torch.device) -> Iterator[None]:
    if device.type != "cuda":
        yield
        return
    cudnn, matmul = torch.backends.cudnn, torch.backends.cuda.matmul
    before = (cudnn.allow_tf32, cudnn.deterministic, cudnn.benchmark, matmul.allow_tf32)
    cudnn.allow_tf32 = matmul.allow_tf32 = tf32
    cudnn.deterministic, cudnn.benchmark = True, False
    try:
        yield
    finally:
        cudnn.allow_tf32, cudnn.deterministic, cudnn.benchmark, matmul.allow_tf32 = before
