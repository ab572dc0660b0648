"""Two documents of one person are taken together; two people's never, however alike they are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.cast import EVERYBODY, LI, WANG

from gatepass.gate.belonging import are_of_one_person
from gatepass.identity import Assurance, Document, DocumentKind, Holder, PartialDate, Sex

BORN = PartialDate(1990, 1, 1)


def passport(latin: str, state: str = "KOR", number: str = "M12345678", **facts: object) -> Document:
    known = {"birth": BORN, "sex": Sex.FEMALE, "nationality": state, **facts}
    return Document(DocumentKind.PASSPORT, state, number, Holder(latin_name=latin, **known))  # type: ignore[arg-type]


def permit(native: str, latin: str = "", kind: DocumentKind = DocumentKind.FOREIGNER_PR, **facts: object) -> Document:
    known = {"birth": BORN, "sex": Sex.FEMALE, "nationality": "KOR", **facts}
    return Document(kind, "CHN", "KOR310080010108", Holder(native, latin, **known))  # type: ignore[arg-type]


def permanent(native: str, latin: str = "", **facts: object) -> Document:
    return permit(native, latin, DocumentKind.FOREIGNER_PR, **facts)


def of_hong_kong(native: str) -> Document:
    return permit(native, kind=DocumentKind.HKM_PERMIT, nationality="HKG")


MINJI = passport("KIM MINJI")
PR_CARD = Document(
    DocumentKind.FOREIGNER_PR, "CHN", "931586198001010028", former_number="PAK310080010103",
    holder=Holder(latin_name="KHAN AYESHA", nationality="PAK"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(WANG.document, WANG.document, id="a card twice"),
        pytest.param(passport("KIM MINJI"), replace(passport("KIM MINJI"), portrait=b"face"), id="page and chip"),
        pytest.param(
            passport("KIM MINJI"),
            Document(DocumentKind.PASSPORT, "KOR", "M12345678", assurance=Assurance.TYPED),
            id="page and typed number",
        ),
        pytest.param(PR_CARD, Document(DocumentKind.FOREIGNER_PR, "CHN", "PAK310080010103"), id="the former number"),
        pytest.param(passport("KIM MINJI"), permit("김민지"), id="hangul and its romanisation"),
        pytest.param(passport("CHAN TAI MAN", "HKG"), of_hong_kong("陳大文"), id="Cantonese"),
        pytest.param(passport("CHAN TAI MAN DAVID", "HKG"), of_hong_kong("陳大文"), id="with a further given name"),
        pytest.param(passport("WANG XIUYING", "USA"), permanent("王秀英", nationality="USA"), id="pinyin"),
        pytest.param(passport("KIM MINJI"), permit("김민지", sex=Sex.UNKNOWN), id="one that does not say the sex"),
    ],
)  # fmt: skip
def test_documents_of_one_person(one: Document, other: Document) -> None:
    assert are_of_one_person(one, other)
    assert are_of_one_person(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(WANG.document, LI.document, id="two cards"),
        pytest.param(passport("LEE JIHO"), permit("", "LEE JIHU"), id="twins whose names are nearly alike"),
        pytest.param(passport("KIM MINJI"), permit("김민재"), id="twins across scripts"),
        pytest.param(MINJI, permanent("김민지", birth=PartialDate(1990, 1, 2)), id="another birth date"),
        pytest.param(passport("KIM MINJI"), permit("김민지", sex=Sex.MALE), id="another sex"),
        pytest.param(
            passport("KIM MINJI", birth=PartialDate(1990)), permit("김민지", birth=PartialDate(1990)),
            id="only the year of birth",
        ),
        pytest.param(passport("KIM MINJI", birth=None), permit("김민지", birth=None), id="no birth date"),
        pytest.param(MINJI, replace(MINJI, number="M87654321"), id="two passports of one state"),
        pytest.param(permit("김민지"), replace(permit("김민지"), number="KOR310090010105"), id="two cards of one kind"),
        pytest.param(MINJI, permit("김민지", kind=DocumentKind.OTHER), id="who knows what"),
        pytest.param(MINJI, permit("김민지", kind=DocumentKind.CARD_UID), id="a chip's number"),
        pytest.param(passport("M JOHN", "USA"), permit("", "MARY JOHN"), id="an initial"),
        pytest.param(passport(""), permit(""), id="no names"),
        pytest.param(replace(MINJI, number=""), replace(MINJI, number=""), id="no numbers"),
        pytest.param(passport("KIM MINJI", "KOR", "1234567"), passport("SATO YUI", "JPN", "1234567"), id="one number"),
    ],
)  # fmt: skip
def test_documents_of_two_people(one: Document, other: Document) -> None:
    assert not are_of_one_person(one, other)
    assert not are_of_one_person(other, one)


def test_everybody_of_the_cast_is_somebody_else() -> None:
    for one in EVERYBODY:
        assert [who for who in EVERYBODY if are_of_one_person(one.document, who.document)] == [one]
