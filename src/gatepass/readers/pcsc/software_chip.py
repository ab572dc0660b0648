"""The chip of a travel document, made of software: what a chip of ICAO 9303 parts 10 and 11 answers, and no more.

It plays the other side of `access`, `messaging` and `genuine`. That both sides agree proves little; that the gate's
side is right, the published examples prove.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import rsa

from gatepass.identity import DocumentError
from gatepass.identity.emrtd import tlv
from gatepass.readers.pcsc import access
from gatepass.readers.pcsc.access import Pace
from gatepass.readers.pcsc.frames import EXTENDED, SHORT, Answer, Command
from gatepass.readers.pcsc.groups import CurveGroup, Group
from gatepass.readers.pcsc.keys import AccessKey
from gatepass.readers.pcsc.messaging import AUTHENTICATION, ENCRYPTION, PASSWORD, Suite, pad, unpad
from gatepass.readers.pcsc.status import EMRTD_APPLICATION, File, Ins, StatusWord

_ATR: Final = bytes.fromhex("3B898001") + b"eMRTD sim" + b"\x5c"
_ATR_EXTENDED: Final = bytes.fromhex("3B858001") + bytes.fromhex("8073C02140") + b"\x00"
"""Card capabilities (73): extended lengths."""
_FITS_PROTECTED: Final = {Suite.DES3: 231, Suite.AES_128: 223, Suite.AES_192: 223, Suite.AES_256: 223}

_Plain = tuple[bytes, int]
_DONE: Final[_Plain] = (b"", StatusWord.DONE)


@dataclass(frozen=True, slots=True)
class ChipKeys:
    """The chip's own private keys, for the proofs of `genuine`."""

    chip: int = field(default=0, repr=False)
    """On `curve`: chip authentication, and chip authentication mapping."""
    curve: CurveGroup | None = None
    active: rsa.RSAPrivateKey | None = field(default=None, repr=False)


class _Messaging:
    """The chip's side of `messaging.SecureMessaging`."""

    def __init__(self, suite: Suite, secret: bytes, counter: int = 0) -> None:
        self.suite = suite
        self._encryption_key, self._authentication_key = (suite.key(secret, n) for n in (ENCRYPTION, AUTHENTICATION))
        self._counter = counter

    def open(self, command: Command) -> Command | None:
        """None where the command is not from the other side of this session."""
        self._counter += 1
        try:
            parts = {part.tag: part for part in tlv.parse(command.data)}
        except DocumentError:
            return None
        signed = b"".join(part.whole for tag, part in parts.items() if tag != 0x8E)
        code = parts.pop(0x8E, None)
        if code is None or code.value != self._code(pad(command.header, self.suite.block) + signed):
            return None
        cipher, odd = parts.get(0x87), parts.get(0x85)
        data: bytes | None = b""
        if cipher is not None or odd is not None:
            octets = cipher.value[1:] if cipher is not None else odd.value if odd is not None else b""
            data = unpad(self.suite.decrypt(self._encryption_key, octets, self._start()))
        if data is None:
            return None
        expected = None
        if 0x97 in parts:
            stated = parts[0x97].value
            expected = int.from_bytes(stated, "big") or (SHORT if len(stated) == 1 else EXTENDED)
        return Command(command.cla & 0xF3, command.ins, command.p1, command.p2, data, expected)

    def close(self, ins: int, data: bytes, word: int) -> Answer:
        self._counter += 1
        parts = b""
        if data:
            cipher = self.suite.encrypt(self._encryption_key, pad(data, self.suite.block), self._start())
            parts = tlv.build(0x85, cipher) if ins & 1 else tlv.build(0x87, b"\x01", cipher)
        parts += tlv.build(0x99, word.to_bytes(2, "big"))
        return Answer(parts + tlv.build(0x8E, self._code(parts)), StatusWord.DONE)

    def _start(self) -> bytes:
        if self.suite is Suite.DES3:
            return bytes(8)
        return self.suite.encrypt(self._encryption_key, self._counter.to_bytes(16, "big"))

    def _code(self, text: bytes) -> bytes:
        counted = self._counter.to_bytes(self.suite.block, "big") + text
        return self.suite.code(
            self._authentication_key, counted if self.suite is Suite.DES3 else pad(counted, self.suite.block)
        )


@dataclass(slots=True)
class _PaceState:
    way: Pace
    password: bytes
    nonce: bytes = b""
    map_secret: int = 0
    generator: Any = None
    public: bytes = b""
    shared: bytes = b""
    theirs: bytes = b""


class SoftwareChip:
    """A chip with these files (identifier -> content; `specimens.issue` makes them).

    `key` opens it by Basic Access Control, or by PACE where `ways` names some; without a key it lies open. `can` is a
    card access number that opens it by PACE as well. `longest_answer` is told in EF.ATR/INFO, and makes it answer
    extended commands. `pieces` hands longer answers out in pieces of so many bytes.
    """

    number = b"\x08\x1a\x2b\x3c"
    """Of its radio part: a new one each time with real documents, which the first byte says."""

    def __init__(
        self,
        files: Mapping[int, bytes],
        *,
        key: AccessKey | None = None,
        ways: Sequence[Pace] = (),
        can: AccessKey | None = None,
        master_files: Mapping[int, bytes] | None = None,
        keys: ChipKeys | None = None,
        longest_answer: int = 0,
        pieces: int = 0,
    ) -> None:
        self.atr = _ATR_EXTENDED if longest_answer else _ATR
        self._application = dict(files)
        self._master = dict(master_files or {})
        if ways:
            self._master.setdefault(File.CARD_ACCESS, card_access(ways))
        if longest_answer:
            sizes = (tlv.build(tlv.INTEGER, longest_answer.to_bytes(3, "big")) for _ in range(2))
            self._master[File.ATR_INFO] = tlv.build(0x7F66, *sizes)
        self._key = key
        self._can = can
        self._ways = list(ways)
        self._keys = keys or ChipKeys()
        self._longest = longest_answer
        self._pieces = pieces
        self.reset()

    def reset(self) -> None:
        self._session: _Messaging | None = None
        self._next_session: _Messaging | None = None
        self._in_application = False
        self._file: bytes | None = None
        self._challenge = b""
        self._pace: _PaceState | None = None
        self._chip_suite: Suite | None = None
        self._rest = b""

    def answer(self, octets: bytes) -> bytes:
        """One answer to one command, whatever the bytes."""
        try:
            command = Command.parse(octets)
        except DocumentError:
            return Answer(b"", StatusWord.WRONG_LENGTH).octets
        if command.ins == Ins.GET_RESPONSE:
            return self._piece(self._rest, StatusWord.DONE)
        whole = self._protected(command) if command.cla & 0x0C else self._plain(command)
        return self._piece(whole.data, whole.status)

    def _piece(self, data: bytes, word: int) -> bytes:
        if self._pieces and len(data) > self._pieces:
            self._rest = data[self._pieces :]
            return Answer(data[: self._pieces], 0x6100 | min(len(self._rest), 0xFF)).octets
        self._rest = b""
        return Answer(data, word).octets

    def _plain(self, command: Command) -> Answer:
        if command.cla == 0xFF:
            # In a real reader, the reader answers this.
            return Answer(self.number, StatusWord.DONE)
        self._session = None
        answer = Answer(*self._do(command))
        self._session, self._next_session = self._next_session, None
        return answer

    def _protected(self, command: Command) -> Answer:
        session = self._session
        inner = None if session is None else session.open(command)
        if session is None or inner is None:
            self._session = None
            return Answer(b"", StatusWord.WRONG_SECURE_MESSAGING)
        data, word = self._do(inner)
        answer = session.close(inner.ins, data, word)
        if self._next_session is not None:
            self._session, self._next_session = self._next_session, None
        return answer

    def _do(self, command: Command) -> _Plain:
        if (command.expected or 0) > SHORT and not self._longest:
            return b"", StatusWord.WRONG_LENGTH
        does: dict[int, Callable[[Command], _Plain]] = {
            Ins.SELECT: self._select,
            Ins.READ_BINARY: self._read,
            Ins.READ_BINARY_FAR: self._read_far,
            Ins.GET_CHALLENGE: self._give_challenge,
            Ins.EXTERNAL_AUTHENTICATE: self._authenticate,
            Ins.MANAGE_SECURITY: self._manage,
            Ins.GENERAL_AUTHENTICATE: self._general,
            Ins.INTERNAL_AUTHENTICATE: self._sign,
        }
        if command.ins not in does:
            return b"", StatusWord.INSTRUCTION_UNKNOWN
        try:
            return does[command.ins](command)
        except DocumentError:
            return b"", StatusWord.WRONG_DATA

    # files

    def _select(self, command: Command) -> _Plain:
        self._file = None
        if command.p1 == 0:
            self._in_application = False
            return _DONE
        if command.p1 == 4:
            self._in_application = command.data == EMRTD_APPLICATION and bool(self._application)
            return b"", StatusWord.DONE if self._in_application else StatusWord.NOT_FOUND
        identifier = int.from_bytes(command.data, "big")
        files = self._application if self._in_application else self._master
        if identifier not in files:
            return b"", StatusWord.NOT_FOUND
        locked = self._key is not None and self._session is None
        if locked and (self._in_application or identifier == File.CARD_SECURITY):
            return b"", StatusWord.SECURITY_NOT_SATISFIED
        self._file = files[identifier]
        return _DONE

    def _read(self, command: Command) -> _Plain:
        return self._octets(command.p1 << 8 | command.p2, command.expected)

    def _read_far(self, command: Command) -> _Plain:
        where = int.from_bytes(tlv.first(command.data).value, "big")
        octets, word = self._octets(where, command.expected)
        # Tag and length count as well.
        while octets and len(tlv.build(0x53, octets)) > (command.expected or 0):
            octets = octets[:-1]
        return tlv.build(0x53, octets) if octets else b"", word

    def _octets(self, offset: int, expected: int | None) -> _Plain:
        if self._file is None:
            return b"", StatusWord.CONDITIONS_NOT_SATISFIED
        if offset >= len(self._file):
            return b"", StatusWord.WRONG_OFFSET
        most = expected or 0
        if self._session is not None:
            most = min(most, _FITS_PROTECTED[self._session.suite] if most <= SHORT else self._longest - 40)
        octets = self._file[offset : offset + most]
        return octets, StatusWord.DONE if len(octets) == expected or most >= _FITS_PROTECTED[Suite.AES_128] else (
            StatusWord.END_OF_FILE
        )

    # basic access control

    def _give_challenge(self, _: Command) -> _Plain:
        self._challenge = secrets.token_bytes(8)
        return self._challenge, StatusWord.DONE

    def _authenticate(self, command: Command) -> _Plain:
        key, suite, challenge = self._key, Suite.DES3, self._challenge
        self._challenge = b""
        if key is None or not challenge or len(command.data) != 40:
            return b"", StatusWord.CONDITIONS_NOT_SATISFIED
        enciphering, authenticating = (suite.key(key.seed, n) for n in (ENCRYPTION, AUTHENTICATION))
        cipher, code = command.data[:32], command.data[32:]
        said = suite.decrypt(enciphering, cipher)
        if suite.code(authenticating, cipher) != code or said[8:16] != challenge:
            return b"", StatusWord.AUTHENTICATION_FAILED
        half = secrets.token_bytes(16)
        answer = suite.encrypt(enciphering, challenge + said[:8] + half)
        shared = bytes(one ^ other for one, other in zip(said[16:], half, strict=True))
        self._next_session = _Messaging(suite, shared, int.from_bytes(challenge[4:] + said[4:8], "big"))
        return answer + suite.code(authenticating, answer), StatusWord.DONE

    # PACE

    def _manage(self, command: Command) -> _Plain:
        parts = {part.tag: part.value for part in tlv.parse(command.data)}
        if command.p1 == 0x41:
            return self._begin_chip_authentication(command.p2, parts)
        chosen = [way for way in self._ways if way.mechanism == parts.get(0x80)]
        if 0x84 in parts:
            chosen = [way for way in chosen if way.parameter == int.from_bytes(parts[0x84], "big")]
        if not chosen:
            return b"", StatusWord.WRONG_DATA
        key = {b"\x01": self._key, b"\x02": self._can}.get(parts.get(0x83, b""))
        if key is None:
            return b"", StatusWord.KEY_NOT_FOUND
        self._pace = _PaceState(chosen[0], key.password)
        return _DONE

    def _general(self, command: Command) -> _Plain:
        said = {part.tag: part.value for part in tlv.first(command.data).children}
        if self._pace is None:
            return self._end_chip_authentication(said)
        steps = {0x81: self._pace_map, 0x83: self._pace_agree, 0x85: self._pace_confirm}
        step = next((steps[tag] for tag in said if tag in steps), self._pace_nonce)
        found = step(self._pace, next(iter(said.values()), b""))
        if found is None:
            self._pace = None
            return b"", StatusWord.AUTHENTICATION_FAILED
        return tlv.build(0x7C, *(tlv.build(tag, value) for tag, value in found.items())), StatusWord.DONE

    def _pace_nonce(self, state: _PaceState, _: bytes) -> dict[int, bytes]:
        suite = state.way.suite
        state.nonce = secrets.token_bytes(16 if suite.key_length == 16 else 32)
        return {0x80: suite.encrypt(suite.key(state.password, PASSWORD), state.nonce)}

    def _pace_map(self, state: _PaceState, theirs: bytes) -> dict[int, bytes]:
        group: Group[Any] = state.way.group
        if state.way.mapping is access.Mapping.INTEGRATED:
            state.generator = group.mapped(access.pseudo_random(state.way.suite, state.nonce, theirs, group.modulus))
            return {0x82: b""}
        state.map_secret = group.secret()
        agreed = group.power(group.decode(theirs), state.map_secret)
        state.generator = group.combined(int.from_bytes(state.nonce, "big"), agreed)
        return {0x82: group.encode(group.power(group.generator, state.map_secret))}

    def _pace_agree(self, state: _PaceState, theirs: bytes) -> dict[int, bytes]:
        group: Group[Any] = state.way.group
        secret = group.secret()
        state.public, state.theirs = group.encode(group.power(state.generator, secret)), theirs
        state.shared = group.shared(group.power(group.decode(theirs), secret))
        return {0x84: state.public}

    def _pace_confirm(self, state: _PaceState, token: bytes) -> dict[int, bytes] | None:
        way = state.way
        key = way.suite.key(state.shared, AUTHENTICATION)
        expected, ours = (
            way.suite.code(
                key,
                tlv.build(0x7F49, tlv.build(tlv.OBJECT_IDENTIFIER, way.mechanism), tlv.build(way.group.tag, public)),
            )
            for public in (state.public, state.theirs)
        )
        if token != expected:
            return None
        self._pace = None
        self._next_session = _Messaging(way.suite, state.shared)
        answer = {0x86: ours}
        if way.mapping is access.Mapping.CHIP_AUTHENTICATION and isinstance(way.group, CurveGroup):
            order = way.group.curve.n
            factor = pow(self._keys.chip, -1, order) * state.map_secret % order
            enciphering = way.suite.key(state.shared, ENCRYPTION)
            start = way.suite.encrypt(enciphering, b"\xff" * 16)
            octets = factor.to_bytes((order.bit_length() + 7) // 8, "big")
            answer[0x8A] = way.suite.encrypt(enciphering, pad(octets, 16), start)
        return answer

    # proofs

    def _begin_chip_authentication(self, p2: int, parts: dict[int, bytes]) -> _Plain:
        if p2 == 0xA6 and 0x91 in parts:
            return self._agree_anew(Suite.DES3, parts[0x91])
        self._chip_suite = dict(zip(b"\1\2\3\4", Suite, strict=True)).get(parts.get(0x80, b"\0")[-1])
        return _DONE if p2 == 0xA4 and self._chip_suite else (b"", StatusWord.WRONG_DATA)

    def _end_chip_authentication(self, said: dict[int, bytes]) -> _Plain:
        if 0x80 not in said or self._chip_suite is None:
            return b"", StatusWord.CONDITIONS_NOT_SATISFIED
        _, word = self._agree_anew(self._chip_suite, said[0x80])
        return tlv.build(0x7C), word

    def _agree_anew(self, suite: Suite, theirs: bytes) -> _Plain:
        group = self._keys.curve
        if group is None:
            return b"", StatusWord.WRONG_DATA
        self._next_session = _Messaging(suite, group.shared(group.power(group.decode(theirs), self._keys.chip)))
        return _DONE

    def _sign(self, command: Command) -> _Plain:
        """ISO/IEC 9796-2, scheme 1, SHA-256 (Appendix F shows it with SHA-1)."""
        if self._keys.active is None:
            return b"", StatusWord.INSTRUCTION_UNKNOWN
        private = self._keys.active.private_numbers()
        modulus = private.public_numbers.n
        size = (modulus.bit_length() + 7) // 8
        own = secrets.token_bytes(size - 1 - 32 - 2)
        text = b"\x6a" + own + hashlib.sha256(own + command.data).digest() + b"\x34\xcc"
        return pow(int.from_bytes(text, "big"), private.d, modulus).to_bytes(size, "big"), StatusWord.DONE


def card_access(ways: Sequence[Pace]) -> bytes:
    """EF.CardAccess that offers these ways."""
    return tlv.build(
        tlv.SET,
        *(
            tlv.build(
                tlv.SEQUENCE,
                tlv.build(tlv.OBJECT_IDENTIFIER, way.mechanism),
                tlv.build(tlv.INTEGER, b"\x02"),
                tlv.build(tlv.INTEGER, bytes((way.parameter,))),
            )
            for way in ways
        ),
    )
