"""``export`` from Python: proven or not written, whatever is exported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import neuromorph_track as nt
from neuromorph_track.errors import InputError, JobError
from neuromorph_track.netx import Layer, Network, Neuron, Siamese, read_net, write_net
from neuromorph_track.runs.export_kind import UnfitArguments
from tests.runs import unequal

Made = Callable[[Path], dict[str, Any]]
KINDS = [
    (unequal.detector, "x.net", "it differs by at most"),
    (unequal.pair, "pair", "it differs by at most"),
    pytest.param(
        unequal.model, "x.net", "differs from SLAYER first at step", marks=pytest.mark.slayer, id="model"
    ),
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one, beside the checkpoint."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder


@pytest.mark.parametrize(("made", "output", "words"), KINDS)
def test_what_differs_is_not_written(
    made: Made, output: str, words: str, here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = made(tmp_path)
    unequal.spoil(monkeypatch)
    told: list[str] = []
    with pytest.raises(JobError, match=words) as caught:
        nt.export_network(output=Path("new") / output, progress=told.append, **given)
    assert caught.value.hint is not None
    assert "--no-check (check=False)" in caught.value.hint
    assert list(here.iterdir()) == []
    # Who asks for it has it all the same, and is told so.
    exported = nt.export_network(output=output, check=False, **given)
    assert exported.path.exists()
    assert exported.proof is None
    assert "not compared with what was trained" in repr(exported)


@pytest.mark.parametrize(("made", "output", "words"), KINDS)
def test_what_is_equal_is_written(made: Made, output: str, words: str, here: Path, tmp_path: Path) -> None:
    exported = nt.export_network(output=output, **made(tmp_path))
    assert exported.proof is not None
    assert exported.to_dict()["proof"]["equal"] is True
    assert exported.sentences()[1] == exported.proof.sentence()
    assert [path.name for path in here.iterdir()] == [output]
    assert isinstance(exported.network, Siamese) is (output == "pair")
    assert len(exported.to_dataframe()) > 0


def test_a_net_becomes_a_graph_and_comes_back(here: Path) -> None:
    weight = np.array([[127, -3, 5], [0, 64, -90]], np.int32)
    layer = Layer("dense", (2,), neuron=Neuron("cuba", "CUBA", 100, 700, 41), weight=weight)
    write_net(Network((Layer("input", (3,)), layer)), "some.net")
    written = nt.export_network("some.net", "some.nir", dt=2e-3)
    assert repr(written) == "2 layers written to some.nir; step its graph with dt 0.002"
    assert written.to_dataframe().empty
    assert "some.nir" in written._repr_html_()
    back = nt.export_network("some.nir", "back.net")
    assert "time constants read as neuromorph-track, dt 0.002" in repr(back)
    np.testing.assert_array_equal(read_net("back.net").layers[1].weight, weight)


@pytest.mark.parametrize(
    ("source", "output", "given", "words"),
    [
        ("final.pt", "x.net", {"dt": 1.0}, "found dt, expected of a checkpoint: check"),
        ("final.pt", "x.net", {"value_bits": 3}, "found value_bits, expected of a checkpoint: check"),
        ("final.pt", "x.net", {"model": "a:b"}, "found model, expected model and input_shape together"),
        ("final.pt", "x.net", {"input_shape": (3,)}, "expected input_shape and model together"),
        (
            "final.pt",
            "x.net",
            {"model": "a:b", "input_shape": (3,), "convention": "nir"},
            "found convention, expected of a SLAYER model of your own: model, input_shape, check",
        ),
        ("x.nir", "x.net", {"check": False, "model": "a:b"}, "found model, check, expected of reading a NIR"),
        ("x.nir", "x.net", {"largest_value": 2.0}, "largest_value and value_bits together"),
        ("x.net", "x.nir", {"value_bits": 3}, "found value_bits, expected of writing a NIR graph: dt"),
    ],
)
def test_arguments_of_another_kind(
    source: str, output: str, given: dict[str, Any], words: str, here: Path, tmp_path: Path
) -> None:
    unequal.detector(tmp_path)
    with pytest.raises(UnfitArguments, match=words):
        nt.export_network(tmp_path / source, output, **given)
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("source", "output", "words"),
    [
        ("final.pt", "final.pt", "found a name ending in '.pt', expected one ending in '.net'"),
        ("final.pt", "folder", "found a name ending in '', expected one ending in '.net'"),
        ("x.net", "y.net", "found a name ending in '.net', expected one ending in '.nir'"),
        ("x.nir", "y.nir", "found a name ending in '.nir', expected one ending in '.net'"),
    ],
)
def test_names_that_do_not_go_together(
    source: str, output: str, words: str, here: Path, tmp_path: Path
) -> None:
    before = unequal.detector(tmp_path)["checkpoint"].read_bytes()
    with pytest.raises(InputError, match=words):
        nt.export_network(tmp_path / source, tmp_path / output)
    assert (tmp_path / "final.pt").read_bytes() == before
