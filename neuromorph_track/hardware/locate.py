"""Where the profiles that come with the project lie."""

from __future__ import annotations

from pathlib import Path

_INSTALLED = Path(__file__).parent / "profiles"
_CHECKOUT = Path(__file__).parents[2] / "hardware_profiles"


def profiles_folder() -> Path:
    """The folder inside the installed package, or the one at the top of a checkout."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


def list_profiles() -> tuple[str, ...]:
    """Names of the profiles that come with the project, sorted."""
    return tuple(sorted(path.stem for path in profiles_folder().glob("*.toml")))
