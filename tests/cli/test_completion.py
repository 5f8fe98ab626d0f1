"""What a shell is told when Tab is pressed."""

from __future__ import annotations

from pathlib import Path

import pytest

from neuromorph_track.association.modes import MODES
from neuromorph_track.cli import completion
from neuromorph_track.cli.app import VERBS
from neuromorph_track.hardware import list_profiles
from tests.cli.conftest import Answer, Command


@pytest.fixture
def tab(command: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """What follows ``neuromorph-track WORDS`` with the cursor in the last word."""

    def press(*words: str | Path) -> Answer:
        monkeypatch.setenv("_NEUROMORPH_TRACK_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", " ".join(["neuromorph-track", *map(str, words)]))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        return command()

    return press


@pytest.fixture
def files(tab: Command) -> None:
    """In the folder where the command runs."""
    for name in ("mine.net", "mine.toml", "street.mp4", ".hidden.net", "final.pt"):
        Path(name).touch()
    Path("pair").mkdir()
    Path("street").mkdir()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["tra"], ["train", "track"]),
        (["track", "x.mp4", "--net", "s"], ["scenes-nano", "smtrack-nano", "street/"]),
        (["track", "x.mp4", "--net", "m"], ["mine.net"]),
        (["inspect", "yo"], ["yolo-kp"]),
        (["inspect", "spi"], ["spiketrack-nano"]),
        (["sot", "x.mp4", "--net", "s"], ["spiketrack-nano", "street/"]),
        (["track", "x.mp4", "--hardware", "loihi2-o"], ["loihi2-oheogulch"]),
        (["compare", "x", "--hardware", "mi"], ["mine.toml"]),
        (["hardware", "check", "spec"], [name for name in list_profiles() if name.startswith("spec")]),
        (["track", "x.mp4", "--tracker", "two"], ["two-stage"]),
        (["tune", "--tracker", ""], list(completion.TRACKERS)),
        (["track", "stree"], ["street/", "street.mp4"]),
        (["track", "scen"], ["scene:seed="]),
        (["sot", "x.mp4", "--net", "fi"], ["final.pt"]),
        (["track", "x.mp4", "--backend", ""], ["fixed", "lava"]),
    ],
)
@pytest.mark.usefixtures("files")
def test_offers(tab: Command, words: list[str], offered: list[str]) -> None:
    assert sorted(tab(*words).out.split()) == sorted(offered)


def test_the_trackers_are_those_there_are() -> None:
    assert set(completion.TRACKERS) == set(MODES)


def test_a_folder_that_cannot_be_read_offers_nothing() -> None:
    assert completion.networks("no/such/folder/") == []


def test_the_script_of_the_shell_around_is_shown(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shellingham.detect_shell", lambda: ("fish", "/usr/bin/fish"))
    answer = command("--show-completion")
    assert answer.code == 0
    assert "_NEUROMORPH_TRACK_COMPLETE=complete_fish" in answer.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell", "pwsh"])
def test_the_script_of_any_shell_is_shown(
    command: Command, monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    monkeypatch.setenv("_NEUROMORPH_TRACK_COMPLETE", f"source_{shell}")
    answer = command()
    assert answer.code == 0
    assert "complete_" in answer.out
    documented = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
    # `--show-completion` is a flag: a word behind it would be ignored.
    assert "--show-completion " + shell not in documented
    assert shell in documented


def test_every_verb_is_offered(tab: Command) -> None:
    assert set(tab("").out.split()) == {verb.name for verb in VERBS}
