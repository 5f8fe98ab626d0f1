"""How many bits a weight takes once NetX has fitted it to the chip."""

from __future__ import annotations

import numpy as np

from neuromorph_track.netx.graph import Integers, Layer

# Widths that the chip's synapse format can tell: there is no seven (nengo-loihi, ``block.py``).
STORED_WIDTHS = (0, 1, 2, 3, 4, 5, 6, 8)


def weight_bits(layer: Layer) -> tuple[int, ...]:
    """Bits of a layer's weights, of complex ones both parts; nothing where it has no synapses.

    Recurrent weights are fitted together with the others, as NetX does.
    """
    if not layer.has_synapses:
        return ()
    assert layer.weight is not None
    if layer.weight_imag is not None:
        return fitted_bits(layer.weight), fitted_bits(layer.weight_imag)
    if layer.weight_rec is not None:
        return (fitted_bits(np.hstack([layer.weight, layer.weight_rec])),)
    return (fitted_bits(layer.weight),)


def fitted_bits(weights: Integers) -> int:
    """Bits that ``optimize_weight_bits`` of lava-dl 0.6.0 gives (``netx/utils.py``).

    The weights are shifted up until the largest fills 8 bits, with its sign where signs are mixed; low bits
    that no weight uses are then left out. ``optimize_weight_bits`` of lava-nc 0.10.0
    (``lava.utils.weightutils``) gives the same for Loihi 2 where a weight is positive; without one, its
    range ends at -255 and not at -256, and zeros do not make signs mixed.

    Returns
    -------
    int
        1 to 8, or more where the weights exceed the chip's range; 0 for zeros alone, where NetX has no
        answer.
    """
    low, high = int(weights.min()), int(weights.max())
    if low == high == 0:
        return 0
    mixed = low < 0 <= high
    if mixed:
        room = min(127 / high if high else np.inf, -128 / low)
    else:
        room = 255 / high if high > 0 else -256 / low
    shift = int(np.floor(np.log2(room))) + mixed
    used = int(np.bitwise_or.reduce(weights, axis=None))
    unused = min(8, (used & -used).bit_length() - 1)
    return 8 - shift - (unused - mixed)


def stored_bits(bits: int) -> int:
    """The width that a weight of ``bits`` is stored with."""
    return next((width for width in STORED_WIDTHS if width >= bits), bits)
