"""Evidence that an exported pair that sees whole pictures computes what was trained, window after window."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from neuromorph_track.networks.spiketrack import SpiketrackNet
from neuromorph_track.netx import Siamese
from neuromorph_track.runs.siamese_net import Frame
from neuromorph_track.runs.siamese_proof import SiameseProof, compared, pixels_of
from neuromorph_track.runs.stream_net import StreamNet

TARGETS, WINDOWS = 2, 12
# Of the pixels of a window, those that see something.
SPEAKING = 0.06
# Sides of the object, as shares of the picture's.
SHARE = 0.25


def prove_stream(model: SpiketrackNet, siamese: Siamese) -> SiameseProof:
    """Run the trained network and the pair in the fixed simulator on the same random windows."""
    net, spec = StreamNet(siamese), siamese.contract.search.input
    run, wanted, errors = [], [], [0.0]
    for seed in range(TARGETS):
        windows = _windows(seed, spec.height, spec.width)
        box = np.array([spec.width / 2, spec.height / 2, SHARE * spec.width, SHARE * spec.height])
        template = net.template(windows[: siamese.contract.template.steps], box)
        errors += [written.error for written in net.write(template.sums)]
        net.begin(spec.width, spec.height)
        run.append(np.stack([net.see(window)[0] for window in windows]))
        wanted.append(_trained(model, net, windows, box))
    return compared(net, np.stack(run), np.stack(wanted), TARGETS, TARGETS * WINDOWS, max(errors))


def _windows(seed: int, height: int, width: int) -> list[Frame]:
    rng = np.random.default_rng(seed)
    grey = rng.integers(0, 256, (WINDOWS, height, width, 3))
    spoken = rng.random((WINDOWS, height, width, 1)) < SPEAKING
    return list((grey * spoken * np.array([1, 0, 1])).astype(np.uint8))


@torch.inference_mode()
def _trained(
    model: SpiketrackNet, net: StreamNet, windows: list[Frame], box: NDArray[np.float64]
) -> NDArray[np.int64]:
    """What the head's neurons should hold after each window, (F, 5, H, W)."""
    contract = net.contract
    crops = [net.crop(window, box) for window in windows[: contract.template.steps]]
    templates, views = (torch.cat([pixels_of(each) for each in shown], -1) for shown in (crops, windows))
    raw = model.eval()(templates, views).raw[0].movedim(-1, 0).numpy()
    added = contract.raw_output(np.zeros_like(raw))
    return np.asarray(np.round((raw - added) / np.float64(contract.head_scale)), np.int64)
