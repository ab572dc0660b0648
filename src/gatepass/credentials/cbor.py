"""CBOR (RFC 8949), the deterministic form of section 4.2.1 and nothing else, for bytes that anybody may have printed.

What a gate reads must have one form only: shortest heads, definite lengths, map keys ascending by their bytes and
none twice, nothing after the end. A decoder that accepts one form needs no comparison afterwards, and every bit of a
code then counts.

Not cbor2: it keeps the last of two equal keys, passes over what follows the end, and acts on tags (a regular
expression is compiled, a bignum of any size raised to a power, a list made to contain itself) before we could look.
Here a tag is a number beside a value. No floats, no simple values but false, true and null: health codes have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from gatepass.credentials.errors import CredentialError

MAX_DEPTH: Final = 8
MAX_ITEMS: Final = 128
"""In one decoding. A dynamic code has 20 in its largest part."""

Key: TypeAlias = "int | bytes | str"
Value: TypeAlias = "int | bytes | str | bool | list[Value] | dict[Key, Value] | Tag | None"

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)
_CONTAINERS: Final = frozenset({_ARRAY, _MAP, _TAG})
_SIMPLES: Final = {20: False, 21: True, 22: None}


@dataclass(frozen=True, slots=True)
class Tag:
    """A tagged value. Nothing is done about the number."""

    number: int
    value: Value


def encode(value: Value) -> bytes:
    """The deterministic form. Raises: CredentialError: cbor, for an integer beyond 64 bits."""
    match value:
        case None | bool():
            encoded = {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[value]
        case int():
            encoded = _head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value)
        case bytes():
            encoded = _head(_BYTES, len(value)) + value
        case str():
            text = value.encode("utf-8")
            encoded = _head(_TEXT, len(text)) + text
        case Tag():
            encoded = _head(_TAG, value.number) + encode(value.value)
        case list():
            encoded = _head(_ARRAY, len(value)) + b"".join(map(encode, value))
        case dict():
            pairs = sorted((encode(key), encode(each)) for key, each in value.items())
            encoded = _head(_MAP, len(pairs)) + b"".join(key + each for key, each in pairs)
    return encoded


def _head(major: int, argument: int) -> bytes:
    if argument < 24:
        return bytes([major << 5 | argument])
    for code, width in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if argument < 1 << 8 * width:
            return bytes([major << 5 | code]) + argument.to_bytes(width, "big")
    raise CredentialError("cbor")


def decode(data: bytes) -> Value:
    """The one value in `data`. Time and memory are proportional to its length. Raises: CredentialError: cbor."""
    reader = _Reader(data)
    value = reader.value(MAX_DEPTH)
    if reader.place != len(data):
        raise CredentialError("cbor")
    return value


class _Reader:
    __slots__ = ("data", "items", "place")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0
        self.items = MAX_ITEMS

    def value(self, depth: int) -> Value:
        major, argument = self._read_head()
        if major in _CONTAINERS:
            return self._container(major, argument, depth)
        if major == _BYTES:
            return self._take(argument)
        if major == _TEXT:
            return self._text(argument)
        if major == _SIMPLE:
            return _SIMPLES[argument]
        return argument if major == _UNSIGNED else -1 - argument

    def _container(self, major: int, argument: int, depth: int) -> Value:
        if depth == 0:
            raise CredentialError("cbor")
        if major == _TAG:
            return Tag(argument, self.value(depth - 1))
        if argument > self.items:  # before anything of that size is made
            raise CredentialError("cbor")
        if major == _ARRAY:
            return [self.value(depth - 1) for _ in range(argument)]
        return self._map(argument, depth - 1)

    def _text(self, length: int) -> str:
        try:
            return self._take(length).decode("utf-8")
        except UnicodeDecodeError:
            raise CredentialError("cbor") from None

    def _map(self, pairs: int, depth: int) -> dict[Key, Value]:
        values: dict[Key, Value] = {}
        before = b""
        for _ in range(pairs):
            start = self.place
            key = self.value(0)
            if not isinstance(key, int | bytes | str) or isinstance(key, bool):
                raise CredentialError("cbor")
            encoded = self.data[start : self.place]
            if encoded <= before:  # ascending, so none twice
                raise CredentialError("cbor")
            before = encoded
            values[key] = self.value(depth)
        return values

    def _read_head(self) -> tuple[int, int]:
        self.items -= 1
        if self.items < 0 or self.place >= len(self.data):
            raise CredentialError("cbor")
        major, code = divmod(self.data[self.place], 32)
        self.place += 1
        if major == _SIMPLE:
            if code not in _SIMPLES:
                raise CredentialError("cbor")
            return major, code
        if code < 24:
            return major, code
        if code > 27:  # reserved, or of indefinite length
            raise CredentialError("cbor")
        width = 1 << code - 24
        argument = int.from_bytes(self._take(width), "big")
        if argument < (24 if width == 1 else 1 << 4 * width):  # a shorter head would have done
            raise CredentialError("cbor")
        return major, argument

    def _take(self, length: int) -> bytes:
        piece = self.data[self.place : self.place + length]
        if len(piece) != length:
            raise CredentialError("cbor")
        self.place += length
        return piece
