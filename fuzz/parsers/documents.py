"""Cards' text blocks, typed numbers, machine-readable zones.

    chip, address   what was read is written back to the same document
    numbers         what was read is a number that `identify` names, and reading it again gives the same number
    mrz             a known issuer, a birth that is not in the future, the same document without line ends

Random damage never gets past a check digit, so byte 0 of an input says whether it is put right first, beside the way
to call.
"""

from __future__ import annotations

from typing import Final

from tests.cast import EVERYBODY
from tests.identity.blocks import resident_block
from tests.identity.cards import CARD_2017, CARD_2023, RESIDENCE_CARD, block
from tests.identity.zones import ALL as ZONES

from fuzz.parsers.promises import ACCEPTED, TODAY, Parser, as_octets, as_text, outcome, refusal, require
from gatepass.identity import DocumentError, DocumentKind, PartialDate, checks, chip, mrz, numbers
from gatepass.identity.mrz_forms import form_of

_BORN_AT_THE_LATEST: Final = PartialDate.from_date(TODAY)


# --- chip


def parse_chip(octets: bytes) -> str:
    """Byte 0: bit 0 puts the check character right. The rest is the block, filled up unless it is too long."""
    how, given = octets[:1], _filled(octets[1:], chip.BLOCK_LENGTH)
    if how and how[0] & 1 and len(given) == chip.BLOCK_LENGTH:
        given = _with_right_check_on_the_card(given)
    found = outcome(lambda: chip.decode(given, today=TODAY))
    if isinstance(found, str):
        return found
    again = chip.decode(chip.encode(found), today=TODAY)
    require(again == found, "what was read and written is read as another document")
    return ACCEPTED


def _filled(given: bytes, length: int) -> bytes:
    """With spaces (UTF-16LE) to its length; what is too long stays so."""
    return given + (b" \0" * length)[len(given) : length]


def _with_right_check_on_the_card(given: bytes) -> bytes:
    if given[248:250] == b"I\0":
        number = given[122:152].decode("utf-16-le", errors="replace")
        if len(number) == 15 and all(character in checks._VALUE_OF for character in number):
            return given[:150] + checks.icao(number[:14]).encode("utf-16-le") + given[152:]
        return given
    number = given[122:158].decode("utf-16-le", errors="replace")
    if len(number) == 18 and number[:17].isascii() and number[:17].isdigit():
        return given[:156] + checks.mod_11_2(number[:17]).encode("utf-16-le") + given[158:]
    return given


def chip_seeds() -> list[bytes]:
    cards = [
        resident_block(),
        block(RESIDENCE_CARD),
        block(CARD_2017),
        block(CARD_2023),
        block(CARD_2023, latin_1="A" * 34, latin_2=" B"),
        block(RESIDENCE_CARD, valid_to="长期"),
    ]
    return [bytes((how,)) + card for card in cards for how in (0, 1)]


def parse_address(octets: bytes) -> str:
    given = _filled(octets, chip.ADDRESS_LENGTH)
    try:
        address = chip.decode_address(given)
    except DocumentError as error:
        return refusal(error)
    require(chip.decode_address(chip.encode_address(address)) == address, "an address that does not come back")
    return ACCEPTED


def address_seeds() -> list[bytes]:
    return [chip.encode_address(address) for address in ("杭州市西湖区文三路1号", "", "号" * 35, "\U00020bb7野家")]


# --- numbers

_KINDS: Final = (None, *DocumentKind)
_ISSUERS: Final = ("", "CHN", "KOR", "D", "XXX", "k o r", "??")


def parse_number(octets: bytes) -> str:
    """Byte 0 chooses kind, issuer and whether the check character is put right; the rest is what was typed."""
    how, typed = octets[0] if octets else 0, as_text(octets[1:])
    kind, issuer = _KINDS[how // 2 % len(_KINDS)], _ISSUERS[how // 2 // len(_KINDS) % len(_ISSUERS)]
    if how & 1:
        typed = _with_right_check(typed)
    kinds = numbers.identify(typed, today=TODAY)
    require(len(set(kinds)) == len(kinds), "a kind named twice")
    found = outcome(lambda: numbers.parse(typed, kind, issuer=issuer, today=TODAY))
    if isinstance(found, str):
        require(not kinds or kind is not None or issuer != "" or found == "state_code", "told, and then refused")
        return found
    require(bool(kinds), "read, and then not told")
    again = numbers.parse(found.number, found.kind, issuer=found.issuer, today=TODAY)
    require(again.number == found.number, "a number that is not its own number")
    require(found.holder.birth is None or found.holder.birth <= _BORN_AT_THE_LATEST, "born in the future")
    citizen = outcome(lambda: numbers.parse_citizen(typed, today=TODAY))
    require(isinstance(citizen, str) or citizen.number == numbers.normalise(typed), "another citizen")
    return ACCEPTED


def _with_right_check(typed: str) -> str:
    number = numbers.normalise(typed)
    if len(number) == 18 and number[:17].isascii() and number[:17].isdigit():
        return number[:17] + checks.mod_11_2(number[:17])
    if len(number) == 15 and all(character in checks._VALUE_OF for character in number):
        return number[:14] + checks.icao(number[:14])
    return typed


def number_seeds() -> list[bytes]:
    typed = [person.number for person in EVERYBODY] + [
        "610104620927690", "610104990927999", "810000199408230021", "830000199201300022", "932682198501010017",
        "PAK310080010103", "H12345678", "M1234567802", "HA1234567", "12345678", "02702256-03", "E12345678",
        "ｍ１２３ａ４５６７", "330102 19410312 182x", "11010519491231002x\r\n",
    ]  # fmt: skip
    return [bytes((how,)) + as_octets(text) for text in typed for how in (0, 1)]


# --- machine-readable zones


def parse_zone(octets: bytes) -> str:
    """Byte 0: bit 0 puts every check digit right. The rest is what a scanner sent."""
    how, sent = octets[0] if octets else 0, as_text(octets[1:])
    if how & 1:
        sent = _with_right_checks(sent)
    found = outcome(lambda: mrz.parse(sent, today=TODAY))
    if isinstance(found, str):
        return found
    birth = found.holder.birth
    require(birth is None or (birth.year, birth.month or 0, birth.day or 0) <= (2024, 11, 23), "born in the future")
    require(len(found.issuer) == 3, "no issuer")
    lines = numbers.normalise(sent)
    require(mrz.parse(lines, today=TODAY) == found, "another document without its line ends")
    return ACCEPTED


def _with_right_checks(sent: str) -> str:
    zone = numbers.normalise(sent)
    if not zone or not all(character in checks._VALUE_OF for character in zone):
        return sent
    try:
        form = form_of(zone)
    except DocumentError:
        return sent
    # The composite digit is the last of every form, and covers the others.
    for check in form.checks.values():
        digit = checks.icao("".join(zone[part] for part in check.over))
        zone = f"{zone[: check.at]}{digit}{zone[check.at + 1 :]}"
    return zone


def zone_seeds() -> list[bytes]:
    return [bytes((how,)) + zone.encode() for zone in ZONES for how in (0, 1)]


PARSERS: Final = (
    Parser("chip", chip_seeds, parse_chip, 300),
    Parser("address", address_seeds, parse_address, 100),
    Parser("numbers", number_seeds, parse_number, 120),
    Parser("mrz", zone_seeds, parse_zone, 450),
)
