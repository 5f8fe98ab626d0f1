"""The import rule: rooms know only the rooms before them, and the core never reaches Lava."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = "neuromorph_track"
ROOT = Path(__file__).resolve().parents[1]

ROOMS = (
    "errors",
    "files",
    "netx",
    "hardware",
    "data",
    "detection",
    "networks",
    "training",
    "export",
    "backends",
    "association",
    "profiling",
    "evaluation",
    "reports",
    "runs",
    "cli",
)
LAVA = ("lava", "norse")
LAVA_ROOMS = tuple(f"{PACKAGE}.{room}" for room in ("networks", "training", "export"))
LAVA_PROCESS = f"{PACKAGE}.association.lava_process"
LAVA_FILES = (
    *(f"{PACKAGE}.backends.{name}" for name in ("trained", "slayer_twin", "lava_worker")),
    LAVA_PROCESS,
    f"{PACKAGE}.profiling.lava",
)


def module_name(path: Path, root: Path = ROOT) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted((ROOT / PACKAGE).rglob("*.py"))}


def imported(tree: ast.AST, at_import: bool) -> Iterator[str]:
    """Names that a module imports; with ``at_import`` only those that importing it executes."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # A relative import would escape the rule, so it is given a name that no room has.
            source = "." * node.level + (node.module or "")
            yield source
            yield from (f"{source}.{alias.name}" for alias in node.names)
        elif at_import and (
            isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) or is_typing_only(node)
        ):
            continue
        else:
            yield from imported(node, at_import)


def is_typing_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def imports_of(module: str, at_import: bool = False) -> set[str]:
    return set(imported(ast.parse(MODULES[module].read_text(encoding="utf-8")), at_import))


def within(name: str, *parents: str) -> bool:
    return any(name == parent or name.startswith(f"{parent}.") for parent in parents)


def room_of(module: str) -> str:
    return module.partition(".")[2].partition(".")[0]


def may_import_lava(module: str) -> bool:
    return within(module, *LAVA_ROOMS, *LAVA_FILES)


def path_to_lava(start: str) -> list[str]:
    """Modules from ``start`` to a Lava import, following what importing each executes; or nothing."""
    queue, seen = [[start]], {start}
    while queue:
        path = queue.pop(0)
        for name in sorted(imports_of(path[-1], at_import=True)):
            if within(name, *LAVA):
                return [*path, name]
            # Importing a.b.c runs a and a.b first.
            parts = name.split(".")
            for parent in (".".join(parts[: end + 1]) for end in range(len(parts))):
                if parent in MODULES and parent not in seen:
                    seen.add(parent)
                    queue.append([*path, parent])
    return []


def test_every_room_has_its_place() -> None:
    assert {room_of(module) for module in MODULES} - {""} <= set(ROOMS)


def test_a_module_knows_only_the_rooms_before_its_own() -> None:
    # The package itself, not a room, may offer names out of all of them.
    offences = {
        module: later
        for module in MODULES
        if module != PACKAGE
        if (
            later := {room_of(name) for name in imports_of(module) if within(name, PACKAGE)}
            & rooms_after(module)
        )
    }
    assert offences == {}


def rooms_after(module: str) -> set[str]:
    return set(ROOMS[ROOMS.index(room_of(module)) + 1 :])


def test_imports_are_absolute() -> None:
    assert [module for module in MODULES if any(name.startswith(".") for name in imports_of(module))] == []


def test_lava_is_named_only_in_its_own_rooms() -> None:
    named = {module for module in MODULES if any(within(name, *LAVA) for name in imports_of(module))}
    assert {module for module in named if not may_import_lava(module)} == set()


def test_nothing_imports_the_process_that_lava_hosts() -> None:
    """Not even inside a function: Lava's worker finds it by its name."""
    others = [module for module in MODULES if not within(module, LAVA_PROCESS)]
    assert 0 < len(others) < len(MODULES)
    reached = {module for module in others if any(within(name, LAVA_PROCESS) for name in imports_of(module))}
    assert reached == set()


def test_importing_the_core_never_reaches_lava() -> None:
    paths = {module: path_to_lava(module) for module in MODULES if not may_import_lava(module)}
    assert {module: path for module, path in paths.items() if path} == {}


@pytest.mark.parametrize(
    ("source", "at_import", "expected"),
    [
        ("import lava.lib.dl as dl", True, {"lava.lib.dl"}),
        ("from a import b, c", True, {"a", "a.b", "a.c"}),
        ("from . import b", True, {".", "..b"}),
        ("def f():\n    import lava", True, set()),
        ("def f():\n    import lava", False, {"lava"}),
        ("class C:\n    import lava", True, {"lava"}),
        ("try:\n    import lava\nexcept ImportError:\n    pass", True, {"lava"}),
        ("if TYPE_CHECKING:\n    import lava", True, set()),
        ("if TYPE_CHECKING:\n    import lava", False, {"lava"}),
    ],
)
def test_the_reader_of_imports(source: str, at_import: bool, expected: set[str]) -> None:
    assert set(imported(ast.parse(source), at_import)) == expected
