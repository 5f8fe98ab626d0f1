"""What an ``activity.h5`` holds, for its writer and its reader."""

from __future__ import annotations

FORMAT = "neuromorph-track activity"
VERSION = 2

COLUMNS: dict[str, type] = {
    "name": str,
    "kind": str,
    "neuron": str,
    "neurons": int,
    "weights": int,
    "nonzero_weights": int,
    "macs": int,
    "graded": bool,
    "neurons_in": int,
    "nominal_macs": int,
    "message_bits": int,
    "fires": bool,
}
"""Under ``layers/``: what is known of each layer, by its name in ``LayerActivity``."""

MEANING = {
    "spikes_in": "non-zero messages that arrived at the layer's synapses",
    "synops": "non-zero weights applied because of them",
    "synops_all": "weights applied because of them, zeros included",
    "neuron_updates": "neurons visited: neurons x timesteps",
    "neuron_updates_changed": "neurons visited whose state was another one afterwards",
    "spikes_out": "non-zero messages that left the layer's neurons",
}
"""One table for each count of ``Activity``: a row per frame or timestep, a column per layer."""

RUN_ATTRIBUTES = ("input_values", "output_values", "depth")
"""Numbers of the whole run, by their names in ``Activity``, beside ``steps_per_frame``."""

INPUT_EVENTS = "input_events"
"""Whether the host hands over events; not in files from before it was told."""

MAX_LAYERS = 1 << 12
MAX_CELLS = 1 << 26
"""Entries of a table: a day of video in 25 layers."""
MAX_NEURONS = 1 << 25
"""Neurons of a network: 32 chips of a million."""
