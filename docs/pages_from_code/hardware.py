"""The hardware profiles as a catalogue: every number with its interval, evidence, source and derivation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from neuromorph_track.hardware import HardwareProfile, Quantity, load_profiles
from neuromorph_track.hardware.coverage import unpriced, weakest_price
from neuromorph_track.hardware.locate import profiles_folder

_ABOVE_A_TABLE = re.compile(r"((?:^#[^\n]*\n)+)\[([a-z_.]+)\]", re.MULTILINE)
_AT_THE_TOP = re.compile(r"\A((?:#[^\n]*\n)+)")


def catalogue(_: str) -> str:
    """All profiles: a table of what they have in common, then each by itself."""
    profiles = load_profiles()
    entries = (line for profile in profiles for line in _entry(profile))
    return "\n".join([*_overview(profiles), *entries]) + "\n"


def _overview(profiles: list[HardwareProfile]) -> Iterator[str]:
    yield "| profile | machine | what is inside | a synop or MAC | weakest evidence |"
    yield "|---|---|---|---|---|"
    for profile in profiles:
        identity, price = profile.profile, profile.energy.synop or profile.energy.mac
        cost = "" if price is None else _interval(price)
        yield (
            f"| [`{profile.id}`](#{profile.id.replace('.', '')}) | {identity.name} | {identity.boundary} "
            f"| {cost} | {weakest_price(profile)} |"
        )
    yield ""


def _entry(profile: HardwareProfile) -> Iterator[str]:
    text = (profiles_folder() / f"{profile.id}.toml").read_text(encoding="utf-8")
    identity = profile.profile
    yield from ("", f"## `{profile.id}`", "")
    made = ", ".join(filter(None, (identity.vendor, identity.process)))
    looked = f" Last looked at {identity.revision}." if identity.revision else ""
    yield (
        f"{identity.name}{f' ({made})' if made else ''}: {identity.kind.replace('_', ' ')}, figures of the "
        f"{identity.boundary}. A synop is `{profile.counting.synop}`.{looked}"
    )
    top = _AT_THE_TOP.match(text)
    if top is not None:
        yield from ("", _prose(top[1]))
    yield from ("", "| number | value | low to high | evidence | at | source |", "|---|--:|---|---|---|---|")
    for path, quantity in profile.quantities():
        yield _row(path, quantity)
    missing = ", ".join(f"`{path}`" for path in unpriced(profile))
    if missing:
        yield from ("", f"Not priced, and listed in every result: {missing}.")
    reasons = {path: comment for comment, path in _ABOVE_A_TABLE.findall(text)}
    told = [(path, reasons[path]) for path, _ in profile.quantities() if path in reasons]
    if told:
        yield from ("", "How the numbers were come by:", "")
        yield from (f"- `{path}`: {_prose(comment)}" for path, comment in told)
    yield from ("", "Sources:", "")
    for source in profile.source:
        yield f"- `{source.id}`: {_plain(source.cite)}{f' <{source.url}>' if source.url else ''}"


def _row(path: str, quantity: Quantity) -> str:
    at = "; ".join(f"{name}: {value}" for name, value in quantity.conditions.items())
    scope = "" if quantity.scope == "per_term" else f" ({quantity.scope.replace('_', ' ')})"
    sources = ", ".join(f"`{name}`" for name in quantity.source)
    interval = f"{_number(quantity.low)} to {_number(quantity.high)}"
    value = f"{_number(quantity.value)} {_unit(quantity)}".strip()
    return f"| `{path}`{scope} | {value} | {interval} | {quantity.evidence} | {_plain(at)} | {sources} |"


def _interval(quantity: Quantity) -> str:
    ends = f"{_number(quantity.low)} to {_number(quantity.high)}"
    return f"{_number(quantity.value)} ({ends}) {_unit(quantity)}"


def _unit(quantity: Quantity) -> str:
    return {"count": "", "ratio": ""}.get(quantity.unit, quantity.unit.replace("u", "µ"))


def _number(value: float) -> str:
    return f"{value:,.6g}"


def _prose(comment: str) -> str:
    return _plain(" ".join(line.lstrip("# ").rstrip() for line in comment.splitlines()))


def _plain(text: str) -> str:
    """Text in which Markdown finds nothing to do."""
    return re.sub(r"([\\`*_\[\]<>|$])", r"\\\1", text)
