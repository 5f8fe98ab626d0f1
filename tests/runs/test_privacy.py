"""Names of users and their home folders, wherever they stand in a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from neuromorph_track.runs.privacy import NAME_VARIABLES, without_names

HOME = "/srv/people/alice"


@pytest.fixture(autouse=True)
def alice(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAME_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("USER", "alice")
    monkeypatch.setenv("HOME", HOME)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("", ""),
        (HOME, "~"),
        (f"{HOME}/", "~/"),
        (f"{HOME}/x.net", "~/x.net"),
        (f"no {HOME}/a and '{HOME}'; {HOME}:{HOME}/b", "no ~/a and '~'; ~:~/b"),
        (f"{HOME}2/x {HOME}-old /mnt{HOME}-old", f"{HOME}2/x {HOME}-old /mnt{HOME}-old"),
        ("/scratch/alice/x /media/alice", "/scratch/USER/x /media/USER"),
        ("/scratch/alices/x alice", "/scratch/alices/x alice"),
        ("/home/bob/x:/Users/bob", "/home/USER/x:/Users/USER"),
        ("/home/bob:/opt/x", "/home/USER:/opt/x"),
        ("/srv/alice:/x", "/srv/USER:/x"),
        ("/var/home/bob", "/var/home/bob"),
        ("C:\\x 3.10.13 +cu121", "C:\\x 3.10.13 +cu121"),
    ],
)
def test_texts(text: str, clean: str) -> None:
    assert without_names(text) == clean


def test_a_home_that_is_a_link_goes_by_both_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    monkeypatch.setenv("HOME", str(tmp_path / "link"))
    assert without_names([f"{tmp_path}/link/x", f"{tmp_path}/disk/x"]) == ["~/x", "~/x"]


def test_all_parts_of_a_report() -> None:
    found = {"path": f"{HOME}/a", "list": [HOME, 3, None, {"deep": HOME}], "count": 2, "none": None}
    assert without_names(found) == {
        "path": "~/a",
        "list": ["~", 3, None, {"deep": "~"}],
        "count": 2,
        "none": None,
    }


def test_who_became_another_user_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "carol")
    assert without_names("/srv/carol/x") == "/srv/USER/x"


def test_a_home_at_the_root_leaves_paths_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/")
    assert without_names("/opt/x") == "/opt/x"
