"""Names in docstrings and signatures, to the place that tells of them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

PACKAGE = "neuromorph_track"


def resolve(app: Sphinx, env: BuildEnvironment, node: Any, contnode: nodes.Element) -> nodes.Node | None:
    """Find what a name means that Sphinx does not; what exists nowhere gets Sphinx's warning.

    A docstring may name what its file imports, and what no page tells of. Words in the place of a type
    (``path``, ``dict of str``) are words.
    """
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"]
    # Written by hand (:class:`X`) it is literal; in a signature, or as the type of a parameter, it is not.
    by_hand = isinstance(contnode, nodes.literal)
    if by_hand or target.rpartition(".")[2][:1].isupper():
        domain: Any = env.domains["py"]
        found = domain.find_obj(env, None, None, target.rpartition(".")[2], None, 1)
        if len({entry.node_id for _, entry in found if not entry.aliased}) == 1:
            name, entry = next((name, entry) for name, entry in found if not entry.aliased)
            return make_link(app, node["refdoc"], entry.docname, entry.node_id, contnode, name)
    if not by_hand or exists(target, node.get("py:module"), node.get("py:class")):
        return contnode
    return None


def make_link(
    app: Sphinx, here: str, page: str, anchor: str, shown: nodes.Element, title: str
) -> nodes.reference:
    """A link from one page to a place on another."""
    address = f"#{anchor}" if here == page else f"{app.builder.get_relative_uri(here, page)}#{anchor}"
    return nodes.reference("", "", shown, internal=True, refuri=address, reftitle=title)


def exists(target: str, module: str | None, within: str | None) -> bool:
    """Whether a name means anything: by itself, in a class, or in a file of the package."""
    if within and exists(f"{within}.{target}", module, None):
        return True
    path = target.lstrip(".").split(".")
    return any(_leads(place, rest) for place, rest in _beginnings(path, module))


def _beginnings(path: list[str], module: str | None) -> Iterator[tuple[Any, list[str]]]:
    """Modules that a path may begin in, and what is left of it there."""
    for length in range(len(path), 0, -1):
        with suppress(ImportError):
            yield importlib.import_module(".".join(path[:length])), path[length:]
    loaded = [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")]
    yield from ((sys.modules[name], path) for name in [module, *loaded] if name in sys.modules)


def _leads(place: Any, path: list[str]) -> bool:
    for name in path:
        if not hasattr(place, name):
            return name in getattr(place, "__annotations__", {}) or _assigned(place, name)
        place = getattr(place, name)
    return True


def _assigned(kind: Any, name: str) -> bool:
    """Whether the constructor of a class gives its objects this attribute."""
    code = getattr(getattr(kind, "__init__", None), "__code__", None)
    return code is not None and name in code.co_names
