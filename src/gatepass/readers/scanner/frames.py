"""The stream of a scanner, as bytes in and codes out; no clock, no port.

    text CR | text LF | text CR LF          what most scanners are set to
    STX text ETX                            the text may have line ends inside
    ]Q1 text CR                             with its AIM symbology identifier, see `status`
    text, then silence                      a scanner that is sold without a suffix
    line CR line CR                         a machine-readable zone: two or three lines within a moment are one code

A scanner that pretends to be a keyboard is brought to the same bytes by `readers.keyboard` first.

Whoever feeds this tells it when the line has been silent for `patience` seconds: silence ends a text only while the
scanner has never sent a mark that ends one. From then on, silence inside a text means that bytes were lost, and half a
code is never taken for a code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from gatepass.readers.keyboard import DROPPED, LAYOUTS, EventParser, Layout, Typist, as_bytes
from gatepass.readers.scanner.status import CHARACTER_SETS, symbology_of

LONGEST: Final = 8192
"""Bytes: the longest code of any symbology is a Han Xin code of 7,827 digits."""

SHORTEST: Final = 4
"""Bytes: less is a plug that bounced, and nobody's code."""

BETWEEN_BYTES_S: Final = 0.3
"""Keyboard scanners wait up to 100 ms between keys; wireless ones falter."""
BETWEEN_LINES_S: Final = 0.5

_STX, _ETX = 0x02, 0x03
_MARK: Final = re.compile(rb"[\x02\x03\r\n]")
_AIM: Final = re.compile(rb"\](.)(.)", re.DOTALL)
_ECI: Final = re.compile(rb"\\(?:([0-9]{6})|(\\))")
# What may stand in a code beside printable characters: tab, line ends, and the separators of GS1 and AAMVA data.
_CONTROL: Final = re.compile(r"[\x00-\x03\x05-\x08\x0b\x0c\x0e-\x1b\x7f-\x9f\ufffd]")

_ZONE_LINE: Final = re.compile(r"[A-Z0-9<]{30}|[A-Z0-9<]{36}|[A-Z0-9<]{44}")
_LINES_OF: Final = {30: 3, 36: 2, 44: 2}


class FrameFault(StrEnum):
    """Something that was not a code."""

    LENGTH = "length"
    """Bytes are missing, or there was no end."""
    CHARACTERS = "characters"
    """Control characters: a damaged line, or another speed than the scanner's."""


@dataclass(frozen=True, slots=True)
class Code:
    """One code as it was shown; lines of a machine-readable zone are joined with a line feed."""

    text: str = field(repr=False)
    symbology: str = ""
    """As `readers.contract.CodeText.symbology`; empty where the scanner does not say."""


Found = list[Code | FrameFault]


class CodeParser:
    """Bytes in any pieces become codes and faults, in their order. Keeps at most LONGEST bytes and three lines."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._framed = False
        self._spoilt = False
        """What is coming is no code, up to its end: it is too long, or its beginning was lost."""
        self._marks_ends = False
        self._zone = _Zone()

    @property
    def pending(self) -> int:
        """Bytes of a text whose end has not come."""
        return len(self._kept)

    @property
    def begun(self) -> bool:
        """Somebody has shown something, and it is not whole yet."""
        return self.pending >= SHORTEST or self._spoilt or self._zone.waits

    @property
    def patience(self) -> float | None:
        """Seconds of silence after which `silence` is to be called; None: silence means nothing now."""
        if self._kept or self._spoilt or self._framed:
            return BETWEEN_BYTES_S
        return BETWEEN_LINES_S if self._zone.waits else None

    def feed(self, chunk: bytes) -> Found:
        found: Found = []
        at = 0
        for mark in _MARK.finditer(chunk):
            self._keep(chunk[at : mark.start()])
            at = mark.end()
            octet = chunk[mark.start()]
            if octet == _STX:
                # What came before it had no end.
                found += self._end(whole=not self._marks_ends)
                self._framed = True
            elif octet == _ETX or not self._framed:
                self._marks_ends |= self.pending >= SHORTEST
                found += self._end(whole=True)
            else:
                self._keep(chunk[mark.start() : at])
        self._keep(chunk[at:])
        return found

    def silence(self) -> Found:
        """Nothing has come for `patience` seconds."""
        if self._kept or self._spoilt or self._framed:
            return self._end(whole=not (self._marks_ends or self._framed))
        return list(self._zone.silence())

    def lose(self) -> None:
        """Bytes were lost here: neither what is pending nor what comes up to the next end is a code."""
        self._zone = _Zone()
        self._kept.clear()
        self._spoilt = True

    def _keep(self, octets: bytes) -> None:
        if not self._spoilt:
            self._kept += octets
            if len(self._kept) > LONGEST:
                self._kept.clear()
                self._spoilt = True

    def _end(self, *, whole: bool) -> Found:
        octets, spoilt = bytes(self._kept).strip(b"\r\n\0"), self._spoilt
        self._kept.clear()
        self._framed = self._spoilt = False
        if not spoilt and len(octets) < SHORTEST:
            return []
        code = code_of(octets) if whole and not spoilt else FrameFault.LENGTH
        return list(self._zone.feed(code)) if isinstance(code, Code) else [*self._zone.silence(), code]


class _Zone:
    """Lines of a machine-readable zone become one code."""

    def __init__(self) -> None:
        self._lines: list[Code] = []

    @property
    def waits(self) -> bool:
        return bool(self._lines)

    def feed(self, code: Code) -> list[Code]:
        begun = self._lines[0] if self._lines else None
        is_line = _ZONE_LINE.fullmatch(code.text) is not None and code.symbology in {"", "ocr"}
        if begun is not None and is_line and len(code.text) == len(begun.text):
            self._lines.append(code)
            return self.silence() if len(self._lines) == _LINES_OF[len(begun.text)] else []
        before = self.silence()
        if is_line and code.text[0] in "ACIPV":
            self._lines.append(code)
            return before
        return [*before, code]

    def silence(self) -> list[Code]:
        """What has come of a zone, whole or not: `identity.mrz` will say that a line is missing."""
        lines, self._lines = self._lines, []
        return [Code("\n".join(line.text for line in lines), lines[0].symbology)] if lines else []


class KeyCodeParser:
    """The same for a scanner that pretends to be a keyboard: bytes of `struct input_event` become codes and faults."""

    def __init__(self, layout: Layout, *, caps_lock: bool = False) -> None:
        self._events = EventParser()
        self._typist = Typist(layout, caps_lock=caps_lock)
        self._codes = CodeParser()

    @property
    def pending(self) -> int:
        return self._codes.pending

    @property
    def begun(self) -> bool:
        return self._codes.begun

    @property
    def patience(self) -> float | None:
        return self._codes.patience

    def feed(self, chunk: bytes) -> Found:
        found: Found = []
        for stroke in self._typist.feed(self._events.feed(chunk)):
            if stroke.key == DROPPED:
                self._codes.lose()
            else:
                found += self._codes.feed(as_bytes(stroke))
        return found

    def silence(self) -> Found:
        return self._codes.silence()


def split(stream: bytes) -> Found:
    """All codes and faults of a whole stream that ends in silence. Never raises, whatever the bytes."""
    parser = CodeParser()
    return [*parser.feed(stream), *parser.silence(), *parser.silence()]


def split_keys(stream: bytes, layout: str = "us") -> Found:
    """The same for a stream of `struct input_event`."""
    parser = KeyCodeParser(LAYOUTS[layout])
    return [*parser.feed(stream), *parser.silence(), *parser.silence()]


def code_of(octets: bytes) -> Code | FrameFault:
    """One text, without the marks around it."""
    prefix = _AIM.match(octets)
    symbology = symbology_of(*(part.decode("latin-1") for part in prefix.groups())) if prefix else None
    if prefix is None or symbology is None:
        text, name = decode(octets), ""
    else:
        body = octets[prefix.end() :]
        text, name = _decode_eci(body) if symbology.eci else decode(body), symbology.name
    text = text.strip()
    if _CONTROL.search(text):
        return FrameFault.CHARACTERS
    return Code(text, name)


def decode(octets: bytes) -> str:
    """UTF-8 if it is; else GB 18030 if that gives Chinese as people write it; else Latin-1, which fits anything.

    `Müller` in Latin-1 is a Chinese character in GB 18030 as well, but a rare one: half of the characters outside ASCII
    must be among the 7,445 of GB 2312 before a text is taken for Chinese.
    """
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        text = octets.decode("gb18030")
    except UnicodeDecodeError:
        return octets.decode("latin-1")
    foreign = [character for character in text if not character.isascii()]
    return text if 2 * sum(map(_is_common_chinese, foreign)) >= len(foreign) else octets.decode("latin-1")


def _is_common_chinese(character: str) -> bool:
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def _decode_eci(octets: bytes) -> str:
    """A text in the ECI protocol: `\\000026` changes the character set, `\\\\` is a backslash."""
    parts, charset, at, run = [], "", 0, b""
    for escape in _ECI.finditer(octets):
        run += octets[at : escape.start()]
        at = escape.end()
        if escape[2]:
            run += b"\\"
            continue
        parts.append(_decode_as(run, charset))
        run, charset = b"", CHARACTER_SETS.get(int(escape[1]), "")
    parts.append(_decode_as(run + octets[at:], charset))
    return "".join(parts)


def _decode_as(octets: bytes, charset: str) -> str:
    return octets.decode(charset, "replace") if charset else decode(octets)
