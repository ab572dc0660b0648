"""What a conversation with a chip consists of: its files in pieces of every size, and the proof that it is no copy."""

from __future__ import annotations

from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.readers.pcsc.passports import KEY, NUMBER, TODAY, ZONE, passport, state, way

from gatepass.identity import Assurance, DocumentError
from gatepass.identity.emrtd import Issuers, document_of, tlv
from gatepass.identity.emrtd.certificates import Certificate
from gatepass.readers.pcsc import SoftwareChip
from gatepass.readers.pcsc.chip import ChipTalk, NoDocumentError
from gatepass.readers.pcsc.groups import CurveGroup, standard_group
from gatepass.readers.pcsc.software_chip import ChipKeys
from gatepass.readers.pcsc.specimens import (
    SECURITY_OBJECT,
    data_group_1,
    data_group_2,
    data_group_14,
    data_group_15,
    signed_data,
)

LARGE_FACE = b"\xff\xd8\xff" + bytes(range(256)) * 160
"""40 kB: its last pieces lie beyond what the header of READ BINARY can reach."""


class Talk:
    """A conversation with a chip, and what was said."""

    def __init__(self, chip: SoftwareChip, *, cautious: bool = False) -> None:
        self.chip = chip
        self.commands: list[bytes] = []
        self.longest = 0
        self.talk = ChipTalk(self._transmit, atr=chip.atr, cautious=cautious)

    def _transmit(self, command: bytes) -> bytes:
        self.commands.append(command)
        answer = self.chip.answer(command)
        self.longest = max(self.longest, len(answer) - 2)
        return answer

    def document(self, *keys):
        files = self.talk.read(keys or (KEY,)).files
        return document_of(files, issuers=utopia(), today=TODAY)


@cache
def utopia() -> Issuers:
    return Issuers({"UT": [Certificate(state().certificate)]})


@cache
def files_with_a_large_face():
    return state().issue({1: data_group_1(ZONE), 2: data_group_2(LARGE_FACE)})


@pytest.mark.slow
@pytest.mark.parametrize("cautious", [False, True])
@pytest.mark.parametrize("ways", [(), (("2.2", 12),), (("2.4", 16),)], ids=["3des", "aes-128", "aes-256"])
def test_a_file_of_40_kb_arrives_whole_in_short_answers(ways, cautious):
    talk = Talk(passport(files=files_with_a_large_face(), ways=[way(*how) for how in ways]), cautious=cautious)
    document = talk.document()
    assert (document.portrait, document.assurance) == (LARGE_FACE, Assurance.VERIFIED)
    assert talk.longest <= 256


def test_a_chip_that_allows_long_answers_is_asked_for_them_and_not_when_caution_is_due():
    chip = passport(files=files_with_a_large_face(), ways=[way()], longest_answer=2048)
    long, short = Talk(chip), Talk(chip, cautious=True)
    assert long.document().portrait == short.document().portrait == LARGE_FACE
    assert 256 < long.longest <= 2048
    assert short.longest <= 256
    assert len(long.commands) < len(short.commands) / 4
    assert (long.talk.extended, short.talk.extended) == (True, False)


@pytest.mark.parametrize("pieces", [1, 16, 100, 255])
def test_answers_that_come_in_pieces_are_put_together(pieces):
    assert Talk(passport(pieces=pieces)).document().number == NUMBER


def test_a_chip_that_hands_out_pieces_without_end_is_given_up():
    chip = passport()
    chip.answer = lambda _: b"\x00\x61\x01"
    with pytest.raises(DocumentError) as raised:
        Talk(chip).document()
    assert raised.value.code == "chip_read_failed"


def test_a_file_that_claims_to_be_endless_is_not_read():
    huge = tlv.build(0x61, bytes(200_000))
    with pytest.raises(DocumentError) as raised:
        Talk(passport(files={0x0101: huge[:300]})).document()
    assert (raised.value.code, raised.value.fields["what"]) == ("chip_read_failed", "length")


def test_a_file_that_ends_before_its_length_is_not_taken_for_whole():
    files = dict(files_with_a_large_face())
    files[0x0101] = files[0x0101][:-3]
    with pytest.raises(DocumentError) as raised:
        Talk(passport(files=files)).document()
    assert raised.value.code == "chip_read_failed"


def test_a_card_that_is_no_travel_document_says_so_whether_or_not_a_key_is_known():
    for keys in ((), (KEY,)):
        with pytest.raises(NoDocumentError):
            Talk(SoftwareChip({})).talk.read(keys)


def test_a_chip_that_offers_what_nobody_knows_falls_back_to_basic_access():
    unknown = bytes.fromhex("31 14 30 12 06 0A 04007F00070202040909 020102 02010D")
    assert Talk(passport(master_files={0x011C: unknown})).document().number == NUMBER
    garbled = passport(master_files={0x011C: b"\x31\x7fgarbage"})
    assert fault(garbled)[0] == "chip_read_failed"
    assert Talk(garbled, cautious=True).document().number == NUMBER


def test_of_several_ways_the_best_is_gone_and_the_chip_is_told_which_group():
    talk = Talk(passport(ways=[way("1.2", 0), way("2.1", 12), way("4.4", 13), way("2.4", 17), way("2.2", 12)]))
    assert talk.document().number == NUMBER
    (chosen,) = [command for command in talk.commands if command[1] == 0x22]
    assert chosen[5:].hex() == "800a04007f000702020402028301018401" + "0c"


def test_a_chip_that_offers_hundreds_of_ways_keeps_nobody_busy():
    many = passport(ways=[way("2.2", 12)] * 300)
    many._ways = []
    talk = Talk(many)
    assert talk.document().number == NUMBER
    assert len([command for command in talk.commands if command[1] == 0x22]) <= 8


def test_what_is_no_way_for_a_group_is_not_offered():
    # secp224r1 has no integrated mapping; 13 is a curve and not a field; version 1 is not ours.
    infos = [("4.2", 10), ("1.2", 13), ("2.2", 0), ("2.9", 12), ("7.2", 12)]
    for name, parameter in infos:
        with pytest.raises(ValueError, match="unpack"):
            way(name, parameter)


# a copy of the files is not the chip


@pytest.mark.slow
@pytest.mark.parametrize("curve", [12, 13, 16])
@pytest.mark.parametrize("suite", ["1", "2", "4"], ids=["3des", "aes-128", "aes-256"])
def test_a_chip_with_a_key_of_its_own_proves_that_it_is_no_copy(suite, curve):
    group = standard_group(curve)
    secret = group.secret()
    files = signed_with({14: data_group_14(group, secret, suite=suite)})
    genuine = passport(files=files, keys=ChipKeys(secret, group))
    assert Talk(genuine).document().assurance is Assurance.VERIFIED
    for keys in (ChipKeys(), ChipKeys(secret + 1, group)):
        assert fault(passport(files=files, keys=keys)) == ("chip_altered", "chip")


def test_a_chip_that_says_it_has_a_key_and_hides_it_is_held():
    group = standard_group(12)
    files = signed_with({14: data_group_14(group, 7, suite="2")})
    del files[0x010E]
    assert fault(passport(files=files, keys=ChipKeys(7, group))) == ("chip_altered", "chip")


def test_a_key_that_the_issuer_did_not_sign_proves_nothing():
    group = standard_group(12)
    files = signed_with({14: data_group_14(group, 7, suite="2")})
    files[0x010E] = data_group_14(group, 8, suite="2")
    assert fault(passport(files=files, keys=ChipKeys(8, group))) == ("chip_altered", "data_group")


@pytest.mark.slow
@pytest.mark.parametrize("bits", [1024, 2048])
def test_a_chip_that_signs_a_challenge_proves_that_it_is_no_copy(bits):
    key, another = (rsa.generate_private_key(65537, bits) for _ in range(2))
    files = signed_with({15: data_group_15(key)})
    longest = 2048 if bits > 1024 else 0
    assert Talk(passport(files=files, keys=ChipKeys(active=key), longest_answer=longest)).document().number == NUMBER
    for keys in (ChipKeys(), ChipKeys(active=another)):
        copied = passport(files=files, keys=keys, longest_answer=longest)
        assert fault(copied) == ("chip_altered", "chip")


@pytest.mark.slow
def test_a_signature_longer_than_the_reader_passes_on_is_nobodys_fault():
    key = rsa.generate_private_key(65537, 2048)
    chip = passport(files=signed_with({15: data_group_15(key)}), keys=ChipKeys(active=key))
    assert fault(chip) == ("chip_altered", "chip")
    assert Talk(chip, cautious=True).document().assurance is Assurance.VERIFIED


def test_a_chip_proves_itself_while_it_is_opened():
    group = CurveGroup(standard_group(13).curve)
    secret = group.secret()
    infos = tlv.first(data_group_14(group, secret, suite="2", number=13)).value
    security = signed_data(SECURITY_OBJECT, infos, state().signer())
    options = {"ways": [way("6.2", 13), way()], "files": signed_with({14: data_group_14(group, secret, suite="2")})}
    genuine = passport(keys=ChipKeys(secret, group), master_files={0x011D: security}, **options)
    talk = Talk(genuine)
    assert talk.document().assurance is Assurance.VERIFIED
    # Not asked a second time.
    assert not [command for command in talk.commands if command[:2] == b"\x0c\x88"]
    copied = passport(keys=ChipKeys(secret + 1, group), master_files={0x011D: security}, **options)
    assert fault(copied) == ("chip_altered", "chip")
    forged = signed_data(SECURITY_OBJECT, infos, state().signer())[:-1] + b"\0"
    assert fault(passport(keys=ChipKeys(secret, group), master_files={0x011D: forged}, **options)) == (
        "chip_altered",
        "signature",
    )
    silent = passport(keys=ChipKeys(secret, group), **options)
    assert fault(silent) == ("chip_altered", "chip")


def fault(chip: SoftwareChip) -> tuple[str, object]:
    with pytest.raises(DocumentError) as raised:
        Talk(chip).document()
    return raised.value.code, raised.value.fields.get("what")


def signed_with(groups: dict[int, bytes]) -> dict[int, bytes]:
    return state().issue({1: data_group_1(ZONE), 2: data_group_2()} | groups)
