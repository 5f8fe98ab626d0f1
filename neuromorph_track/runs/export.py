"""``export`` as a function: a checkpoint or a NIR graph becomes a file that runs, with its proof."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.export.checkpoint import export_with_report
from neuromorph_track.export.siamese import export_siamese
from neuromorph_track.netx import write_net, write_siamese
from neuromorph_track.runs.difference import UNEQUAL_EXPORT
from neuromorph_track.runs.export_kind import Kind, kind_of
from neuromorph_track.runs.exported import Exported
from neuromorph_track.runs.headroom import with_headroom
from neuromorph_track.runs.nir_export import net_to_nir, nir_to_net
from neuromorph_track.runs.proof import ExportProof, prove_export
from neuromorph_track.runs.siamese_proof import SiameseProof, prove_siamese
from neuromorph_track.runs.slayer_export import export_model
from neuromorph_track.runs.slayer_proof import SlayerProof
from neuromorph_track.runs.stream_proof import prove_stream

Progress = Callable[[str], None]


def export_network(
    checkpoint: str | PathLike[str],
    output: str | PathLike[str],
    *,
    model: str | None = None,
    input_shape: tuple[int, ...] | None = None,
    check: bool = True,
    convention: str | None = None,
    dt: float | None = None,
    value_bits: int | None = None,
    largest_value: float | None = None,
    progress: Progress | None = None,
) -> Exported:
    """Export a checkpoint, and prove that both compute the same; or turn a NIR graph into a `.net` or back.

    Nothing is written where the proof finds a difference.

    Parameters
    ----------
    checkpoint : path
        ``final.pt`` of `train`, the ``network.pt`` of lava-dl's YOLO-KP, with ``model`` a SLAYER
        ``state_dict``, a `.nir` graph, or a `.net` to write as one.
    output : path
        A `.net` file; of a siamese pair a folder; of a `.net` a `.nir` file.
    model : str, optional
        ``package.module:function``, code of yours that builds the SLAYER model.
    input_shape : tuple of int, optional
        With ``model`` or NIR: what the model is fed in one step.
    check : bool
        Whether to run the proof; it needs what the network was trained in.
    convention : str, optional
        Of a NIR graph: whose time constants, ``nir``, ``snntorch``, ``norse`` or ``sinabs``.
    dt : float, optional
        With NIR: the timestep, in the unit of the graph's time constants.
    value_bits : int, optional
        Of a NIR graph: feed numbers with this many fraction bits, not spikes.
    largest_value : float, optional
        With ``value_bits``: the largest magnitude of such a number, by default 1.
    progress : callable, optional
        Told what is being done.

    Raises
    ------
    InputError
        When the files or the arguments do not go together.
    JobError
        When lava-dl is needed and not installed, or the proof finds that the two differ.
    """
    source, target = Path(checkpoint), Path(output)
    nir = {"convention": convention, "dt": dt, "value_bits": value_bits, "largest_value": largest_value}
    unlike = {"model": model, "input_shape": input_shape, "check": None if check else False, **nir}
    given: dict[str, Any] = {name: value for name, value in unlike.items() if value is not None}
    kind = kind_of(source, target, given)
    if kind is Kind.FROM_NIR:
        made = nir_to_net(source, target, **given)
        return Exported(target, made.network, made.report, None)
    if kind is Kind.TO_NIR:
        network, step = net_to_nir(source, target, dt)
        return Exported(target, network, None, None, step)
    if kind is Kind.PAIR:
        return _export_pair(source, target, check, progress)
    return _export_chain(source, target, given, check, progress)


def _export_chain(
    checkpoint: Path, output: Path, given: dict[str, Any], check: bool, progress: Progress | None
) -> Exported:
    """Of a user's own SLAYER model where ``given`` names one, or a network that reads pictures."""
    if output.suffix != ".net":
        raise InputError(output, "output", f"a name ending in {output.suffix!r}", "one ending in '.net'")
    proof: ExportProof | SlayerProof | None
    if "model" in given:
        exported, proof = export_model(checkpoint, given["model"], given["input_shape"], check)
        network, report = exported.network, exported.report
    else:
        network, report = export_with_report(checkpoint)
        network = with_headroom(network)
        _say_proving(progress, check)
        proof = prove_export(checkpoint, network) if check else None
        refuse_unequal(checkpoint, proof)
    write_net(network, output)
    return Exported(output, network, report, proof)


def _export_pair(checkpoint: Path, output: Path, check: bool, progress: Progress | None) -> Exported:
    if output.suffix == ".net":
        expected = "the name of a folder: a siamese pair is two files"
        raise InputError(output, "output", "a name ending in '.net'", expected)
    exported = export_siamese(checkpoint)
    prove = prove_stream if exported.siamese.contract.streams else prove_siamese
    _say_proving(progress, check)
    proof = prove(exported.model, exported.siamese) if check else None
    refuse_unequal(checkpoint, proof)
    write_siamese(exported.siamese, output)
    return Exported(output, exported.siamese, exported.report, proof)


def _say_proving(progress: Progress | None, check: bool) -> None:
    if progress is not None and check:
        progress("proving that both compute the same")


def refuse_unequal(checkpoint: Path, proof: ExportProof | SiameseProof | None) -> None:
    """Raise where a proof was made and the two differ: a file that looks fine and is not must not be left.

    The proof of a user's own SLAYER model raises by itself, and names the block.

    Raises
    ------
    JobError
    """
    if proof is not None and not proof.equal:
        raise JobError(f"{checkpoint}: {proof.sentence()}; nothing was written", UNEQUAL_EXPORT)
