"""Fixtures and rules that hold for every test."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from hypothesis import settings

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

# The same examples on every run, and no time limit on each: the machine may be shared.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real recordings and trained networks; they lie beside the checkout where they exist."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real test data are not beside this checkout")
    return SHARED_DATA


SmallDisk = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def small_disk() -> SmallDisk:
    """A block in which no file may grow beyond 16 KiB, as on a disk that fills up.

    A block and not the whole test, since pytest itself may be writing to a log.
    """

    @contextmanager
    def limited() -> Iterator[None]:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (16_384, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return limited


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs lava-dl where it is not installed (looked up, not imported: that takes 10 s)."""
    try:
        distribution("lava-dl")
    except PackageNotFoundError:
        skip = pytest.mark.skip(reason="lava-dl is not installed in this environment")
        for item in items:
            if item.get_closest_marker("slayer"):
                item.add_marker(skip)
