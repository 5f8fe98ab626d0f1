"""What there is to choose from: networks by name, hardware profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuromorph_track.export.zoo import zoo
from neuromorph_track.hardware import load_profiles

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]


def list_networks() -> DataFrame:
    """A row for each network that can be named.

    Columns: ``name``, ``summary``, ``origin`` (where it comes from).
    """
    from pandas import DataFrame

    return DataFrame([{"name": each.name, "summary": each.summary, "origin": each.origin} for each in zoo()])


def list_hardware() -> DataFrame:
    """A row for each hardware profile that comes with the project.

    Columns: ``id`` (what ``hardware=`` takes), ``name``, ``kind`` and ``boundary`` (where the line of the
    machine is drawn: core, chip, module, board or wall).
    """
    from pandas import DataFrame

    rows = [
        (each.id, each.profile.name, each.profile.kind, each.profile.boundary) for each in load_profiles()
    ]
    return DataFrame(rows, columns=["id", "name", "kind", "boundary"])
