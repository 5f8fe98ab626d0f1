"""What must be true of an executed notebook, and of all together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOST_SECONDS = 1200.0
"""Of all notebooks together: twice the goal of ten minutes, since other work on a machine counts too."""
# Characters of what a cell wrote to stderr.
SHOWN = 300


def faults(notebook: Mapping[str, Any]) -> list[str]:
    """What is wrong with an executed notebook, as ``nbformat`` reads it: words on stderr, or no picture."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    found = [
        f"code cell {number} writes to stderr: {output['text'].strip()[:SHOWN]}"
        for number, cell in enumerate(cells, 1)
        for output in cell["outputs"]
        if output["output_type"] == "stream" and output["name"] == "stderr"
    ]
    drawn = (kind for cell in cells for output in cell["outputs"] for kind in output.get("data", ()))
    if not any(kind.startswith("image/") for kind in drawn):
        found.append("draws no picture")
    return found


def seconds_line(seconds: Mapping[str, float]) -> str:
    each = ", ".join(f"{name} {value:.0f}" for name, value in seconds.items())
    return f"notebooks: {sum(seconds.values()):.0f} s together ({each})"


def seconds_fault(seconds: Mapping[str, float]) -> str | None:
    """What is wrong where they take too long; None where they do not."""
    total = sum(seconds.values())
    if total <= MOST_SECONDS:
        return None
    return f"the notebooks take {total:.0f} s together, more than {MOST_SECONDS:.0f} s"
