"""What the pages show of the code itself, made while they are built, so that it is never out of date.

A page asks for it with a fenced block, whose body is what GitHub shows instead::

    ```{verb} track
    The options, as `neuromorph-track track --help` prints them.
    ```
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from sphinx.application import Sphinx

from pages_from_code import docstrings
from pages_from_code.activity import activity
from pages_from_code.fields import fields
from pages_from_code.hardware import catalogue
from pages_from_code.links import on_the_site
from pages_from_code.printed import printed
from pages_from_code.references import resolve
from pages_from_code.verbs import verb, verbs

MAKERS: dict[str, Callable[[str], str]] = {
    "verb": verb,
    "verbs": verbs,
    "hardware-catalogue": catalogue,
    "fields": fields,
    "activity": activity,
    "printed": printed,
}
_BLOCK = re.compile(r"^```\{(" + "|".join(MAKERS) + r")\}[ ]*([^\n]*)\n.*?^```$", re.MULTILINE | re.DOTALL)


def filled(text: str) -> str:
    """A page with each block that asks for something of the code replaced by it."""
    return _BLOCK.sub(lambda block: MAKERS[block[1]](block[2].strip()), text)


def _read(app: Sphinx, docname: str, source: list[str]) -> None:
    if not docname.startswith("notebooks/"):
        source[0] = filled(source[0])
    source[0] = on_the_site(source[0])


def _read_included(app: Sphinx, path: Path, parent: str, source: list[str]) -> None:
    source[0] = on_the_site(source[0])


def setup(app: Sphinx) -> dict[str, bool]:
    # Whose events are listened to.
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("source-read", _read)
    app.connect("include-read", _read_included)
    app.connect("autodoc-process-docstring", docstrings.shapes)
    app.connect("autodoc-process-signature", docstrings.signature)
    app.connect("autodoc-skip-member", docstrings.leave_out)
    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
