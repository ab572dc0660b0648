"""An expression written as people write it, for pages and comparisons: `contact.0 and contact.0.days_ago <= 13`."""

from __future__ import annotations

import json
from typing import Any

_FORMS = {("if", 3): "if {} then {} else {}", ("reduce", 3): "fold {0} from {2}: {1}"}
_SIGNS = {"and": "and", "===": "=", ">": ">", "<": "<", ">=": "≥", "<=": "≤", "in": "in", "+": "+",
          "after": "after", "before": "before", "not-after": "not after", "not-before": "not before"}  # fmt: skip
MAX_DEPTH = 60


def written(logic: Any) -> str:
    """Never raises: what is malformed is written as the JSON that it is."""
    return _written(logic, 0)


def _written(logic: Any, depth: int) -> str:
    if depth > MAX_DEPTH:
        return "…"
    if isinstance(logic, list):
        return f"[{', '.join(_written(item, depth + 1) for item in logic)}]"
    if isinstance(logic, dict) and len(logic) == 1:
        name, operands = next(iter(logic.items()))
        if name == "var" and isinstance(operands, str):
            return operands or "it"
        if isinstance(operands, list) and operands:
            return _operation(str(name), operands, depth)
    return json.dumps(logic, ensure_ascii=False, default=str)


def _operation(name: str, operands: list[Any], depth: int) -> str:
    parts = [_written(operand, depth + 1) for operand in operands]
    form = _FORMS.get((name, len(parts)))
    if name == "if" and len(parts) == 3 and operands[1] is True:
        text = f"{_bracketed(parts[0], operands[0])} or {_bracketed(parts[2], operands[2])}"
    elif name in _SIGNS:
        text = f" {_SIGNS[name]} ".join(map(_bracketed, parts, operands))
    elif form is not None:
        text = form.format(*parts)
    elif name == "!" and len(parts) == 1:
        text = f"not {_bracketed(parts[0], operands[0])}"
    elif name == "plusTime" and len(parts) == 3 and isinstance(operands[1], int):
        sign = "−" if operands[1] < 0 else "+"
        text = f"{parts[0]} {sign} {abs(operands[1])} {operands[2]}" if operands[1] else parts[0]
    else:
        text = f"{name}({', '.join(parts)})"
    return text


def _bracketed(part: str, operand: Any) -> str:
    """Brackets around what would be read otherwise without them."""
    name = next(iter(operand)) if isinstance(operand, dict) and len(operand) == 1 else ""
    return f"({part})" if name in {"if", "reduce", *_SIGNS} else part
