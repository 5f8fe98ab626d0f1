"""Whether the network that a run names is still there."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from neuromorph_track.netx import read_net
from neuromorph_track.runs.fingerprint import find_network, network_fingerprint


def test_a_file_is_found_by_its_digest(net: str) -> None:
    digest = hashlib.sha256(Path(net).read_bytes()).hexdigest()
    assert network_fingerprint(read_net(net)) == digest
    found = find_network(net, digest)
    assert found is not None
    assert found.source == net


@pytest.mark.parametrize("given", [None, 3, ["a"], "absent.net", "x" * 300, "", "\0"])
def test_what_is_not_there(net: str, given: object) -> None:
    assert find_network(given, network_fingerprint(read_net(net))) is None


def test_another_network_of_that_name(net: str) -> None:
    assert find_network(net, "0" * 64) is None
    assert find_network(net, None) is None


def test_a_file_that_is_no_network(tmp_path: Path) -> None:
    path = tmp_path / "a.net"
    path.write_text("hello")
    assert find_network(str(path), hashlib.sha256(b"hello").hexdigest()) is None
