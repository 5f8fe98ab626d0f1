"""``export`` as a function: a checkpoint or a NIR graph becomes a file that runs, with its proof."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuromorph_track.errors import InputError
from neuromorph_track.export.checkpoint import export_with_report
from neuromorph_track.export.report import ExportReport
from neuromorph_track.export.siamese import export_siamese, is_siamese_checkpoint
from neuromorph_track.netx import Network, Siamese, write_net, write_siamese
from neuromorph_track.netx.nir import NirReport
from neuromorph_track.reports.export_table import export_table
from neuromorph_track.reports.nir_table import nir_table
from neuromorph_track.reports.notebook.from_rich import html_of
from neuromorph_track.reports.notebook.html import cell
from neuromorph_track.reports.notebook.lines import block
from neuromorph_track.runs.headroom import with_headroom
from neuromorph_track.runs.nir_export import SUFFIX, nir_to_net
from neuromorph_track.runs.proof import ExportProof, prove_export
from neuromorph_track.runs.siamese_proof import SiameseProof, prove_siamese
from neuromorph_track.runs.slayer_export import export_model
from neuromorph_track.runs.slayer_proof import SlayerProof
from neuromorph_track.runs.stream_proof import prove_stream

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]

Proof = ExportProof | SiameseProof | SlayerProof


@dataclass(frozen=True, repr=False)
class Exported:
    """A file that was written, and what became of the floats; a notebook shows it as a table.

    Attributes
    ----------
    path : Path
        The `.net`, or the folder of a siamese pair.
    network : Network or Siamese
    report : ExportReport or NirReport
        By layer, how far integers are from the floats they stand for.
    proof : ExportProof, SiameseProof, SlayerProof or None
        Of what was trained against what was written; NIR graphs have none.
    """

    path: Path
    network: Network | Siamese
    report: ExportReport | NirReport
    proof: Proof | None

    def __repr__(self) -> str:
        return block(f"written: {self.path}", self._lines())

    def _repr_html_(self) -> str:
        table = nir_table(self.report) if isinstance(self.report, NirReport) else export_table(self.report)
        return cell(f"written: {self.path}", self._lines(), [html_of(table)])

    def _lines(self) -> list[str]:
        if isinstance(self.report, NirReport):
            return [f"time constants read as {self.report.convention}, dt {self.report.dt:g}"]
        return [self.proof.sentence() if self.proof else "not compared with what was trained"]

    def to_dataframe(self) -> DataFrame:
        """A row for each layer; nested fields are joined by a dot: ``weights.rms_error`` (floats' unit)."""
        from pandas import json_normalize

        rows: list[dict[str, Any]] = self.report.to_dict()["layers"]
        return json_normalize(rows)


def export_network(
    checkpoint: str | PathLike[str],
    output: str | PathLike[str],
    *,
    model: str | None = None,
    input_shape: tuple[int, ...] | None = None,
    check: bool = True,
    **nir: Any,
) -> Exported:
    """Export a checkpoint, and prove that both compute the same; or turn a NIR graph into a `.net`.

    Parameters
    ----------
    checkpoint : path
        ``final.pt`` of `train`, the ``network.pt`` of lava-dl's YOLO-KP, with ``model`` a SLAYER
        ``state_dict``, or a `.nir` graph.
    output : path
        A `.net` file; of a siamese pair a folder.
    model : str, optional
        ``package.module:function``, code of yours that builds the SLAYER model.
    input_shape : tuple of int, optional
        With ``model`` or NIR: what the model is fed in one step.
    check : bool
        Whether to run the proof; it needs what the network was trained in.
    **nir
        With NIR: ``convention``, ``dt``, ``value_bits``, ``largest_value`` as of
        :func:`neuromorph_track.runs.nir_export.nir_to_net`.

    Raises
    ------
    InputError
        When the files or the arguments do not go together.
    JobError
        When lava-dl is needed and not installed, or the network differs from the SLAYER model.
    """
    checkpoint, output = Path(checkpoint), Path(output)
    if checkpoint.suffix == SUFFIX:
        made = nir_to_net(checkpoint, output, input_shape=input_shape, **nir)
        return Exported(output, made.network, made.report, None)
    if nir or (model is None) != (input_shape is None):
        expected = "model and input_shape together, and what NIR needs for NIR graphs alone"
        raise InputError(checkpoint, "arguments", ", ".join(nir) or "one of the two", expected)
    if model is None and is_siamese_checkpoint(checkpoint):
        return _export_pair(checkpoint, output, check)
    if output.suffix != ".net":
        # Above all, the checkpoint itself must not be overwritten.
        raise InputError(output, "output", f"a name ending in {output.suffix!r}", "one ending in '.net'")
    proof: Proof | None
    if model is not None and input_shape is not None:
        exported, proof = export_model(checkpoint, model, input_shape, check)
        network, report = exported.network, exported.report
    else:
        network, report = export_with_report(checkpoint)
        network = with_headroom(network)
        proof = prove_export(checkpoint, network) if check else None
    write_net(network, output)
    return Exported(output, network, report, proof)


def _export_pair(checkpoint: Path, output: Path, check: bool) -> Exported:
    if output.suffix == ".net":
        expected = "the name of a folder: a siamese pair is two files"
        raise InputError(output, "output", "a name ending in '.net'", expected)
    exported = export_siamese(checkpoint)
    prove = prove_stream if exported.siamese.contract.streams else prove_siamese
    proof = prove(exported.model, exported.siamese) if check else None
    write_siamese(exported.siamese, output)
    return Exported(output, exported.siamese, exported.report, proof)
