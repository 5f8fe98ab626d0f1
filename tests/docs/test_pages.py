"""The pages of docs/: each is in the menu, every link leads somewhere, every verb has one."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

pytest.importorskip("sphinx", reason="the extra docs is not installed")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs"))

from pages_from_code import filled
from pages_from_code.links import on_the_site
from pages_from_code.verbs import commands, verb

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = {path.relative_to(DOCS).with_suffix("").as_posix(): path for path in DOCS.rglob("*.md")}
# The repository's own pages are shown by GitHub alone, or included.
SHOWN = [*PAGES.values(), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))]
_MENU = re.compile(r"^```\{toctree\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
_BLOCK = re.compile(r"^(`{3,}).*?^\1$", re.MULTILINE | re.DOTALL)


def entries(page: str) -> list[str]:
    text = filled(PAGES[page].read_text(encoding="utf-8"))
    folder = Path(page).parent
    lines = [line for menu in _MENU.findall(text) for line in menu.splitlines()]
    # An entry may have a shorter title for the menu: Title <page>.
    named = [re.sub(r".*<(.*)>", r"\1", line) for line in lines if line and not line.startswith(":")]
    return [(folder / name).as_posix() for name in named]


def anchors(path: Path) -> set[str]:
    """What GitHub and MyST call the headings of a page."""
    text = path.read_text(encoding="utf-8")
    return {
        re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in _HEADING.findall(text)
    }


def test_every_page_is_in_the_menu_once() -> None:
    reached, waiting = ["index"], ["index"]
    while waiting:
        below = [page for page in entries(waiting.pop()) if page in PAGES]
        reached += below
        waiting += below
    assert sorted(reached) == sorted(PAGES)


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere_on_github(path: Path) -> None:
    text = _BLOCK.sub("", path.read_text(encoding="utf-8"))
    broken = []
    for link in _LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_verb_has_a_page_and_every_such_page_a_verb() -> None:
    pages = {page.removeprefix("verbs/") for page in PAGES if page.startswith("verbs/")} - {"index"}
    assert pages == set(commands())
    for name in pages:
        assert f"```{{verb}} {name}\n" in PAGES[f"verbs/{name}"].read_text(encoding="utf-8")


@pytest.mark.parametrize("name", commands())
def test_a_verbs_page_has_all_its_options(name: str) -> None:
    shown = verb(name)
    waiting = [commands()[name]]
    while waiting:
        command = waiting.pop()
        waiting += getattr(command, "commands", {}).values()
        for option in command.params:
            if option.param_type_name == "option":
                assert all(spelling in shown for spelling in option.opts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](../CHANGELOG.md)", "[a](/changelog.md)"),
        ("[a](../CONTRIBUTING.md#style)", "[a](/contributing.md#style)"),
        ("[a](../../netx_exports/scenes-nano.md)", "[a](/networks/scenes-nano.md)"),
        ("[a](../docs/energy.md#formula)", "[a](/energy.md#formula)"),
        ("[a](docs/energy.md)", "[a](/energy.md)"),
        ("[a](../notebooks/01_quickstart.ipynb)", "[a](/notebooks/01_quickstart.ipynb)"),
        ("[a](energy.md) [b](https://a.b/docs/c.md)", "[a](energy.md) [b](https://a.b/docs/c.md)"),
        ("[a](../benchmarks/bits.py)", "[a](../benchmarks/bits.py)"),
        ("[a](../energy.md)", "[a](../energy.md)"),
    ],
)
def test_links_out_of_docs_lead_to_pages(text: str, expected: str) -> None:
    assert on_the_site(text) == expected


def test_a_block_that_asks_for_nothing_of_ours_stays() -> None:
    text = "```{toctree}\na\n```\n\n```python\n1\n```\n"
    assert filled(text) == text


def test_a_block_is_replaced_and_nothing_around_it() -> None:
    before, after = "# Here\n\n", "\nThen.\n"
    shown = filled(f"{before}```{{verb}} zoo\nGitHub's text.\n```\n{after}")
    assert shown.startswith(before)
    assert shown.endswith(after)
    assert "GitHub's text" not in shown
    assert "neuromorph-track zoo [OPTIONS]" in shown
