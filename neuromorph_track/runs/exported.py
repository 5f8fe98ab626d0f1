"""What an export gives back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuromorph_track.export.report import ExportReport
from neuromorph_track.netx import Network, Siamese
from neuromorph_track.netx.nir import NirReport
from neuromorph_track.reports.export_table import export_table
from neuromorph_track.reports.nir_table import nir_table
from neuromorph_track.reports.notebook.from_rich import html_of
from neuromorph_track.reports.notebook.html import cell
from neuromorph_track.reports.notebook.lines import block, counted
from neuromorph_track.runs.proof import ExportProof
from neuromorph_track.runs.siamese_proof import SiameseProof
from neuromorph_track.runs.slayer_proof import SlayerProof

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]
    from rich.table import Table

Proof = ExportProof | SiameseProof | SlayerProof


@dataclass(frozen=True, repr=False)
class Exported:
    """A file that was written, and what became of the floats; a notebook shows it as a table.

    Attributes
    ----------
    path : Path
        The `.net` or `.nir`, or the folder of a siamese pair.
    network : Network or Siamese
    report : ExportReport, NirReport or None
        By layer, how far integers are from the floats they stand for; a NIR graph that was written is exact.
    proof : ExportProof, SiameseProof, SlayerProof or None
        Of what was trained against what was written; NIR graphs have none.
    dt : float or None
        Of a NIR graph that was written: the timestep to run it with, in the unit of its time constants.
    """

    path: Path
    network: Network | Siamese
    report: ExportReport | NirReport | None
    proof: Proof | None
    dt: float | None = None

    def __repr__(self) -> str:
        first, *lines = self.sentences()
        if isinstance(self.report, NirReport):
            lines.append(f"time constants read as {self.report.convention}, dt {self.report.dt:g}")
        return block(first, lines)

    def _repr_html_(self) -> str:
        first, *lines = self.sentences()
        table = self.table()
        return cell(first, lines, [] if table is None else [html_of(table)])

    def sentences(self) -> list[str]:
        """What was written, and what was proven of it."""
        if isinstance(self.network, Siamese):
            chains = self.network.template, self.network.search
            layers = " + ".join(str(len(chain.layers)) for chain in chains) + " layers"
        else:
            layers = counted(len(self.network.layers), "layer")
        written = f"{layers} written to {self.path}"
        if self.dt is not None:
            return [f"{written}; step its graph with dt {self.dt:g}"]
        if isinstance(self.report, NirReport):
            return [written]
        return [written, self.proof.sentence() if self.proof else "not compared with what was trained"]

    def table(self) -> Table | None:
        """What became of the floats of each layer, for a terminal."""
        if self.report is None:
            return None
        return nir_table(self.report) if isinstance(self.report, NirReport) else export_table(self.report)

    def to_dict(self) -> dict[str, Any]:
        place = {"folder" if isinstance(self.network, Siamese) else "file": str(self.path)}
        if self.report is None:
            return {**place, "layers": len(self.network.layers), "dt": self.dt}  # type: ignore[union-attr]
        if isinstance(self.report, NirReport):
            return {**place, "report": self.report.to_dict()}
        return {
            **place,
            "proof": self.proof.to_dict() if self.proof else None,
            "report": self.report.to_dict(),
        }

    def to_dataframe(self) -> DataFrame:
        """A row for each layer; nested fields are joined by a dot: ``weights.rms_error`` (floats' unit)."""
        from pandas import json_normalize

        rows: list[dict[str, Any]] = [] if self.report is None else self.report.to_dict()["layers"]
        return json_normalize(rows)
