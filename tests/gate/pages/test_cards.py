"""From a card laid on the reader to the green page: real bytes on a real pty, the real agent, real Chromium."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from tests.browser import free_port, served, snap
from tests.gate.town import FakeCentre, NoDownloads, enrolled, key_of
from tests.readers.sam.synthetic import synthetic_cards

from gatepass.directory.fetching import FolderFetcher, Subscriber
from gatepass.directory.publishing import Publisher
from gatepass.directory.store import DirectoryStore
from gatepass.gate.agent import Agent, running
from gatepass.gate.clock import Clock
from gatepass.gate.settings import GateSettings
from gatepass.identity import chip
from gatepass.policy import Advice, Colour
from gatepass.policy.reasons import REASONS
from gatepass.readers.sam import SamSimulator

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOW = datetime(2024, 11, 23, 9, 0, tzinfo=UTC)
"""When all the synthetic cards are valid."""
GREEN = "rgb(11, 107, 58)"
CARDS = synthetic_cards()


@asynccontextmanager
async def gate_with(readers, folder, people, now=NOW):
    """A gate at which these people are green, and its kiosk's address. It has no centre: it decides by itself."""
    publisher = Publisher(folder / "updates")
    gate_folder = enrolled(folder / "gate", trust_root=publisher.trust_root)
    publisher.publish_base({key_of(who): (Colour.GREEN, Advice.NONE) for who in people}, now)
    Subscriber(
        DirectoryStore(gate_folder.directory), FolderFetcher(publisher.repository), publisher.trust_root
    ).refresh()
    ahead_ms = int((time.time() - now.timestamp()) * 1000)
    port = free_port()
    centre = FakeCentre.of(gate_folder, up=False)
    with gate_folder.claimed():
        agent = Agent(
            GateSettings(folder=gate_folder.path, reader=readers, port=port, poll_ms=50, hold_ms=500),
            clock=Clock(wall_ms=lambda: int(time.time() * 1000) - ahead_ms),
            transport=centre.transport,
            downloads=NoDownloads(),
        )
        async with running(agent), served(agent.application, port) as address:
            yield address


@pytest.mark.timeout(180)
async def test_every_synthetic_card_of_the_four_kinds_goes_through_the_port_to_a_green_page(chromium, tmp_path):
    assert {card.kind for card in CARDS} == {"resident", "I", "Y", "J"}
    people = [chip.decode(card.block) for card in CARDS]
    with SamSimulator() as sam:
        async with gate_with([f"sam:{sam.device}"], tmp_path, people) as address, chromium.page(1080, 1920) as page:
            await page.goto(address)
            await page.wait_for_selector("body[data-state=idle]")
            for count, (card, document) in enumerate(zip(CARDS, people, strict=True)):
                assert document.number == card.number
                sam.lay(card.block)
                await page.wait_for_selector("body[data-state=result]", timeout=30_000)
                assert await page.get_attribute("body", "data-outcome") == "pass", card
                assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == GREEN
                assert await page.is_visible(".shape .pass")
                word = await page.inner_text("#word")
                assert word in {wording.word for wording in REASONS["green"].texts.values()}
                await snap(page, f"card-{count}-{card.kind}")
                sam.lift()
                await page.wait_for_selector("body[data-state=idle]", timeout=30_000)
                await asyncio.sleep(0.1)


@pytest.mark.timeout(120)
async def test_the_same_cards_are_not_green_where_nobody_knows_them(chromium, tmp_path):
    stranger, known = CARDS[0], chip.decode(CARDS[1].block)
    with SamSimulator() as sam:
        async with gate_with([f"sam:{sam.device}"], tmp_path, [known]) as address, chromium.page(1080, 1920) as page:
            await page.goto(address)
            await page.wait_for_selector("body[data-state=idle]")
            sam.lay(stranger.block)
            await page.wait_for_selector("body[data-state=result]", timeout=30_000)
            assert await page.get_attribute("body", "data-outcome") == "hold"
            assert await page.evaluate("getComputedStyle(document.body).backgroundColor") != GREEN
