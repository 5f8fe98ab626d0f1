"""Which network a checkpoint holds, and how it becomes a `.net`."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from neuromorph_track.errors import InputError
from neuromorph_track.export.report import Export
from neuromorph_track.export.trained import trained_network
from neuromorph_track.export.yolo_kp import is_yolo_kp, yolo_kp_network
from neuromorph_track.netx import Network
from neuromorph_track.training.checkpoint import FORMAT, averaged_tensors, load_checkpoint
from neuromorph_track.training.recipe import Recipe


def export_checkpoint(path: str | os.PathLike[str]) -> Network:
    """The network of :func:`export_with_report`."""
    return export_with_report(path).network


def export_with_report(path: str | os.PathLike[str]) -> Export:
    """Read a checkpoint and build its network of integer layers; the checkpoint is only read.

    Parameters
    ----------
    path : str or path
        ``final.pt`` of ``neuromorph-track train``, or the ``network.pt`` of lava-dl's YOLO-KP.

    Raises
    ------
    InputError
        When it is neither, or its tensors do not fit its description.
    """
    state = load_checkpoint(path)
    if is_yolo_kp(state):
        export = yolo_kp_network(state, str(path))
    elif state.get("format") == FORMAT:
        export = trained_network(recipe_of(state, str(path)), weights_of(state, str(path)), str(path))
    else:
        found = "names such as " + ", ".join(sorted(map(str, state))[:3])
        expected = (
            "a checkpoint of `neuromorph-track train`, or lava-dl's YOLO-KP; "
            "of a SLAYER model of your own, say with --model what builds it"
        )
        raise InputError(path, "contents", found, expected)
    return export._replace(network=_with_hash(export.network, Path(path)))


def recipe_of(state: dict[str, Any], source: str) -> Recipe:
    """The recipe inside one of our checkpoints."""
    try:
        return Recipe.model_validate_json(state["recipe"])
    except (KeyError, ValidationError) as error:
        raise InputError(
            source, "recipe", "none that can be read", "the recipe it was trained with"
        ) from error


def weights_of(state: dict[str, Any], source: str) -> dict[str, Any]:
    """The averaged tensors of one of our checkpoints, by name, unchecked."""
    weights = averaged_tensors(state)
    if not isinstance(weights, dict):
        raise InputError(source, "model", "nothing", "the tensors of the model")
    return weights


def _with_hash(network: Network, path: Path) -> Network:
    assert network.contract is not None
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    provenance = {**network.contract.provenance, "checkpoint_sha256": digest}
    contract = network.contract.model_copy(update={"provenance": provenance})
    return Network(network.layers, network.source, contract)
