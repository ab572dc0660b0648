"""The system's real card service: pcscd, with cards made of software on vpcd, the driver of Debian's vsmartcard-vpcd.

One pcscd serves all test processes of this machine: vpcd's port cannot be taken again for a minute after it ended. It
is started by whoever comes first, and ends by itself when nobody has used it for a minute.
"""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.readers import gate
from tests.readers.pcsc.passports import NUMBER, OTHER_ZONE, TODAY, ZONE, list_of_states, passport, state, way
from tests.waiting import until

from gatepass.identity import Assurance, mrz
from gatepass.readers.link import LinkLostError
from gatepass.readers.pcsc import PcscReader, PcscSimulator, SoftwareCard, find, winscard
from gatepass.readers.pcsc.specimens import data_group_1, data_group_2

VIRTUAL = "Virtual PCD"
DRIVERS = Path("/usr/lib/pcsc/drivers/serial")

pytestmark = pytest.mark.slow


@pytest.fixture
def service() -> Iterator[str]:
    """The name of a virtual reader, ours alone until the test ends."""
    try:
        lock = (Path(tempfile.gettempdir()) / "gatepass-tests-vpcd.lock").open("w")
    except PermissionError:
        pytest.skip("somebody else tests with this machine's card service")
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield virtual_reader()


@pytest.fixture
def card(service: str) -> Iterator[PcscSimulator]:
    with PcscSimulator() as simulator:
        simulator.attach_to_service()
        yield simulator
    # The service looks for cards now and then: one that is laid before it has seen the last one go has that one's ATR.
    link = winscard.ServiceLink(service)
    try:
        asyncio.run(until(lambda: link.presence(0.1) is None))
    finally:
        link.close()


def virtual_reader() -> str:
    if not shutil.which("pcscd") or not list(DRIVERS.glob("libifdvpcd*")):
        pytest.skip("needs Debian's pcscd and vsmartcard-vpcd")
    for _ in range(2):
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                return next(name for name in winscard.readers() if name.startswith(VIRTUAL))
            except StopIteration:
                pytest.skip("a pcscd runs, and has no vpcd")
            except LinkLostError as lost:
                if lost.detail != "service_missing":
                    pytest.skip(f"the card service: {lost.detail}")
                if os.geteuid() != 0:
                    pytest.skip("pcscd does not run, and only root may start it")
                start()
    pytest.fail("pcscd does not start")


def start() -> None:
    subprocess.run(["pcscd", "--auto-exit"], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.1)


async def ready(seen: gate.Gate) -> None:
    """A service may ask polkit who its clients are, and be told no: that is the machine's word, not the reader's."""
    try:
        await seen.state("ready")
    except TimeoutError:
        if seen.reader.state.detail == "port_forbidden":
            pytest.skip("this machine's card service lets this process not in")
        raise


def test_a_passport_is_read_over_the_systems_card_service(card, service, tmp_path):
    async def story():
        async with gate.open_gate(PcscReader, f"{service}{known(tmp_path)}", **QUICK) as seen:
            await ready(seen)
            seen.reader.offer_key(mrz.parse(ZONE))
            card.lay(passport(ways=[way()]))
            document = await seen.document()
            assert (document.number, document.assurance) == (NUMBER, Assurance.VERIFIED)
            card.lift()
            await asyncio.sleep(0.8)
            card.lay(passport())
            assert await seen.code() == "mrz_needed"
            seen.reader.offer_key(mrz.parse(ZONE))
            assert (await seen.document()).number == NUMBER

    asyncio.run(story())


def test_enrolled_cards_follow_one_another_on_the_systems_card_service(card, service):
    async def story():
        async with gate.open_gate(PcscReader, VIRTUAL, **QUICK) as seen:
            for number in ("04A2B3C4D5E680", "1122334455667788", "04A2B3C4D5E680"):
                card.lay(SoftwareCard(bytes.fromhex(number), resident=len(number) == 16))
                assert (await seen.document()).number == number
                card.lift()
                await asyncio.sleep(0.8)

    asyncio.run(story())


def test_long_commands_pass_through_the_systems_card_service(card, service, tmp_path):
    face = b"\xff\xd8\xff" + bytes(40_000)
    files = state().issue({1: data_group_1(OTHER_ZONE), 2: data_group_2(face)})

    async def story():
        async with gate.open_gate(PcscReader, f"{VIRTUAL}{known(tmp_path)}", **QUICK) as seen:
            await ready(seen)
            seen.reader.offer_key(mrz.parse(OTHER_ZONE))
            card.lay(passport(OTHER_ZONE, files=files, ways=[way()], longest_answer=4096))
            assert (await seen.document()).portrait == face
            assert len(card.commands) < 60

    asyncio.run(story())


def test_a_passport_that_is_lifted_from_the_systems_reader_is_told_to_stay(card, service):
    async def story():
        async with gate.open_gate(PcscReader, VIRTUAL, **QUICK) as seen:
            seen.reader.offer_key(mrz.parse(ZONE))
            card.lay(passport())
            await asyncio.to_thread(card.until, 8)
            card.lift()
            assert await seen.code() == "card_removed_early"

    asyncio.run(story())


def test_a_card_that_another_program_holds_is_busy_at_the_systems_card_service(card, service):
    async def story():
        card.lay(SoftwareCard(b"1234567"))
        other = winscard.ServiceLink(service)
        while other.presence(0.2) is None:
            pass
        held = other.connect()
        async with gate.open_gate(PcscReader, VIRTUAL, **QUICK) as seen:
            await seen.state("absent", "port_busy")
            assert await seen.code() == "reader_vanished"
            held.close()
            assert (await seen.document()).number == b"1234567".hex().upper()
        other.close()

    asyncio.run(story())


def test_what_is_attached_is_found_and_a_reader_that_is_not_there_is_missing(service):
    assert service in [found.port for found in find()]
    with pytest.raises(LinkLostError) as raised:
        winscard.ServiceLink("A reader that nobody makes")
    assert raised.value.detail == "port_missing"


def test_a_system_without_the_library_says_so_and_finds_nothing(monkeypatch):
    def missing(name):
        raise OSError(f"{name}: cannot open shared object file")

    winscard._library.cache_clear()
    monkeypatch.setattr(ctypes, "CDLL", missing)
    try:
        with pytest.raises(LinkLostError) as raised:
            winscard.ServiceLink()
        assert raised.value.detail == "software_missing"
        assert find() == []
    finally:
        winscard._library.cache_clear()


@pytest.mark.parametrize(
    ("names", "likeliest"),
    [
        (["ACS ACR1252 SAM 00 01", "ACS ACR1252 PICC 00 00"], "ACS ACR1252 PICC 00 00"),
        (["OMNIKEY 5422 00 00", "OMNIKEY 5422CL 01 00", "Other Contactless 02 00"], "Other Contactless 02 00"),
        (["Virtual PCD 00 01", "Virtual PCD 00 00"], "Virtual PCD 00 01"),
    ],
)
def test_of_several_readers_the_contactless_one_is_the_likeliest_and_a_slot_for_modules_the_least(names, likeliest):
    assert min(names, key=winscard._unlikeliness) == likeliest


QUICK = {"poll_s": 0.1, "today": lambda: TODAY}


def known(folder: Path) -> str:
    return list_of_states(folder, state())
