"""What to do about an error: one step, derived from what the error says."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from neuromorph_track.errors import InputError, JobError

PROGRAM = "neuromorph-track"
# Of how alike two names must be for one to be a slip of the other (0 to 1, as difflib counts).
ALIKE = 0.5
_CHOICES = re.compile(r"(?:one of (?:the zoo: )?|some of [^:]*: )(.+)")
# Shorter words are the beginning of too many.
SHORTEST = 3
_EXTRA = re.compile(r"neuromorph-track\[(\w+)\]")
_ABSENT = ("nothing", "no such file", "no such file or folder")
_NO_FIELD = ("no such field", "an unknown field", "no number of this name")
_VIDEO = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v")
_TENSORS = (".pt", ".pth")


def next_step(error: InputError | JobError, verb: str | None = None) -> str:
    """What a user can do about ``error``.

    Parameters
    ----------
    verb : str, optional
        What was called, e.g. ``track`` or ``hardware check``.
    """
    if error.hint is not None:
        return error.hint
    if isinstance(error, JobError):
        return _first(_JOB_RULES, str(error)) or help_of(verb)
    return _first(_INPUT_RULES, error) or help_of(verb)


def help_of(verb: str | None) -> str:
    """Where the options of a verb are explained."""
    return f"{PROGRAM} {verb + ' ' if verb else ''}--help says what it takes"


def near(name: str, choices: Sequence[str]) -> str | None:
    """The choice that a mistyped or shortened name is most like, or None; only letters and digits count."""
    wanted, by_letters = _letters(name), {_letters(choice): choice for choice in choices}
    begun = (
        [letters for letters in by_letters if letters.startswith(wanted)] if len(wanted) >= SHORTEST else []
    )
    alike = sorted(begun, key=len) or difflib.get_close_matches(wanted, list(by_letters), n=1, cutoff=ALIKE)
    return by_letters[alike[0]] if alike else None


def _letters(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _mistyped_choice(error: InputError) -> str | None:
    """A name out of a list that the error itself gives."""
    listed = _CHOICES.search(error.expected)
    if listed is None:
        return None
    choices = [each.strip(" '") for each in re.split(r",| or ", listed.group(1))]
    wrong = Path(error.source).name if error.found == "no such file" else error.found.strip("'")
    if error.found in _NO_FIELD:
        wrong = error.field.rpartition(".")[2]
    meant = near(wrong, choices)
    return None if meant is None else f"did you mean {meant}?"


def _absent_network(error: InputError) -> str | None:
    if error.field != "network" or error.found != "no such file":
        return None
    listed = f"{PROGRAM} zoo lists the names; a path must end in .net or be a folder"
    return _beside(error.source) or (listed if "zoo" in error.expected else None)


def _unknown_class(error: InputError) -> str | None:
    # Rules that score all classes together are no network, and have none.
    if error.field != "classes" or error.expected.startswith("none"):
        return None
    return f"{PROGRAM} inspect {error.source} lists the classes"


def _unknown_hardware(error: InputError) -> str | None:
    return f"{PROGRAM} hardware list shows the names" if error.source == "hardware" else None


def _absent_path(error: InputError) -> str | None:
    """Something that is named, and is not there."""
    if error.found not in _ABSENT or os.path.exists(error.source):
        return None
    meant = _beside(error.source)
    if meant is not None:
        return meant
    folder = Path(error.source).parent
    if not os.path.isdir(folder):
        return f"there is no folder {folder}: check the path"
    return f"check the spelling; {folder.resolve()} has nothing of this name"


def _beside(path: str) -> str | None:
    """A file or folder of a like name beside the place where one was looked for."""
    folder, name = os.path.split(path)
    try:
        there = sorted(os.listdir(folder or "."))
    except OSError:
        return None
    meant = near(name, there)
    return None if meant is None else f"did you mean {os.path.join(folder, meant)}?"


def _output_in_the_way(error: InputError) -> str | None:
    if error.field != "output":
        return None
    if "--overwrite" in error.expected:
        return f"add --overwrite to replace it, or name another place, e.g. -o {_another(error.source)}"
    if "ending in" in error.found:
        return f"-o with {error.expected}"
    return f"name another place, e.g. -o {_another(error.source)}"


def _another(place: str) -> str:
    """A name beside ``place`` that nothing has."""
    path = Path(place)
    if len(path.name) > 200:
        return "runs/another"
    number = 2
    while os.path.exists(path.with_name(f"{path.stem}-{number}{path.suffix}")):
        number += 1
    return str(path.with_name(f"{path.stem}-{number}{path.suffix}"))


def _training_in_the_way(error: InputError) -> str | None:
    if error.found == "an unfinished training":
        return f"add --resume to go on, or another -o, e.g. -o {_another(str(Path(error.source).parent))}"
    if error.found == "a finished training":
        folder = _another(str(Path(error.source).parent))
        return f"{PROGRAM} export {error.source} -o OUT.net, or train into another -o, e.g. {folder}"
    return None


def _no_run(error: InputError) -> str | None:
    if error.field != "run.json":
        return None
    return f"{PROGRAM} track SOURCE -o {error.source} makes a run; `ls` shows which folders have a run.json"


def _no_contract(error: InputError) -> str | None:
    if error.field != "neuromorph_track/contract" or error.found != "nothing":
        return None
    return f"{PROGRAM} inspect {error.source} shows what it holds; from Python it can be given a contract"


def _broken_file(error: InputError) -> str | None:
    """A file that is there and does not hold what it should."""
    # Profiles name the line too: chip.toml:12.
    found = next(
        (name for name in (error.source, error.source.rpartition(":")[0]) if os.path.exists(name)), None
    )
    if found is None:
        return None
    path = Path(found)
    suffix = path.suffix.casefold()
    if suffix in _VIDEO:
        return f"does it play? `ffmpeg -i {path} mended.mp4` writes what can still be read"
    if suffix in _TENSORS:
        return "a torn copy? fetch it again; `export` takes final.pt of `train`, or with --model your own"
    if suffix == ".net":
        return f"a torn copy? fetch or `{PROGRAM} export` it again"
    if suffix == ".toml" and ("schema" in error.field or _is_profile(path)):
        return f"`{PROGRAM} hardware check {path}` says all that is wrong; `hardware new` prints a sound one"
    if suffix == ".toml":
        return f"mend {error.field} in {path}"
    if path.is_dir():
        return f"look into {path}: is it the right folder?"
    return f"mend {error.field} in {path}, or name another file"


def _is_profile(path: Path) -> bool:
    try:
        return "[profile" in path.read_text(encoding="utf-8")[:4096]
    except (OSError, UnicodeDecodeError):
        return False


def _missing_extra(text: str) -> str | None:
    found = _EXTRA.search(text)
    if found is None:
        return None
    where = " in an environment of Python 3.10" if found.group(1) == "lava" else ""
    return f"pip install 'neuromorph-track[{found.group(1)}]'{where}"


def _no_lava(text: str) -> str | None:
    return f"{PROGRAM} env lava" if "env lava` once" in text else None


def _slow_lava(text: str) -> str | None:
    return "a longer --timeout, or fewer --frames" if "did not answer within" in text else None


def _cannot_write(text: str) -> str | None:
    if "cannot be written" not in text:
        return None
    if "No space" in text or "too large" in text:
        return "free some space (`df -h`), or name another disk with -o"
    if "name too long" in text:
        return "a shorter name with -o"
    return "name a place with -o in which you may write"


def _no_memory(text: str) -> str | None:
    return (
        "close what else needs memory, or take less at once (--max-frames, --device)"
        if "memory" in text
        else None
    )


_Given = TypeVar("_Given")


def _first(rules: Iterable[Callable[[_Given], str | None]], given: _Given) -> str | None:
    """What the first rule says that has something to say."""
    return next((step for step in (rule(given) for rule in rules) if step is not None), None)


# In the order in which they are asked: the narrow before the wide.
_INPUT_RULES = (
    *(
        _mistyped_choice,
        _absent_network,
        _unknown_class,
        _unknown_hardware,
        _training_in_the_way,
        _output_in_the_way,
    ),
    *(_no_run, _no_contract, _absent_path, _broken_file),
)
_JOB_RULES = (_missing_extra, _no_lava, _slow_lava, _cannot_write, _no_memory)
