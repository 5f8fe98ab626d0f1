"""A user's own SLAYER model, from a file of tensors to a proven network."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from neuromorph_track.errors import InputError
from neuromorph_track.export.slayer import SlayerExport, export_slayer
from neuromorph_track.export.slayer.load import build_model, load_weights
from neuromorph_track.runs.slayer_proof import SlayerProof, prove_slayer


def export_model(
    checkpoint: Path, factory: str, input_shape: tuple[int, ...], check: bool = True
) -> tuple[SlayerExport, SlayerProof | None]:
    """Build a user's model, load its ``state_dict``, export it, and prove the export.

    Parameters
    ----------
    checkpoint : path
        Tensors by name, as ``torch.save(model.state_dict(), path)`` leaves them.
    factory : str
        ``package.module:function``; it is imported and called, so it is the user's own.
    input_shape : tuple of int
        As of ``export_slayer``.
    check : bool
        Whether to run the proof.

    Raises
    ------
    InputError
        When the model, the file or a block cannot be used.
    JobError
        When lava-dl is not installed, the factory fails, or the network differs from SLAYER.
    """
    # A user's code may print, and stdout is for the answer.
    with contextlib.redirect_stdout(sys.stderr):
        model = build_model(factory)
        load_weights(model, checkpoint)
        exported = export_slayer(model, input_shape, source=str(checkpoint))
        return exported, prove_slayer(exported) if check else None


def parse_shape(text: str) -> tuple[int, ...]:
    """``"2,34,34"`` to ``(2, 34, 34)``."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise InputError("--input-shape", "sizes", repr(text), "C,H,W or N, e.g. 2,34,34")
    return tuple(map(int, parts))
