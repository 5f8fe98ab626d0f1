"""Do both chains of a siamese pair compute the same elsewhere, with several memories?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.lava_cpu import LavaBackend
from neuromorph_track.data.scenes import Scene, SceneSpec
from neuromorph_track.detection import FrameEncoder
from neuromorph_track.detection.crop import Window
from neuromorph_track.errors import InputError
from neuromorph_track.netx import CropSpec, EventsSpec, Network, Siamese, retrieval_weights
from neuromorph_track.netx.graph import sends_changes
from neuromorph_track.netx.memory import with_weights
from neuromorph_track.runs.difference import Against
from neuromorph_track.runs.event_source import open_for
from neuromorph_track.runs.verify import Values, Verdict, against_lava, against_slayer

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]

# Targets whose memories are written one after the other.
TARGETS = 2
SCENE_SIZE = (256, 192)
Picture = NDArray[np.uint8]
Weights = Mapping[str, Values]


@dataclass(frozen=True, repr=False)
class SiameseVerdict:
    """What a comparison of a pair found.

    Attributes
    ----------
    template : Verdict
        Of all targets, one crop each.
    search : tuple of Verdict
        One for each target's memory, written while the chain runs; one where nothing is written.
    """

    template: Verdict
    search: tuple[Verdict, ...]

    @property
    def equal(self) -> bool:
        return all(verdict.equal for verdict in (self.template, *self.search))

    def __repr__(self) -> str:
        return "\n".join(self.sentences())

    def sentences(self) -> list[str]:
        """What was found of each chain, and where it parts the likely cause."""
        several = len(self.search) > 1
        targets = [f"search, target {at}" if several else "search" for at in range(1, len(self.search) + 1)]
        named = zip(("template", *targets), (self.template, *self.search), strict=True)
        return [f"{name}: {line}" for name, verdict in named for line in verdict.sentences()]

    def to_dataframe(self) -> DataFrame:
        """A row for each chain and target, with the fields of :class:`Verdict` and ``chain``."""
        from pandas import DataFrame

        rows = [("template", self.template), *(("search", verdict) for verdict in self.search)]
        return DataFrame([{"chain": name, **verdict.to_dict()} for name, verdict in rows])

    def to_dict(self) -> dict[str, Any]:
        search = [verdict.to_dict() for verdict in self.search]
        return {"equal": self.equal, "template": self.template.to_dict(), "search": search}


def verify_siamese(
    siamese: Siamese,
    against: Against,
    frames: int = 4,
    source: str | None = None,
    *,
    stock: bool = True,
    timeout: float | None = None,
) -> SiameseVerdict:
    """Run both chains of a pair in the fixed-point simulator and in another backend on the same crops.

    Parameters
    ----------
    siamese : Siamese
    against, stock, timeout
        As of :func:`neuromorph_track.runs.verify.verify`.
    frames : int
        Search crops for each target; of a pair that sees all of a picture, pictures.
    source : str or None
        Pictures that the crops are cut out of, as of ``track``; by default a synthetic scene.

    Raises
    ------
    InputError
        When the other backend cannot run one of the chains, or the source has no frame.
    JobError
        When the other backend is not installed or fails.
    """
    contract = siamese.contract
    pictures = _pictures(frames, source, contract.search.input.events)
    boxes = _boxes(pictures[0])
    seen = _crops(contract.template, [(pictures[0], box) for box in boxes])
    template, spikes = _template(siamese, seen, against, stock, timeout)
    written = [
        {name: found.weight for name, found in retrieval_weights(siamese, part).items()}
        for part in np.split(spikes, len(boxes))
    ]
    if not contract.written:
        boxes, written = boxes[:1], [{}]
    looked = [_crops(contract.search, [(picture, box) for picture in pictures]) for box in boxes]
    targets = list(zip(written, looked, strict=True))
    if against == "lava":
        return SiameseVerdict(template, tuple(_search_lava(siamese, targets, stock, timeout)))
    # SLAYER's layers are made anew for each memory.
    chains = [(with_weights(siamese.search, weights), values) for weights, values in targets]
    # Where states are carried on, all pictures are one.
    steps, crops = (len(pictures), 1) if contract.streams else (contract.search.steps, len(pictures))
    search = tuple(against_slayer(chain, values, steps, crops) for chain, values in chains)
    return SiameseVerdict(template, search)


def _template(
    siamese: Siamese, values: Values, against: Against, stock: bool, timeout: float | None
) -> tuple[Verdict, Values]:
    """The verdict, and what the template's last layer sent in the simulator."""
    steps, network = siamese.contract.template.steps, siamese.template
    expected = FixedSimulator(network, reset_interval=steps).run(values, record=True)
    crops = len(values) // steps
    # Sigma-delta neurons are not reset between crops: theirs are changes from the crop before.
    sent = _from_silence(network, values, crops) if sends_changes(network) else expected.output
    if against == "slayer":
        return against_slayer(network, values, steps, crops), sent
    with LavaBackend(network, reset_interval=steps, stock=stock, timeout=timeout) as lava:
        found = lava.run(values, record=True)
    return against_lava(network, expected, found, crops), sent


def _from_silence(network: Network, values: Values, crops: int) -> Values:
    """What the last layer sends for each crop when it has heard nothing before."""
    simulator, sent = FixedSimulator(network), []
    for crop in np.split(values, crops):
        simulator.reset()
        sent.append(simulator.run(crop).output)
    return np.concatenate(sent)


def _search_lava(
    siamese: Siamese, targets: Sequence[tuple[Weights, Values]], stock: bool, timeout: float | None
) -> Iterator[Verdict]:
    """One simulator and one Lava graph, which get the memories while they run."""
    network, steps, streams = siamese.search, siamese.contract.search.steps, siamese.contract.streams
    resets = None if streams else steps
    fixed = FixedSimulator(network, reset_interval=resets)
    with LavaBackend(network, reset_interval=resets, stock=stock, timeout=timeout) as lava:
        for at, (weights, values) in enumerate(targets):
            if at and stock and (streams or steps > 1):
                # Lava's own runtime goes on only where neurons remember nothing.
                fixed.reset()
                lava.reset()
            for name, weight in weights.items():
                fixed.rewrite(name, weight)
                lava.rewrite(name, weight)
            expected = fixed.run(values, record=True)
            found = lava.run(values, record=True)
            yield against_lava(with_weights(network, weights), expected, found, len(values) // steps)


def _pictures(frames: int, source: str | None, events: EventsSpec | None) -> list[Picture]:
    if source is None:
        scene = Scene(SceneSpec.shaped_like(*SCENE_SIZE, seed=0, frames=frames))
        return [frame for frame, _ in scene]
    pictures = list(open_for(source, events, max_frames=frames).frames)
    if not pictures:
        raise InputError(source, "frames", "none", "at least one")
    return pictures


def _boxes(picture: Picture) -> list[NDArray[np.float64]]:
    """Places of the targets, (cx, cy, w, h), each in a part of the picture of its own."""
    height, width = picture.shape[:2]
    size = (width / 5, height / 4)
    centres = [((2 * at + 1) * width / (2 * TARGETS), height / 2) for at in range(TARGETS)]
    return [np.array([*centre, *size]) for centre in centres]


def _crops(spec: CropSpec, places: Sequence[tuple[Picture, NDArray[np.float64]]]) -> Values:
    """What a chain is fed: each crop, or all of each picture, in each of its timesteps."""
    encoder = FrameEncoder(spec.input)
    if spec.factor is None:
        return np.stack([encoder(picture)[0] for picture, _ in places])
    side = max(spec.input.height, spec.input.width)
    cut = [Window.around(box, spec.factor).cut(picture, side, spec.input.pad) for picture, box in places]
    return np.repeat(np.stack([encoder(picture)[0] for picture in cut]), spec.steps, 0)
