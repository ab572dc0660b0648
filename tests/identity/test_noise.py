"""A hundred thousand damaged cards, numbers and zones: a document or a listed error, and never anything else."""

from __future__ import annotations

import random

import pytest
from tests.cast import EVERYBODY
from tests.identity.blocks import resident_block
from tests.identity.cards import CARD_2017, CARD_2023, RESIDENCE_CARD, block
from tests.identity.zones import ALL

from gatepass.identity import Document, DocumentError, DocumentKind, chip, mrz, numbers
from gatepass.identity.documents import DOCUMENT_ERROR_CODES

SEED = 20241123
ROUNDS = 100_000

CARDS = [resident_block(), block(RESIDENCE_CARD), block(CARD_2017), block(CARD_2023)]
NUMBERS = [person.number for person in EVERYBODY] + [
    "610104620927690", "830000199201300022", "932682198501010017", "PAK310080010103", "H12345678", "M1234567802",
    "HA1234567", "12345678", "02702256-03", "E12345678", "ｍ１２３ａ４５６７",
]  # fmt: skip
NOISE = "0123456789ABCDEFGHXYZabcx<>- \r\n\t\0０９Ｘ＜①²١ßıſ王\u200b\u202e\ufeff\ud800\udfff\U00020bb7\uffff"


def damaged_block(chance: random.Random) -> bytes:
    card = bytearray(chance.choice(CARDS))
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(card))
        match chance.randrange(4):
            case 0:
                card[at] ^= 1 << chance.randrange(8)
            case 1:
                card[at : at + 2] = chance.choice("0129AXJIY长 \0").encode("utf-16-le")
            case 2:
                other = chance.choice(CARDS)
                card[at : at + 16] = other[at : at + 16]
            case _:
                card[248:250] = chance.choice(" JIYK").encode("utf-16-le")
    return bytes(card) if chance.random() < 0.99 else bytes(card[: chance.randrange(256)])


def damaged_text(chance: random.Random, texts: list[str]) -> str:
    text = chance.choice(texts)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text) + 1)
        match chance.randrange(5):
            case 0:
                text = text[:at] + chance.choice(NOISE) + text[at + 1 :]
            case 1:
                text = text[:at] + chance.choice("0123456789<AZ") + text[at + 1 :]
            case 2:
                text = text[:at] + text[at + 1 :]
            case 3:
                text = text[:at] + chance.choice(NOISE) + text[at:]
            case _:
                text = text[:at] + text[at : at + 2][::-1] + text[at + 2 :]
    return text


def survives(outcome: str, document: Document | DocumentError) -> None:
    if isinstance(document, DocumentError):
        assert document.code in DOCUMENT_ERROR_CODES, outcome
        assert all(isinstance(field, str | int) for field in document.fields.values()), outcome
    else:
        assert document.number, outcome
        assert document.number == document.number.strip().upper(), outcome


@pytest.mark.slow
def test_a_hundred_thousand_damaged_inputs_are_a_document_or_a_listed_error():
    chance = random.Random(SEED)
    documents = 0
    zones = list(ALL)
    for turn in range(ROUNDS):
        try:
            match turn % 3:
                case 0:
                    document = chip.decode(damaged_block(chance))
                case 1:
                    kind = chance.choice([None, *DocumentKind])
                    document = numbers.parse(damaged_text(chance, NUMBERS), kind, issuer=chance.choice(["", "KOR"]))
                case _:
                    document = mrz.parse(damaged_text(chance, zones))
        except DocumentError as error:
            survives(f"turn {turn}", error)
        else:
            survives(f"turn {turn}", document)
            documents += 1
            if turn % 3 == 0:
                assert chip.decode(chip.encode(document)) == document, turn
            elif turn % 3 == 1:
                assert numbers.identify(document.number), turn
    assert ROUNDS * 0.02 < documents < ROUNDS * 0.9, "the damage is neither nothing nor everything"
