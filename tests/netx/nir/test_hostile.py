"""Numbers that somebody changed: an answer in one line, never another exception."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import h5py
import nir
import numpy as np
import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.netx.nir import read_nir
from tests.netx.nir.graphs import DT, bias, chained, convolution, saved, spiking, weights

VALUES = (
    *(0, -1, 1, 2, 1.5, 1e9, -1e9, 1e30, 1 << 40, np.nan, True),
    *(b"same", b"valid", b"x"),
    *(np.zeros(0), np.zeros(3), np.ones((2, 2)), np.full((4, 4), 7.0), np.arange(64.0)),
    *(np.full(16, -DT), np.zeros((1, 4, 4, 4)), np.full((4, 2, 3, 3), 1e20)),
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with most kinds of nodes."""
    rng = np.random.default_rng(0)
    two = np.array([2, 2])
    nodes = (
        convolution(rng, 2, 4, input_shape=(4, 4)),
        spiking((4, 4, 4), rng, "CubaLIF"),
        nir.SumPool2d(two, two, np.array([0, 0])),
        convolution(rng, 4, 4, input_shape=(2, 2)),
        spiking((4, 2, 2), rng, "IF"),
        nir.Flatten(np.array([4, 2, 2]), 0, -1),
        nir.Delay(np.full(16, DT)),
        nir.Affine(weights(rng, 3, 16), bias(rng, 3)),
        spiking((3,), rng, "LIF"),
    )
    return saved(chained(*nodes, input_shape=(2, 4, 4)), tmp_path_factory.mktemp("nir"))


@pytest.mark.parametrize("seed", range(150))
def test_one_or_two_changed_fields(whole: Path, seed: int, tmp_path: Path) -> None:
    # Not single bytes: HDF5 itself crashes on some, whoever calls it.
    rng = np.random.default_rng(seed)
    path = tmp_path / "x.nir"
    shutil.copy(whole, path)
    with h5py.File(path, "r+") as file:
        fields: list[str] = []
        file.visititems(lambda name, item: fields.append(name) if isinstance(item, h5py.Dataset) else None)
        for field in rng.choice(fields, int(rng.integers(1, 3)), replace=False):
            del file[field]
            if rng.random() < 0.9:
                file[field] = VALUES[int(rng.integers(len(VALUES)))]
    said = f"{path}: "
    with contextlib.suppress(InputError):
        try:
            read_nir(path)
        except InputError as error:
            said = str(error)
            raise
    assert str(path) in said
    assert "\n" not in said
