"""Both chains of a siamese pair in Lava and in SLAYER, with memories that are written while they run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from neuromorph_track.backends.lava_cpu import LavaBackend
from neuromorph_track.errors import InputError
from neuromorph_track.export.siamese import siamese_of
from neuromorph_track.netx import CropSpec, Siamese
from neuromorph_track.runs import verify_siamese as module
from neuromorph_track.runs.event_source import Opened
from neuromorph_track.runs.verify_siamese import verify_siamese
from tests.networks.tiny_streams import lived, recipe
from tests.netx.pairs import pair

TIMEOUT = 120.0


def of_two_steps() -> Siamese:
    search = pair().contract.search
    return pair(search=CropSpec(factor=4.0, steps=2, input=search.input))


@pytest.mark.slow
@pytest.mark.slayer
@pytest.mark.parametrize(("name", "stock"), [("memory", True), ("correlation", False), ("blind", False)])
def test_equal_to_lava(name: str, stock: bool) -> None:
    verdict = verify_siamese(pair(name), "lava", 2, stock=stock, timeout=TIMEOUT)
    assert verdict.equal
    assert len(verdict.search) == (1 if name == "blind" else 2)
    assert (verdict.template.frames, verdict.template.steps, verdict.template.layers) == (2, 6, 2)
    assert all((search.frames, search.steps, search.layers) == (2, 2, 7) for search in verdict.search)
    # Memories of two targets are two networks.
    assert len({search.spikes for search in verdict.search}) == len(verdict.search)


@pytest.mark.slow
@pytest.mark.slayer
@pytest.mark.parametrize("stock", [True, False])
def test_neurons_that_remember_within_a_crop(stock: bool) -> None:
    verdict = verify_siamese(of_two_steps(), "lava", 2, stock=stock, timeout=TIMEOUT)
    assert verdict.equal
    assert [search.steps for search in verdict.search] == [4, 4]


@pytest.mark.slow
@pytest.mark.slayer
def test_a_memory_that_was_not_written_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LavaBackend, "rewrite", lambda *_: None)
    verdict = verify_siamese(pair(), "lava", 1, stock=False, timeout=TIMEOUT)
    assert not verdict.equal
    assert verdict.template.equal
    assert [search.difference.layer for search in verdict.search if search.difference] == ["2 conv"] * 2


@pytest.mark.slow
@pytest.mark.slayer
@pytest.mark.parametrize("siamese", [pair(), pair("correlation"), of_two_steps()])
def test_equal_to_slayer(siamese: Siamese) -> None:
    verdict = verify_siamese(siamese, "slayer", 2)
    assert verdict.equal
    assert all(search.spikes > 0 and search.counts_equal is None for search in verdict.search)


def test_pictures_of_a_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two targets side by side in the first picture; each is looked for in all of them."""
    fed: dict[str, np.ndarray] = {}

    crops = module._crops

    def told(spec: CropSpec, places: Any) -> np.ndarray:
        fed[f"{spec.factor} {len(fed)}"] = values = crops(spec, places)
        return values

    monkeypatch.setattr(module, "_crops", told)
    monkeypatch.setattr(module, "against_slayer", lambda *_: None)
    siamese = pair()
    module.verify_siamese(siamese, "slayer", 9, "scene:seed=1,frames=3")
    assert [(name[:3], len(values)) for name, values in fed.items()] == [("2.0", 6), ("4.0", 3), ("4.0", 3)]
    template = fed["2.0 0"]
    np.testing.assert_array_equal(template[0], template[2])
    assert not np.array_equal(template[0], template[3])


def test_a_source_without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "open_for", lambda source, events, max_frames: Opened(iter(())))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="frames: found none, expected at least one"):
        verify_siamese(pair(), "lava", 2, "nothing.mp4")


@pytest.mark.slow
@pytest.mark.slayer
@pytest.mark.parametrize("stock", [True, False])
def test_a_pair_that_carries_its_states_on_is_equal_to_lava(stock: bool) -> None:
    verdict = verify_siamese(stream_pair(), "lava", 5, stock=stock, timeout=TIMEOUT)
    assert verdict.equal
    assert len(verdict.search) == 2


@pytest.mark.slow
@pytest.mark.slayer
def test_a_pair_that_carries_its_states_on_is_equal_to_what_was_trained() -> None:
    assert verify_siamese(stream_pair(), "slayer", 5).equal


def stream_pair() -> Siamese:
    plan = recipe()
    return siamese_of(plan, lived(plan).state_dict(), "tiny").siamese
