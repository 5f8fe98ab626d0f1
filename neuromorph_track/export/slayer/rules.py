"""Which SLAYER block becomes what, and which is refused: the table that the export goes by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from neuromorph_track.export.slayer.dense import dense_block, kwta_block, recurrent_block
from neuromorph_track.export.slayer.heads import affine_block, average_block, output_block
from neuromorph_track.export.slayer.inputs import flatten_block, input_block
from neuromorph_track.export.slayer.maps import conv_block, pool_block, transposed_block
from neuromorph_track.export.slayer.part import Arriving, Part
from neuromorph_track.export.slayer.site import Site

Converter = Callable[[Site, Arriving], Part]
ON_THE_HOST = "a model without this block, done on the host with what the network sends"


@dataclass(frozen=True)
class Rule:
    """What becomes of a block.

    Attributes
    ----------
    becomes : str
        For people: the layer.
    unless : str
        For people: when the block is refused all the same.
    convert : callable or None
        None where the block is always refused: ``becomes`` is then what it asks for that no chip has,
        ``unless`` what to do instead.
    families : tuple of str
        Neurons that the block can have, or can follow where it has none.
    any_family : bool
        Whether it has no neurons of its own, so that the family that it was imported from is all the same.
    """

    becomes: str
    unless: str
    convert: Converter | None = None
    families: tuple[str, ...] = ("cuba", "sigma_delta")
    any_family: bool = False


@dataclass(frozen=True)
class Family:
    """Neurons that a family of blocks has; ``refused`` and ``instead`` where the chip has none such."""

    neurons: str
    refused: str = ""
    instead: str = ""


# lava-dl's loader turns the two decays of a resonator into a period and a loss, and Lava turns them back
# and cuts off the fraction: 207 of 672 usual settings come out one unit too small.
RESONATORS = "resonators, whose decays NetX changes on loading, and which no backend here runs"
CUBA_BLOCKS = "blocks of slayer.block.cuba"

FAMILIES = {
    "cuba": Family("leaky integrate-and-fire with a current"),
    "sigma_delta": Family("sigma-delta ReLU"),
    "alif": Family(
        "adaptive threshold", "neurons with an adaptive threshold, which NetX does not have", CUBA_BLOCKS
    ),
    "rf": Family("resonate and fire", RESONATORS, CUBA_BLOCKS),
    "rf_iz": Family("Izhikevich resonators", RESONATORS, CUBA_BLOCKS),
    "adrf": Family(
        "adaptive resonators",
        "adaptive resonators, which NetX takes for plain ones without a word",
        CUBA_BLOCKS,
    ),
    "adrf_iz": Family(
        "adaptive Izhikevich resonators",
        "adaptive resonators, which fail in SLAYER's own forward pass and which NetX does not have",
        CUBA_BLOCKS,
    ),
}

RULES = {
    "Input": Rule(
        "`input`; without a neuron it only tells the shape; weight and bias stand in the file for the host",
        "a current that leaks, a norm, a weight that is no multiple of 0.5, or not the first block",
        input_block,
    ),
    "Flatten": Rule(
        "`flatten`; nothing where the layer before is flat; a first one keeps (C, H, W) as what is fed",
        "never",
        flatten_block,
        any_family=True,
    ),
    "Dense": Rule(
        "`dense`; axonal delays become synaptic delays of this layer or of the dense one behind it",
        "weights not rounded to 8 bits, delays with a bias at the end, mask with weight norm",
        dense_block,
    ),
    "Conv": Rule(
        "`conv` with stride, padding, dilation, groups; axonal delays go to a dense layer behind it",
        "weights not rounded to 8 bits, delays without a dense layer next",
        conv_block,
    ),
    "Pool": Rule(
        "`conv` with a group for each channel; odd sizes by zeros in the kernel",
        "windows that reach from one channel into the next (SLAYER pools all channels as one picture)",
        pool_block,
    ),
    "ConvT": Rule(
        "`conv` with flipped kernels",
        "a stride other than 1: NetX has no layer that makes a map larger",
        transposed_block,
    ),
    "Recurrent": Rule(
        "`dense_rec`",
        "a norm on a leaking current, axonal delays without a dense layer next",
        recurrent_block,
        ("cuba",),
    ),
    "KWTA": Rule(
        "`dense_rec`: excitation of oneself, inhibition of all others",
        "a norm or a constant feedback on a leaking current",
        kwta_block,
        ("cuba",),
    ),
    "Affine": Rule(
        "`dense` of neurons that never fire; the host reads their membrane",
        "layers behind it",
        affine_block,
        ("cuba",),
    ),
    "Average": Rule(
        "`dense` of neurons that count spikes and never fire; the host reads their membrane",
        "layers behind it, or graded spikes before it",
        average_block,
        ("cuba",),
        any_family=True,
    ),
    "Output": Rule(
        "`dense` with a sigma head, whose sums the host reads",
        "layers behind it",
        output_block,
        ("sigma_delta",),
    ),
    "Unpool": Rule("a larger map, and NetX has no layer that makes one", "a Dense block"),
    "TimeDecimation": Rule("a slower clock, and a chip has one for all layers", ON_THE_HOST, any_family=True),
}


def refuse_by_kind(site: Site) -> None:
    """Refuse a block for what it is, before anything has been run.

    Raises
    ------
    InputError
        When no block of this kind can be exported.
    """
    rule, family = RULES.get(site.kind.name), FAMILIES.get(site.kind.family)
    if rule is None or family is None:
        raise site.refuse("a block that this version does not know", "one of " + ", ".join(RULES))
    if rule.convert is None:
        raise site.refuse(rule.becomes, rule.unless)
    if family.refused and not rule.any_family and site.block.neuron is not None:
        raise site.refuse(family.refused, family.instead)


def convert(site: Site, arriving: Arriving) -> Part:
    """The block as layers of a network.

    Raises
    ------
    InputError
        When it computes what these layers would not.
    """
    converter = RULES[site.kind.name].convert
    assert converter is not None
    return converter(site, arriving)
