"""What a user says about a comparison: runs, profiles, accuracies and the baseline, by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from neuromorph_track.errors import InputError
from neuromorph_track.hardware import HardwareProfile


def run_names(folders: Sequence[Path]) -> list[str]:
    """The shortest ends of paths that tell them apart; the same folder twice is numbered."""
    resolved = [folder.resolve() for folder in folders]
    names: list[str] = []
    for place, path in enumerate(resolved):
        others = {other for other in resolved if other != path}
        name = str(path)
        for length in range(1, len(path.parts)):
            end = path.parts[-length:]
            if all(other.parts[-length:] != end for other in others):
                name = "/".join(end)
                break
        earlier = resolved[:place].count(path)
        names.append(f"{name} ({earlier + 1})" if earlier else name)
    return names


def accuracies_by_place(folders: Sequence[Path], accuracy: Mapping[str, float]) -> dict[int, float]:
    """Place among the runs -> accuracy given by hand."""
    names = run_names(folders)
    given: dict[int, float] = {}
    for asked, value in accuracy.items():
        places = [place for place in range(len(folders)) if _is_meant(asked, names[place], folders[place])]
        if not places:
            raise InputError("accuracy", "run", repr(asked), f"one of {', '.join(names)}")
        if not value <= 1:
            raise InputError("accuracy", asked, f"{value:g}", "a fraction such as 0.612")
        given.update(dict.fromkeys(places, value))
    return given


def baseline_of(
    folders: Sequence[Path], profiles: Sequence[HardwareProfile], asked: str | None
) -> tuple[str | None, str | None]:
    """Name of the run that all others are compared with, or id of the profile; one of the two is None."""
    names = run_names(folders)
    if asked is None:
        return (names[0], None) if len(names) > 1 else (None, profiles[0].id)
    for name, folder in zip(names, folders, strict=True):
        if _is_meant(asked, name, folder):
            return name, None
    for profile in profiles:
        if asked in (profile.id, profile.profile.name):
            return None, profile.id
    there = names + [profile.id for profile in profiles]
    raise InputError("baseline", "name", repr(asked), f"a run or a profile: {', '.join(there)}")


def _is_meant(asked: str, name: str, folder: Path) -> bool:
    return asked in (name, str(folder)) or Path(asked).resolve() == folder.resolve()
