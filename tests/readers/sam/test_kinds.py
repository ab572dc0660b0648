"""Each of the four kinds of card, over a real pty."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.identity.blocks import resident_block
from tests.identity.cards import CARD_2017, CARD_2023, RESIDENCE_CARD, block
from tests.readers.sam.synthetic import synthetic_cards

from gatepass.identity import Assurance, DocumentKind, chip, numbers
from gatepass.readers.sam.simulator import synthetic_block

VECTORS = Path(__file__).parents[4] / "shared" / "vectors" / "readers" / "reader_vectors.json"


@pytest.mark.parametrize(
    ("card", "kind"),
    [
        (resident_block(), DocumentKind.RESIDENT_CARD),
        (block(RESIDENCE_CARD), DocumentKind.HMT_RESIDENCE),
        (block(CARD_2017), DocumentKind.FOREIGNER_PR),
        (block(CARD_2023), DocumentKind.FOREIGNER_PR),
    ],
    ids=["resident", "J", "I", "Y"],
)
def test_a_card_of_any_kind_that_is_laid_down_is_its_document(sam, open_gate, card, kind):
    async def story():
        async with open_gate(sam) as gate:
            sam.lay(card)
            document = await gate.next()
            assert document.kind is kind
            assert chip.encode(document) == card

    asyncio.run(story())


@pytest.mark.parametrize(
    "number", ["11010519491231002X", "810000199408230021", "PAK310080010103", "931586198001010028"]
)
def test_a_typed_number_and_a_name_are_enough_for_a_synthetic_card_of_its_kind(number):
    typed = numbers.parse(number)
    named = replace(typed, holder=replace(typed.holder, native_name="样本"))
    card = chip.decode(synthetic_block(named))
    assert (card.kind, card.number, card.holder) == (named.kind, named.number, named.holder)


def test_the_synthetic_cards_are_those_of_the_published_vectors():
    if not VECTORS.exists():
        pytest.skip("the shared reader vectors are not on this machine")
    published = json.loads(VECTORS.read_text())["synthetic_cards"]
    assert [card.block.hex() for card in synthetic_cards()] == [card["text_hex"].lower() for card in published]


@pytest.mark.parametrize("card", synthetic_cards(), ids=lambda card: f"{card.kind} {card.number}")
def test_every_synthetic_card_is_read_on_every_kind_of_line(any_sam, open_gate, card):
    async def story():
        async with open_gate(any_sam) as gate:
            any_sam.lay(card.block)
            document = await gate.next()
            assert document.number == card.number
            assert document.assurance is Assurance.VERIFIED
            assert chip.encode(document) == card.block

    asyncio.run(story())
