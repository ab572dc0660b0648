"""A reader family is a folder with the same files and a checklist whose every promise has its test."""

from __future__ import annotations

import ast
import tomllib
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

import gatepass.readers
from gatepass.gate.terminals import FAMILIES as gate_families  # noqa: N811 - a name of this file is the same
from gatepass.identity.documents import DOCUMENT_ERROR_CODES
from gatepass.readers import READER_DETAILS, Attached, Condition

ROOT = Path(__file__).parents[2]
READERS = Path(gatepass.readers.__file__).parent
FAMILIES = sorted(path.parent for path in READERS.glob("*/__init__.py"))

FILES = {
    "__init__.py": "names what others may use",
    "frames.py": "bytes in, frames out; pure",
    "status.py": "the commands and what the device answers, as codes",
    "link.py": "the line: bytes, time-outs, loss",
    "reader.py": "the cycle that ends in a Document or a DocumentError",
    "simulator.py": "the device made of software, with every fault",
    "checklist.toml": "what it must do, and the tests that prove it",
}

# Promises that no family may leave out.
EVERY_FAMILY_PROMISES = {"document", "simulator", "docs", "hot_plug", "unplugged", "noise", "private", "own_share"}


@cache
def names_of_tests(path: Path) -> set[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds)}


def test_there_is_a_family():
    assert [family.name for family in FAMILIES] == sorted(family.name for family in FAMILIES)
    assert "sam" in {family.name for family in FAMILIES}


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_family_has_the_same_files(family):
    missing = {name: why for name, why in FILES.items() if not (family / name).is_file()}
    assert not missing


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_promise_of_the_checklist_has_a_test_that_exists(family):
    checklist = tomllib.loads((family / "checklist.toml").read_text())
    assert checklist["family"] == family.name
    promises = {name: promise for grade in ("bronze", "silver", "gold") for name, promise in checklist[grade].items()}
    assert promises.keys() >= EVERY_FAMILY_PROMISES
    for name, promise in promises.items():
        file, _, test = promise["test"].partition("::")
        assert test in names_of_tests(ROOT / "tests" / file), f"{name}: {promise['test']}"


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_the_pure_part_of_a_family_knows_no_clock_and_no_port(family):
    imported = set()
    for name in ("frames.py", "status.py"):
        for node in ast.walk(ast.parse((family / name).read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module)
    assert not imported & {"asyncio", "time", "os", "serialx", "socket", "threading"}


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_family_can_be_attached_and_says_what_is_attached_now(family):
    found = import_module(f"gatepass.readers.{family.name}").find()
    assert isinstance(found, list)
    assert all(isinstance(one, Attached) and one.family == family.name and one.port for one in found)
    assert family.name in gate_families


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_what_every_family_takes_from_outside_is_fuzzed(family):
    """The parsers of its frames are among those of `./gatepass fuzz`."""
    fed = "\n".join(path.read_text() for path in (ROOT / "fuzz" / "parsers").glob("*.py"))
    assert f"gatepass.readers.{family.name}.frames import" in fed


def test_the_docs_explain_every_state_and_every_code():
    page = (ROOT / "docs" / "card-readers.md").read_text()
    unexplained = [
        code for code in {*DOCUMENT_ERROR_CODES, *READER_DETAILS, *map(str, Condition)} if f"`{code}`" not in page
    ]
    assert not unexplained
