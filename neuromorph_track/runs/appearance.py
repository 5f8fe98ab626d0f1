"""What detections look like, told by the head or another layer of the network that found them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.detections import Detections
from neuromorph_track.detection import Placement
from neuromorph_track.detection.features import BoxFeatures
from neuromorph_track.errors import InputError
from neuromorph_track.netx import AnyNetwork, RunContract, Stage, stages

Embeddings = NDArray[np.float32]


class Appearance:
    """Embeddings of detections from what a host has heard of a layer.

    Parameters
    ----------
    network : Network or Graph
    contract : RunContract
    layer : str
        Name of a stage whose neurons form a map.

    Raises
    ------
    InputError
        When there is no such stage, or it has no map.
    """

    def __init__(self, network: AnyNetwork, contract: RunContract, layer: str) -> None:
        maps = {stage.name: stage for stage in stages(network) if _speaks_of_places(stage)}
        if layer not in maps:
            expected = f"a layer whose spikes form a map: {', '.join(maps)}"
            raise InputError(network.source, "features", repr(layer), expected)
        neuron = maps[layer].layer.neuron
        assert neuron is not None
        self.layer = layer
        # The sum of changes is the activation; of other spikes only those of the frame count.
        self._of_frame = not neuron.sends_changes
        self._features = BoxFeatures(contract.input)
        self.reset()

    def reset(self) -> None:
        """The network begins anew."""
        self._before: NDArray[np.int32] | np.int32 = np.int32(0)

    def __call__(
        self,
        heard: NDArray[np.int32],
        found: Sequence[Detections],
        placements: Sequence[Placement],
        least_score: float,
    ) -> list[Embeddings]:
        """Embeddings (M, E) of the detections of consecutive frames.

        Parameters
        ----------
        heard : (F, C, H, W) int32
            What was heard up to the end of each frame.
        found : sequence of Detections
        placements : sequence of Placement
        least_score : float
            Detections below it have an embedding of zeros.
        """
        embeddings = []
        for told, detections, placement in zip(heard, found, placements, strict=True):
            features = told - self._before if self._of_frame else told
            self._before = told
            sure = detections.score >= least_score
            looks = np.zeros((len(detections), len(told)), np.float32)
            looks[sure] = self._features(features, detections.xyxy[sure], placement)
            embeddings.append(looks)
        return embeddings


def head_embeddings(found: Sequence[Detections], least_score: float) -> list[Embeddings] | None:
    """Embeddings (M, E) of the detections of consecutive frames from a head that has them; None without.

    Those below ``least_score`` are zeros: a head learns what objects look like, not what background does.
    """
    embeddings = []
    for detections in found:
        if detections.embedding is None:
            return None
        sure = detections.score >= least_score
        embeddings.append(np.where(sure[:, None], detections.embedding, np.float32(0)))
    return embeddings


def default_layer(network: AnyNetwork) -> str:
    """The layer whose features tell objects apart best: the first with synapses and a map.

    A detector unlearns with depth what makes two walkers different; the first layer knows their colours.

    Raises
    ------
    InputError
        When the network has none.
    """
    for stage in stages(network):
        if stage.layer.has_synapses and _speaks_of_places(stage):
            return stage.name
    raise InputError(network.source, "features", "no such layer", "a convolution inside the network")


def _speaks_of_places(stage: Stage) -> bool:
    neuron = stage.layer.neuron
    return len(stage.layer.shape) == 3 and neuron is not None and neuron.fires
