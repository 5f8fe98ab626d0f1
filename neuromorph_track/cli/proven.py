"""What `export` does where its proof finds a difference."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from neuromorph_track.errors import JobError

if TYPE_CHECKING:
    from neuromorph_track.runs.proof import ExportProof
    from neuromorph_track.runs.siamese_proof import SiameseProof


def refuse_unequal(checkpoint: Path, proof: ExportProof | SiameseProof | None) -> None:
    """Raise where a proof was made and the two differ: a file that looks fine and is not must not be left.

    Raises
    ------
    JobError
    """
    if proof is None or proof.equal:
        return
    hint = "report it, with what `neuromorph-track env` prints; --no-check writes the file all the same"
    raise JobError(f"{checkpoint}: {proof.sentence()}; nothing was written", hint)
