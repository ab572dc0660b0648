"""Travel documents with a chip: what the chip answers, and what an operator's list of issuers holds.

apdu       commands, answers and answers to reset: read, written, and read the same again
tlv        every byte belongs to one object; lengths are told rightly from the first bytes
lds        files of the chip: codes `chip_…` and nothing else
chip_files a document of four files, one of them damaged: never `verified` by an issuer that nobody knows
messaging  an answer that was changed is never opened as another
talk       whole conversations with a chip that answers whatever it likes: they end, in a document or a code
issuers    any file gives a list and problems, never an error
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache
from typing import Final

from tests.identity.zones import TD3

from fuzz.parsers.promises import ACCEPTED, TODAY, Parser, outcome, refusal, require
from gatepass.identity import Assurance, DocumentError
from gatepass.identity.emrtd import ChipFiles, Issuers, document_of, issuers, lds, security_object, signed, tlv
from gatepass.readers.pcsc.cards import CardLostError
from gatepass.readers.pcsc.chip import ChipTalk, NoDocumentError
from gatepass.readers.pcsc.frames import Answer, AnswerToReset, Command
from gatepass.readers.pcsc.keys import AccessKey
from gatepass.readers.pcsc.messaging import SecureMessaging, Suite, pad
from gatepass.readers.pcsc.software_chip import SoftwareChip
from gatepass.readers.pcsc.specimens import SpecimenState, data_group_1, data_group_2
from gatepass.readers.pcsc.status import File

_DEEPEST: Final = 6
_MOST_ANSWERS: Final = 2000


def parse_apdu(octets: bytes) -> str:
    """Byte 0 chooses command, answer or answer to reset."""
    how, given = octets[0] if octets else 0, octets[1:]
    try:
        if how % 3 == 0:
            command = Command.parse(given)
            require(Command.parse(command.octets) == command, "a command that is read as another one")
        elif how % 3 == 1:
            require(Answer.parse(given).octets == given, "an answer that is written as another one")
        else:
            told = AnswerToReset.parse(given)
            require(told.historical in given, "historical bytes that were not there")
            require(not (told.storage and told.extended), "a memory card that understands long commands")
    except DocumentError as error:
        return refusal(error)
    return ACCEPTED


def apdu_seeds() -> list[bytes]:
    commands = [
        Command(0, 0xA4, 4, 12, bytes(7)),
        Command(0, 0xB0, 0, 0, expected=256),
        Command(0, 0x86, 0, 0, bytes(300), 65536),
    ]
    resets = [bytes.fromhex("3B8F8001804F0CA000000306030001000000006A"), bytes.fromhex("3B8580018073C0214000")]
    return (
        [b"\0" + command.octets for command in commands]
        + [b"\1" + Answer(bytes(20), 0x9000).octets]
        + [b"\2" + reset for reset in resets]
    )


def parse_tlv(octets: bytes) -> str:
    try:
        items = tlv.parse(octets)
    except DocumentError as error:
        return refusal(error)
    require(b"".join(item.whole for item in items) == octets, "bytes that belong to no object")
    for item in items:
        require("'" not in repr(item), "a value in a repr")
        try:
            stated = tlv.length(item.whole[:8])
        except DocumentError:
            continue  # an indefinite length says nothing
        require(stated == len(item.whole), "another length")
    _walk(items, 0)
    return ACCEPTED


def _walk(items: list[tlv.Tlv], depth: int) -> None:
    for item in items:
        if item.tag == tlv.OBJECT_IDENTIFIER:
            try:
                dotted = tlv.oid(item.value)
            except DocumentError:
                continue
            require(tlv.oid(tlv.oid_value(dotted)) == dotted, "an identifier that is written as another one")
        if depth < _DEEPEST:
            try:
                inside = item.children
            except DocumentError:
                continue
            _walk(inside, depth + 1)


def tlv_seeds() -> list[bytes]:
    files = _files()
    return [
        files[File.DG1],
        files[File.SOD][:1200],
        files[File.COM],
        bytes.fromhex("3080020105040224800000"),
        _card_access(),
    ]


def _card_access() -> bytes:
    return bytes.fromhex("3114 3012 060A04007F0007020204020202 0102 02010D".replace(" ", ""))


def parse_lds(octets: bytes) -> str:
    """Byte 0 chooses the file."""
    how, given = octets[0] if octets else 0, octets[1:]
    readers = (
        lds.zone,
        lds.groups_listed,
        lds.face,
        lds.security_infos,
        lds.longest_answer,
        security_object,
        signed.parse,
    )
    try:
        readers[how % len(readers)](given)
    except DocumentError as error:
        return refusal(error)
    return ACCEPTED


_FILES: Final[tuple[Callable[[bytes], object], ...]] = (
    lds.zone, lds.groups_listed, lds.face, lds.security_infos, lds.longest_answer, security_object, signed.parse,
)  # fmt: skip


def lds_seeds() -> list[bytes]:
    files = _files()
    atr_info = tlv.build(0x7F66, tlv.build(2, b"\x01\x00"), tlv.build(2, b"\x04\x00"))
    sod = files[File.SOD]
    given = (files[File.DG1], files[File.COM], files[File.DG2], _card_access(), atr_info, sod, tlv.first(sod).value)
    return [bytes((how,)) + octets for how, octets in enumerate(given)]


def parse_chip_files(octets: bytes) -> str:
    """Byte 0 chooses which of the specimen's files the rest stands for."""
    how, given = octets[0] if octets else 0, octets[1:]
    files = _files()
    parts = {File.DG1: files[File.DG1], File.DG2: files[File.DG2], File.SOD: files[File.SOD]}
    chosen = tuple(parts)[how % len(parts)]
    changed = given != parts[chosen]
    parts[chosen] = given
    read = ChipFiles(parts[File.DG1], parts[File.DG2], parts[File.SOD] if how < 0x80 else None)
    found = outcome(lambda: document_of(read, issuers=_known(), today=TODAY))
    if isinstance(found, str):
        return found
    verified = found.assurance is Assurance.VERIFIED
    require(not (verified and changed and chosen != File.SOD), "a changed file that an issuer vouches for")
    require(not (verified and how >= 0x80), "a document that nobody signed and somebody vouches for")
    return ACCEPTED


def chip_files_seeds() -> list[bytes]:
    files = _files()
    given = (files[File.DG1], files[File.DG2], files[File.SOD])
    return [bytes((how + also,)) + octets for how, octets in enumerate(given) for also in (0, 0x81)]


def parse_answer(octets: bytes) -> str:
    """Byte 0: the suite; bit 7 puts the authentication code right, as only the chip itself could."""
    how, given = octets[0] if octets else 0, octets[1:]
    suite = list(Suite)[how % len(Suite)]
    session = SecureMessaging.of(suite, bytes(range(16)), counter=7)
    if how & 0x80:
        given = _with_right_code(suite, given)
    try:
        opened = session.unwrap(Answer.parse(given))
    except DocumentError as error:
        return refusal(error)
    require(bool(how & 0x80) or opened in _HONEST, "an answer that the chip did not give")
    require(len(opened.data) <= len(given), "more than was said")
    return ACCEPTED


def _with_right_code(suite: Suite, given: bytes) -> bytes:
    try:
        parts = {part.tag: part for part in tlv.parse(given[:-2])}
    except DocumentError:
        return given
    cryptogram, status = parts.get(0x87) or parts.get(0x85), parts.get(0x99)
    if status is None:
        return given
    session = SecureMessaging.of(suite, bytes(range(16)), counter=8)
    said = (cryptogram.whole if cryptogram else b"") + status.whole
    return said + tlv.build(0x8E, session._code(said)) + b"\x90\x00"


def answer_seeds() -> list[bytes]:
    found: list[bytes] = []
    status = tlv.build(0x99, b"\x90\x00")
    for at, suite in enumerate(Suite):
        session = SecureMessaging.of(suite, bytes(range(16)), counter=8)
        text = suite.encrypt(
            session._encryption_key, pad(b"hello", suite.block), session._start(session._encryption_key)
        )
        found += [
            bytes((at,)) + said + tlv.build(0x8E, session._code(said)) + b"\x90\x00"
            for said in (status, tlv.build(0x87, b"\x01", text) + status)
        ]
    return found + [bytes((one[0] | 0x80,)) + one[1:] for one in found]


_HONEST: Final = (Answer(b"", 0x9000), Answer(b"hello", 0x9000))


def parse_talk(octets: bytes) -> str:
    """Byte 0: which keys are known, and whether the gate is cautious. Then the answers, each after its length."""
    how, script = octets[0] if octets else 0, octets[1:]
    answers, at = [], 0
    while at + 2 <= len(script) and len(answers) < _MOST_ANSWERS:
        size = int.from_bytes(script[at : at + 2], "big")
        answers.append(script[at + 2 : at + 2 + size])
        at += 2 + size
    said = iter(answers)

    def transmit(command: bytes) -> bytes:
        Command.parse(command)
        try:
            return next(said)
        except StopIteration:
            raise CardLostError from None

    keys = [AccessKey.of_zone(TD3.replace("\n", "")), AccessKey.of_can("123456")][: how % 3]
    atr = bytes.fromhex("3B8580018073C0214000") if how & 0x10 else b""
    try:
        read = ChipTalk(transmit, atr=atr, cautious=bool(how & 0x20)).read(keys)
    except DocumentError as error:
        return refusal(error)
    except (NoDocumentError, CardLostError) as other:
        return type(other).__name__
    require(isinstance(read.files, ChipFiles), "no files")
    found = outcome(lambda: document_of(read.files, issuers=_known(), today=TODAY))
    return found if isinstance(found, str) else ACCEPTED


def talk_seeds() -> list[bytes]:
    files, key = _files(), AccessKey.of_zone(TD3.replace("\n", ""))
    chips = [
        (0x00, SoftwareChip(files)),
        (0x10, SoftwareChip(files, longest_answer=1000)),
        (0x20, SoftwareChip(files, pieces=100)),
        (0x00, SoftwareChip(files, key=key)),
        (0x01, SoftwareChip(files, key=key)),
    ]
    return [bytes((how,)) + _recorded(chip, how) for how, chip in chips]


def _recorded(chip: SoftwareChip, how: int) -> bytes:
    """What the chip says in a conversation with a gate that knows no key."""
    said = b""

    def transmit(command: bytes) -> bytes:
        nonlocal said
        answer = chip.answer(command)
        said += len(answer).to_bytes(2, "big") + answer
        return answer

    try:
        ChipTalk(transmit, atr=chip.atr, cautious=bool(how & 0x20)).read([])
    except DocumentError as error:
        refusal(error)
    return said


def parse_issuers(octets: bytes) -> str:
    found, problems = issuers.read([("list", octets)])
    require(isinstance(found, Issuers), "no list")
    require(all(problem.code in {"unreadable", "signature", "unknown_issuer"} for problem in problems), "another code")
    return problems[0].code if problems else ACCEPTED


def issuers_seeds() -> list[bytes]:
    state = _state()
    certificate = state.certificate
    pem = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(certificate) + b"-----END CERTIFICATE-----\n"
    ldif = b"dn: o=dsc,c=UT\nuserCertificate;binary:: " + base64.b64encode(certificate) + b"\n"
    return [certificate, state.master_list(certificate), pem, ldif]


@cache
def _state() -> SpecimenState:
    return SpecimenState("UT")


@cache
def _known() -> Issuers:
    found, problems = issuers.read([("state", _state().certificate)])
    require(problems == [], "the specimen's own list is not read")
    return found


@cache
def _files() -> dict[int, bytes]:
    return _state().issue({1: data_group_1(TD3.replace("\n", "")), 2: data_group_2()})


PARSERS: Final = (
    Parser("apdu", apdu_seeds, parse_apdu, 400),
    Parser("tlv", tlv_seeds, parse_tlv, 2000),
    Parser("lds", lds_seeds, parse_lds, 3000),
    Parser("chip_files", chip_files_seeds, parse_chip_files, 3000),
    Parser("messaging", answer_seeds, parse_answer, 200),
    Parser("talk", talk_seeds, parse_talk, 6000),
    Parser("issuers", issuers_seeds, parse_issuers, 4000),
)
