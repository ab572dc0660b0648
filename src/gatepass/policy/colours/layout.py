"""A policy as people like to read it: short things on one line, long ones opened, texts one language a line."""

from __future__ import annotations

import json
from typing import Any, Final

WIDTH: Final = 120


def laid_out(document: Any) -> str:
    """JSON text of the same value, with a newline at its end."""
    return _laid_out(document, 0, 0) + "\n"


def _laid_out(value: Any, indent: int, used: int) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or not value or _fits(value, line, indent + used):
        return line
    inner = " " * (indent + 2)
    if isinstance(value, list):
        parts = [_laid_out(item, indent + 2, 1) for item in value]
        return "[\n" + ",\n".join(inner + part for part in parts) + "\n" + " " * indent + "]"
    parts = []
    for key, item in value.items():
        name = json.dumps(key, ensure_ascii=False) + ": "
        parts.append(name + _laid_out(item, indent + 2, len(name) + 1))
    return "{\n" + ",\n".join(inner + part for part in parts) + "\n" + " " * indent + "}"


def _fits(value: Any, line: str, used: int) -> bool:
    # Texts in five languages stand below each other even where they are short: so they are compared.
    return used + len(line) <= WIDTH and not (isinstance(value, dict) and "zh-Hans" in value)
