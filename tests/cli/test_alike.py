"""Names that are a slip of another, and names that are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from neuromorph_track.cli.alike import beside, meant, nearest


@pytest.mark.parametrize(
    ("name", "choices", "found"),
    [
        ("LOIHI1", ["loihi1", "speck"], ["loihi1"]),
        ("loihi", ["loihi1", "speck"], ["loihi1"]),
        ("Loihi 2", ["loihi1", "loihi2-oheogulch", "speck"], ["loihi2-oheogulch"]),
        ("mot18", ["mot16", "mot17", "kitti"], ["mot16", "mot17"]),
        ("wolker", ["walker", "car"], ["walker"]),
        ("abacus", ["loihi1", "speck"], []),
        ("cat", ["walker", "car"], []),
        ("deepsort", ["ocsort", "bytetrack"], []),
        ("", ["a"], []),
        ("a", [], []),
    ],
)
def test_nearest(name: str, choices: list[str], found: list[str]) -> None:
    assert nearest(name, choices) == found


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("stret.mp4", ["street.mp4"]),
        ("street", ["street.mp4"]),
        ("street.mpg4", ["street.mp4"]),
        ("recipe.tml", ["recipe.toml"]),
        # Another kind of file is not what was meant, however alike the name.
        ("street.pt", []),
        ("absent.toml", []),
        ("absent.txt", []),
        ("nowhere/street.mp4", []),
    ],
)
def test_beside(name: str, found: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for there in ("street.mp4", "recipe.toml", "set.toml", "text.txt"):
        Path(there).touch()
    assert beside(name) == found


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([], None),
        (["a"], "did you mean a?"),
        (["a", "b"], "did you mean a or b?"),
        (["a", "b", "c"], "did you mean a, b or c?"),
    ],
)
def test_meant(names: list[str], words: str | None) -> None:
    assert meant(names) == words
