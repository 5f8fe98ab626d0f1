"""A RUN folder's network and source, if both are still what they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, get_args

from neuromorph_track.association.single import SingleSettings
from neuromorph_track.data.frames import FrameSource
from neuromorph_track.errors import InputError, JobError
from neuromorph_track.netx import AnyNetwork, Siamese
from neuromorph_track.netx.memory import Bits
from neuromorph_track.runs.event_source import open_for
from neuromorph_track.runs.fingerprint import find_network
from neuromorph_track.runs.folder import RUN_JSON
from neuromorph_track.runs.pairs import find_pair, is_of_a_pair
from neuromorph_track.runs.rerun_layers import Layers
from neuromorph_track.runs.rerun_pair import PairLayers
from neuromorph_track.runs.rerun_shown import Replay
from neuromorph_track.runs.sot_source import SotSource, open_sot

NOTHING = "no pictures and maps: the run's"


def rerun_of(record: Mapping[str, Any], wanted: Sequence[str]) -> tuple[Replay | None, list[str]]:
    """The layers of a run, or None and why they cannot be run again.

    Parameters
    ----------
    record : dict
        The run's ``run.json``.
    wanted : sequence of str
        Layers to show channel by channel.

    Raises
    ------
    InputError
        When there is no such layer as is wanted.
    """
    named = _table(record, "network")
    pair = is_of_a_pair(named)
    network = find_pair(named) if pair else find_network(named.get("given"), named.get("sha256"))
    if network is None:
        return None, [f"{NOTHING} network is not there, or is another one by now"]
    try:
        source = _sot_source(record, network) if isinstance(network, Siamese) else _source(record, network)
        frames = source.frames if isinstance(source, SotSource) else source
        told = _table(record, "source")
        # Runs of `sot` did not say at first; that the spikes are the same is looked at anyway.
        same = (pair and "sha256" not in told) or frames.fingerprint() == told.get("sha256")
    except (InputError, JobError, OSError) as error:
        return None, [f"{NOTHING} source cannot be read: {error}"]
    if not same:
        return None, [f"{NOTHING} source is another one by now"]
    if not isinstance(source, SotSource):
        assert not isinstance(network, Siamese)
        return Layers(network, source, wanted), []
    assert isinstance(network, Siamese)
    try:
        settings, bits = _settings(record), _bits(record)
    except InputError as error:
        return None, [f"{NOTHING} settings cannot be read: {error}"]
    return PairLayers(network, source, settings, bits, wanted), []


def _source(record: Mapping[str, Any], network: AnyNetwork) -> FrameSource:
    contract = network.contract
    events = None if contract is None else contract.input.events
    return open_for(_given(record), events, _table(record, "options").get("event_window")).frames


def _sot_source(record: Mapping[str, Any], siamese: Siamese) -> SotSource:
    options, wanted = _table(record, "options"), siamese.contract.search.input.events
    given = _given(record)
    box = record.get("init")
    init = ",".join(map(str, box)) if isinstance(box, list) else None
    # Runs did not say at first where they began, which was where they were told to.
    window, start = options.get("event_window"), record.get("start", options.get("start", 0))
    return open_sot(given, init, options.get("max_frames"), wanted, window, start)


def _given(record: Mapping[str, Any]) -> str:
    given = _table(record, "source").get("given")
    if not isinstance(given, str):
        raise InputError(RUN_JSON, "source.given", repr(given), "the name of a source")
    return given


def _settings(record: Mapping[str, Any]) -> SingleSettings:
    told = _table(record, "tracker")
    known = {field.name: told[field.name] for field in fields(SingleSettings) if field.name in told}
    try:
        return SingleSettings(**known)
    except TypeError as error:
        raise InputError(RUN_JSON, "tracker", str(error), "what a run writes there") from error


def _bits(record: Mapping[str, Any]) -> Bits:
    bits = _table(record, "options").get("bits", 8)
    found: list[Bits] = [each for each in get_args(Bits) if each == bits]
    if not found:
        raise InputError(RUN_JSON, "options.bits", repr(bits), "8, 6 or 4")
    return found[0]


def _table(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = record.get(name)
    return part if isinstance(part, dict) else {}
