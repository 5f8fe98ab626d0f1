"""The command line that does a run again, from what its folder says."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

SOT_FORMAT = "neuromorph-track sot/"
# Options of the verbs, by their names in run.json, and what they are without being given.
_RUN: dict[str, object] = {
    "max_frames": None,
    "event_window": None,
    "classes": None,
    "conf": None,
    "device": "cpu",
    "backend": "fixed",
    "tracker": None,
    "settings": None,
    "features": None,
    "association": "host",
    "hardware": [],
    "per_step": False,
}
_SOT: dict[str, object] = {
    "init": None,
    "start": 0,
    "max_frames": None,
    "event_window": None,
    "bits": 8,
    "results": None,
    "form": "otb",
    "device": "cpu",
    "hardware": [],
}
_NAMES = {"form": "--format"}
_OUTPUT = "runs/again"


def verb_of(record: Mapping[str, Any]) -> str:
    """``track``, ``profile`` or ``sot``."""
    if str(record.get("format")).startswith(SOT_FORMAT):
        return "sot"
    return "profile" if record.get("tracks") is None else "track"


def command_line(record: Mapping[str, Any]) -> str:
    """What to type; values are quoted for a shell.

    Parameters
    ----------
    record : Mapping
        ``run.json``, its source, network and options as a run writes them.
    """
    verb, options = verb_of(record), record.get("options") or {}
    source, net = record["source"]["given"], record["network"]["given"]
    words = ["neuromorph-track", verb, source, "--net", net]
    words += [word for name, usual in (_SOT if verb == "sot" else _RUN).items()
              for word in _option(name, options.get(name, usual), usual)]  # fmt: skip
    if verb == "sot":
        words += [word for name, value in (options.get("changes") or {}).items()
                  for word in _option(name, value, None)]  # fmt: skip
    # A name that begins with a dash would be an option.
    return shlex.join(map(str, [*words, "--output", _OUTPUT]))


def _option(name: str, value: object, usual: object) -> Iterator[object]:
    if value == usual or value is None or (isinstance(value, list) and not value):
        return
    flag = _NAMES.get(name, "--" + name.replace("_", "-"))
    if name == "classes" and isinstance(value, list):
        yield from (flag, ",".join(map(str, value)))
    elif isinstance(value, list):
        for each in value:
            yield from (flag, each)
    elif value is True:
        yield flag
    else:
        yield from (flag, value)
