"""What a keyboard sends, as the Linux kernel hands it on: `struct input_event` -> events -> key strokes; pure.

    struct input_event    seconds, microseconds (native long) | type u16 | code u16 | value s32      24 bytes on 64 bits
    EV_KEY                value 1 pressed, 0 released, 2 repeated by holding; code KEY_…
    EV_SYN, SYN_DROPPED   the kernel's buffer was full: events are missing until the next SYN_REPORT

Numeric keypads, keyboards and scanners that pretend to be one all speak this. A character depends on the layout that
the device believes in: scanners are sold with the US layout, and most stay with it; others are in `LAYOUTS`.

Scanners also write what no key has as **Alt codes**, as people do on Windows: Alt held, decimal digits on the keypad
(or `+` and hexadecimal ones), Alt released. Below 128 the number is ASCII. Up to 255 it is one byte of whatever
encoding the scanner was set to, and is passed on as such. Above, it is a double-byte character of GB 2312 where it
looks like one, else Unicode. (GBK characters outside GB 2312 cannot be told from Unicode, and are taken for it.)

Sources: linux/input.h, linux/input-event-codes.h, Documentation/input/event-codes.rst of the kernel.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final, NamedTuple

EVENT: Final = struct.Struct("@llHHi")

EV_SYN, EV_KEY, EV_MSC, EV_LED = 0x00, 0x01, 0x04, 0x11
SYN_REPORT, SYN_DROPPED = 0, 3
LED_CAPS_LOCK: Final = 1

ESCAPE, BACKSPACE, TAB, ENTER, CAPS_LOCK, SPACE = 1, 14, 15, 28, 58, 57
KEYPAD_ASTERISK, NUM_LOCK, KEYPAD_MINUS, KEYPAD_PLUS, KEYPAD_DOT = 55, 69, 74, 78, 83
KEYPAD_ENTER, KEYPAD_SLASH, KEYPAD_EQUAL, KEYPAD_COMMA = 96, 98, 117, 121
DELETE, CLEAR, CANCEL = 111, 0x163, 223
PHONE_STAR: Final = 0x20A
DIGITS: Final[dict[int, int]] = {(at + 1) % 10: code for at, code in enumerate(range(2, 12))}
"""Digit -> its key above the letters."""
KEYPAD_DIGITS: Final[dict[int, int]] = dict(enumerate((82, 79, 80, 81, 75, 76, 77, 71, 72, 73)))
"""Digit -> its key on the keypad. The kernel names the key, not what Num Lock makes of it."""
LETTERS: Final[dict[str, int]] = dict(
    zip("QWERTYUIOPASDFGHJKLZXCVBNM", (*range(16, 26), *range(30, 39), *range(44, 51)), strict=True)
)
"""Letter -> its key on the US layout."""

LEFT_SHIFT, LEFT_CONTROL, LEFT_ALT, RIGHT_ALT = 42, 29, 56, 100
_SHIFT: Final = frozenset({LEFT_SHIFT, 54})
_CONTROL: Final = frozenset({LEFT_CONTROL, 97})
_ALT: Final = frozenset({LEFT_ALT, RIGHT_ALT})
_META: Final = frozenset({125, 126})
MODIFIERS: Final = _SHIFT | _CONTROL | _ALT | _META

DROPPED: Final = 0
"""The key of a stroke that stands for events which the kernel dropped (KEY_RESERVED: no device has it)."""

_RELEASED, _REPEATED = 0, 2
_MOST_ALT_DIGITS: Final = 7
_NO_CHARACTER: Final = "\ufffd"


class Event(NamedTuple):
    kind: int
    code: int
    value: int


class EventParser:
    """Bytes in any pieces become events. Keeps at most one unfinished event."""

    def __init__(self) -> None:
        self._kept = b""

    def feed(self, chunk: bytes) -> list[Event]:
        octets = self._kept + chunk
        whole = len(octets) - len(octets) % EVENT.size
        self._kept = octets[whole:]
        return [Event(*fields[2:]) for fields in EVENT.iter_unpack(octets[:whole])]


def pack(event: Event) -> bytes:
    """The bytes of an event; its time is 0."""
    return EVENT.pack(0, 0, *event)


@dataclass(frozen=True, slots=True)
class Layout:
    """What each key writes: plain, with shift, with AltGr."""

    plain: dict[int, str]
    shifted: dict[int, str]
    third: dict[int, str] = field(default_factory=dict)


# The keys of a row, by their codes; 86 is the key beside the left shift that US keyboards lack.
_ROWS: Final = (range(2, 14), range(16, 28), (*range(30, 42), 43), (86, *range(44, 54)), (89, 124))


def _layout(*rows: tuple[str, str], third: dict[int, str] | None = None) -> Layout:
    """From a pair of texts for each row; a space stands for a key that writes nothing (or only an accent)."""
    plain, shifted = {SPACE: " "}, {SPACE: " "}
    for codes, pair in zip(_ROWS, rows, strict=False):
        for table, row in zip((plain, shifted), pair, strict=True):
            table.update({code: written for code, written in zip(codes, row, strict=True) if written != " "})
    return Layout(plain, shifted, third or {})


LAYOUTS: Final = {
    "us": _layout(
        ("1234567890-=", "!@#$%^&*()_+"),
        ("qwertyuiop[]", "QWERTYUIOP{}"),
        ("asdfghjkl;'`\\", 'ASDFGHJKL:"~|'),
        ("<zxcvbnm,./", ">ZXCVBNM<>?"),
    ),
    "gb": _layout(
        ("1234567890-=", '!"£$%^&*()_+'),
        ("qwertyuiop[]", "QWERTYUIOP{}"),
        ("asdfghjkl;'`#", "ASDFGHJKL:@¬~"),
        ("\\zxcvbnm,./", "|ZXCVBNM<>?"),
    ),
    "de": _layout(
        ("1234567890ß ", '!"§$%&/()=? '),
        ("qwertzuiopü+", "QWERTZUIOPÜ*"),
        ("asdfghjklöä^#", "ASDFGHJKLÖÄ°'"),
        ("<yxcvbnm,.-", ">YXCVBNM;:_"),
        third={8: "{", 9: "[", 10: "]", 11: "}", 12: "\\", 16: "@", 18: "€", 27: "~", 86: "|", 50: "µ"},
    ),
    "fr": _layout(
        ("&é\"'(-è_çà)=", "1234567890°+"),
        ("azertyuiop^$", "AZERTYUIOP¨£"),
        ("qsdfghjklmù²*", "QSDFGHJKLM% µ"),
        ("<wxcvbn,;:!", ">WXCVBN?./§"),
        third={3: "~", 4: "#", 5: "{", 6: "[", 7: "|", 8: "`", 9: "\\", 10: "^", 11: "@", 12: "]", 13: "}", 18: "€"},
    ),
    "jp": _layout(
        ("1234567890-^", "!\"#$%&'() =~"),
        ("qwertyuiop@[", "QWERTYUIOP`{"),
        ("asdfghjkl;: ]", "ASDFGHJKL+* }"),
        (" zxcvbnm,./", " ZXCVBNM<>?"),
        ("\\\\", "_|"),
    ),
}
"""Chinese and Korean keyboards write Latin letters as the US layout does."""

_KEYPAD: Final = {code: str(digit) for digit, code in KEYPAD_DIGITS.items()} | {
    KEYPAD_ASTERISK: "*",
    KEYPAD_MINUS: "-",
    KEYPAD_PLUS: "+",
    KEYPAD_DOT: ".",
    KEYPAD_SLASH: "/",
    KEYPAD_EQUAL: "=",
    KEYPAD_COMMA: ",",
}


class Stroke(NamedTuple):
    """A key that was pressed, and what it wrote: often nothing.

    A byte that came as an Alt code is a surrogate escape, so that `text.encode("utf-8", "surrogateescape")` is what a
    serial scanner would have sent.
    """

    key: int
    text: str = ""
    again: bool = False
    """Repeated by holding the key down."""


class Typist:
    """Events become strokes. Remembers which modifiers are held and at most seven digits of an Alt code."""

    def __init__(self, layout: Layout, *, caps_lock: bool = False) -> None:
        self._layout = layout
        self._caps_lock = caps_lock
        self._held: set[int] = set()
        self._alt_digits = ""
        self._dropping = False

    def feed(self, events: list[Event]) -> list[Stroke]:
        strokes = []
        for event in events:
            if event.kind == EV_SYN:
                if event.code == SYN_DROPPED:
                    self._dropping, self._alt_digits = True, ""
                    self._held.clear()
                    strokes.append(Stroke(DROPPED))
                elif event.code == SYN_REPORT:
                    self._dropping = False
            elif self._dropping:
                continue
            elif event.kind == EV_LED and event.code == LED_CAPS_LOCK:
                self._caps_lock = bool(event.value)
            elif event.kind == EV_KEY:
                stroke = self._key(event)
                if stroke is not None:
                    strokes.append(stroke)
        return strokes

    def _key(self, event: Event) -> Stroke | None:
        if event.code in MODIFIERS:
            return self._modifier(event)
        if event.value == _RELEASED:
            return None
        again = event.value == _REPEATED
        if event.code == CAPS_LOCK:
            self._caps_lock ^= not again
            return None
        if self._held & _ALT and self._in_alt_code(event.code, again=again):
            return None
        return Stroke(event.code, self._written(event.code), again)

    def _modifier(self, event: Event) -> Stroke | None:
        if event.value != _RELEASED:
            self._held.add(event.code)
            return None
        self._held.discard(event.code)
        if event.code in _ALT and self._alt_digits and not self._held & _ALT:
            digits, self._alt_digits = self._alt_digits, ""
            return Stroke(event.code, _of_alt_code(digits))
        return None

    def _in_alt_code(self, code: int, *, again: bool) -> bool:
        """Whether the key belongs to an Alt code; its digit is then kept."""
        written = _KEYPAD.get(code, "")
        if self._alt_digits.startswith("+") and not written:
            written = self._layout.plain.get(code, "")
        if not ((written == "+" and not self._alt_digits) or (written and written in "0123456789abcdef")):
            return False
        if not again and len(self._alt_digits) <= _MOST_ALT_DIGITS:
            self._alt_digits += written
        return True

    def _written(self, code: int) -> str:
        if self._held & _META:
            return ""
        if code in _KEYPAD:
            return _KEYPAD[code]
        if self._held & _ALT:
            return self._layout.third.get(code, "") if RIGHT_ALT in self._held else ""
        shifted = bool(self._held & _SHIFT)
        plain = self._layout.plain.get(code, "")
        if self._held & _CONTROL:
            # Scanners write FS, GS, RS and US, which separate the fields of a code, as Ctrl with [ \ ] ^ _.
            upper = (self._layout.shifted.get(code, "") if shifted else plain).upper()
            return chr(ord(upper) & 0x1F) if upper and upper in "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_" else ""
        if self._caps_lock and plain.isalpha():
            shifted = not shifted
        return self._layout.shifted.get(code, "") if shifted else plain


def _of_alt_code(digits: str) -> str:
    hexadecimal = digits.startswith("+")
    if len(digits) > _MOST_ALT_DIGITS or digits == "+" or not (hexadecimal or digits.isdecimal()):
        return _NO_CHARACTER
    number = int(digits[1:], 16) if hexadecimal else int(digits)
    if number < 0x80 or hexadecimal:
        return _unicode(number)
    if number < 0x100:
        return _escaped(number)
    lead, trail = divmod(number, 0x100)
    if 0xA1 <= lead <= 0xF7 and 0xA1 <= trail <= 0xFE:
        return _escaped(lead) + _escaped(trail)
    return _unicode(number)


def _escaped(octet: int) -> str:
    return chr(0xDC00 + octet)


def _unicode(number: int) -> str:
    return _NO_CHARACTER if number > 0x10FFFF or 0xD800 <= number < 0xE000 else chr(number)


def type_out(stream: bytes, layout: str = "us") -> bytes:
    """What a whole stream of `struct input_event` writes, as a serial device would have sent it; Enter is CR.

    For any bytes whatever; never raises.
    """
    strokes = Typist(LAYOUTS[layout]).feed(EventParser().feed(stream))
    return b"".join(map(as_bytes, strokes))


def as_bytes(stroke: Stroke) -> bytes:
    """The bytes of one stroke: Enter and Tab, both of which end a code, are CR; keys held down write once."""
    if stroke.again:
        return b""
    if stroke.key in {ENTER, KEYPAD_ENTER, TAB}:
        return b"\r"
    return stroke.text.encode("utf-8", "surrogateescape")
