"""What stands above the tiles of a recording, where there is little room."""

from __future__ import annotations

import pytest

from neuromorph_track.reports.rerun_view import tile_title


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("3 conv", "3 conv"),
        ("search 3 conv", "3 conv"),
        ("template 10 dense_rec", "10 dense_rec"),
        ("trunk/3 conv", "trunk/3 conv"),
        ("search trunk/3 conv", "trunk/3 conv"),
    ],
)
def test_a_tile_drops_the_chain_that_its_tab_names(name: str, title: str) -> None:
    assert tile_title(name) == title
