"""Siamese pairs: there and back, and what is refused in them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.files import parse_toml
from neuromorph_track.netx import (
    KernelSpec,
    MemorySpec,
    Network,
    Neuron,
    Siamese,
    is_siamese,
    read_net,
    read_siamese,
    write_net,
    write_siamese,
)
from neuromorph_track.netx.siamese_folder import SIAMESE_FILE
from tests.conftest import SmallDisk
from tests.netx.pairs import HEADS, KEYS, SUMS, VALUES, pair
from tests.netx.test_read_write import same

RETRIEVALS = ("memory", "correlation", "blind")


def equal(one: Siamese, other: Siamese) -> bool:
    chains = ((one.template, other.template), (one.search, other.search))
    return one.contract == other.contract and all(same(*both) for both in chains)


@pytest.mark.parametrize("retrieval", RETRIEVALS)
def test_there_and_back(tmp_path: Path, retrieval: str) -> None:
    odd = {"a b.c": 'quotes " and \\, a line\nand a tab\t', "ß": "\x7f\x01 …"}
    written = pair(retrieval, provenance=odd, update_score=0.75, penalty=1e-05)
    write_siamese(written, tmp_path / "p")
    assert sorted(os.listdir(tmp_path / "p")) == ["search.net", SIAMESE_FILE, "template.net"]
    for path in (tmp_path / "p", tmp_path / "p" / SIAMESE_FILE):
        assert is_siamese(path)
        assert equal(read_siamese(path), written)
    assert not is_siamese(tmp_path)
    assert not is_siamese("ä" * 5000)


def test_each_file_opens_alone(tmp_path: Path) -> None:
    write_siamese(pair(), tmp_path / "p")
    assert same(read_net(tmp_path / "p" / "search.net"), pair().search)


def test_the_file_is_that_of_the_design(tmp_path: Path) -> None:
    write_siamese(pair(), tmp_path / "p")
    table = parse_toml((tmp_path / "p" / SIAMESE_FILE).read_text(), "x")
    assert (table["format_version"], table["template"], table["search"]) == (1, "template.net", "search.net")
    contract = table["contract"]
    assert (contract["template"]["factor"], contract["search"]["steps"]) == (2.0, 1)
    assert [memory["layer"] for memory in contract["memory"]] == [2, 4]
    assert len(contract["memory"][0]["gains"]) == HEADS * VALUES
    assert (contract["window"], contract["penalty"], contract["lost_score"]) == (0.9, 0.05, 0.2)
    assert "update_score" not in contract


def test_half_a_folder_is_none(tmp_path: Path, small_disk: SmallDisk) -> None:
    big = np.random.default_rng(0).integers(-200, 200, (8, 3, 31, 31)).astype(np.int32)
    conv = replace(pair("blind").template.layers[1], weight=big, padding=(15, 15), bias=None)
    template = Network((pair("blind").template.layers[0], replace(conv, shape=(8, 8, 8))))
    with small_disk(), pytest.raises(JobError, match="cannot be written"):
        write_siamese(replace(pair("blind"), template=template), tmp_path / "p")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(InputError, match="output: found a folder with files"):
        write_siamese(pair(), tmp_path)


def with_layer(network: Network, index: int, **changed: Any) -> Network:
    layers = list(network.layers)
    layers[index] = replace(layers[index], **changed)
    return replace(network, layers=tuple(layers))


def with_search(index: int, retrieval: str = "memory", **changed: Any) -> Callable[[], Siamese]:
    return lambda: replace(pair(retrieval), search=with_layer(pair(retrieval).search, index, **changed))


def with_template(retrieval: str = "memory", **changed: Any) -> Callable[[], Siamese]:
    return lambda: replace(pair(retrieval), template=with_layer(pair(retrieval).template, 1, **changed))


def asking(layer: int, **changed: Any) -> Callable[[], Siamese]:
    own = {"heads": HEADS, "keys": KEYS, "values": VALUES, "gains": (1.0,) * (HEADS * VALUES)} | changed
    return lambda: pair(memory=[MemorySpec(layer=layer, **own)])


def small_input() -> Siamese:
    search = pair().contract.search
    narrow = search.model_copy(update={"input": search.input.model_copy(update={"width": 8})})
    return pair(search=narrow)


LEAKY = Neuron("cuba", "CUBA", 40, 4096, 512)
WEIGHT = np.ones((14, 3, 1, 1), np.int32)

# What does not fit, the field that is named, and words of the message.
MISFITS: dict[str, tuple[Callable[[], Siamese], str, str]] = {
    "another crop": (small_input, "contract/search/input", "found (3, 16, 8), expected (3, 16, 16)"),
    "a leaky input": (with_search(0, neuron=LEAKY), "search/layer/0", "found cuba neurons in input"),
    "an input without neurons": (with_search(0, neuron=None), "search/layer/0", "found no neurons"),
    "a head that fires": (with_search(-1, neuron=LEAKY), "search/layer", "CUBA neurons that never fire"),
    "a head of six": (with_search(-1, shape=(6, 8, 8)), "search/layer", "expected 5 channels of a map"),
    "a template of sums": (
        with_template(neuron=SUMS),
        "template/layer",
        "a map of ILIF or sigma-delta neurons",
    ),
    "too few keys": (with_template(shape=(13, 8, 8)), "template/layer", "13 channels in the last layer"),
    "a layer that is absent": (asking(9), "contract/memory/0/layer", "found layer 9 of 7: none"),
    "leaky neurons": (with_search(2, neuron=LEAKY), "contract/memory/0/layer", "convolution with ILIF"),
    "no groups": (with_search(2, groups=1), "contract/memory/0", "found 1 groups"),
    "other groups": (asking(3), "contract/memory/0", "expected 2 groups and weights (14, 3, 1, 1)"),
    "fewer values": (asking(2, values=3, gains=(1.0,) * 6), "template/layer", "expected 12, heads x"),
    "a larger kernel": (with_search(4, weight=np.ones((14, 3, 3, 3))), "contract/memory/1", "(14, 3, 3, 3)"),
    "a small map": (with_template("correlation", shape=(6, 2, 8)), "template/layer", "at least 3 x 3"),
    "other channels": (with_template("correlation", shape=(5, 8, 8)), "template/layer", "6 channels"),
    "no channel beside": (
        with_search(2, "correlation", weight=np.ones((6, 1, 3, 3))),
        "contract/kernel/0",
        "expected 6 groups and weights (12, 1, 3, 3)",
    ),
}


@pytest.mark.parametrize("case", MISFITS)
def test_what_does_not_fit_is_named(case: str) -> None:
    make, field, words = MISFITS[case]
    with pytest.raises(InputError) as caught:
        make()
    assert caught.value.field == field
    assert words in str(caught.value)


SPEC = {"layer": 2, "heads": 2, "keys": 3, "values": 4, "gains": (1.0,) * 8}
KERNEL = {"layer": 2, "kernel": 3, "gains": (1.0,) * 6}
BAD_CONTRACTS: list[tuple[Callable[[], object], str]] = [
    (lambda: MemorySpec(**SPEC | {"gains": (1.0,) * 7}), "8 gains, heads x values, and not 7"),
    (lambda: MemorySpec(**SPEC | {"gains": (float("nan"),) * 8}), "finite number"),
    (lambda: MemorySpec(**SPEC | {"layer": 0}), "greater than or equal to 1"),
    (lambda: MemorySpec(**SPEC | {"heads": 0, "gains": ()}), "greater than or equal to 1"),
    (lambda: MemorySpec(**SPEC | {"colour": 1}), "Extra inputs"),
    (lambda: KernelSpec(**KERNEL | {"kernel": 4}), "an odd kernel, which has a middle, and not 4"),
    (lambda: KernelSpec(**KERNEL | {"kernel": 65}), "less than or equal to 63"),
    (lambda: pair(retrieval="memory", memory=[]), "retrieval 'memory' has memory and no kernel"),
    (lambda: pair(retrieval="blind", memory=[SPEC]), "has neither memory nor kernel"),
    (lambda: pair(retrieval="correlation", kernel=[]), "has kernel and no memory"),
    (lambda: pair(memory=[SPEC, SPEC]), "each layer is written once"),
    (lambda: pair(memory=[SPEC, SPEC | {"layer": 4, "keys": 2}]), "the same heads, keys and values"),
    (
        lambda: pair(retrieval="correlation", kernel=[KERNEL, KERNEL | {"layer": 4, "kernel": 1}]),
        "same kernel",
    ),
    (lambda: pair(head_scale=0), "greater than 0"),
    (lambda: pair(window=1.5), "less than or equal to 1"),
    (lambda: pair(penalty=-1), "greater than or equal to 0"),
    (lambda: pair(retrieval="guess"), "retrieval"),
]


@pytest.mark.parametrize(("make", "words"), BAD_CONTRACTS)
def test_a_bad_contract_is_refused(make: Callable[[], object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        make()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_siamese(pair(), tmp_path / "p")
    return tmp_path / "p"


# What is replaced in the file, by what, the field that is named, and words of the message.
BAD = {
    "another version": ("format_version = 1", "format_version = 2", "format_version", "found 2"),
    "no template": ('template = "template.net"\n', "", "template", "found nothing, expected a value"),
    "an unknown key": ("format_version", "colour = 1\nformat_version", "colour", "only fields that a pair"),
    "no TOML": ("format_version =", "format_version", "syntax", "expected valid TOML"),
    "a file that is absent": ('"search.net"', '"tail.net"', "file", "found nothing, expected a .net file"),
    "no HDF5": ('"search.net"', '"siamese.toml"', "file", "that HDF5 cannot read"),
    "a file above": ('"search.net"', '"../search.net"', "search", "expected a file in this folder"),
    "an absolute path": ('"template.net"', '"/etc/passwd"', "template", "expected a file in this folder"),
    "a link that leads out": ('"search.net"', '"link.net"', "search", "expected a file in this folder"),
    "infinite gains": ("gains = [", "gains = [inf, ", "contract.memory.0.gains.0", "finite"),
    "too many steps": ("steps = 3", "steps = 65", "contract.template.steps", "less than or equal to 64"),
    "no size": ("factor = 2.0", "factor = 0.0", "contract.template.factor", "greater than 0"),
    "a crop that does not fit": (
        "height = 16",
        "height = 17",
        "contract/template/input",
        "found (3, 17, 16)",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_in_a_folder_is_named(folder: Path, case: str) -> None:
    write_net(pair().search, folder.parent / "search.net")
    (folder / "link.net").symlink_to(folder.parent / "search.net")
    old, new, field, words = BAD[case]
    text = (folder / SIAMESE_FILE).read_text()
    assert old in text
    (folder / SIAMESE_FILE).write_text(text.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        read_siamese(folder)
    assert caught.value.field == field
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_parts_together_are_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neuromorph_track.netx.net_folder.MAX_VALUES", 100)
    with pytest.raises(InputError, match=r"found .* numbers so far, expected at most 100 in both files"):
        read_siamese(folder)


def test_no_pair_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"file: found nothing, expected a siamese pair's siamese\.toml"):
        read_siamese(tmp_path / SIAMESE_FILE)
