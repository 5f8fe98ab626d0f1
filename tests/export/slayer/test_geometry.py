"""Pooling and transposed convolution against SLAYER's own synapses, delays and rounding by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from neuromorph_track.errors import InputError
from neuromorph_track.export.report import Rounding
from neuromorph_track.export.slayer.geometry import pooling_axis, pooling_kernel, transposed_kernel
from neuromorph_track.export.slayer.site import Kind, Site

SITE = Site("model", "blocks.2", Kind("cuba", "Pool"), None)


def mixes_channels(pool: torch.nn.Module, values: torch.Tensor) -> bool:
    """Whether a channel of what SLAYER pools depends on another one."""
    before = pool(values)[0]
    for channel in range(values.shape[1]):
        changed = values.clone()
        changed[:, channel] += 100
        others = [other for other in range(values.shape[1]) if other != channel]
        if not torch.equal(pool(changed)[0][others], before[others]):
            return True
    return False


@pytest.mark.slayer
@torch.no_grad()
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4])
def test_pooling_of_every_size_is_slayers_or_refused(channels: int, kernel: int) -> None:
    """Refused are those that mix channels, and of the dilated ones those that SLAYER pads at one end."""
    from neuromorph_track.networks.slayer import load_slayer

    generator = torch.Generator().manual_seed(0)
    exported = 0
    for size in range(kernel, 13):
        for stride, padding, dilation in ((kernel, 0, 1), (2, 0, 1), (kernel, 1, 1), (4, 0, 2), (1, 0, 1)):
            pool = load_slayer().synapse.Pool(kernel, stride, padding, dilation)
            values = torch.randint(-9, 10, (1, channels, size, size + 1, 1), generator=generator).float()
            try:
                expected = pool(values)[0, ..., 0].numpy()
            except RuntimeError:
                continue
            try:
                rows = pooling_axis(SITE, size, kernel, stride, padding, dilation, channels)
                columns = pooling_axis(SITE, size + 1, kernel, stride, padding, dilation, 1)
            except InputError:
                assert dilation > 1 or mixes_channels(pool, values)
                continue
            weight = pooling_kernel(np.ones((kernel, kernel), np.int32), rows, columns, channels)
            found = torch.nn.functional.conv2d(
                values[..., 0],
                torch.from_numpy(weight).float(),
                stride=stride,
                padding=(rows.padding, columns.padding),
                dilation=dilation,
                groups=channels,
            )
            np.testing.assert_array_equal(found[0].numpy(), expected)
            exported += 1
    assert exported > 3


@pytest.mark.parametrize("groups", [1, 2])
def test_transposed_kernel(groups: int) -> None:
    generator = torch.Generator().manual_seed(0)
    weight = torch.randint(-5, 6, (4, 6 // groups, 3, 2), generator=generator).double()
    values = torch.randint(-5, 6, (1, 4, 7, 8), generator=generator).double()
    expected = torch.nn.functional.conv_transpose2d(
        values, weight, padding=(1, 0), dilation=(2, 1), groups=groups
    )
    kernel = transposed_kernel(weight.numpy(), groups)
    assert kernel.shape == (6, 4 // groups, 3, 2)
    found = torch.nn.functional.conv2d(
        values, torch.from_numpy(kernel), padding=(2 * 2 - 1, 1), dilation=(2, 1), groups=groups
    )
    torch.testing.assert_close(found, expected, rtol=0, atol=0)


def test_rounding_by_hand() -> None:
    """In units of 1/64: 0 for 1 (a half to even), 254 for 300 (clipped), 2 for 2.5, -256 for -256."""
    floats = np.array([1, 300, 2.5, -256]) / 64
    rounding = Rounding.of(floats, np.array([0, 254, 2, -256], np.int32), 64)
    assert (rounding.values, rounding.clipped, rounding.clipped_share) == (4, 1, 0.25)
    assert rounding.largest_error == 46 / 64
    assert rounding.rms_error == pytest.approx(((1 + 46**2 + 0.25) / 4) ** 0.5 / 64)
