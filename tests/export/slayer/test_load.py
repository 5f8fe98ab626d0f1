"""A user's model by name and its tensors from a file, into a model that has never run."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.export.slayer.load import build_model, load_weights
from tests.export.slayer.builders import (
    FLAT,
    GRADED,
    LEAKY,
    MAP,
    PLAIN,
    Case,
    blocks,
    chain,
    conv,
    dense,
    flatten,
    mean_norm,
    scale_norm,
    sd_conv,
    sd_input,
    seeded,
    spikes_of,
    with_delays,
    with_means,
    with_own_bias,
)

pytestmark = pytest.mark.slayer

MODULE = """
from lava.lib.dl import slayer
number = 3
def net():
    return slayer.block.cuba.Dense({"threshold": 0.5, "current_decay": 0.2, "voltage_decay": 0.1}, 20, 10)
def fails():
    raise RuntimeError("the disk is empty\\nreally")
def gives_a_number():
    return 3
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a module of the user's, as the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [path for path in __import__("sys").path])
    (tmp_path / "my_nets_of_this_test.py").write_text(MODULE)
    (tmp_path / "broken_module_of_this_test.py").write_text("import a_module_that_nobody_has\n")
    return tmp_path


def test_build(here: Path) -> None:
    model = build_model("my_nets_of_this_test:net")
    assert type(model).__qualname__ == "Dense"


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("my_nets_of_this_test", InputError, "--model: name: found 'my_nets_of_this_test', expected"),
        ("my nets:net", InputError, "expected package.module:factory"),
        ("os:system('true')", InputError, "expected package.module:factory"),
        ("my_nets_of_this_test:nothing", InputError, "found no function 'nothing'"),
        ("my_nets_of_this_test:number", InputError, "found no function 'number'"),
        ("my_nets_of_this_test:gives_a_number", InputError, "found a function that gives int"),
        ("no_such_module_at_all:net", InputError, "found ModuleNotFoundError: No module named"),
        ("broken_module_of_this_test:net", InputError, "No module named 'a_module_that_nobody_has'"),
        (
            "my_nets_of_this_test:fails",
            JobError,
            "fails when called without arguments: RuntimeError: the disk",
        ),
    ],
)
def test_names_that_build_nothing(here: Path, name: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error) as caught:
        build_model(name)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


TRAINED = {
    "mean norm": (
        lambda: chain(conv(2, 6, 3, mean_norm(LEAKY), weight_norm=True), flatten(), dense(252, 9)),
        MAP,
    ),
    "scale norm": (lambda: chain(dense(20, 9, scale_norm(PLAIN))), FLAT),
    "delays": (lambda: chain(dense(20, 9, delay=True), dense(9, 8, delay=True)), FLAT),
    "recurrent": (lambda: chain(blocks().Recurrent(dict(LEAKY), 20, 9)), FLAT),
    "sigma-delta": (lambda: chain(sd_input(), sd_conv(2, 6, mean_norm(GRADED))), MAP),
}


@pytest.mark.parametrize("name", TRAINED)
def test_a_model_that_never_ran_takes_the_tensors_of_one_that_did(name: str, tmp_path: Path) -> None:
    build, shape = TRAINED[name]

    def trained() -> torch.nn.Module:
        model = build()
        for block in model[1:] if name == "sigma-delta" else ():
            with_own_bias(block)
        return with_means(with_delays(model, shape), shape)

    model = seeded(Case(trained, shape))
    torch.save(model.state_dict(), tmp_path / "model.pt")
    fresh = build()
    load_weights(fresh, tmp_path / "model.pt")
    generator = torch.Generator().manual_seed(0)
    values = (torch.rand(1, *shape, 20, generator=generator) < 0.4).float()
    expected = spikes_of(model, values)
    assert torch.equal(spikes_of(fresh, values), expected)
    assert expected.any()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"0.synapse.weight": torch.zeros(1)}, "Missing key"),
        ({"model": {"a": torch.zeros(2)}}, "names such as model"),
        ({"epoch": 3}, "names such as epoch"),
        ({}, "names such as"),
    ],
)
def test_files_of_another_model(content: dict, found: str, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "model.pt")
    with pytest.raises(InputError) as caught:
        load_weights(chain(dense(20, 9)), tmp_path / "model.pt")
    assert found in caught.value.found
    assert "\n" not in str(caught.value)


def test_another_shape(tmp_path: Path) -> None:
    torch.save(chain(dense(20, 8)).state_dict(), tmp_path / "model.pt")
    with pytest.raises(InputError, match=r"tensors: found size mismatch for 0\.synapse\.weight"):
        load_weights(chain(dense(20, 9)), tmp_path / "model.pt")
