"""A spiking detector of norse's neurons whose every step the chip can repeat."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from neuromorph_track.errors import JobError
from neuromorph_track.networks.detector import DetectorSpec
from neuromorph_track.networks.norse_reset import RoundedReset
from neuromorph_track.networks.norse_weights import Grid, Standardised, on_grid

# About norse's own millisecond; a power of two, so that a time constant is exact.
DT = 2.0**-10
# Of the objectness of a fresh head: nearly every cell is background.
PRIOR = -4.0
State = list[Any]


@dataclass(frozen=True)
class SpikingSpec:
    """What a spiking detector has beside its layers.

    Attributes
    ----------
    steps_per_frame : int
        Timesteps for which a frame's values drive the first layer.
    leak, head_leak : float
        Share of the potential that a neuron loses per step. With 1/2, float32 makes no error; with others
        a spike may once in a while be decided otherwise than on the chip.
    gain : float
        Standard deviation of the currents of a fresh network, in thresholds.
    fraction_bits : int
        Of the integers that a frame's values become.
    largest_value : float
        Magnitude that those do not exceed.
    """

    steps_per_frame: int = 4
    leak: float = 0.5
    head_leak: float = 0.5
    gain: float = 2.0
    fraction_bits: int = 4
    largest_value: float = 2.0


class NorseDetector(nn.Module):
    """Convolutions and LIF neurons, and a head of leaky integrators whose potential is read.

    The neurons are norse's boxed ones (no synaptic current): ``v += leak (x - v)``, a spike and
    ``v = 0`` above 1. With ``v = leak V`` that is ``V = (1 - leak) V + x``, a spike above ``1 / leak``:
    the chip's CUBA neuron, whose current does not outlive the step. Weights, biases and potentials
    are rounded to the chip's integers in training already. Deep spiking networks are chaotic: what
    differs in the last bit of one potential differs in every second spike four layers on.

    Parameters
    ----------
    spec : DetectorSpec
        Layers, anchors and stride; its threshold is not used.
    spiking : SpikingSpec
    classes : int
    """

    def __init__(self, spec: DetectorSpec, spiking: SpikingSpec, classes: int) -> None:
        super().__init__()
        self.spec, self.spiking, self.classes = spec, spiking, classes
        norse = load_norse()
        modules: list[nn.Module] = []
        self.standardised: list[Standardised] = []
        self.resets: list[RoundedReset] = []
        channels = 3
        for index, layer in enumerate(spec.layers):
            padding = layer.dilation * (layer.kernel // 2)
            conv = nn.Conv2d(
                channels, layer.channels, layer.kernel, layer.stride, padding, dilation=layer.dilation
            )
            nn.init.normal_(conv.weight)
            nn.init.zeros_(conv.bias)  # type: ignore[arg-type]
            first = (float(1 << spiking.fraction_bits), spiking.largest_value) if index == 0 else (1.0, 1.0)
            rounded, standardised = on_grid(conv, Grid(*first), spiking.gain)
            assert standardised is not None
            self.standardised.append(standardised)
            reset = RoundedReset(spiking.leak, rounded)
            self.resets.append(reset)
            parameters = norse.LIFBoxParameters(
                tau_mem_inv=torch.tensor(spiking.leak / DT), reset_method=reset
            )
            modules += [conv, norse.LIFBoxCell(parameters, dt=DT)]
            channels = layer.channels
        head = nn.Conv2d(channels, len(spec.anchors) * (5 + classes), 1)
        nn.init.normal_(head.weight, std=0.05)
        with torch.no_grad():
            head.bias.zero_()  # type: ignore[union-attr]
            head.bias.view(len(spec.anchors), -1)[:, 4] = PRIOR  # type: ignore[union-attr]
        on_grid(head, Grid(), None)
        leaky = norse.LIBoxParameters(tau_mem_inv=torch.tensor(spiking.head_leak / DT))
        modules += [head, norse.LIBoxCell(leaky, dt=DT)]
        self.cells = norse.SequentialState(*modules)

    def forward(self, frames: Tensor, state: State | None = None) -> tuple[Tensor, Tensor, State]:
        """Run a clip.

        Parameters
        ----------
        frames : (N, 3, H, W, F) float
            Normalised pixels.
        state : list or None
            Of the clip before.

        Returns
        -------
        raw : (N, anchors * (5 + classes), H', W', F) float
            Head potentials at the end of each frame.
        rates : (L,) float
            Share of the neurons that send in a step, per hidden layer.
        state : list
        """
        state = [None] * len(self.cells) if state is None else state
        rates = torch.zeros(len(self.spec.layers))
        raw = []
        steps = self.spiking.steps_per_frame
        with parametrize.cached():
            for frame in frames.unbind(-1):
                current = self.cells[0](self.quantised(frame))
                for _ in range(steps):
                    x, state = self._step(current, state, rates)
                raw.append(x)
        return torch.stack(raw, -1), rates / (len(raw) * steps), state

    def quantised(self, frame: Tensor) -> Tensor:
        """Pixels as the encoder gives them."""
        unit, largest = 1 << self.spiking.fraction_bits, self.spiking.largest_value
        return torch.round(frame * unit).div(unit).clamp(-largest, largest)

    def _step(self, current: Tensor, state: State, rates: Tensor) -> tuple[Tensor, State]:
        x, now = current, list(state)
        for index in range(0, len(self.cells), 2):
            if index:
                x = self.cells[index](x)
            x, now[index + 1] = self.cells[index + 1](x, state[index + 1])
            if index // 2 < len(rates):
                rates[index // 2] += x.detach().mean()
        return x, now

    @torch.no_grad()
    def calibrate(self, frames: Tensor) -> None:
        """Scale each layer's weights until its currents have the spread that the settings ask for."""
        for index, standardised in enumerate(self.standardised):
            seen: list[Tensor] = []
            # Rounding makes the response uneven: a second round settles it.
            for _ in range(2):
                seen.clear()
                hook = self.cells[2 * index].register_forward_hook(lambda _, __, out, s=seen: s.append(out))
                self(frames)
                hook.remove()
                standardised.gain.mul_(self.spiking.gain / torch.stack(seen).std())

    def deployed(self) -> nn.Module:
        """The same network as plain norse modules, weights and biases rounded."""
        norse = load_norse()
        modules: list[nn.Module] = []
        for module in self.cells:
            if isinstance(module, nn.Conv2d):
                plain = nn.Conv2d(
                    module.in_channels,
                    module.out_channels,
                    module.kernel_size,  # type: ignore[arg-type]
                    module.stride,  # type: ignore[arg-type]
                    module.padding,  # type: ignore[arg-type]
                    module.dilation,  # type: ignore[arg-type]
                )
                plain.weight.data = module.weight.detach().clone()
                plain.bias.data = module.bias.detach().clone()  # type: ignore[union-attr]
                module = plain
            modules.append(module)
        deployed: nn.Module = norse.SequentialState(*modules)
        return deployed


def load_norse() -> ModuleType:
    """Return ``norse.torch``.

    Raises
    ------
    JobError
        When norse is not installed here.
    """
    try:
        import norse.torch
    except ImportError as error:
        raise JobError(f"this needs norse: install neuromorph-track[norse] ({error})") from error
    module: ModuleType = norse.torch
    return module
