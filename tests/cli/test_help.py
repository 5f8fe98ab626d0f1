"""Every verb explains itself, and wrong usage is told from wrong input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer

from neuromorph_track.cli.app import app
from tests.cli.conftest import Command

VERBS = sorted(typer.main.get_group(app).commands)  # type: ignore[attr-defined]


def test_the_verbs() -> None:
    verbs = "associate compare demo eval export inspect profile track train tune zoo"
    assert set(verbs.split()) <= set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_help_has_an_example(command: Command, verb: str) -> None:
    answer = command(verb, "--help")
    assert answer.code == 0
    assert f"Example: neuromorph-track {verb}" in " ".join(answer.out.split())
    assert answer.err == ""


def test_the_list_of_verbs(command: Command) -> None:
    answer = command("--help")
    assert answer.code == 0
    assert all(verb in answer.out for verb in VERBS)


def commands() -> Iterator[tuple[str, Any]]:
    """All that has a help of its own: verbs, and those of `hardware` and `env`."""
    for name, verb in typer.main.get_group(app).commands.items():  # type: ignore[attr-defined]
        yield name, verb
        yield from ((f"{name} {inner}", each) for inner, each in getattr(verb, "commands", {}).items())


@pytest.mark.parametrize(("verb", "explained"), list(commands()))
def test_no_word_of_the_help_is_swallowed(
    command: Command, monkeypatch: pytest.MonkeyPatch, verb: str, explained: Any
) -> None:
    """Rich takes [word] for markup, and prints nothing of it, where it is not escaped."""
    monkeypatch.setenv("COLUMNS", "400")
    printed = set(command(*verb.split(), "--help").out.split())
    helps = [explained.help, *(getattr(each, "help", None) for each in explained.params)]
    # The backslash that escapes is not printed.
    words = {word for text in helps for word in (text or "").replace("\\[", "[").split()}
    assert words - printed == set()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--nonsense"],
        ["nonsense"],
        ["track"],
        ["track", "a.mp4", "--nonsense"],
        ["track", "a.mp4", "--max-frames", "0"],
        ["track", "a.mp4", "--max-frames", "many"],
        ["track", "a.mp4", "--conf", "1.1"],
        ["track", "a.mp4", "--conf", "nan"],
        ["profile", "a.mp4", "--conf", "0.5"],
        ["track", "a.mp4", "--association", "moon"],
        ["profile", "a.mp4", "--association", "lava"],
        ["compare"],
        ["inspect"],
        ["train"],
        ["export", "a.pt"],
        ["eval", "--gt", "a"],
    ],
)
def test_wrong_usage(command: Command, arguments: list[str]) -> None:
    answer = command(*arguments)
    assert answer.code == 2
    assert "Traceback" not in answer.err


def test_version(command: Command) -> None:
    answer = command("--version")
    assert answer.code == 0
    assert len(answer.out.split("\n")) == 2
