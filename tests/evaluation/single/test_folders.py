"""Results on disk beside the sequences they are of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.data.single import SingleResult, find_sequences, write_result
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation.single import evaluate_single, load_found
from tests.data.single import made


@pytest.mark.parametrize("form", ["otb", "got10k"])
def test_from_files_to_scores(tmp_path: Path, form: str) -> None:
    for name in "AB":
        made.otb(tmp_path / "truth", name)
    sequences = find_sequences(tmp_path / "truth")
    for each in sequences:
        write_result(tmp_path / "found", each.name, SingleResult(each.boxes), form)  # type: ignore[arg-type]
    report = evaluate_single(sequences, load_found(sequences, tmp_path / "found"))
    assert pytest.approx(20 / 21) == report.combined.AUC
    assert report.combined.AO == 1


def test_one_file_of_one_sequence_may_have_any_name(tmp_path: Path) -> None:
    made.otb(tmp_path / "truth", "A")
    sequences = find_sequences(tmp_path / "truth")
    path = write_result(tmp_path, "tracks", SingleResult(np.ones((4, 4))))
    assert load_found(sequences, path)["A"][0].tolist() == np.ones((4, 4)).tolist()
    made.otb(tmp_path / "truth", "B")
    with pytest.raises(InputError, match="found a file, expected a folder: there are 2 sequences"):
        load_found(find_sequences(tmp_path / "truth"), path)


def test_faults(tmp_path: Path) -> None:
    sequences = find_sequences(made.otb(tmp_path, "A"))
    with pytest.raises(InputError, match="results: found nothing"):
        load_found(sequences, tmp_path / "absent")
    with pytest.raises(InputError, match=r"A: found nothing, expected A\.txt or A/A_001\.txt"):
        load_found(sequences, tmp_path)
