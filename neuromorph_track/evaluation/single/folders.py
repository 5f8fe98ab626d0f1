"""Results of trackers on disk, beside the sequences they are of."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.single import SingleSequence, read_result, read_results
from neuromorph_track.errors import InputError


def load_found(
    sequences: Sequence[SingleSequence], results: str | Path
) -> dict[str, list[NDArray[np.float64]]]:
    """The boxes that a tracker found in each sequence, several runs where there are.

    Parameters
    ----------
    sequences : sequence of SingleSequence
    results : path
        A folder of ``NAME.txt`` or ``NAME/NAME_001.txt``; of a single sequence the file itself.

    Raises
    ------
    InputError
        When a sequence has no results, or a file is not in its format.
    """
    results = Path(results)
    if os.path.isfile(results):
        if len(sequences) > 1:
            raise InputError(results, "results", "a file", f"a folder: there are {len(sequences)} sequences")
        return {sequences[0].name: [read_result(results).boxes]}
    if not os.path.isdir(results):
        raise InputError(results, "results", "nothing", "a folder of NAME.txt or NAME/NAME_001.txt")
    return {each.name: [run.boxes for run in read_results(results, each.name)] for each in sequences}
