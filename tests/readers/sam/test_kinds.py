"""Each of the four kinds of card, over a real pty."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from tests.identity.blocks import resident_block
from tests.identity.cards import CARD_2017, CARD_2023, RESIDENCE_CARD, block

from gatepass.identity import DocumentKind, chip, numbers
from gatepass.readers.sam.simulator import synthetic_block


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
def test_a_card_of_any_kind_that_is_laid_down_is_its_document(any_sam, open_gate, card, kind):
    async def story():
        async with open_gate(any_sam) as gate:
            any_sam.lay(card)
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
