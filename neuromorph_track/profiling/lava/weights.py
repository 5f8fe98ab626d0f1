"""The weights that a synapse applies: its process's, cut to the chip's precision where its model does so."""

from __future__ import annotations

from typing import Any

import numpy as np
from lava.proc.conv.process import Conv
from lava.utils.weightutils import clip_weights, determine_sign_mode, truncate_weights
from numpy.typing import NDArray
from scipy import sparse

from neuromorph_track.profiling.lava.fanout import Reach, conv_reach, matrix_reach
from neuromorph_track.profiling.lava.units import Watched

WEIGHT_BITS = 8


def applied_weights(synapse: Watched) -> Any:
    """Weights before anything is learned: a NumPy array, or SciPy's sparse matrix.

    Lava's fixed-point models of dense and sparse synapses clip weights to 8 bits and drop the bits below
    ``num_weight_bits``: with both signs an odd weight loses its last bit, so that a 1 becomes 0.
    """
    process = synapse.process
    if isinstance(process, Conv):
        return process.weight.init
    given = process.weights.init
    model: Any = synapse.model
    if "fixed_pt" not in model.tags:
        return given
    sign = process.proc_params.get("sign_mode") or determine_sign_mode(given)
    bits = process.proc_params.get("num_weight_bits", WEIGHT_BITS)
    whole = given.astype(np.int32)
    return truncate_weights(clip_weights(whole, sign, num_bits=WEIGHT_BITS), sign, bits)


def dense_weights(synapse: Watched) -> NDArray[np.float64]:
    """The same as an array, ``(outputs, inputs)`` of a matrix."""
    given = applied_weights(synapse)
    return np.asarray(given.toarray() if sparse.issparse(given) else given, np.float64)


def stored_weights(synapse: Watched) -> NDArray[Any]:
    """Those that are kept: of a sparse matrix its entries."""
    given = applied_weights(synapse)
    return np.asarray(given.data if sparse.issparse(given) else given)


def reach(synapse: Watched) -> Reach:
    """Weights that one spike of each input meets."""
    process = synapse.process
    if not isinstance(process, Conv):
        return matrix_reach(applied_weights(synapse))
    stride, padding, dilation = (
        np.ravel(getattr(process, n).init) for n in ("stride", "padding", "dilation")
    )
    shapes = process.s_in.shape, process.a_out.shape
    groups = int(np.ravel(process.groups.init)[0])
    return conv_reach(process.weight.init, *shapes, stride, padding, dilation, groups)
