"""The published vectors: the specification's own suites, and the rules of eight states with their tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gatepass.policy.certlogic import compiled, evaluate, validate

VECTORS = Path(__file__).parents[4] / "shared" / "vectors"


def _files(pattern: str) -> list[Path]:
    found = sorted(VECTORS.glob(pattern))
    if not found:
        pytest.skip("the shared vectors are not on this machine")
    return found


def _cases(pattern: str) -> Iterator[tuple[str, Any]]:
    for path in _files(pattern):
        suite = json.loads(path.read_text("utf-8"))
        for case in suite["cases"]:
            if "skip" not in {suite.get("directive"), case.get("directive")}:
                yield f"{path.name}: {case.get('name', '')}", case


def test_every_assertion_of_the_specifications_suite_holds() -> None:
    held = 0
    for name, case in _cases("certlogic/testSuite/*.json"):
        for assertion in case["assertions"]:
            if assertion.get("directive") == "skip":
                continue
            expression = assertion.get("certLogicExpression", case.get("certLogicExpression"))
            found = evaluate(expression, assertion["data"])
            assert (found, type(found)) == (assertion["expected"], type(assertion["expected"])), name
            held += 1
    assert held


def test_the_suite_for_validators_finds_the_same_parts_malformed() -> None:
    for name, case in _cases("certlogic/validation-testSuite/*.json"):
        found = [issue.expr for issue in validate(case["certLogicExpression"])]
        assert found == [issue["expr"] for issue in case["issues"]], name


def test_every_rule_of_the_states_answers_its_tests_as_expected() -> None:
    held = 0
    for path in _files("business-rules/*/*/rule.json"):
        logic = json.loads(path.read_text("utf-8"))["Logic"]
        assert validate(logic) == [], path.parent.name
        program = compiled(logic)
        for test in sorted(path.parent.glob("tests/*.json")):
            data = json.loads(test.read_text("utf-8"))
            assert program.evaluate(data) is data["expected"], f"{path.parent.name} {test.name}"
            held += 1
    assert held


def test_the_rules_that_a_checker_app_shipped_are_well_formed() -> None:
    for path in _files("covpass-rules/*rules.json"):
        for rule in json.loads(path.read_text("utf-8")):
            assert validate(rule["Logic"]) == [], rule["Identifier"]
