"""Joining and unrolling convolutions, against PyTorch running them one after the other."""

from __future__ import annotations

import nir
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from neuromorph_track.netx.nir.convolution import Convolution, from_conv2d, from_pool, join
from neuromorph_track.netx.nir.refused import Refused
from neuromorph_track.netx.nir.unroll import unroll

SIZES = st.integers(1, 3)
PAIR = st.tuples(SIZES, SIZES)
PADDING = st.tuples(st.integers(0, 2), st.integers(0, 2))


def apply(conv: Convolution, image: np.ndarray) -> np.ndarray:
    given_ = (torch.from_numpy(v) for v in (image[None], conv.weight, conv.bias))
    return torch.nn.functional.conv2d(*given_, conv.stride, conv.padding, conv.dilation, conv.groups)[
        0
    ].numpy()


@st.composite
def convolutions(draw: st.DrawFn, channels: int, outputs: int) -> Convolution:
    rng = np.random.default_rng(draw(st.integers(0, 1 << 16)))
    groups = draw(st.sampled_from([1, 2]))
    weight = rng.normal(size=(outputs, channels // groups, *draw(PAIR)))
    biased = rng.normal(size=outputs) * draw(st.sampled_from([0, 1]))
    return Convolution(weight, biased, draw(PAIR), draw(PADDING), draw(PAIR), groups)


@given(first=convolutions(4, 2), second=convolutions(2, 6), seed=st.integers(0, 1 << 16))
def test_a_joint_convolution_is_both_or_is_refused(
    first: Convolution, second: Convolution, seed: int
) -> None:
    image = np.random.default_rng(seed).normal(size=(4, 9, 11))
    try:
        middle = apply(first, image)
        expected = apply(second, middle)
    except RuntimeError:
        return  # the map is smaller than the kernel
    try:
        joint = join(first, second, image.shape)
    except Refused:
        # Only where the second pads can a joint kernel see what the second does not.
        assert any(second.padding)
        return
    assert joint.output_shape(image.shape) == expected.shape
    np.testing.assert_allclose(apply(joint, image), expected, atol=1e-9)


def test_padding_behind_a_pool_that_does_not_overlap_is_exact() -> None:
    rng = np.random.default_rng(0)
    pool = from_pool(nir.SumPool2d(np.array([2, 2]), np.array([2, 2]), np.array([0, 0])), 3)
    conv = Convolution(rng.normal(size=(5, 3, 3, 3)), np.zeros(5), padding=(1, 1))
    image = rng.normal(size=(3, 8, 6))
    joint = join(pool, conv, image.shape)
    assert (joint.stride, joint.padding, joint.weight.shape[2:]) == ((2, 2), (2, 2), (6, 6))
    np.testing.assert_allclose(apply(joint, image), apply(conv, apply(pool, image)))


@pytest.mark.parametrize(
    ("size", "biased", "word"),
    [
        # The pool drops the last row of a map of odd height; a joint kernel would see it.
        (7, False, "padding"),
        (8, True, "bias"),
    ],
)
def test_what_a_joint_kernel_would_get_wrong_is_refused(size: int, biased: bool, word: str) -> None:
    pool = Convolution(np.ones((3, 1, 2, 2)), np.full(3, float(biased)), stride=(2, 2), groups=3)
    conv = Convolution(np.ones((5, 3, 3, 3)), np.zeros(5), padding=(1, 1))
    with pytest.raises(Refused, match=word):
        join(pool, conv, (3, size, 8))


@given(conv=convolutions(4, 6), seed=st.integers(0, 1 << 16))
def test_an_unrolled_convolution_is_the_same_matrix(conv: Convolution, seed: int) -> None:
    image = np.random.default_rng(seed).normal(size=(4, 7, 8))
    try:
        expected = apply(conv, image)
    except RuntimeError:
        return
    flat = unroll(conv, image.shape) @ image.ravel() + np.repeat(conv.bias, expected[0].size)
    np.testing.assert_allclose(flat, expected.ravel(), atol=1e-9)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize("kernel", [(3, 3), (2, 3), (4, 4), (1, 2)])
@pytest.mark.parametrize("dilation", [(1, 1), (2, 3)])
def test_same_padding_is_that_of_torch(kernel: tuple[int, int], dilation: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    weight = rng.normal(size=(4, 2, *kernel))
    node = nir.Conv2d(None, weight, (1, 1), "same", dilation, 1, np.zeros(4))
    image = rng.normal(size=(2, 9, 10))
    expected = torch.nn.functional.conv2d(
        torch.from_numpy(image[None]), torch.from_numpy(weight), padding="same", dilation=dilation
    )
    np.testing.assert_allclose(apply(from_conv2d(node), image), expected[0].numpy(), atol=1e-12)


@pytest.mark.parametrize("kind", [nir.SumPool2d, nir.AvgPool2d])
def test_a_pool_is_that_of_torch(kind: type) -> None:
    image = np.random.default_rng(2).normal(size=(3, 7, 9))
    pool = from_pool(kind(np.array([3, 2]), np.array([2, 2]), np.array([1, 1])), 3)
    mean = torch.nn.functional.avg_pool2d(torch.from_numpy(image[None]), (3, 2), 2, 1)[0].numpy()
    np.testing.assert_allclose(apply(pool, image), mean * (6 if kind is nir.SumPool2d else 1), atol=1e-12)


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("weight", np.ones((4, 2, 3)), "weights of shape"),
        ("weight", np.ones((0, 2, 3, 3)), "weights of shape"),
        ("weight", np.ones((4, 2, 0, 0)), "weights of shape"),
        ("bias", np.ones(3), "bias"),
        ("groups", 3, "groups"),
        ("weight", np.ones((4, 2, 200, 100)), "window"),
        ("stride", (0, 1), "stride"),
        ("stride", (1.5, 1), "stride"),
        ("padding", (-1, 0), "padding"),
        ("dilation", (1, 2, 3), "dilation"),
    ],
)
def test_broken_convolutions_are_named(field: str, value: object, word: str) -> None:
    node = nir.Conv2d(None, np.ones((4, 2, 3, 3)), (1, 1), (1, 1), (1, 1), 1, np.zeros(4))
    setattr(node, field, value)
    with pytest.raises(Refused, match=word):
        from_conv2d(node)


@pytest.mark.parametrize(("one", "other"), [(6, 6), (6, 1), (1, 6), (2, 6), (6, 3), (2, 3), (3, 2)])
def test_groups_are_joined_as_they_are(one: int, other: int) -> None:
    rng = np.random.default_rng(one * 7 + other)
    first = Convolution(rng.normal(size=(12, 6 // one, 2, 2)), rng.normal(size=12), groups=one)
    second = Convolution(rng.normal(size=(18, 12 // other, 2, 1)), rng.normal(size=18), groups=other)
    image = rng.normal(size=(6, 5, 6))
    joint = join(first, second, image.shape)
    assert joint.groups == np.gcd(one, other)
    np.testing.assert_allclose(apply(joint, image), apply(second, apply(first, image)), atol=1e-12)


def test_pools_over_many_channels_take_no_room() -> None:
    # As a full matrix between channels, this would be 32 GB for each position of the kernel.
    pool = from_pool(nir.SumPool2d(np.array([2, 2]), np.array([2, 2]), np.array([0, 0])), 1 << 16)
    joint = join(pool, pool, (1 << 16, 4, 4))
    assert (joint.weight.shape, joint.groups) == ((1 << 16, 1, 4, 4), 1 << 16)
    assert np.all(joint.weight == 1)


def test_same_padding_with_a_stride_is_refused() -> None:
    node = nir.Conv2d(None, np.ones((4, 2, 3, 3)), (2, 1), "same", (1, 1), 1, np.zeros(4))
    with pytest.raises(Refused, match="stride"):
        from_conv2d(node)


def test_what_would_fill_the_memory_is_refused() -> None:
    one = np.ones((1, 1, 1, 1))
    with pytest.raises(Refused, match="map of"):
        Convolution(one, np.zeros(1), padding=(1 << 14, 1 << 14)).output_shape((1, 8, 8))
    with pytest.raises(Refused, match="window"):
        from_pool(nir.SumPool2d(np.array([1 << 10, 1 << 10]), np.array([1, 1]), np.array([0, 0])), 1)
    with pytest.raises(Refused, match="pool of"):
        from_pool(nir.SumPool2d(np.array([64, 64]), np.array([1, 1]), np.array([0, 0])), 1 << 20)
    first = Convolution(np.ones((64, 1, 2, 2)), np.zeros(64), stride=(100, 100), dilation=(99, 1))
    second = Convolution(np.ones((256, 64, 2, 2)), np.zeros(256), dilation=(99, 99))
    with pytest.raises(Refused, match="joint kernel"):
        join(first, second, (1, 11000, 11000))
    wide = Convolution(np.ones((1, 1, 100, 100)), np.zeros(1))
    with pytest.raises(Refused, match="window"):
        join(wide, wide, (1, 300, 300))
