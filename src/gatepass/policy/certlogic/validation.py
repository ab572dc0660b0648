"""Is it CertLogic at all? The shape of every operation, in one table; what offends it is listed with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from gatepass.policy.certlogic.values import UNITS, is_integer

MAX_DEPTH: Final = 200
"""Operations inside each other. The longest rule of any country that was seen has 20."""
MAX_NODES: Final = 100_000

ANY: Final = 10**9
OPERANDS: Final[dict[str, tuple[int, int]]] = {
    "if": (3, 3),
    "and": (2, ANY),
    "!": (1, 1),
    "===": (2, 2),
    "in": (2, 2),
    "+": (2, 2),
    ">": (2, 3),
    "<": (2, 3),
    ">=": (2, 3),
    "<=": (2, 3),
    "after": (2, 3),
    "before": (2, 3),
    "not-after": (2, 3),
    "not-before": (2, 3),
    "plusTime": (3, 3),
    "reduce": (3, 3),
    "extractFromUVCI": (2, 2),
    "dccDateOfBirth": (1, 1),
}
"""Operation -> fewest and most operands. `var` is the only one whose operand is no array."""

_PATH = re.compile(r"(?:[^.]+(?:\.[^.]+)*)?")


@dataclass(frozen=True, slots=True)
class Issue:
    """Something malformed. `code` is stable and has its words at the centre; `message` is English."""

    code: str
    where: str
    """JSON pointer (RFC 6901) from the top of the expression; empty for the top itself."""
    expr: Any
    """The offending part."""
    fields: dict[str, str | int]

    @property
    def message(self) -> str:
        return MESSAGES[self.code].format(**self.fields)


MESSAGES: Final[dict[str, str]] = {
    "literal_null": "null cannot be written in an expression; read a missing value with var",
    "literal_fraction": "{number} is no whole number; write whole numbers only",
    "literal_unknown": "this is no JSON value that an expression can have",
    "object_keys": "an operation is an object with exactly one key, and this one has {count}",
    "operation_unknown": "there is no operation {operation}",
    "operands_missing": "{operation} wants its operands in an array: {{ {operation}: [ … ] }}",
    "operands_count": "{operation} wants {wanted} operands and has {count}",
    "var_path": 'var wants a path as text: {{ "var": "a.b.0" }}',
    "var_path_form": "the path {path} has an empty part between its dots",
    "plus_time_amount": "the second operand of plusTime, how many, must be written as a whole number",
    "plus_time_unit": "the third operand of plusTime must be one of year, month, day, hour",
    "uvci_index": "the second operand of extractFromUVCI, which fragment, must be written as a whole number",
    "too_deep": "nested deeper than {most} operations",
    "too_large": "more than {most} parts",
}


def validate(logic: Any) -> list[Issue]:
    """Everything malformed in an expression, in the order of reading. Never raises, whatever `logic` is."""
    issues: list[Issue] = []
    nodes = 0
    # A stack instead of recursion: an expression nested a hundred thousand deep is an answer, not a crash.
    waiting: list[tuple[Any, str, int] | Issue] = [(logic, "", 0)]
    while waiting:
        next_part = waiting.pop()
        if isinstance(next_part, Issue):
            issues.append(next_part)
            continue
        expr, where, depth = next_part
        nodes += 1
        if nodes > MAX_NODES:
            issues.append(Issue("too_large", "", logic, {"most": MAX_NODES}))
            break
        if depth > MAX_DEPTH:
            issues.append(Issue("too_deep", where, expr, {"most": MAX_DEPTH}))
            continue
        if isinstance(expr, list):
            waiting += [(item, f"{where}/{place}", depth + 1) for place, item in enumerate(expr)][::-1]
        elif isinstance(expr, dict):
            issues += (Issue(code, where, expr, fields) for code, fields in _of_operation(expr))
            # What must stand as it is stands behind the first operand, and is told after what is inside that one.
            waiting += [Issue(code, where, expr, fields) for code, fields in _of_arguments(expr)][::-1]
            waiting += [(part, place, depth + 1) for part, place in _parts(expr, where)][::-1]
        else:
            issues += (Issue(code, where, expr, fields) for code, fields in _of_literal(expr))
    return issues


def _of_literal(expr: Any) -> Iterator[tuple[str, dict[str, str | int]]]:
    if expr is None:
        yield "literal_null", {}
    elif isinstance(expr, float) and not expr.is_integer():
        yield "literal_fraction", {"number": str(expr)}
    elif not isinstance(expr, (str, bool, int, float)):
        yield "literal_unknown", {}


def _of_operation(expr: dict[Any, Any]) -> Iterator[tuple[str, dict[str, str | int]]]:
    if len(expr) != 1:
        yield "object_keys", {"count": len(expr)}
        return
    operation, operands = next(iter(expr.items()))
    if operation == "var":
        if not isinstance(operands, str):
            yield "var_path", {}
        elif not _PATH.fullmatch(operands):
            yield "var_path_form", {"path": operands}
        return
    if operation not in OPERANDS:
        yield "operation_unknown", {"operation": str(operation)[:60]}
        return
    if not isinstance(operands, list):
        yield "operands_missing", {"operation": operation}
        return
    fewest, most = OPERANDS[operation]
    if not fewest <= len(operands) <= most:
        wanted = str(fewest) if fewest == most else f"{fewest} or more" if most == ANY else f"{fewest} or {most}"
        yield "operands_count", {"operation": operation, "wanted": wanted, "count": len(operands)}


def _of_arguments(expr: dict[Any, Any]) -> Iterator[tuple[str, dict[str, str | int]]]:
    """Arguments that must stand there as they are and are not evaluated."""
    operation, operands = next(iter(expr.items())) if len(expr) == 1 else ("", None)
    if not isinstance(operands, list):
        return
    if operation == "plusTime":
        if len(operands) > 1 and not is_integer(operands[1]):
            yield "plus_time_amount", {}
        if len(operands) > 2 and not (isinstance(operands[2], str) and operands[2] in UNITS):
            yield "plus_time_unit", {}
    elif operation == "extractFromUVCI" and len(operands) > 1 and not is_integer(operands[1]):
        yield "uvci_index", {}


def _parts(expr: dict[Any, Any], where: str) -> list[tuple[Any, str]]:
    """What is inside an operation that we know, with its place."""
    operation, operands = next(iter(expr.items())) if len(expr) == 1 else ("", None)
    if operation not in OPERANDS or not isinstance(operands, list):
        return []
    if operation == "!" and len(operands) != 1:
        return []  # which of them is meant is anybody's guess
    evaluated = {"plusTime": 1, "extractFromUVCI": 1}.get(operation, OPERANDS[operation][1])
    return [(part, f"{where}/{operation}/{place}") for place, part in enumerate(operands[:evaluated])]
