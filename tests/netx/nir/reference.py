"""A NIR graph run in float64, node by node, straight from the equations of its nodes.

Nothing of what is tested is used: no folding of layers, no scales, no integers. LIF, LI and CUBA
neurons take one forward Euler step of NIR's equations; IF and I add ``r`` times their input; an edge
that closes a loop carries what was sent a step before.
"""

from __future__ import annotations

from collections.abc import Iterator

import nir
import numpy as np
import torch

Sent = dict[str, np.ndarray]


def run(graph: nir.NIRGraph, inputs: np.ndarray, dt: float) -> dict[str, np.ndarray]:
    """What every node gave in each step, ``(T, *shape)``, for ``inputs (T, *input_shape)``."""
    nodes, edges = graph.nodes, list(graph.edges)
    order = list(_order(nodes, edges))
    states: dict[str, dict[str, np.ndarray]] = {name: {} for name in nodes}
    last: Sent = {}
    history: dict[str, list[np.ndarray]] = {name: [] for name in nodes}
    for value in inputs:
        now: Sent = {}
        for name in order:
            if isinstance(nodes[name], nir.Input):
                now[name] = value.astype(np.float64)
                continue
            arriving = [now[a] if a in now else last.get(a) for a, b in edges if b == name]
            # Nothing has come round a loop before the first step: its weights give their bias alone.
            present = [x for x in arriving if x is not None]
            x = sum(present) if present else None
            now[name] = step(nodes[name], x, states[name], dt)
        for name in order:
            history[name].append(now[name])
        last = now
    return {name: np.stack(values) for name, values in history.items()}


def step(node: nir.NIRNode, x: np.ndarray | None, state: dict[str, np.ndarray], dt: float) -> np.ndarray:
    """One step of one node."""
    if isinstance(node, (nir.Affine, nir.Linear)):
        bias = getattr(node, "bias", None)
        bias = 0.0 if bias is None else np.asarray(bias, np.float64)
        weight = np.asarray(node.weight, np.float64)
        return (np.zeros(len(weight)) if x is None else weight @ x.ravel()) + bias
    assert x is not None
    if isinstance(node, nir.Conv2d):
        return _torch(torch.nn.functional.conv2d, x, node)
    if isinstance(node, (nir.SumPool2d, nir.AvgPool2d)):
        return _pool(node, x)
    if isinstance(node, nir.Flatten):
        return x.reshape(-1)
    if isinstance(node, nir.Scale):
        return x * node.scale
    if isinstance(node, nir.Threshold):
        return (x > node.threshold).astype(np.float64)
    if isinstance(node, nir.Delay):
        return _delay(node, x, state, dt)
    if isinstance(node, nir.Output):
        return x
    return _neuron(node, x, state, dt)


def _neuron(node: nir.NIRNode, x: np.ndarray, state: dict[str, np.ndarray], dt: float) -> np.ndarray:
    v = state.get("v", np.zeros_like(x) + getattr(node, "v_reset", 0.0))
    if isinstance(node, (nir.IF, nir.I)):
        v = v + node.r * x
    else:
        if isinstance(node, (nir.CubaLIF, nir.CubaLI)):
            i = state.get("i", np.zeros_like(x))
            x = state["i"] = i + dt / node.tau_syn * (-i + node.w_in * x)
        tau = node.tau_mem if hasattr(node, "tau_mem") else node.tau
        v = v + dt / tau * (node.v_leak - v + node.r * x)
    if not hasattr(node, "v_threshold"):
        state["v"] = v
        return v
    fired = v > node.v_threshold
    state["v"] = np.where(fired, node.v_reset, v)
    return fired.astype(np.float64)


def _delay(node: nir.Delay, x: np.ndarray, state: dict[str, np.ndarray], dt: float) -> np.ndarray:
    steps = np.broadcast_to(np.round(np.asarray(node.delay) / dt).astype(int), x.shape)
    past = state.get("past", np.zeros((steps.max() + 1, *x.shape)))
    past = state["past"] = np.concatenate([x[None], past[:-1]])
    return np.take_along_axis(past, steps[None], 0)[0]


def _torch(function, x: np.ndarray, node: nir.Conv2d) -> np.ndarray:
    padding = node.padding if isinstance(node.padding, str) else _pair(node.padding)
    weight, bias = (torch.tensor(np.asarray(v), dtype=torch.float64) for v in (node.weight, node.bias))
    return function(
        torch.from_numpy(x)[None],
        weight,
        bias,
        stride=_pair(node.stride),
        padding=padding,
        dilation=_pair(node.dilation),
        groups=int(np.asarray(node.groups)),
    )[0].numpy()


def _pool(node: nir.SumPool2d | nir.AvgPool2d, x: np.ndarray) -> np.ndarray:
    kernel, stride, padding = (_pair(v) for v in (node.kernel_size, node.stride, node.padding))
    mean = torch.nn.functional.avg_pool2d(torch.from_numpy(x)[None], kernel, stride, padding)[0].numpy()
    return mean * (kernel[0] * kernel[1] if isinstance(node, nir.SumPool2d) else 1)


def _pair(value: object) -> tuple[int, int]:
    numbers = np.asarray(value).reshape(-1)
    return int(numbers[0]), int(numbers[-1])


def _order(nodes: dict[str, nir.NIRNode], edges: list[tuple[str, str]]) -> Iterator[str]:
    """Nodes such that each comes after what feeds it, except what a loop feeds back."""
    done: set[str] = set()
    while len(done) < len(nodes):
        ready = [n for n in nodes if n not in done and all(a in done for a, b in edges if b == n)]
        if not ready:
            # A population of a loop: what it is fed back comes from the step before.
            ready = [
                n
                for n in nodes
                if n not in done
                and hasattr(nodes[n], "v_threshold")
                and any(a in done for a, b in edges if b == n)
            ][:1]
        assert ready
        yield from ready
        done |= set(ready)
