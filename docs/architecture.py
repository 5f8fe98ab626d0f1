"""Draws architecture.svg: the rooms in the order of their imports, and what goes from one to another.

Run it as ``python docs/architecture.py``; a test compares what it draws with the file, and with the rule of
imports.
"""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

PICTURE = Path(__file__).with_name("architecture.svg")

# In the order in which rooms may import.
ROWS = (
    (("errors", "one line for the user"), ("files", "whole, or not at all")),
    (("netx", "the .net file"), ("hardware", "prices, cores"), ("data", "video, boxes, events")),
    (
        ("detection", "picture ↔ integers"),
        ("networks", "families, losses"),
        ("training", "recipes, the loop"),
    ),
    (
        ("export", "checkpoint → .net"),
        ("backends", "simulator, Lava, chip"),
        ("association", "boxes → tracks"),
    ),
    (("profiling", "counts → joules"), ("evaluation", "HOTA, AP, AO"), ("reports", "tables, plots, video")),
    (("runs", "the verbs as functions"), ("cli", "the verbs as commands")),
)
FLOW = (
    ("checkpoint", "SLAYER, norse, ours", "export"),
    (".net", "integer layers", "run"),
    ("activity", "exact counts, tracks", "price"),
    ("joules", "an interval per chip", ""),
)

WIDTH, MARGIN = 760, 20
ROOM_HEIGHT, ROW_STEP = 46, 62
STYLE = """
  text { font: 14px system-ui, sans-serif; fill: #1f2933; text-anchor: middle }
  .name { font: 600 14px ui-monospace, monospace }
  .what { font-size: 12px; fill: #52606d }
  .side { font-size: 12px; fill: #52606d; text-anchor: start }
  .room { fill: #ffffff; stroke: #9aa5b1 }
  .lava { stroke: #b45309; stroke-width: 2; stroke-dasharray: 5 3 }
  .thing { fill: #e6f0fa; stroke: #2b6cb0; stroke-width: 1.5 }
  .paper { fill: #f7f9fb }
  line, path { stroke: #2b6cb0; stroke-width: 1.5; fill: none }
  .order { stroke: #9aa5b1 }
"""
# Rooms in which Lava, lava-dl or norse may be named, as a whole or in files of their own.
LAVA = ("networks", "training", "export", "backends", "association", "profiling")


def box(x: float, y: float, width: float, kind: str, name: str, what: str) -> str:
    middle = x + width / 2
    return (
        f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{ROOM_HEIGHT}" rx="6"/>'
        f'<text class="name" x="{middle:g}" y="{y + 19:g}">{escape(name)}</text>'
        f'<text class="what" x="{middle:g}" y="{y + 36:g}">{escape(what)}</text>'
    )


def flow(top: float) -> list[str]:
    """What the user's things become, from left to right."""
    gap, count = 62, len(FLOW)
    width = (WIDTH - 2 * MARGIN - gap * (count - 1)) / count
    drawn = []
    for place, (name, what, verb) in enumerate(FLOW):
        x, middle = MARGIN + place * (width + gap), top + ROOM_HEIGHT / 2
        drawn.append(box(x, top, width, "thing", name, what))
        if verb:
            drawn.append(
                f'<line x1="{x + width + 4:g}" y1="{middle:g}" x2="{x + width + gap - 5:g}" y2="{middle:g}" '
                f'marker-end="url(#tip)"/>'
                f'<text class="what" x="{x + width + gap / 2:g}" y="{middle - 8:g}">{verb}</text>'
            )
    return drawn


def rooms(top: float) -> list[str]:
    left, gap = MARGIN + 34, 14
    drawn = []
    for row, names in enumerate(ROWS):
        width = (WIDTH - MARGIN - left - gap * (len(names) - 1)) / len(names)
        for place, (name, what) in enumerate(names):
            kind = "room lava" if name in LAVA else "room"
            drawn.append(box(left + place * (width + gap), top + row * ROW_STEP, width, kind, name, what))
    bottom = top + (len(ROWS) - 1) * ROW_STEP + ROOM_HEIGHT
    # Imports point upwards.
    drawn.append(
        f'<line class="order" x1="{MARGIN + 12}" y1="{bottom:g}" x2="{MARGIN + 12}" y2="{top + 4:g}" '
        'marker-end="url(#grey)"/>'
    )
    return drawn


def picture() -> str:
    """The whole drawing as SVG."""
    top = 116
    bottom = top + (len(ROWS) - 1) * ROW_STEP + ROOM_HEIGHT
    height = bottom + 62
    notes = (
        "A room imports only from rooms that stand before it: above it, or to its left.",
        "Dashed: may name Lava, lava-dl or norse, imported inside functions or by a program of their own.",
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
            "<title>From a checkpoint to joules; the rooms of the package in the order of imports</title>",
            f"<style>{STYLE}</style>",
            "<defs>",
            *(
                f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
                f'orient="auto"><path d="M0 0 L8 4 L0 8 z" style="fill:{colour};stroke:none"/></marker>'
                for name, colour in (("tip", "#2b6cb0"), ("grey", "#9aa5b1"))
            ),
            "</defs>",
            f'<rect class="paper" width="{WIDTH}" height="{height}" rx="8"/>',
            *flow(MARGIN + 6),
            *rooms(top),
            *(
                f'<text class="side" x="{MARGIN + 34}" y="{bottom + 24 + 18 * line:g}">{escape(note)}</text>'
                for line, note in enumerate(notes)
            ),
            "</svg>",
            "",
        ]
    )


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
