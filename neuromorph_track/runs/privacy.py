"""Texts that are to be published: without the names of users and their home folders."""

from __future__ import annotations

import os
import re
from typing import Any

NAME_VARIABLES = ("USER", "LOGNAME", "USERNAME", "SUDO_USER")
# Homes of people who are not known here, but whose files may be in use.
HOMES = re.compile(r"(?<![\w.-])/(home|Users)/[^/:\s'\"]+")


def without_names(found: Any) -> Any:
    """The same texts, in lists and dictionaries too, with ``~`` for home folders and USER for user names."""
    if isinstance(found, dict):
        return {name: without_names(value) for name, value in found.items()}
    if isinstance(found, list):
        return [without_names(value) for value in found]
    return _replaced(found) if isinstance(found, str) else found


def _replaced(text: str) -> str:
    for home in _homes():
        text = re.sub(rf"(?<![\w.-]){re.escape(home)}(?![\w.-])", "~", text)
    text = HOMES.sub(r"/\1/USER", text)
    for name in _names():
        text = re.sub(rf"(?<=/){re.escape(name)}(?![\w.-])", "USER", text)
    return text


def _names() -> set[str]:
    return {name for variable in NAME_VARIABLES if (name := os.environ.get(variable))}


def _homes() -> list[str]:
    """Home folders of the user, and of who has become another user; the longest first."""
    tildes = ["~", *(f"~{name}" for name in _names() if "/" not in name)]
    named = [os.path.expanduser(tilde) for tilde in tildes]
    folders = {folder.rstrip("/") for home in named for folder in (home, os.path.realpath(home))}
    return sorted((folder for folder in folders if folder.startswith("/")), key=len, reverse=True)
