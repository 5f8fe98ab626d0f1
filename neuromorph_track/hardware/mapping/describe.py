"""A placement as plain numbers, for JSON."""

from __future__ import annotations

from typing import Any

from neuromorph_track.hardware.mapping.placement import LayerPlacement, Placement


def describe_placement(placement: Placement) -> dict[str, Any]:
    """Everything but which core holds which neuron."""
    return {
        "profile": placement.profile,
        "cores": placement.cores,
        "chips": placement.chips,
        "fits": placement.fits,
        "problems": [problem._asdict() for problem in placement.problems],
        "layers": [_describe_layer(layer) for layer in placement.layers],
    }


def _describe_layer(layer: LayerPlacement) -> dict[str, Any]:
    return {
        "name": layer.name,
        "kind": layer.kind,
        "neurons": layer.neurons,
        "cores": layer.cores,
        "tile": list(layer.tile),
        "core_neurons": layer.core_neurons,
        "synapse_words": layer.synapse_words,
        "weight_bits": layer.weight_bits,
        "axons_in": layer.axons_in,
        "axons_out": layer.axons_out,
        "utilisation": layer.utilisation,
    }
