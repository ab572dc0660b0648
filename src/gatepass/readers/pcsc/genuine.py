"""Whether the chip is the one that was issued, or a copy of its files: chip and active authentication (9303-11, 6).

The chip has a private key that never leaves it. EF.SOD vouches for the public half in data group 14 or 15. What cannot
be put to the proof (a kind of key that nobody here knows) is not accused: DocumentError `chip_altered` (`chip`) is for
the chip that was asked and could not answer.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric import rsa

from gatepass.identity import DocumentError
from gatepass.identity.emrtd import lds, tlv
from gatepass.identity.emrtd.keys import CurveKey, UnknownAlgorithmError, key_with_standard_domain, public_key
from gatepass.identity.emrtd.lds import SecurityInfo
from gatepass.readers.pcsc.access import Send
from gatepass.readers.pcsc.frames import EXTENDED, SHORT, Command
from gatepass.readers.pcsc.groups import CurveGroup
from gatepass.readers.pcsc.messaging import SecureMessaging, Suite
from gatepass.readers.pcsc.status import Ins, StatusWord

_KEY_DH: Final = "0.4.0.127.0.7.2.2.1.1"
_KEY_ECDH: Final = "0.4.0.127.0.7.2.2.1.2"
_WAY: Final = "0.4.0.127.0.7.2.2.3."
_ARC_OF_KEY: Final = {_KEY_DH: "1", _KEY_ECDH: "2"}
_SUITES: Final = dict(zip("1234", Suite, strict=True))
_DH_GROUPS: Final = {"1.2.840.113549.1.3.1", "1.2.840.10046.2.1"}
"""PKCS #3, as 9303-11 wants, and X9.42, as some states write (8.5, note 2): prime and generator come first in both,
as p, g in the one and p, g, q in the other."""

_MECHANISM, _KEY_NAME, _OUR_KEY, _DYNAMIC, _PUBLIC = 0x80, 0x84, 0x91, 0x7C, 0x80
_SECRET_BITS: Final = 320

# Trailers of ISO/IEC 9796-2: which hash. One byte BC is SHA-1.
_TRAILER_HASHES: Final = {0x33: "sha1", 0x34: "sha256", 0x35: "sha512", 0x36: "sha384", 0x38: "sha224"}
_HASHES: Final = ("sha256", "sha1", "sha384", "sha512", "sha224")
_FITS_PROTECTED: Final = 223


class _ChipKey(Protocol):
    def agree(self) -> tuple[bytes, bytes]:
        """A public key of ours, and the secret that it makes with the chip's."""


@dataclass(frozen=True, slots=True)
class _PointKey:
    key: CurveKey

    def agree(self) -> tuple[bytes, bytes]:
        group = CurveGroup(self.key.curve)
        secret = group.secret()
        return group.encode(group.power(group.generator, secret)), group.shared(group.power(self.key.point, secret))


@dataclass(frozen=True, slots=True)
class _NumberKey:
    p: int
    g: int
    y: int

    def agree(self) -> tuple[bytes, bytes]:
        size = (self.p.bit_length() + 7) // 8
        secret = secrets.randbits(_SECRET_BITS) | 1
        public = pow(self.g, secret, self.p)
        return public.to_bytes((public.bit_length() + 7) // 8, "big"), pow(self.y, secret, self.p).to_bytes(size, "big")


def chip_authentication(send: Send, dg14: bytes) -> SecureMessaging | None:
    """A new session, which only the chip with the private key can hold: the next answer proves it. None where the group
    names no key that can be put to the proof.
    """
    infos = lds.security_infos(tlv.first(dg14).value)
    for info in infos:
        number = b"" if info.optional is None else info.optional.value
        key = _chip_key(info)
        if key is None:
            continue
        mechanism, suite = _mechanism(infos, info.protocol, number)
        ours, shared = key.agree()
        _hand_over(send, mechanism, suite, number, ours)
        return SecureMessaging.of(suite, shared)
    return None


def active_authentication(send: Send, dg15: bytes, *, cautious: bool = False) -> None:
    """The chip signs a challenge. DocumentError `chip_altered` where it cannot."""
    try:
        key = public_key(tlv.first(tlv.first(dg15).value))
    except UnknownAlgorithmError:
        return
    challenge = secrets.token_bytes(8)
    size = key.key_size // 8 if isinstance(key, rsa.RSAPublicKey) else 2 * key.curve.size
    expected = SHORT if cautious or size <= _FITS_PROTECTED else EXTENDED
    answer = send(Command(0x00, Ins.INTERNAL_AUTHENTICATE, 0x00, 0x00, challenge, expected))
    if cautious and size > _FITS_PROTECTED and answer.status == StatusWord.WRONG_LENGTH:
        # The signature is longer than this reader passes on: nobody's fault.
        return
    if answer.status != StatusWord.DONE or not _signed(key, answer.data, challenge):
        raise _copy()


def _chip_key(info: SecurityInfo) -> _ChipKey | None:
    try:
        if info.protocol == _KEY_ECDH:
            return _PointKey(key_with_standard_domain(info.required))
        return _number_key(info) if info.protocol == _KEY_DH else None
    except UnknownAlgorithmError:
        return None


def _number_key(info: SecurityInfo) -> _NumberKey | None:
    try:
        algorithm, bits = info.required.children
        name, parameters = algorithm.children
        p, g = (int.from_bytes(number.value, "big") for number in parameters.children[:2])
    except ValueError:
        return None
    y = int.from_bytes(tlv.first(bits.value[1:]).value, "big")
    # Even or short, it is no prime to hide behind; longer than any in use, it is a way to keep a gate busy.
    if tlv.oid(name.value) not in _DH_GROUPS or not p & 1 or not 1024 <= p.bit_length() <= 4096 or not 1 < y < p - 1:
        return None
    return _NumberKey(p, g, y)


def _mechanism(infos: list[SecurityInfo], key_protocol: str, number: bytes) -> tuple[bytes, Suite]:
    """The strongest way that goes with a key. Chips of the first years name none, and mean 3DES."""
    prefix = f"{_WAY}{_ARC_OF_KEY[key_protocol]}."
    offered = [
        info.protocol
        for info in infos
        if info.protocol.startswith(prefix)
        and info.protocol.removeprefix(prefix) in _SUITES
        and (info.optional is None or not number or info.optional.value == number)
    ]
    chosen = max(offered, default=f"{prefix}1")
    return tlv.oid_value(chosen), _SUITES[chosen.removeprefix(prefix)]


def _hand_over(send: Send, mechanism: bytes, suite: Suite, number: bytes, ours: bytes) -> None:
    """MSE:Set KAT with 3DES; MSE:Set AT and GENERAL AUTHENTICATE with AES, and with the chips that know 3DES by that
    way only (8.5, note 1).
    """
    name = tlv.build(_KEY_NAME, number) if number else b""
    if suite is Suite.DES3:
        answer = send(Command(0x00, Ins.MANAGE_SECURITY, 0x41, 0xA6, tlv.build(_OUR_KEY, ours) + name))
        if answer.status == StatusWord.DONE:
            return
    data = tlv.build(_MECHANISM, mechanism) + name
    if send(Command(0x00, Ins.MANAGE_SECURITY, 0x41, 0xA4, data)).status == StatusWord.DONE:
        data = tlv.build(_DYNAMIC, tlv.build(_PUBLIC, ours))
        if send(Command(0x00, Ins.GENERAL_AUTHENTICATE, 0x00, 0x00, data, SHORT)).status == StatusWord.DONE:
            return
    raise _copy()


def _signed(key: rsa.RSAPublicKey | CurveKey, signature: bytes, challenge: bytes) -> bool:
    if isinstance(key, rsa.RSAPublicKey):
        return _recovers(key, signature, challenge)
    size = len(signature) // 2
    # Plain, r and s one after the other (TR-03111, 5.2.1.1). Which hash, data group 14 may say; all are tried instead.
    r, s = (int.from_bytes(part, "big") for part in (signature[:size], signature[size:]))
    return any(key.curve.verifies(key.point, hashlib.new(name, challenge).digest(), r, s) for name in _HASHES)


def _recovers(key: rsa.RSAPublicKey, signature: bytes, challenge: bytes) -> bool:
    """ISO/IEC 9796-2, scheme 1, with partial recovery: 6A, the chip's own random part, the hash, the trailer. The
    primitives of `cryptography` undo no such padding.
    """
    numbers = key.public_numbers()
    value = int.from_bytes(signature, "big")
    if value >= numbers.n:
        return False
    opened = pow(value, numbers.e, numbers.n)
    if opened & 0x0F != 0x0C:
        opened = numbers.n - opened
    text = opened.to_bytes((numbers.n.bit_length() + 7) // 8, "big")
    name, trailer = ("sha1", 1) if text[-1] == 0xBC else (_TRAILER_HASHES.get(text[-2], ""), 2)
    if text[0] != 0x6A or text[-1] not in {0xBC, 0xCC} or not name:
        return False
    end = len(text) - trailer
    start = end - hashlib.new(name).digest_size
    return start > 0 and hashlib.new(name, text[1:start] + challenge).digest() == text[start:end]


def _copy() -> DocumentError:
    return DocumentError("chip_altered", what="chip")
