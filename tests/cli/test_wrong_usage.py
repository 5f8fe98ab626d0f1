"""What is said of a value that an option does not take."""

from __future__ import annotations

import pytest
import typer

from neuromorph_track.cli.wrong_usage import reword
from tests.cli.conftest import Command


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["verify", "a", "--against", "foo"], "'--against': found 'foo', expected lava or slayer"),
        (["verify", "a", "--against", ""], "'--against': found '', expected lava or slayer"),
        (["track", "a", "--backend", "it's"], "'--backend': found \"it's\", expected fixed or lava"),
        (
            ["associate", "a", "--scores", "x is not one of y"],
            "found 'x is not one of y', expected given, logistic or sure",
        ),
        (["track", "a", "--max-frames", "many"], "'--max-frames': found 'many', expected a whole number"),
        (["track", "a", "--max-frames", "0"], "'--max-frames': found '0', expected 1 or more"),
        (["track", "a", "--conf", "high"], "'--conf': found 'high', expected a number"),
        (["track", "a", "--conf", "1.5"], "'--conf': found '1.5', expected 1 or less"),
        (["sot", "a", "--bits", "5"], "--bits: found 5, expected 8, 6 or 4"),
        (["events", "a", "--size", "9"], "--size: found '9', expected WIDTHxHEIGHT, e.g. 346x260"),
    ],
)
def test_a_wrong_value(
    command: Command, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    answer = command(*arguments)
    assert answer.code == 2
    assert said in answer.complaint


@pytest.mark.parametrize(
    ("message", "said"),
    [
        # As older releases of Typer have it from Click.
        ("'foo' is not one of 'lava', 'slayer'.", "found 'foo', expected lava or slayer"),
        ("'foo' is not one of 'lava'.", "found 'foo', expected lava"),
        ("--model and --input-shape go together", "--model and --input-shape go together"),
    ],
)
def test_what_typer_says(message: str, said: str) -> None:
    error = typer.BadParameter(message)
    reword(error)
    assert error.message == said
