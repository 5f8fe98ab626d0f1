"""The examples in docstrings and in the pages of docs/ do what they say."""

from __future__ import annotations

import doctest
import importlib
import re
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROMPT = re.compile(r"^ *>>> ", re.MULTILINE)
EXAMPLE = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Shapes and numbers are what an example is about, not how a NumPy of another year spaces them.
FLAGS = doctest.NORMALIZE_WHITESPACE


def with_examples(folder: str, ending: str) -> list[Path]:
    files = sorted((ROOT / folder).rglob(f"*{ending}"))
    return [path for path in files if PROMPT.search(path.read_text(encoding="utf-8"))]


MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in with_examples("neuromorph_track", ".py")
]
PAGES = with_examples("docs", ".md")


def failures(test: doctest.DocTest) -> str:
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    told: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        runner.run(test, out=told.append)
    return "".join(told) if runner.failures else ""


def test_there_are_examples() -> None:
    assert MODULES
    assert ROOT / "docs" / "concepts.md" in PAGES


@pytest.mark.parametrize("name", MODULES)
def test_a_docstring(name: str) -> None:
    found = doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(name), name)
    assert any(test.examples for test in found)
    assert [report for test in found if (report := failures(test))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page(page: Path) -> None:
    """One conversation from top to bottom; what GitHub colours as one is what is run."""
    text = page.read_text(encoding="utf-8")
    examples = "\n".join(EXAMPLE.findall(text))
    assert len(PROMPT.findall(examples)) == len(PROMPT.findall(text)), "an example outside of ```pycon"
    test = doctest.DocTestParser().get_doctest(examples, {}, page.name, str(page), 0)
    assert failures(test) == ""


def test_an_example_that_is_wrong_is_found() -> None:
    wrong = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "wrong", None, 0)
    assert "Expected:\n    3\nGot:\n    2" in failures(wrong)
