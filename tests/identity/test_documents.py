from __future__ import annotations

import ast
from pathlib import Path

import gatepass.identity
import gatepass.readers
from gatepass.identity.documents import DOCUMENT_ERROR_CODES, DocumentKind
from gatepass.readers.sam.status import FAULTS

ROOMS = [Path(gatepass.identity.__file__).parent, Path(gatepass.readers.__file__).parent]
RAISERS = {"DocumentError", "_AttemptError"}


def codes_in_the_source() -> set[str]:
    codes = set()
    for path in (path for room in ROOMS for path in room.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISERS and node.args:
                codes |= {leaf.value for leaf in ast.walk(node.args[0]) if isinstance(leaf, ast.Constant)}
    return codes | {fault.code for fault in FAULTS.values()}


def test_the_list_of_error_codes_is_exactly_what_the_rooms_can_raise():
    assert codes_in_the_source() == DOCUMENT_ERROR_CODES


def test_every_code_fits_the_wire():
    assert all(code.isidentifier() and code == code.lower() and len(code) <= 40 for code in DOCUMENT_ERROR_CODES)


def test_a_citizen_and_a_residence_number_are_one_number_space():
    assert DocumentKind.RESIDENT_CARD.family == DocumentKind.HMT_RESIDENCE.family
    assert len({kind.family for kind in DocumentKind}) == len(DocumentKind) - 1
