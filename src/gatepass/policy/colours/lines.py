"""On which line of a JSON text does a value stand? So that a message can point at it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARK = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


@dataclass(frozen=True, slots=True)
class Places:
    lines: dict[str, int]
    """JSON pointer (RFC 6901) -> line, from 1."""
    twice: tuple[str, ...]
    """Pointers of keys that stand twice in one object; JSON keeps the last, a reader sees the first."""

    def line(self, pointer: str) -> int:
        """The line of what the pointer names, or of the nearest thing around it."""
        while pointer not in self.lines and pointer:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer, 1)


def places(text: str) -> Places:
    """For a text that is valid JSON."""
    lines: dict[str, int] = {}
    twice: list[str] = []
    path: list[str | int] = []
    """What we are inside of: the key of an object, or the place in an array; "" before an object's first key."""
    awaits_key = False
    for mark, line in _marks(text):
        if mark in "{[":
            lines.setdefault(_pointer(path), line)
            path.append("" if mark == "{" else 0)
            awaits_key = mark == "{"
        elif mark in "}]":
            path.pop()
            awaits_key = False
        elif mark == ",":
            last = path[-1]
            awaits_key = isinstance(last, str)
            path[-1] = "" if isinstance(last, str) else last + 1
        elif mark == ":":
            continue
        elif awaits_key:
            path[-1] = _key(mark)
            pointer = _pointer(path)
            if pointer in lines:
                twice.append(pointer)
            lines[pointer] = line
            awaits_key = False
        else:
            lines.setdefault(_pointer(path), line)
    return Places(lines, tuple(twice))


def _marks(text: str) -> Iterator[tuple[str, int]]:
    line, seen = 1, 0
    for found in _MARK.finditer(text):
        line += text.count("\n", seen, found.start())
        seen = found.start()
        yield found.group(), line


def _key(mark: str) -> str:
    return str(json.loads(mark)).replace("~", "~0").replace("/", "~1")


def _pointer(path: list[str | int]) -> str:
    return "".join(f"/{part}" for part in path)
