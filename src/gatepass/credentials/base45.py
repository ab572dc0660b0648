"""Base45 (RFC 9285): bytes in the 45 characters that a QR code stores in 5.5 bits each.

Strict, so that no two texts mean the same bytes: exactly the alphabet, no lower case, no white space, no value beyond
what two bytes (or one) can hold. Of the library `base45` research says: nearly as slow as the signature check, and a
newline at the end goes through.
"""

from __future__ import annotations

import sys
from array import array
from typing import Final

from gatepass.credentials.errors import CredentialError

_ALPHABET: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_NONE: Final = 255
_VALUES: Final = bytes(_ALPHABET.find(bytes([octet])) % 256 for octet in range(256))
_PAIRS: Final = tuple(bytes((_ALPHABET[value % 45], _ALPHABET[value // 45])) for value in range(45 * 45))


def encode(data: bytes) -> str:
    """Three characters for two bytes, two for a last odd one."""
    parts = []
    for place in range(0, len(data) - 1, 2):
        high, low = divmod(data[place] << 8 | data[place + 1], 45 * 45)
        parts.append(_PAIRS[low] + _ALPHABET[high : high + 1])
    if len(data) % 2:
        parts.append(_PAIRS[data[-1]])
    return b"".join(parts).decode("ascii")


def decode(text: str) -> bytes:
    """Raises: CredentialError: base45."""
    try:
        values = text.encode("ascii").translate(_VALUES)
    except UnicodeEncodeError:
        raise CredentialError("base45") from None
    tail = len(values) % 3
    if _NONE in values or tail == 1:
        raise CredentialError("base45")
    whole = len(values) - tail
    try:
        # array raises OverflowError for what two bytes cannot hold: 65,536 to 91,124.
        units = array(
            "H",
            [
                low + 45 * middle + 2025 * high
                for low, middle, high in zip(values[0:whole:3], values[1:whole:3], values[2:whole:3], strict=True)
            ],
        )
        last = bytes([values[-2] + 45 * values[-1]]) if tail else b""
    except (OverflowError, ValueError):
        raise CredentialError("base45") from None
    if sys.byteorder == "little":
        units.byteswap()
    return units.tobytes() + last
