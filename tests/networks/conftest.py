"""A head of two anchors on small grids."""

from __future__ import annotations

import pytest

from neuromorph_track.networks.detector import ConvSpec, DetectorSpec


@pytest.fixture
def spec() -> DetectorSpec:
    """Square and tall anchors; a cell reaches one cell beyond its own."""
    return DetectorSpec(
        layers=(ConvSpec(channels=4, stride=2),), anchors=((2.0, 2.0), (1.0, 4.5)), offset_gain=3.0
    )
