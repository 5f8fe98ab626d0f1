"""norse's networks as NIR files that say what norse computes."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import Any

import nir
import numpy as np
import torch
from torch import Tensor, nn

from neuromorph_track.errors import InputError
from neuromorph_track.files import atomic_path
from neuromorph_track.networks.norse_detector import load_norse
from neuromorph_track.networks.norse_reset import RoundedReset
from neuromorph_track.netx.nir.metadata import WRITER

Shapes = dict[str, tuple[int, ...]]


def save_nir(module: nn.Module, sample: Tensor, path: str | os.PathLike[str]) -> nir.NIRGraph:
    """Write a norse network as a NIR file.

    ``norse.torch.to_nir`` of norse 1.1.0 writes time constants that are ``dt`` times too short, no jump of
    a synaptic current, no reset potential, shapes with the batch or none (which nir then cannot write),
    and ``None`` for a flatten; it fails for a convolution without a bias. So nirtorch finds the graph
    here as it does there, and the nodes are made from what norse's cells compute.

    Parameters
    ----------
    module : nn.Module
        As ``to_nir`` takes it, e.g. a ``SequentialState`` of cells.
    sample : (1, ...) Tensor
        Input of one timestep.

    Raises
    ------
    InputError
        Where a module computes what NIR has no node for.
    JobError
        When norse is not installed, or the file cannot be written.
    """
    graph = to_nir(module, sample)
    with atomic_path(path) as temporary:
        nir.write(str(temporary), graph)
    return graph


def to_nir(module: nn.Module, sample: Tensor) -> nir.NIRGraph:
    """The graph that :func:`save_nir` writes."""
    norse = load_norse()
    from nirtorch import extract_nir_graph

    shapes = _shapes(module, sample)
    names = {id(part): name for name, part in module.named_modules()}

    def node_of(part: nn.Module) -> nir.NIRNode:
        return _node(names[id(part)], part, shapes, norse)

    with warnings.catch_warnings():
        # nirtorch announces its next version.
        warnings.simplefilter("ignore", DeprecationWarning)
        found = extract_nir_graph(module, node_of, sample, ignore_dims=[0])
    steps = {m.dt for m in module.modules() if isinstance(getattr(m, "dt", None), float)}
    if len(steps) > 1:
        raise InputError("network", "dt", f"cells that step by {sorted(steps)}", "one timestep for all")
    metadata = {"writer": WRITER, "dt": steps.pop()} if steps else {}
    return nir.NIRGraph(found.nodes, sorted(found.edges), metadata=metadata, type_check=False)


def _node(name: str, module: nn.Module, shapes: Shapes, norse: Any) -> nir.NIRNode:
    shape_in, shape = shapes[f"{name}.in"], shapes[name]
    for kinds, build in _builders(norse).items():
        if isinstance(module, kinds):
            return build(module, shape_in, shape)
    known = ", ".join(kind.__name__ for kinds in _builders(norse) for kind in kinds)
    raise InputError("network", f"module {name!r}", type(module).__name__, known)


Builder = Callable[[Any, tuple[int, ...], tuple[int, ...]], nir.NIRNode]


def _builders(norse: Any) -> dict[tuple[type, ...], Builder]:
    return {
        (nn.Conv2d,): _convolution,
        (nn.Linear,): lambda m, _, __: nir.Affine(_array(m.weight), _bias(m, m.out_features)),
        (nn.Flatten,): lambda _, before, __: nir.Flatten(np.array(before), start_dim=0, end_dim=-1),
        (nn.AvgPool2d,): _average,
        (nn.LPPool2d,): _sum,
        (norse.LIFBoxCell,): _boxed,
        (norse.LIBoxCell,): lambda m, _, shape: nir.LI(
            tau=_full(1 / m.p.tau_mem_inv, shape), r=np.ones(shape), v_leak=_full(m.p.v_leak, shape)
        ),
        (norse.LIFCell,): lambda m, _, shape: nir.CubaLIF(**_current(m, shape), **_firing(m.p, shape)),
        (norse.LICell,): lambda m, _, shape: nir.CubaLI(**_current(m, shape)),
        (norse.IAFCell,): lambda m, _, shape: nir.IF(r=np.ones(shape), **_firing(m.p, shape)),
    }


def _convolution(module: nn.Conv2d, before: tuple[int, ...], _: tuple[int, ...]) -> nir.NIRNode:
    if module.padding_mode != "zeros":
        raise InputError("network", "Conv2d.padding_mode", repr(module.padding_mode), "'zeros'")
    return nir.Conv2d(
        input_shape=before[1:],
        weight=_array(module.weight),
        stride=module.stride,
        padding=module.padding,
        dilation=module.dilation,
        groups=module.groups,
        bias=_bias(module, module.out_channels),
    )


def _average(module: nn.AvgPool2d, _: tuple[int, ...], __: tuple[int, ...]) -> nir.NIRNode:
    if module.ceil_mode or module.divisor_override or not module.count_include_pad:
        raise InputError("network", "AvgPool2d", "an average over what is inside alone", "PyTorch's defaults")
    kernel, stride = module.kernel_size, module.stride
    return nir.AvgPool2d(*(np.array(np.broadcast_to(v, 2)) for v in (kernel, stride, module.padding)))


def _sum(module: nn.LPPool2d, _: tuple[int, ...], __: tuple[int, ...]) -> nir.NIRNode:
    # norse reads SumPool2d as this: the sum of first powers.
    if module.norm_type != 1 or module.ceil_mode:
        raise InputError("network", "LPPool2d.norm_type", f"{module.norm_type:g}", "1, which sums spikes")
    stride = module.kernel_size if module.stride is None else module.stride
    return nir.SumPool2d(*(np.array(np.broadcast_to(v, 2)) for v in (module.kernel_size, stride, 0)))


def _boxed(module: Any, _: tuple[int, ...], shape: tuple[int, ...]) -> nir.NIRNode:
    method = module.p.reset_method
    if method is not load_norse().functional.reset.reset_value and not isinstance(method, RoundedReset):
        found = getattr(method, "__name__", "a function")
        raise InputError("network", "LIFBoxParameters.reset_method", found, "reset_value; NIR has no other")
    return nir.LIF(
        tau=_full(1 / module.p.tau_mem_inv, shape),
        r=np.ones(shape),
        v_leak=_full(module.p.v_leak, shape),
        **_firing(module.p, shape),
    )


def _current(module: Any, shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    # A spike adds its whole weight to norse's current, dt / tau_syn of it to NIR's.
    return {
        "tau_syn": _full(1 / module.p.tau_syn_inv, shape),
        "tau_mem": _full(1 / module.p.tau_mem_inv, shape),
        "r": np.ones(shape),
        "v_leak": _full(module.p.v_leak, shape),
        "w_in": _full(1 / (module.dt * module.p.tau_syn_inv), shape),
    }


def _firing(parameters: Any, shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    return {"v_threshold": _full(parameters.v_th, shape), "v_reset": _full(parameters.v_reset, shape)}


def _shapes(module: nn.Module, sample: Tensor) -> Shapes:
    """Without the batch: what every module takes (``name.in``) and gives."""
    shapes: Shapes = {}

    def keep(name: str, inputs: tuple[Any, ...], output: Any) -> None:
        given = output[0] if isinstance(output, tuple) else output
        if isinstance(given, Tensor):
            shapes[f"{name}.in"], shapes[name] = tuple(inputs[0].shape[1:]), tuple(given.shape[1:])

    hooks = [
        m.register_forward_hook(lambda _, i, o, name=name: keep(name, i, o))
        for name, m in module.named_modules()
    ]
    with torch.no_grad():
        module(sample)
    for hook in hooks:
        hook.remove()
    return shapes


def _array(values: Tensor) -> np.ndarray:
    return values.detach().cpu().numpy().astype(np.float32)


def _bias(module: nn.Conv2d | nn.Linear, outputs: int) -> np.ndarray:
    return np.zeros(outputs, np.float32) if module.bias is None else _array(module.bias)


def _full(value: Any, shape: tuple[int, ...]) -> np.ndarray:
    values = torch.as_tensor(value).detach().cpu().numpy().astype(np.float64)
    return np.broadcast_to(values, shape).copy()
