"""A serial as people read it aloud: thirteen characters without I, L, O and U, in Crockford's base 32.

written(serial) -> "5SGD-1R3F-00001"        read("5sgd 1r3f oooo1") gives the serial back
"""

from __future__ import annotations

from typing import Final

from gatepass.credentials.errors import CredentialError
from gatepass.credentials.health_code import SERIAL_BYTES

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHARACTERS: Final = 13
_HEARD: Final = str.maketrans("OIL", "011", " -")


def written(serial: bytes) -> str:
    """Groups of 4, 4 and 5. Raises: CredentialError: serial_length."""
    if len(serial) != SERIAL_BYTES:
        raise CredentialError("serial_length")
    number = int.from_bytes(serial, "big")
    text = "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_CHARACTERS)))
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def read(text: str) -> bytes:
    """What `written` gave, in any case, with or without its dashes, O for 0 and I or L for 1.

    Raises:
        CredentialError: serial_length.
    """
    heard = text.upper().translate(_HEARD)
    if len(heard) != _CHARACTERS or not set(heard) <= set(_ALPHABET):
        raise CredentialError("serial_length")
    number = 0
    for character in heard:
        number = number << 5 | _ALPHABET.index(character)
    if number >> 8 * SERIAL_BYTES:
        raise CredentialError("serial_length")
    return number.to_bytes(SERIAL_BYTES, "big")
