"""What people carry beside chip cards: printed pages, codes on paper and on a phone, an enrolled card, or nothing.

    Carried.way    goes through
    page, code     the scanner: lines of a page, the text of a code
    held           the camera: pictures of a page or a code
    chip           the contactless reader: a card with nothing but its number
    typed          the guard's desk: a number that the person knows

The numbers are runs of zeros with a little at their end, which nobody issues.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from gatepass.demo import zones
from gatepass.demo.town import Townsperson, without_card
from gatepass.identity import Document, DocumentKind, Sex, mrz
from gatepass.policy import Advice, Colour


class Way(StrEnum):
    PAGE = "page"
    CODE = "code"
    HELD = "held"
    CHIP = "chip"
    TYPED = "typed"


class Group(StrEnum):
    """What somebody has in the hand. Chip cards stand in the first three as well (`group_of_card`)."""

    CHINESE = "chinese"
    FOREIGNER = "foreigner"
    NEIGHBOUR = "neighbour"
    PASSPORT = "passport"
    CODE = "code"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Carried:
    """One thing that can be presented at the gate. The tray's sentence about it is `carried_` and its key."""

    key: str
    group: Group
    way: Way
    kind: str
    """A `DocumentKind`, or `code`."""
    expected: tuple[str, str]
    """Outcome and reason of the gate, as long as nobody has changed the town."""
    text: str = ""
    """What is scanned, held, laid or typed; empty for codes, which the town's centre signs."""
    issuer: str = ""
    """Of a typed passport."""


_PASSPORT: Final = zones.passport("000000019", "GBR", "MARLOWE<<ALICE<JANE", "590412", "F", "330415")
_STRANGER: Final = zones.passport("B0000019", "VNM", "NGUYEN<<THI<LAN", "610302", "F", "330415")
_HELD: Final = zones.passport("000000027", "FRA", "LEFEVRE<<CLAIRE<MARIE", "670825", "F", "340930")
_WORN: Final = _PASSPORT[:-1] + ("1" if _PASSPORT[-1] != "1" else "2")
_HONG_KONG: Final = zones.permit("CR", "H00000019", "WONG<<KA<YAN", "580101", "F", "331231")
_TAIWAN: Final = zones.permit("CT", "00000019", "LIN<<MEI<HUA", "560607", "F", "331231")

ENROLLED_CARD: Final = Document(DocumentKind.CARD_UID, "", "04A2B3C4D5E680")


def _guest(key: str, zone: str) -> Townsperson:
    return Townsperson(key, mrz.parse(zone), Colour.GREEN, Advice.NONE, household="", phone="", story="")


HOLDERS: Final = (
    _guest("passport", _PASSPORT),
    _guest("passport_held", _HELD),
    _guest("hkm_permit", _HONG_KONG),
    _guest("taiwan_permit", _TAIWAN),
    without_card("paper", "何桂珍", Sex.FEMALE, date(1938, 10, 9), 480, Colour.GREEN),
    without_card("paper_held", "严阿福", Sex.MALE, date(1947, 6, 11), 486, Colour.GREEN),
    without_card("paper_lost", "沈阿毛", Sex.MALE, date(1943, 5, 20), 481, Colour.GREEN),
    without_card("phone", "陆晓雯", Sex.FEMALE, date(1991, 8, 15), 482, Colour.GREEN),
    without_card("screenshot", "贾文静", Sex.FEMALE, date(1999, 3, 3), 485, Colour.GREEN),
    without_card("enrolled", "许文斌", Sex.MALE, date(1987, 12, 1), 483, Colour.GREEN),
    without_card("mother", "顾惠珍", Sex.FEMALE, date(1944, 2, 3), 484, Colour.YELLOW),
)
"""Registered with the town, and without a card on the tray. `mother` is whom the demo's applicant looks after."""

NUMBER_OF: Final = {holder.key: holder.document.number for holder in HOLDERS}


def group_of_card(document: Document) -> Group:
    """Where a chip card lies on the tray."""
    cards = {DocumentKind.FOREIGNER_PR: Group.FOREIGNER, DocumentKind.HMT_RESIDENCE: Group.NEIGHBOUR}
    return cards.get(document.kind, Group.CHINESE)


def _typed(key: str, kind: str, number: str, issuer: str = "") -> Carried:
    return Carried(key, Group.NOTHING, Way.TYPED, kind, ("pass", "green"), number, issuer)


THINGS: Final = (
    Carried("hkm_permit", Group.NEIGHBOUR, Way.PAGE, "hkm_permit", ("pass", "green"), _HONG_KONG),
    Carried("taiwan_permit", Group.NEIGHBOUR, Way.PAGE, "taiwan_permit", ("pass", "green"), _TAIWAN),
    Carried("passport", Group.PASSPORT, Way.PAGE, "passport", ("pass", "green"), _PASSPORT),
    Carried("passport_unknown", Group.PASSPORT, Way.PAGE, "passport", ("hold", "unknown"), _STRANGER),
    Carried("passport_worn", Group.PASSPORT, Way.PAGE, "passport", ("hold", "document_unreadable"), _WORN),
    Carried("passport_held", Group.PASSPORT, Way.HELD, "passport", ("pass", "green"), _HELD),
    Carried("paper", Group.CODE, Way.CODE, "code", ("pass", "green")),
    Carried("paper_held", Group.CODE, Way.HELD, "code", ("pass", "green")),
    Carried("paper_lost", Group.CODE, Way.CODE, "code", ("refuse", "code_revoked")),
    Carried("phone", Group.CODE, Way.CODE, "code", ("pass", "green")),
    Carried("screenshot", Group.CODE, Way.CODE, "code", ("refuse", "code_screenshot")),
    Carried("advert", Group.CODE, Way.CODE, "code", ("hold", "code_not_understood"), "HTTPS://EXAMPLE.ORG/LUNCH"),
    Carried("enrolled", Group.NOTHING, Way.CHIP, "card_uid", ("hold", "uid_card"), ENROLLED_CARD.number),
    _typed("typed_resident", "resident_card", NUMBER_OF["enrolled"]),
    _typed("typed_hmt", "hmt_residence", "810000199408230021"),
    _typed("typed_foreigner", "foreigner_pr", "DEU330103010103"),
    _typed("typed_hkm", "hkm_permit", "H00000019"),
    _typed("typed_taiwan", "taiwan_permit", "00000019"),
    _typed("typed_passport", "passport", "000000019", "GBR"),
)
"""All of them, in the order of the tray."""
