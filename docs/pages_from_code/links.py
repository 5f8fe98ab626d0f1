"""Links that lead out of docs/ on GitHub, to where the same thing stands on the site."""

from __future__ import annotations

import re

# Beside docs/ in the repository -> page.
ELSEWHERE = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "README.md": "index.md",
}
_LINK = re.compile(r"\]\(((?:\.\./)+|(?=docs/))([^)#\s]*)(#[^)\s]*)?\)")
_CARD = re.compile(r"netx_exports/([a-z0-9._-]+)\.md")


def on_the_site(text: str) -> str:
    """A page's text with such links rewritten; a path that begins with / begins in docs/ for Sphinx.

    Parameters
    ----------
    text : str
        Markdown, or a notebook's JSON.
    """

    def rewritten(link: re.Match[str]) -> str:
        target = _page(link[2])
        return link[0] if target is None else f"](/{target}{link[3] or ''})"

    return _LINK.sub(rewritten, text)


def _page(path: str) -> str | None:
    if path in ELSEWHERE:
        return ELSEWHERE[path]
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    if path.startswith("notebooks/"):
        return path
    card = _CARD.fullmatch(path)
    return None if card is None else f"networks/{card[1]}.md"
