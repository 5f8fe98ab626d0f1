"""Two chains of layers that track one object: what a template leaves, a search is asked about."""

from __future__ import annotations

from dataclasses import dataclass

from neuromorph_track.errors import InputError
from neuromorph_track.netx.graph import Layer, Network
from neuromorph_track.netx.siamese_contract import CropSpec, KernelSpec, MemorySpec, SiameseContract

# Score, offset in x and y, width and height.
HEAD_CHANNELS = 5
GRADED = ("ilif", "sigma_delta")


@dataclass(frozen=True)
class Siamese:
    """A template chain, a search chain and their contract; checked when it is made.

    Attributes
    ----------
    template, search : Network
        Their own contracts are not looked at.
    contract : SiameseContract
    source : str
        The file it came from, for messages.

    Raises
    ------
    InputError
        When a chain does not take the contract's crops, does not begin or end as it must, or a layer that
        is written has another form.
    """

    template: Network
    search: Network
    contract: SiameseContract
    source: str = "siamese pair"

    def __post_init__(self) -> None:
        self._check_input("template", self.template, self.contract.template)
        self._check_input("search", self.search, self.contract.search)
        self._check_head()
        if self.contract.written:
            self._check_template()
        for at, memory in enumerate(self.contract.memory):
            self._check_memory(f"contract/memory/{at}", memory)
        for at, kernel in enumerate(self.contract.kernel):
            self._check_kernel(f"contract/kernel/{at}", kernel)

    def _check_input(self, name: str, network: Network, crop: CropSpec) -> None:
        spec, first = crop.input, network.layers[0]
        expected = (3, spec.height, spec.width)
        if network.input_shape != expected:
            found = f"{expected}"
            raise self._fail(f"contract/{name}/input", found, f"{network.input_shape} as {name} takes")
        if crop.factor is not None and spec.height != spec.width:
            found = f"{spec.width}x{spec.height} pixels"
            raise self._fail(f"contract/{name}/input", found, "a square, as crops are")
        if first.kind != "input" or first.neuron is None or first.neuron.kind not in ("ilif", "delta"):
            found = "no neurons" if first.neuron is None else f"{first.neuron.kind} neurons"
            wanted = "an input layer of ILIF or delta neurons"
            raise self._fail(f"{name}/layer/0", f"{found} in {first.kind}", wanted)

    def _check_head(self) -> None:
        last = self.search.layers[-1]
        if len(last.shape) != 3 or last.shape[0] != HEAD_CHANNELS:
            found, expected = f"a head of shape {last.shape}", f"{HEAD_CHANNELS} channels of a map"
            raise self._fail("search/layer", found, expected)
        if last.neuron is None or last.neuron.kind not in ("cuba", "sigma") or last.neuron.fires:
            found = f"{'no' if last.neuron is None else last.neuron.kind} neurons in the last layer"
            expected = "sigma neurons, or CUBA neurons that never fire, whose potential is read"
            raise self._fail("search/layer", found, expected)

    def _check_template(self) -> None:
        last = self.template.layers[-1]
        if last.neuron is None or last.neuron.kind not in GRADED or len(last.shape) != 3:
            found = f"{'no' if last.neuron is None else last.neuron.kind} neurons of shape {last.shape}"
            expected = "a map of ILIF or sigma-delta neurons, whose spikes are added up"
            raise self._fail("template/layer", found, expected)
        channels, height, width = last.shape
        for memory in self.contract.memory:
            wanted = memory.heads * (memory.keys + memory.values)
            if channels != wanted:
                expected = f"{wanted}, heads x (keys + values)"
                raise self._fail("template/layer", f"{channels} channels in the last layer", expected)
        for kernel in self.contract.kernel:
            if len(kernel.gains) != channels or min(height, width) < kernel.kernel:
                expected = f"{len(kernel.gains)} channels of at least {kernel.kernel} x {kernel.kernel}"
                raise self._fail("template/layer", f"{last.shape} in the last layer", expected)

    def _check_memory(self, field: str, spec: MemorySpec) -> None:
        wanted = (spec.heads * (spec.values + spec.keys), spec.keys, 1, 1)
        self._check_written(field, spec.layer, spec.heads, wanted)

    def _check_kernel(self, field: str, spec: KernelSpec) -> None:
        channels = len(spec.gains)
        self._check_written(field, spec.layer, channels, (2 * channels, 1, spec.kernel, spec.kernel))

    def _check_written(self, field: str, index: int, groups: int, shape: tuple[int, ...]) -> None:
        layers = self.search.layers
        layer = layers[index] if index < len(layers) else None
        if layer is None or layer.weight is None or not _is_written_kind(layer):
            found = f"layer {index} of {len(layers)}: {'none' if layer is None else layer.kind}"
            raise self._fail(f"{field}/layer", found, "a convolution with ILIF or sigma-delta neurons")
        if layer.groups != groups or layer.weight.shape != shape:
            found = f"{layer.groups} groups and weights {layer.weight.shape} in layer {index}"
            raise self._fail(field, found, f"{groups} groups and weights {shape}")

    def _fail(self, field: str, found: str, expected: str) -> InputError:
        return InputError(self.source, field, found, expected)


def _is_written_kind(layer: Layer) -> bool:
    return layer.kind == "conv" and layer.neuron is not None and layer.neuron.kind in GRADED
