"""Secure messaging (9303-11, 9.8): a conversation that nobody between gate and chip can read or change.

    Suite              3DES or AES of three key lengths: how keys are derived, texts enciphered, codes computed
    SecureMessaging    wraps commands and opens answers; counts both, so that none can be left out or said twice

The primitives are those of `cryptography`. 3DES lies in its drawer for what is going out of use, where it belongs; but
Basic Access Control knows no other, and passports that have nothing else are valid into the 2030s.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from enum import Enum
from typing import Final

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import constant_time
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from gatepass.identity import DocumentError
from gatepass.identity.emrtd import tlv
from gatepass.readers.pcsc.frames import SHORT, Answer, Command

ENCRYPTION: Final = 1
AUTHENTICATION: Final = 2
PASSWORD: Final = 3
"""Counters of the key derivation function (9303-11, 9.7)."""

_MAC_LENGTH: Final = 8
_SECURE: Final = 0x0C
"""Bits of CLA: secure messaging, the header is authenticated."""

_CRYPTOGRAM: Final = 0x87
_CRYPTOGRAM_ODD: Final = 0x85
_EXPECTED: Final = 0x97
_STATUS: Final = 0x99
_CODE: Final = 0x8E
_PADDED: Final = b"\x01"


class Suite(Enum):
    """The block ciphers of 9303-11, by name and length of the key in bytes."""

    DES3 = ("3DES", 16)
    AES_128 = ("AES", 16)
    AES_192 = ("AES", 24)
    AES_256 = ("AES", 32)

    @property
    def key_length(self) -> int:
        return self.value[1]

    @property
    def block(self) -> int:
        return 8 if self is Suite.DES3 else 16

    def key(self, secret: bytes, counter: int) -> bytes:
        """KDF (9303-11, 9.7.1). The parity bits of DES keys are left as they fall: no cipher looks at them."""
        digest = hashlib.sha256 if self.key_length > 16 else hashlib.sha1
        return digest(secret + counter.to_bytes(4, "big")).digest()[: self.key_length]

    def encrypt(self, key: bytes, text: bytes, start: bytes = b"") -> bytes:
        """CBC, without padding; `start` is the initialisation vector, zero where it is left out."""
        encryptor = Cipher(self._algorithm(key), modes.CBC(start or bytes(self.block))).encryptor()
        return encryptor.update(text) + encryptor.finalize()

    def decrypt(self, key: bytes, cipher: bytes, start: bytes = b"") -> bytes:
        """The inverse; `cipher` must be whole blocks."""
        decryptor = Cipher(self._algorithm(key), modes.CBC(start or bytes(self.block))).decryptor()
        return decryptor.update(cipher) + decryptor.finalize()

    def code(self, key: bytes, text: bytes) -> bytes:
        """The authentication code over a text, 8 bytes: MAC algorithm 3 of ISO/IEC 9797-1 with its padding, or CMAC."""
        if self is not Suite.DES3:
            mac = CMAC(algorithms.AES(key))
            mac.update(text)
            return mac.finalize()[:_MAC_LENGTH]
        padded = pad(text, self.block)
        # One DES over all blocks but the last, three over that: a single DES is 3DES with one key thrice.
        chained = bytes(self.block)
        if len(padded) > self.block:
            single = Cipher(TripleDES(key[:8] * 3), modes.CBC(bytes(self.block))).encryptor()
            chained = (single.update(padded[: -self.block]) + single.finalize())[-self.block :]
        return self.encrypt(key, padded[-self.block :], chained)

    def _algorithm(self, key: bytes) -> TripleDES | algorithms.AES:
        return TripleDES(key + key[:8]) if self is Suite.DES3 else algorithms.AES(key)


class SecureMessaging:
    """The gate's side of one session. `counter` is the send sequence counter before the first command."""

    def __init__(self, suite: Suite, encryption_key: bytes, authentication_key: bytes, counter: int = 0) -> None:
        self.suite = suite
        self._encryption_key = encryption_key
        self._authentication_key = authentication_key
        self._counter = counter

    @classmethod
    def of(cls, suite: Suite, secret: bytes, counter: int = 0) -> SecureMessaging:
        """With the keys that a shared secret gives."""
        return cls(suite, suite.key(secret, ENCRYPTION), suite.key(secret, AUTHENTICATION), counter)

    def wrap(self, command: Command) -> Command:
        """The protected command (9303-11, 9.8.4): DO 87 (85 where INS is odd), 97, 8E."""
        self._count()
        parts = b""
        if command.data:
            cipher = self.suite.encrypt(
                self._encryption_key, pad(command.data, self.suite.block), self._start(self._encryption_key)
            )
            odd = command.ins & 1
            parts += tlv.build(_CRYPTOGRAM_ODD, cipher) if odd else tlv.build(_CRYPTOGRAM, _PADDED, cipher)
        if command.expected is not None:
            short = command.expected <= SHORT
            parts += tlv.build(_EXPECTED, (command.expected & 0xFFFF).to_bytes(2, "big")[short:])
        protected = replace(command, cla=command.cla | _SECURE)
        code = self._code(pad(protected.header, self.suite.block) + parts)
        data = parts + tlv.build(_CODE, code)
        longest = SHORT if len(data) < SHORT and (command.expected or 0) <= SHORT else 65_536
        return replace(protected, data=data, expected=longest)

    def unwrap(self, answer: Answer) -> Answer:
        """What the chip said. DocumentError `chip_read_failed` (`secure_messaging`) where it is not from the chip that
        the session is with, or not the answer to the latest command.
        """
        self._count()
        try:
            parts = {part.tag: part for part in tlv.parse(answer.data)}
        except DocumentError:
            raise _not_authentic() from None
        code, status = parts.get(_CODE), parts.get(_STATUS)
        if code is None or status is None or len(status.value) != 2:
            # An error without protection: the chip has ended the session.
            raise DocumentError("chip_read_failed", what="secure_messaging", status=answer.status)
        cryptogram = parts.get(_CRYPTOGRAM) or parts.get(_CRYPTOGRAM_ODD)
        signed = (cryptogram.whole if cryptogram else b"") + status.whole
        if not constant_time.bytes_eq(self._code(signed), code.value):
            raise _not_authentic()
        return Answer(self._open(cryptogram) if cryptogram else b"", int.from_bytes(status.value, "big"))

    def _open(self, cryptogram: tlv.Tlv) -> bytes:
        cipher = cryptogram.value
        if cryptogram.tag == _CRYPTOGRAM:
            if cipher[:1] != _PADDED:
                raise _not_authentic()
            cipher = cipher[1:]
        if not cipher or len(cipher) % self.suite.block:
            raise _not_authentic()
        text = unpad(self.suite.decrypt(self._encryption_key, cipher, self._start(self._encryption_key)))
        if text is None:
            raise _not_authentic()
        return text

    def _count(self) -> None:
        self._counter = (self._counter + 1) % (1 << 8 * self.suite.block)

    def _start(self, key: bytes) -> bytes:
        """The initialisation vector: the enciphered counter with AES, zero with 3DES (9.8.6.1, 9.8.7.1)."""
        if self.suite is Suite.DES3:
            return bytes(self.suite.block)
        return self.suite.encrypt(key, self._counter.to_bytes(self.suite.block, "big"))

    def _code(self, text: bytes) -> bytes:
        counted = self._counter.to_bytes(self.suite.block, "big") + text
        # The code of 3DES pads by itself, that of AES is given whole blocks here (9.8.1).
        padded = counted if self.suite is Suite.DES3 else pad(counted, self.suite.block)
        return self.suite.code(self._authentication_key, padded)


def pad(text: bytes, block: int) -> bytes:
    """Padding method 2 of ISO/IEC 9797-1: 80, then zeros up to a whole block."""
    return text + b"\x80" + bytes(-(len(text) + 1) % block)


def unpad(text: bytes) -> bytes | None:
    """The inverse; None where no padding is."""
    stripped = text.rstrip(b"\x00")
    return stripped[:-1] if stripped.endswith(b"\x80") else None


def _not_authentic() -> DocumentError:
    return DocumentError("chip_read_failed", what="secure_messaging")
