"""An export that does not compute what was trained leaves no file that looks fine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from neuromorph_track.runs import siamese_proof
from tests.cli.conftest import Command
from tests.networks.tiny_trackers import checkpoint


def test_a_pair(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained = checkpoint(tmp_path / "final.pt", template_steps=2)
    right = siamese_proof.prove_siamese

    def wrong(*parts: Any) -> siamese_proof.SiameseProof:
        return replace(right(*parts), equal=False, largest_difference=7)

    monkeypatch.setattr(siamese_proof, "prove_siamese", wrong)
    answer = command("export", trained, "-o", "pair")
    assert (answer.code, answer.out) == (1, "")
    error, step = answer.err.splitlines()
    assert "it differs by at most 7 of" in error
    assert error.endswith("nothing was written")
    assert "--no-check" in step
    assert list(Path.cwd().iterdir()) == []

    answer = command("export", trained, "-o", "pair", "--no-check")
    assert answer.code == 0
    assert Path("pair/search.net").is_file()


def test_a_detector(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """The weights of another network in place of those that were exported."""
    from neuromorph_track.runs import proof

    told = proof.ExportProof(4, 1000, False, 6, 0.5, 3.0)
    monkeypatch.setattr(proof, "prove_export", lambda *parts: told)
    trained = Path(__file__).parents[2] / "netx_exports" / "scenes-nano.pt"
    answer = command("export", trained, "-o", "x.net", "--json")
    assert (answer.code, answer.out) == (1, "")
    assert (
        "compared with SLAYER's forward pass, over 1,000 head potentials of 4 frames: it differs"
        in answer.err
    )
    assert list(Path.cwd().iterdir()) == []
