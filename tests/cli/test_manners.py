"""What holds for every verb: options of one meaning, no colours in files, quick to answer."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from neuromorph_track.cli.app import SCORE, VERBS, app
from tests.cli.conftest import Command

ROOT: Any = typer.main.get_command(app)
# The codes of the foreground, among others of the same sequence.
COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-8]|9[0-7])[;m]")
# They print JSON or TOML in any case.
ALREADY_TEXT = {"hardware schema", "hardware new"}
# Done before anybody could look at a progress bar.
AT_ONCE = {"zoo", "inspect", "env", "hardware list", "hardware show", "hardware check"}


def leaves() -> Iterator[tuple[str, Any]]:
    for name, verb in ROOT.commands.items():
        below = getattr(verb, "commands", {})
        yield from ((f"{name} {each}", code) for each, code in below.items())
        if not below or name == "env":
            yield name, verb


LEAVES = dict(leaves())


def options_of(verb: str) -> dict[str, Any]:
    return {name: each for each in LEAVES[verb].params for name in each.opts}


@pytest.mark.parametrize("verb", sorted(LEAVES))
def test_json_and_quiet(verb: str) -> None:
    options = options_of(verb)
    assert ("--json" in options) == (verb not in ALREADY_TEXT)
    assert ("--quiet" in options) == (verb not in ALREADY_TEXT | AT_ONCE)
    if "--quiet" in options:
        assert options["-q"] is options["--quiet"]


def test_an_option_says_the_same_wherever_it_means_the_same() -> None:
    texts: dict[str, set[str]] = {}
    for verb in LEAVES:
        for name, option in options_of(verb).items():
            texts.setdefault(name, set()).add(option.help or "")
    shared = (
        "--json",
        "--quiet",
        "--csv",
        "--tracker",
        "--max-frames",
        "--event-window",
        "--device",
        "--conf",
    )
    assert {name: len(texts[name]) for name in shared} == {
        **dict.fromkeys(shared, 1),
        # A training runs elsewhere than the simulator.
        "--device": 2,
    }


def test_the_story_is_in_order(command: Command) -> None:
    shown = command("--help").out
    places = [shown.index(f"─ {panel} ─") for panel in dict.fromkeys(verb.panel for verb in VERBS)]
    assert places == sorted(places)
    assert shown.index("─ See it work ─") < shown.index("demo") < shown.index(f"─ {SCORE} ─")
    assert "Begin with:" in shown
    assert shown.index("When something is wrong") < shown.index("Begin with:")


@pytest.mark.parametrize("verb", [verb.name for verb in VERBS])
def test_a_summary_is_one_line(verb: str) -> None:
    summary = (ROOT.commands[verb].help or "").partition("\n")[0]
    assert 10 < len(summary) < 100
    assert summary.endswith(".")


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [({"FORCE_COLOR": "1"}, True), ({}, False), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_colours(variables: dict[str, str], coloured: bool) -> None:
    """What is piped has none, unless somebody insists; what is bold may stay where colours are unwanted."""
    code = "from neuromorph_track.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "nonsense"], env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert bool(COLOUR.search(done.stderr)) == coloured


@pytest.mark.parametrize("words", [["--help"], ["track", "--help"], ["--version"], ["zoo"]])
def test_answers_without_what_is_heavy(words: list[str]) -> None:
    """What takes a second to import is not imported for a line of text."""
    code = (
        "import sys\n"
        "from neuromorph_track.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        "heavy = {'torch', 'numpy', 'h5py', 'cv2', 'numba', 'scipy', 'matplotlib', 'pandas'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    assert done.stdout != ""
    assert done.stderr.splitlines()[-1] == "[]"


def test_a_pipe_that_closes_is_no_fault() -> None:
    """``neuromorph-track hardware show ... | head -1``."""
    code = "from neuromorph_track.cli import main; main()"
    words = [sys.executable, "-W", "ignore", "-c", code, "hardware", "show", "loihi2-oheogulch", "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        shown = process.stderr.read().decode()
    assert "Traceback" not in shown
    assert "fault of neuromorph-track" not in shown
