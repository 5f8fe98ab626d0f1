"""Weights of another training to begin with."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor, nn

from neuromorph_track.errors import InputError
from neuromorph_track.training.checkpoint import averaged_tensors, load_checkpoint


class InitialWeights(dict[str, Tensor]):
    """Tensors of a checkpoint by name; ``source`` is its file."""

    source: Path


def initial_weights(path: Path) -> InitialWeights:
    """The averaged weights of one of our checkpoints.

    Raises
    ------
    InputError
        When it holds none.
    """
    tensors = averaged_tensors(load_checkpoint(path))
    if not isinstance(tensors, dict) or not all(isinstance(value, Tensor) for value in tensors.values()):
        raise InputError(path, "model", "nothing", "the tensors of a model")
    found = InitialWeights(tensors)
    found.source = path
    return found


def take_over(model: nn.Module, weights: InitialWeights) -> list[str]:
    """Give ``model`` the tensors that fit it by name and shape; the others, such as another head, stay fresh.

    Flags (a norm that was frozen) belong to the other training and are not taken.

    Returns
    -------
    list of str
        Names of tensors that stay fresh.

    Raises
    ------
    InputError
        When nothing fits.
    """
    own = {name: value for name, value in model.state_dict().items() if value.is_floating_point()}
    fitting = {
        name: weights[name]
        for name, value in own.items()
        if name in weights and weights[name].shape == value.shape
    }
    if not fitting:
        raise InputError(
            weights.source, "model", "no tensor that fits", "weights of a network like the recipe's"
        )
    model.load_state_dict({**model.state_dict(), **fitting})
    return [name for name in own if name not in fitting]
