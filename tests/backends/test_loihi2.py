"""Loihi 2 without a board: what can be said in advance."""

from __future__ import annotations

import pytest

from neuromorph_track.backends.loihi2 import Loihi2Backend
from neuromorph_track.errors import InputError
from tests.backends.random_networks import random_network


def test_only_sigma_delta_detectors() -> None:
    with pytest.raises(
        InputError, match="expected a delta input layer, sigma-delta convolutions and a sigma head"
    ):
        Loihi2Backend(random_network(0, cuba=True))
