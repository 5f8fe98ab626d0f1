"""The support table of the documentation is the one that the export goes by, and both are true."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from neuromorph_track.export.slayer.rules import FAMILIES, RULES
from neuromorph_track.export.slayer.table import ABSENT, support_table

PAGE = Path(__file__).parents[3] / "docs" / "export.md"


def test_the_page_has_the_table_of_the_code() -> None:
    assert support_table() in PAGE.read_text(encoding="utf-8"), (
        "docs/export.md is not up to date: python -m neuromorph_track.export.slayer.table"
    )


@pytest.mark.slayer
def test_every_block_of_lava_dl_has_a_rule() -> None:
    from neuromorph_track.networks.slayer import load_slayer

    for family in FAMILIES:
        module = getattr(load_slayer().block, family)
        found = {
            name
            for name, thing in vars(module).items()
            if inspect.isclass(thing)
            and thing.__module__ == module.__name__
            and not name.startswith("Abstract")
        }
        assert found <= set(RULES)
        if family in ABSENT:
            assert set(ABSENT[family]) == set(RULES) - found


def test_every_mark_is_an_exported_or_refused_model() -> None:
    """Each "yes" has a model in the matrix that is proven, each "no" one that is refused."""
    from tests.export.slayer.test_matrix import EXPORTED
    from tests.export.slayer.test_refused import REFUSED

    refused = {block.partition("(")[2].removesuffix(")") for _, block, _, _ in REFUSED.values()}
    for name, rule in RULES.items():
        for family in ("cuba", "sigma_delta"):
            if name in ABSENT[family]:
                continue
            if rule.convert is None or family not in rule.families:
                assert f"{family}.{name}" in refused
            elif name not in ("Flatten", "Dense", "Conv", "Input"):
                words = {"ConvT": "transposed", "Affine": "affine", "Output": "sigma-delta dense"}
                known = [key for key in EXPORTED if words.get(name, name.lower()) in key]
                assert any(("sigma-delta" in key) == (family == "sigma_delta") for key in known), (
                    family,
                    name,
                )
