"""The next step after a file or a folder that is not there, or does not hold what it should."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from neuromorph_track.cli.alike import beside, meant, nearest
from neuromorph_track.cli.program import PROGRAM
from neuromorph_track.errors import InputError

_RUN, _SCORES = "run.json", "scores.json"
# Of a RUN folder, those that nobody writes by hand.
_COUNTED = (_RUN, "energy.json", "activity.h5", "template_energy.json", "template_activity.h5")
# Verbs that take RUN folders.
_OF_RUNS = ("compare", "report", "explore", "eval", "eval-single")
# By what they see of one object.
_TRACKERS = {"events": "hadtrack-nano", "frames": "spiketrack-nano"}
_WITH_NETWORK = ("track", "profile", "inspect", "verify")
_VIDEO = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v")
_TENSORS = (".pt", ".pth")
_GRAPH = ".nir"
_LAST = "last.pt"
_TOML = ".toml"
_TEXTS = (_TOML, ".txt", ".csv", ".tsv", ".ini", ".json")
_ABSENT = ("nothing", "no such file", "no such file or folder")
_PLACE = re.compile(r"at line (\d+)")
# Names of what a folder holds that are shown.
_SHOWN = 3


def _no_run(error: InputError, verb: str | None) -> str | None:
    """A folder in the place of a RUN folder: which others there are."""
    if error.field != _RUN:
        return None
    place = Path(error.source)
    found = {each.parent for folder in (place.parent, Path("runs")) for each in folder.glob(f"*/{_RUN}")}
    runs = {folder.name: str(folder) for folder in sorted(found - {place})}
    if alike := nearest(place.name, list(runs)):
        return meant([runs[name] for name in alike])
    if runs:
        more = f" and {len(runs) - _SHOWN} more" if len(runs) > _SHOWN else ""
        return f"runs here: {', '.join(list(runs.values())[:_SHOWN])}{more}"
    return f"{PROGRAM} track SOURCE -o runs/mine makes a run"


def _part_of_a_run(error: InputError, verb: str | None) -> str | None:
    path = Path(error.source)
    if path.name not in (*_COUNTED, _SCORES) or not os.path.isfile(path.parent / _RUN):
        return None
    # To what asked for another kind of file it says nothing of whether the run is whole.
    if verb not in _OF_RUNS or _named(path):
        return f"{path} belongs to a run: name another file; {PROGRAM} report {path.parent} shows the run"
    if path.name == _SCORES:
        return f"{PROGRAM} eval --gt TRUTH --results {path.parent} writes it anew"
    return f"not whole, or another version's: run it again with -o {path.parent} --overwrite"


def _named(path: Path) -> bool:
    """Whether the user gave this very file, alone or as ``--option=FILE``."""
    words = [word for each in sys.argv[1:] for word in (each, each.partition("=")[2])]
    return os.path.normpath(path) in map(os.path.normpath, filter(None, words))


def _no_contract(error: InputError, verb: str | None) -> str | None:
    if error.field != "neuromorph_track/contract" or error.found != "nothing":
        return None
    return f"{PROGRAM} inspect {error.source} shows what it holds; from Python it can be given a contract"


def _no_network(error: InputError, verb: str | None) -> str | None:
    """Something else in the place of a `.net`."""
    path, unread = Path(error.source), "HDF5 cannot read" in error.found or error.field == "layer"
    if not unread or path.suffix == ".net" or verb not in _WITH_NETWORK:
        return None
    if path.suffix in (*_TENSORS, _GRAPH):
        return f"{PROGRAM} export {path} -o {path.with_suffix('.net')} makes a network of it"
    return f"networks are .net files; {PROGRAM} zoo lists those that come along"


def _torn(error: InputError, verb: str | None) -> str | None:
    """A file of bytes that its reader gave up on, by what it must have been."""
    path = Path(error.source)
    if " bytes that " not in error.found:
        return None
    if path.is_file() and path.stat().st_size == 0 and path.name != _LAST:
        return f"{path} is empty: fetch or make it again"
    if error.field == "video":
        return f"does it play? `ffmpeg -i {path} mended.mp4` writes what can still be read"
    if error.field == "picture":
        return f"copy {path} again, or take it out of the folder"
    if "PyTorch" in error.found and path.name == _LAST:
        return "the training cannot go on from it: begin anew with another -o"
    if "PyTorch" in error.found and path.suffix in _TENSORS:
        own = "; of a model of your own save its state_dict()" if verb == "export" else ""
        return f"a torn copy? fetch it again{own}"
    if path.suffix == ".net":
        return f"a torn copy? fetch or `{PROGRAM} export` it again"
    return "a torn copy? fetch it again" if path.suffix == _GRAPH else None


def _unknown_checkpoint(error: InputError, verb: str | None) -> str | None:
    if verb != "export" or error.field != "contents":
        return None
    return "of a model of your own: --model package.module:function --input-shape C,H,W"


def _other_sense(error: InputError, verb: str | None) -> str | None:
    if verb != "sot" or error.field != "input" or error.found not in _TRACKERS:
        return None
    return f"--net {_TRACKERS[error.found]} takes {error.found}"


def _events(error: InputError, verb: str | None) -> str | None:
    if error.field != "input" or error.found != "a text":
        return None
    return f"{PROGRAM} events {error.source} shows whether it holds events"


def _text(error: InputError, verb: str | None) -> str | None:
    """What a person has written, and can mend."""
    # Profiles name the line too: chip.toml:12.
    names = error.source, error.source.rpartition(":")[0]
    path = Path(next((name for name in names if os.path.isfile(name)), ""))
    if path.suffix.casefold() not in _TEXTS:
        return None
    toml = path.suffix.casefold() == _TOML
    if toml and ("schema" in error.field or _is_profile(path)):
        return f"`{PROGRAM} hardware check {path}` says all that is wrong; `hardware new` prints a sound one"
    if "TOML" in error.expected and not toml:
        return f"name a TOML file; {path} is none"
    line = _PLACE.search(error.found)
    if error.field == "syntax" and line is not None:
        return f"mend line {line.group(1)} of {path}"
    if toml:
        return f"mend {error.field} in {path}"
    if not error.field.startswith("line "):
        return None
    line_of, _, column = error.field.partition(", ")
    named = f"{line_of} ({column})" if column else line_of
    return f"mend {named} in {path}, or name another file"


def _is_profile(path: Path) -> bool:
    try:
        return "[profile" in path.read_text(encoding="utf-8")[:4096]
    except (OSError, UnicodeDecodeError):
        return False


def _folder(error: InputError, verb: str | None) -> str | None:
    """A folder without what was looked for in it."""
    path = Path(error.source)
    if not (error.field in ("folder", "events", "sequences") and os.path.isdir(path)):
        return None
    held = sorted(os.listdir(path))
    if not held:
        return f"{path} is an empty folder: check the path"
    more = f" and {len(held) - _SHOWN} more" if len(held) > _SHOWN else ""
    return f"{path} holds {', '.join(held[:_SHOWN])}{more}: check the path"


def _absent_path(error: InputError, verb: str | None) -> str | None:
    """Something that is named, and is not there."""
    if error.found not in _ABSENT or os.path.exists(error.source):
        return None
    if ":/" in error.source:
        return "an address is not read: save what it gives as a file, and name that"
    if (alike := meant(beside(error.source))) is not None:
        return alike
    folder = Path(error.source).parent
    if not os.path.isdir(folder):
        return f"there is no folder {folder}: check the path"
    return f"check the spelling; {folder.resolve()} has nothing of this name"


FILE_RULES = (
    *(_no_run, _part_of_a_run, _no_contract, _no_network, _torn, _unknown_checkpoint),
    *(_other_sense, _events, _text, _folder, _absent_path),
)
