"""``export --model``: a user's own SLAYER model, proven or not written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from neuromorph_track.netx import read_net
from tests.cli.conftest import Command

pytestmark = pytest.mark.slayer

MODULE = """
import torch
from lava.lib.dl import slayer

NEURON = {"threshold": 0.5, "current_decay": 0.25, "voltage_decay": 0.1}

def net(scale=3):
    torch.manual_seed(0)
    block = slayer.block.cuba
    return torch.nn.Sequential(
        block.Conv(dict(NEURON), 2, 4, 3, weight_scale=scale, weight_norm=True),
        block.Flatten(),
        block.Affine(dict(NEURON), 4 * 4 * 5, 3, weight_scale=2),
    )

def quiet():
    return net(scale=0.001)

def talking():
    print("a word of the user's")
    return net()

def stops():
    raise SystemExit(0)

def slowed():
    return torch.nn.Sequential(*net(), slayer.block.cuba.TimeDecimation(2))
"""


@pytest.fixture
def checkpoint(command: Command, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Tensors of ``net`` in the current folder, beside the module that builds it."""
    import sys

    from neuromorph_track.export.slayer.load import build_model

    monkeypatch.setattr(sys, "path", [str(Path.cwd()), *sys.path])
    monkeypatch.delitem(sys.modules, "nets_of_a_user", raising=False)
    Path("nets_of_a_user.py").write_text(MODULE)
    torch.save(build_model("nets_of_a_user:net").state_dict(), "net.pt")
    return Path("net.pt")


def options(name: str, shape: str = "2,6,7") -> tuple[str, ...]:
    return "--model", f"nets_of_a_user:{name}", "--input-shape", shape


def test_table_and_proof(command: Command, checkpoint: Path) -> None:
    answer = command("export", checkpoint, "-o", "out.net", *options("net"))
    assert answer.code == 0, answer.err
    assert "equal to SLAYER's forward pass, to the last bit" in answer.out
    assert "1 conv" in answer.out
    assert "block 0 (cuba.Conv)" in answer.out
    assert "the host reads their membrane potential" in " ".join(answer.out.split())
    network = read_net("out.net")
    assert [layer.kind for layer in network.layers] == ["input", "conv", "flatten", "dense"]
    assert network.input_shape == (2, 6, 7)


def test_json(command: Command, checkpoint: Path) -> None:
    answer = command("export", checkpoint, "-o", "out.net", *options("net"), "--json")
    content = json.loads(answer.out)
    assert content["file"] == "out.net"
    assert content["proof"]["equal"] is True
    assert content["proof"]["active"] > 100
    assert [layer["weights"]["values"] for layer in content["report"]["layers"]] == [72, 240]
    assert content["report"]["clipped"] == 0


def test_json_of_a_model_that_prints(command: Command, checkpoint: Path) -> None:
    answer = command("export", checkpoint, "-o", "out.net", *options("talking"), "--json")
    assert json.loads(answer.out)["proof"]["equal"] is True
    assert "a word of the user's" in answer.err


def test_keys_that_are_no_names(command: Command, checkpoint: Path) -> None:
    torch.save({1: torch.zeros(2)}, "numbered.pt")
    answer = command("export", "numbered.pt", "-o", "out.net", *options("net"))
    assert answer.code == 1
    assert "expected a state_dict: tensors by name" in answer.err


@pytest.mark.parametrize("option", [("--dt", "1"), ("--convention", "norse"), ("--values", "3")])
def test_options_of_nir(command: Command, checkpoint: Path, option: tuple[str, ...]) -> None:
    answer = command("export", checkpoint, "-o", "out.net", *options("net"), *option)
    assert answer.code == 2
    assert f"{option[0]}: not for a SLAYER model of your own" in answer.complaint


def test_without_the_proof(command: Command, checkpoint: Path) -> None:
    answer = command("export", checkpoint, "-o", "out.net", *options("net"), "--no-check")
    assert answer.code == 0
    assert "not compared with what was trained" in answer.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (options("slowed"), "block 3 (cuba.TimeDecimation): found a slower clock"),
        (options("net", "2,6"), "input shape: found (2, 6), expected (C, H, W) or (N,)"),
        (options("net", "2,6,x"), "--input-shape: sizes: found '2,6,x'"),
        (options("net", "2,6,9"), "a forward pass that fails by itself"),
        (options("net", "²"), "--input-shape: sizes: found '²'"),
        (options("nothing"), "no function 'nothing'"),
        (options("stops"), "fails when called without arguments: SystemExit: 0"),
    ],
)
def test_what_is_refused_leaves_nothing(
    command: Command, checkpoint: Path, arguments: tuple[str, ...], words: str
) -> None:
    answer = command("export", checkpoint, "-o", "out.net", *arguments)
    assert answer.code == 1
    assert words in answer.err
    assert [line.split(":")[0] for line in answer.err.splitlines()] == ["error", " next"]
    assert not Path("out.net").exists()


def test_a_proof_that_fails_leaves_nothing(command: Command, checkpoint: Path) -> None:
    state = torch.load(checkpoint, weights_only=True)
    state["0.synapse.weight_g"] *= 0.001
    torch.save(state, "quiet.pt")
    answer = command("export", "quiet.pt", "-o", "out.net", *options("quiet"))
    # The convolution is silent, its head speaks on an input of its own.
    assert answer.code == 0
    assert "nothing proven of block 0 (cuba.Conv)" in " ".join(answer.out.split())
    state["2.synapse.weight"] *= 0.001
    torch.save(state, "quiet.pt")
    Path("out.net").unlink()
    answer = command("export", "quiet.pt", "-o", "out.net", *options("quiet"))
    assert answer.code == 1
    assert "block 2 (cuba.Affine), the last block, sends nothing on any input tried" in answer.err
    assert not Path("out.net").exists()


@pytest.mark.parametrize("alone", [("--model", "a:b"), ("--input-shape", "2,6,7")])
def test_both_options_or_none(command: Command, checkpoint: Path, alone: tuple[str, ...]) -> None:
    answer = command("export", checkpoint, "-o", "out.net", *alone)
    assert answer.code == 2
    assert "go together" in answer.err
