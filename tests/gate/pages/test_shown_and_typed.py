"""From a code shown to a scanner, and a number typed on a keypad, to the page: real bytes and key events, the real
agent, real Chromium."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.browser import snap
from tests.cast import LI, WANG
from tests.gate.pages.test_cards import gate_with

from gatepass.identity import mrz
from gatepass.readers.keypad import KeypadSimulator
from gatepass.readers.scanner import ScannerSimulator, Settings

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOW = datetime(2011, 11, 23, 9, 0, tzinfo=UTC)
"""When the specimen passport is valid."""
PASSPORT = """P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
L898902C36UTO7408122F1204159ZE184226B<<<<<10"""


@pytest.mark.timeout(120)
async def test_a_passport_over_a_scanner_and_a_typed_number_go_to_a_green_page_and_a_slip_does_not(chromium, tmp_path):
    people = [WANG.document, LI.document, mrz.parse(PASSPORT)]
    with (
        ScannerSimulator(Settings(identifiers=True)) as scanner,
        ScannerSimulator(Settings(keyboard=True)) as wedge,
        KeypadSimulator() as keypad,
    ):
        readers = [f"scanner:{scanner.device}", f"scanner:{wedge.device}", f"keypad:{keypad.device}"]
        async with gate_with(readers, tmp_path, people, NOW) as address, chromium.page(1080, 1920) as page:
            await page.goto(address)
            for act, outcome in (
                (lambda: wedge.show(PASSPORT), "pass"),
                (lambda: scanner.show(WANG.number, symbology="C0"), "pass"),
                (lambda: keypad.type(LI.number, enter=True), "pass"),
                (lambda: keypad.type(LI.number[:16] + "0" + LI.number[17], enter=True), "hold"),
            ):
                await page.wait_for_selector("body[data-state=idle]")
                act()
                await page.wait_for_selector("body[data-state=result]", timeout=30_000)
                assert await page.get_attribute("body", "data-outcome") == outcome
                await snap(page, f"shown-and-typed-{outcome}")
