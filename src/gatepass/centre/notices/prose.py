"""The little markup that a notice may use, as blocks: the same for a page, a poster and a voice.

    ## Heading        a heading (the title of a notice stands elsewhere)
    - point           a list
    1. point          a numbered list
    **strong**        within a line
    a blank line      begins a new paragraph; a single line break stays a line break

Everything else is text. There is no raw HTML, no link and no picture: what is typed is what is seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

Kind = Literal["heading", "text", "list", "steps"]

_POINT: Final = re.compile(r"[-*•]\s+(.*)")
_STEP: Final = re.compile(r"\d{1,2}[.)、．]\s*(.*)")
_HEADING: Final = re.compile(r"#{1,3}\s+(.*)")
_LINES: Final[tuple[tuple[re.Pattern[str], Kind], ...]] = ((_HEADING, "heading"), (_POINT, "list"), (_STEP, "steps"))
_STRONG: Final = re.compile(r"\*\*(.+?)\*\*")

Run = tuple[str, bool]
"""Words, and whether they are strong."""


@dataclass(frozen=True, slots=True)
class Block:
    kind: Kind
    lines: tuple[tuple[Run, ...], ...]
    """Of a list: its points. Of a paragraph: its lines. A heading has one."""

    def as_facts(self) -> dict[str, Any]:
        """For Typst, which gets text and never markup."""
        return {"kind": self.kind, "lines": [[[words, strong] for words, strong in line] for line in self.lines]}


def blocks(text: str) -> tuple[Block, ...]:
    """Never raises; what it does not know is text."""
    found: list[Block] = []
    kind: Kind = "text"
    lines: list[str] = []

    def close() -> None:
        if lines:
            found.append(Block(kind, tuple(_runs(line) for line in lines)))
            lines.clear()

    for raw in printable(text).split("\n"):
        line = raw.strip()
        read, said = _read(line)
        if not line:
            # A blank line between two points does not end their list.
            if kind == "text":
                close()
            continue
        if read != kind or read == "heading":
            close()
        kind = read
        lines.append(said)
    close()
    return tuple(found)


def printable(text: str) -> str:
    """Line breaks of one kind; no control characters, and nothing that turns the direction of writing around."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(c if c == "\n" or c.isprintable() else " " for c in text)


def to_html(text: str) -> SafeString:
    """Safe to be put into a page: every word is escaped, and the tags are the six of this function."""
    return mark_safe("".join(_html(block) for block in blocks(text)))  # noqa: S308 - `_html` escapes every word


def to_words(text: str) -> str:
    """Without markup: for a message and for a voice. A line for each line, point and heading."""
    return "\n".join("".join(words for words, _strong in line) for block in blocks(text) for line in block.lines)


def _read(line: str) -> tuple[Kind, str]:
    for pattern, kind in _LINES:
        if match := pattern.fullmatch(line):
            return kind, match[1].strip()
    return "text", line


def _runs(line: str) -> tuple[Run, ...]:
    runs: list[Run] = []
    end = 0
    for match in _STRONG.finditer(line):
        runs.append((line[end : match.start()], False))
        runs.append((match[1], True))
        end = match.end()
    runs.append((line[end:], False))
    return tuple((words, strong) for words, strong in runs if words)


def _html(block: Block) -> str:
    lines = [
        "".join(f"<strong>{escape(w)}</strong>" if strong else escape(w) for w, strong in line) for line in block.lines
    ]
    match block.kind:
        case "heading":
            return f"<h2>{lines[0]}</h2>"
        case "list":
            return "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"
        case "steps":
            return "<ol>" + "".join(f"<li>{line}</li>" for line in lines) + "</ol>"
        case _:
            return "<p>" + "<br>".join(lines) + "</p>"
