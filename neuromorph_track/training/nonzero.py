"""How many weights of a network are not zero: a spike costs nothing where it meets one that is."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from neuromorph_track.networks.detector import SigmaDeltaDetector
from neuromorph_track.networks.smtrack import SmtrackDetector


@torch.no_grad()
def nonzero_shares(model: nn.Module) -> Tensor:
    """Share of each layer's rounded weights that are not zero, (L,), the head last."""
    if isinstance(model, SmtrackDetector):
        synapses = [*(block.synapse for block in model.blocks), model.head]
        rounded = [synapse.integers()[0] for synapse in synapses]
    elif isinstance(model, SigmaDeltaDetector):
        quantised = model.blocks[0].neuron.quantize_8bit
        rounded = [
            quantised(part.weight) for part in (*(block.synapse for block in model.blocks), model.head)
        ]
    else:
        raise TypeError(f"no rounded weights are known of a {type(model).__name__}")
    return torch.stack([(weight != 0).float().mean() for weight in rounded])
