"""How a gate gets a chip to talk: Basic Access Control and PACE (9303-11, 4.3 and 4.4). Both prove to the chip that the
gate has seen what is printed, prove to the gate that the chip knows it too, and agree on keys for secure messaging.

Each function holds its whole conversation through `send`, and raises DocumentError: `chip_access_denied` where the chip
says that the key is not its own, `chip_read_failed` where what it says makes no sense.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from cryptography.hazmat.primitives import constant_time

from gatepass.identity import DocumentError
from gatepass.identity.emrtd import tlv
from gatepass.identity.emrtd.keys import UnknownAlgorithmError, key_with_standard_domain
from gatepass.identity.emrtd.lds import SecurityInfo
from gatepass.readers.pcsc import status
from gatepass.readers.pcsc.frames import SHORT, Answer, Command
from gatepass.readers.pcsc.groups import CurveGroup, FieldGroup, Group, standard_group
from gatepass.readers.pcsc.keys import AccessKey
from gatepass.readers.pcsc.messaging import (
    AUTHENTICATION,
    ENCRYPTION,
    PASSWORD,
    SecureMessaging,
    Suite,
    unpad,
)
from gatepass.readers.pcsc.status import Ins, StatusWord

Send = Callable[[Command], Answer]
"""One command, one answer."""

_PACE: Final = "0.4.0.127.0.7.2.2.4."
_CHIP_KEY: Final = "0.4.0.127.0.7.2.2.1.2"
_VERSION: Final = 2
_CHAINED: Final = 0x10
_MOST_WAYS: Final = 8
"""Chips offer one or two. One that offers hundreds wants to keep a gate busy."""

_MECHANISM, _PASSWORD_NAME, _PARAMETER = 0x80, 0x83, 0x84
_MRZ, _CAN = b"\x01", b"\x02"
_DYNAMIC: Final = 0x7C
_NONCE, _MAP_OURS, _MAP_THEIRS, _KEY_OURS, _KEY_THEIRS, _TOKEN_OURS, _TOKEN_THEIRS = range(0x80, 0x87)
_CHIP_DATA: Final = 0x8A
_PUBLIC_KEY: Final = 0x7F49

# Constants of the pseudo-random function (9303-11, 4.4.3.3.2), for blocks of 128 and of 256 bits.
_CONSTANTS: Final = {
    16: (
        bytes.fromhex("a668892a7c41e3ca739f40b057d85904"),
        bytes.fromhex("a4e136ac725f738b01c1f60217c188ad"),
    ),
    32: (
        bytes.fromhex("d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676"),
        bytes.fromhex("54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517"),
    ),
}


class Mapping(Enum):
    """How the nonce becomes a generator."""

    GENERIC = "GM"
    INTEGRATED = "IM"
    CHIP_AUTHENTICATION = "CAM"


# The arc after id-PACE: key agreement and mapping, in the order of our preference (Appendix J.1 puts CAM first).
_MAPPINGS: Final = {
    "6": (CurveGroup, Mapping.CHIP_AUTHENTICATION),
    "2": (CurveGroup, Mapping.GENERIC),
    "4": (CurveGroup, Mapping.INTEGRATED),
    "1": (FieldGroup, Mapping.GENERIC),
    "3": (FieldGroup, Mapping.INTEGRATED),
}
_SUITES: Final = dict(zip("1234", Suite, strict=True))


@dataclass(frozen=True, slots=True)
class Pace:
    """One way of PACE that a chip offers and a gate can go."""

    protocol: str
    mapping: Mapping
    suite: Suite
    group: CurveGroup | FieldGroup
    parameter: int
    ambiguous: bool = False
    """The chip has several groups, and must be told which."""

    @property
    def mechanism(self) -> bytes:
        return tlv.oid_value(self.protocol)


@dataclass(frozen=True, slots=True)
class ChipData:
    """What chip authentication mapping leaves to be verified: the chip's factor, and its key of the mapping."""

    factor: int = field(repr=False)
    mapping_key: tuple[int, int]
    parameter: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A session, and what else the conversation gave."""

    session: SecureMessaging
    chip_data: ChipData | None = None


def ways(infos: list[SecurityInfo]) -> list[Pace]:
    """What EF.CardAccess offers and a gate can do, the best first. Only standard groups (see `groups`)."""
    offers = [info for info in infos if info.protocol.startswith(_PACE) and info.optional is not None]
    parameters = {info.optional.value for info in offers if info.optional is not None}
    found = []
    for info in offers:
        mapping, _, suite = info.protocol.removeprefix(_PACE).partition(".")
        if mapping not in _MAPPINGS or suite not in _SUITES or info.optional is None:
            continue
        kind, how = _MAPPINGS[mapping]
        parameter = int.from_bytes(info.optional.value, "big")
        group = standard_group(parameter)
        if group is None or not isinstance(group, kind) or int.from_bytes(info.required.value, "big") != _VERSION:
            continue
        if how is not Mapping.INTEGRATED or group.maps_numbers:
            found.append(Pace(info.protocol, how, _SUITES[suite], group, parameter, len(parameters) > 1))
    order = list(_MAPPINGS)
    found.sort(
        key=lambda way: (
            order.index(way.protocol.removeprefix(_PACE).partition(".")[0]),
            way.suite is Suite.DES3,
            way.group.modulus,
        )
    )
    return found[:_MOST_WAYS]


def pace(send: Send, way: Pace, key: AccessKey) -> Opened:
    """PACE (9303-11, 4.4.1). A chip that does not do this way after all is DocumentError `chip_not_supported`."""
    return _PaceTalk(send, way, key).open()


def basic_access(send: Send, key: AccessKey) -> Opened:
    """Basic Access Control (9303-11, 4.3.1): the application must be selected."""
    suite = Suite.DES3
    enciphering, authenticating = (suite.key(key.seed, counter) for counter in (ENCRYPTION, AUTHENTICATION))
    challenge = send(status.CHALLENGE)
    if challenge.status != StatusWord.DONE or len(challenge.data) != 8:
        raise status.failure(challenge.status, "challenge")
    ours, half = secrets.token_bytes(8), secrets.token_bytes(16)
    cryptogram = suite.encrypt(enciphering, ours + challenge.data + half)
    token = cryptogram + suite.code(authenticating, cryptogram)
    answer = send(Command(0x00, Ins.EXTERNAL_AUTHENTICATE, 0x00, 0x00, token, len(token)))
    if answer.status != StatusWord.DONE:
        if status.is_refusal(answer.status):
            raise DocumentError("chip_access_denied")
        raise status.failure(answer.status, "authenticate")
    cryptogram, code = answer.data[:32], answer.data[32:]
    if len(cryptogram) != 32 or not constant_time.bytes_eq(suite.code(authenticating, cryptogram), code):
        raise DocumentError("chip_read_failed", what="authenticate")
    said = suite.decrypt(enciphering, cryptogram)
    if said[:16] != challenge.data + ours:
        raise DocumentError("chip_read_failed", what="authenticate")
    secret = bytes(one ^ other for one, other in zip(half, said[16:], strict=True))
    return Opened(SecureMessaging.of(suite, secret, int.from_bytes(challenge.data[4:] + ours[4:], "big")))


class _PaceTalk:
    def __init__(self, send: Send, way: Pace, key: AccessKey) -> None:
        self._send = send
        self._way = way
        self._key = key
        # The verbs of a group fit its own elements; which group it is, the chip says.
        self._group: Group[Any] = way.group

    def open(self) -> Opened:
        way, group = self._way, self._group
        self._choose()
        nonce = self._nonce()
        generator, mapping_key = self._map(nonce)
        secret = group.secret()
        ours = group.encode(group.power(generator, secret))
        theirs = self._ask({_KEY_OURS: ours}, _KEY_THEIRS)
        if theirs == ours:
            raise DocumentError("chip_read_failed", what="key")
        shared = group.shared(group.power(group.decode(theirs), secret))
        code_key = way.suite.key(shared, AUTHENTICATION)
        answer = self._general({_TOKEN_OURS: self._token(code_key, theirs)}, last=True)
        token = answer.get(_TOKEN_THEIRS, b"")
        if not constant_time.bytes_eq(token, self._token(code_key, ours)):
            raise DocumentError("chip_read_failed", what="token")
        session = SecureMessaging.of(way.suite, shared)
        if way.mapping is not Mapping.CHIP_AUTHENTICATION:
            return Opened(session)
        return Opened(session, self._chip_data(answer.get(_CHIP_DATA, b""), shared, mapping_key))

    def _choose(self) -> None:
        way = self._way
        data = tlv.build(_MECHANISM, way.mechanism) + tlv.build(_PASSWORD_NAME, _CAN if self._key.is_can else _MRZ)
        if way.ambiguous:
            data += tlv.build(_PARAMETER, bytes((way.parameter,)))
        answer = self._send(Command(0x00, Ins.MANAGE_SECURITY, 0xC1, 0xA4, data))
        if answer.status == StatusWord.KEY_NOT_FOUND:
            # No such password: a card access number where the chip has none.
            raise DocumentError("chip_access_denied")
        if answer.status != StatusWord.DONE:
            raise DocumentError("chip_not_supported", what="pace", status=answer.status)

    def _nonce(self) -> bytes:
        suite = self._way.suite
        cipher = self._ask({}, _NONCE)
        if not cipher or len(cipher) % suite.block:
            raise DocumentError("chip_read_failed", what="nonce")
        return suite.decrypt(suite.key(self._key.password, PASSWORD), cipher)

    def _map(self, nonce: bytes) -> tuple[Any, Any]:
        """The generator, and the chip's key where the mapping exchanged keys."""
        group = self._group
        if self._way.mapping is Mapping.INTEGRATED:
            ours = secrets.token_bytes(self._way.suite.key_length)
            self._ask({_MAP_OURS: ours}, _MAP_THEIRS)
            return group.mapped(pseudo_random(self._way.suite, nonce, ours, group.modulus)), None
        secret = group.secret()
        theirs = group.decode(self._ask({_MAP_OURS: group.encode(group.power(group.generator, secret))}, _MAP_THEIRS))
        return group.combined(int.from_bytes(nonce, "big"), group.power(theirs, secret)), theirs

    def _token(self, key: bytes, public: bytes) -> bytes:
        data = tlv.build(
            _PUBLIC_KEY,
            tlv.build(tlv.OBJECT_IDENTIFIER, self._way.mechanism),
            tlv.build(self._group.tag, public),
        )
        return self._way.suite.code(key, data)

    def _chip_data(self, cipher: bytes, shared: bytes, mapping_key: tuple[int, int]) -> ChipData:
        """4.4.3.5: enciphered with IV = E(KSEnc, -1)."""
        suite = self._way.suite
        key = suite.key(shared, ENCRYPTION)
        if not cipher or len(cipher) % suite.block:
            raise DocumentError("chip_altered", what="chip")
        factor = unpad(suite.decrypt(key, cipher, suite.encrypt(key, b"\xff" * suite.block)))
        if factor is None:
            raise DocumentError("chip_altered", what="chip")
        return ChipData(int.from_bytes(factor, "big"), mapping_key, self._way.parameter)

    def _ask(self, ours: dict[int, bytes], theirs: int) -> bytes:
        found = self._general(ours).get(theirs)
        if found is None:
            raise DocumentError("chip_read_failed", what="pace")
        return found

    def _general(self, ours: dict[int, bytes], *, last: bool = False) -> dict[int, bytes]:
        """One step of GENERAL AUTHENTICATE: all but the last are chained (4.4.4.3)."""
        data = tlv.build(_DYNAMIC, *(tlv.build(tag, value) for tag, value in ours.items()))
        answer = self._send(
            Command(0x00 if last else _CHAINED, Ins.GENERAL_AUTHENTICATE, 0x00, 0x00, data, expected=SHORT)
        )
        if answer.status != StatusWord.DONE:
            if last and (status.is_refusal(answer.status) or answer.status == StatusWord.WRONG_DATA):
                raise DocumentError("chip_access_denied")
            raise status.failure(answer.status, "pace")
        return {part.tag: part.value for part in tlv.first(answer.data).children}


def pseudo_random(suite: Suite, nonce: bytes, ours: bytes, modulus: int) -> int:
    """Rp(s, t) of the integrated mapping (4.4.3.3.2)."""
    block = 16 if suite.key_length == 16 else 32
    if len(nonce) != block:
        raise DocumentError("chip_read_failed", what="nonce")
    next_key, output = _CONSTANTS[block]
    key = suite.encrypt(ours, nonce)[: suite.key_length]
    found = b""
    while 8 * len(found) < modulus.bit_length() + 64:
        found += suite.encrypt(key, output)
        key = suite.encrypt(key, next_key)[: suite.key_length]
    return int.from_bytes(found, "big") % modulus


def is_chip_of(data: ChipData, infos: list[SecurityInfo]) -> bool:
    """Whether the chip that held the conversation has the private key that its EF.CardSecurity names (4.4.3.5.2)."""
    for info in infos:
        number = None if info.optional is None else int.from_bytes(info.optional.value, "big")
        if info.protocol != _CHIP_KEY or number not in {None, data.parameter}:
            continue
        try:
            key = key_with_standard_domain(info.required)
        except (UnknownAlgorithmError, DocumentError):
            continue
        if key.curve.multiply(data.factor, key.point) == data.mapping_key:
            return True
    return False
