"""The next step after a name, an option or a place that cannot be used."""

from __future__ import annotations

import os
import re
from pathlib import Path

from neuromorph_track.cli.alike import beside, meant, nearest
from neuromorph_track.cli.program import PROGRAM
from neuromorph_track.errors import InputError

_CHOICES = re.compile(r"(?:one of (?:the zoo: )?|(?:some of|a run or)[^:]*: )(.+)")
_ENDING = re.compile(r"\.[a-z]\w*")
_NO_FIELD = ("no such field", "an unknown field", "no number of this name")
# What makes a folder a network.
_FOLDERS = ("graph.toml", "siamese.toml")
_LONGEST = 200


def _mistyped_choice(error: InputError, verb: str | None) -> str | None:
    """A name out of a list that the error itself gives."""
    listed = _CHOICES.search(error.expected)
    if listed is None:
        return None
    choices = [each.strip(" '") for each in re.split(r",| or ", listed.group(1))]
    wrong = Path(error.source).name if error.found == "no such file" else error.found.strip("'")
    if error.found in _NO_FIELD:
        wrong = error.field.rpartition(".")[2]
    return meant(nearest(wrong, choices))


def _network_of_another_verb(error: InputError, verb: str | None) -> str | None:
    if error.field != "network":
        return None
    if "`sot`" in error.found:
        return f"{PROGRAM} sot SOURCE --net {error.source}"
    if verb == "sot" and error.found == "no such file":
        from neuromorph_track.export.zoo import zoo

        if error.source in (entry.name for entry in zoo() if not entry.pair):
            return f"{PROGRAM} track SOURCE --net {error.source}"
    return None


def _absent_network(error: InputError, verb: str | None) -> str | None:
    listed = f"{PROGRAM} zoo lists those that come along"
    if error.field == "network" and error.found == "no such file":
        elsewhere = f"{listed}; others are .net files or folders" if "zoo" in error.expected else None
        return meant(beside(error.source)) or elsewhere
    path = Path(error.source)
    if path.name in _FOLDERS and error.found == "nothing" and os.path.isdir(path.parent):
        return f"a folder is a network where it holds graph.toml or siamese.toml; {listed}"
    return None


def _unknown_class(error: InputError, verb: str | None) -> str | None:
    # Rules that score all classes together are no network, and have none.
    if error.field != "classes" or error.expected.startswith("none"):
        return None
    return f"{PROGRAM} inspect {error.source} lists the classes"


def _unknown_hardware(error: InputError, verb: str | None) -> str | None:
    return f"{PROGRAM} hardware list shows the names" if error.source == "hardware" else None


def _option(error: InputError, verb: str | None) -> str | None:
    """An option that has to be given with this source, or must not be."""
    if not error.field.startswith("--"):
        return None
    if error.found == "nothing":
        return f"add {error.field} {error.expected}"
    return f"leave {error.field} out" if error.expected.startswith("none") else None


def _training_in_the_way(error: InputError, verb: str | None) -> str | None:
    if error.found == "an unfinished training":
        return f"add --resume to go on, or another -o, e.g. -o {_free(Path(error.source).parent)}"
    if error.found == "a finished training":
        folder = _free(Path(error.source).parent)
        return f"{PROGRAM} export {error.source} -o OUT.net, or train into another -o, e.g. {folder}"
    return None


def _output_in_the_way(error: InputError, verb: str | None) -> str | None:
    if error.field != "output":
        return None
    path, ending = Path(error.source), _ENDING.search(error.expected)
    if ending is not None or verb == "report":
        right = path.with_name(path.stem + (ending.group() if ending else ".html"))
        path = right if right != path else path
    elif error.found == "a file" or "ending in" in error.found:
        # Folders have no ending.
        path = path.with_suffix("")
    another = f"-o {_free(path)}"
    if "--overwrite" in error.expected:
        return f"add --overwrite to replace it, or name another place, e.g. {another}"
    return f"name another place, e.g. {another}"


def _free(place: Path) -> str:
    """``place`` if nothing is there, or else a name beside it that nothing has."""
    if len(place.name) > _LONGEST:
        return "runs/another"
    number, free = 2, place
    while os.path.exists(free):
        free = place.with_name(f"{place.stem}-{number}{place.suffix}")
        number += 1
    return str(free)


def _no_scene(error: InputError, verb: str | None) -> str | None:
    there = error.field == "scene" and os.path.exists(error.source)
    return f"{PROGRAM} track {error.source} takes what is no scene" if there else None


NAME_RULES = (
    *(_mistyped_choice, _network_of_another_verb, _absent_network, _unknown_class, _unknown_hardware),
    *(_option, _training_in_the_way, _output_in_the_way, _no_scene),
)
