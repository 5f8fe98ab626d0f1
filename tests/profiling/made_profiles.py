"""Hardware profiles for tests, as short as they can be."""

from __future__ import annotations

from neuromorph_track.hardware import HardwareProfile, parse_profile

Edges = float | tuple[float, float, float]
UNITS = {"energy": "pJ", "power": "mW", "time": "ns", "resources": "count", "spread": "ratio"}
SURE = {"spread.chip": 1}
"""No factor between boards."""


def made(
    prices: dict[str, Edges],
    *,
    kind: str = "event_driven",
    counting: str = 'synop = "nonzero_weight"',
    name: str = "mine",
    evidence: dict[str, str] | None = None,
    scope: str = "per_term",
) -> HardwareProfile:
    """A profile with prices by path, in pJ, mW and ns; one number is sure, three are low, value and high."""
    lines = [
        'schema = "hardware-profile/1"',
        f'profile = {{ id = "{name}", name = "{name.title()}", kind = "{kind}", boundary = "chip" }}',
        f"counting = {{ {counting} }}",
        'source = [{ id = "me", cite = "made up" }]',
    ]
    for path, edges in prices.items():
        low, value, high = (edges,) * 3 if isinstance(edges, (int, float)) else edges
        section = path.partition(".")[0]
        grade = (evidence or {}).get(path, "measured")
        extent = f'scope = "{scope}"' if section == "energy" else 'scope = "per_term"'
        numbers = f"value = {value}, low = {low}, high = {high}"
        rest = f'unit = "{UNITS[section]}", evidence = "{grade}", source = ["me"], {extent}'
        lines.append(f"{path} = {{ {numbers}, {rest} }}")
    return parse_profile("\n".join(lines), "mine.toml")
