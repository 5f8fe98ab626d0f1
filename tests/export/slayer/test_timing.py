"""Biases start before the input does: what the notes say of it is what the simulator does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.export.slayer import SlayerExport, export_slayer
from neuromorph_track.export.slayer.timing import leads
from neuromorph_track.runs.slayer_proof import prove_slayer
from tests.export.slayer.builders import (
    FLAT,
    GRADED,
    LEAKY,
    PLAIN,
    Case,
    blocks,
    chain,
    dense,
    mean_norm,
    sd_dense,
    sd_input,
    seeded,
    with_means,
)

pytestmark = pytest.mark.slayer
STEPS = 12


def exported(*parts: Any, **more: Any) -> SlayerExport:
    def build() -> Any:
        front = [block() for block in parts]
        first, second = (dense(*sizes, mean_norm(LEAKY), **more) for sizes in ((20, 16), (16, 10)))
        return with_means(chain(*front, first, second), FLAT)

    return export_slayer(seeded(Case(build, FLAT)), FLAT)


def encoder() -> Any:
    return blocks().Input(dict(PLAIN))


def quick_encoder() -> Any:
    return blocks().Input(dict(PLAIN), delay_shift=False)


@pytest.mark.parametrize(
    ("front", "more", "slayer", "said"),
    [
        ((), {}, (0, 1), "behind an Input block they start on the chip as in this model"),
        ((), {"delay_shift": False}, (0, 0), "all layers start together, as in SLAYER"),
        (
            (encoder,),
            {},
            (1, 2),
            "SLAYER (delay_shift behind an input block) and the chip start them equally",
        ),
        ((quick_encoder,), {"delay_shift": False}, (0, 0), "all layers start together, as in SLAYER"),
    ],
)
def test_notes(front: tuple[Any, ...], more: dict[str, Any], slayer: tuple[int, ...], said: str) -> None:
    export = exported(*front, **more)
    assert leads(export.parts) == (slayer, (1, 2))
    assert any(said in note for note in export.report.notes)
    assert (prove_slayer(export).chip_different == 0) == (slayer == (1, 2))


def test_no_bias_no_note() -> None:
    export = export_slayer(seeded(Case(lambda: chain(dense(20, 16), dense(16, 10)), FLAT)), FLAT)
    assert leads(export.parts) == ((), ())
    assert export.report.notes == ()


@pytest.mark.parametrize(("front", "offset"), [((), 1), ((quick_encoder,), 0)])
def test_with_resets_the_chip_is_slayer(front: tuple[Any, ...], offset: int) -> None:
    """The note's advice: samples of 12 steps on the chip, one after the other, against SLAYER's own."""
    export = exported(*front, delay_shift=False)
    note = next(note for note in export.report.notes if "reset_interval = steps per sample" in note)
    assert ("reset_offset = 1" in note) == (offset == 1)
    rng = np.random.default_rng(0)
    samples = rng.integers(0, 2, (4, STEPS, 20)) * (1 if offset else 60)
    unit = 1 if offset else 64
    simulator = FixedSimulator(export.network, reset_interval=STEPS, reset_offset=offset)
    different = 0
    unreset = FixedSimulator(export.network)
    for sample in samples.astype(np.int32):
        values = torch.from_numpy((sample.T / unit).astype(np.float32))[None]
        expected = export.model.run(values)[-1].output[0].numpy().T
        np.testing.assert_array_equal(simulator.run(sample).output, expected)
        different += np.count_nonzero(unreset.run(sample).output != expected)
        assert expected.any()
    assert different > 0


def test_sigma_delta_has_no_reset() -> None:
    case = Case(lambda: with_means(chain(sd_input(), sd_dense(20, 9, mean_norm(GRADED))), FLAT), FLAT)
    (note,) = export_slayer(seeded(case), FLAT).report.notes
    assert "sigma-delta neurons have no reset" in note
