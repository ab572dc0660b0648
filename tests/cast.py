"""The small cast of every test: five people, a guard and the staff. All synthetic; numbers are built to the checksum.

Numbers use region 330102 (a district code) with invented dates; none was copied from anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from gatepass.identity import Document, DocumentKind, Holder, PartialDate, Sex


def check_character(seventeen: str) -> str:
    """ISO 7064 MOD 11-2, written here a second time on purpose: a test must not trust what it tests."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(d) * w for d, w in zip(seventeen, weights, strict=True)) % 11]


def number(region: str, birth: str, serial: str) -> str:
    seventeen = f"{region}{birth}{serial}"
    return seventeen + check_character(seventeen)


@dataclass(frozen=True)
class Character:
    name: str
    latin: str
    number: str
    sex: Sex
    colour: str | None
    story: str

    @property
    def document(self) -> Document:
        birth = self.number[6:14]
        return Document(
            kind=DocumentKind.RESIDENT_CARD,
            issuer="CHN",
            number=self.number,
            holder=Holder(
                native_name=self.name,
                latin_name=self.latin,
                birth=PartialDate(int(birth[:4]), int(birth[4:6]), int(birth[6:])),
                sex=self.sex,
                nationality="CHN",
            ),
        )


WANG = Character(
    "王秀英", "", number("330102", "19410312", "182"), Sex.FEMALE, "green", "an elder with a card and no phone"
)
LI = Character("李建国", "", number("330102", "19680705", "137"), Sex.MALE, "yellow", "a test is due")
SUN = Character("孙丽", "", number("330102", "19900228", "264"), Sex.FEMALE, "red", "sees the community office")
ZHAO = Character(
    "赵强", "", number("330102", "19851121", "351"), Sex.MALE, None, "registered, but her code has run out"
)
STRANGER = Character("周明", "", number("330102", "19770614", "419"), Sex.MALE, None, "not in the registry at all")

RESIDENTS = (WANG, LI, SUN, ZHAO)
EVERYBODY = (*RESIDENTS, STRANGER)

GUARD_PIN = "4711"
