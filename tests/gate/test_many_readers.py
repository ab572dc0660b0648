"""One gate with a card reader, a chip reader, a scanner, a keypad and a camera, each behind its own real line, all at
once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.cast import LI, WANG, ZHAO
from tests.gate.town import Downloads, FakeCentre, enrolled, key_of, registry
from tests.identity import zones
from tests.readers.pcsc.passports import list_of_states, passport, state
from tests.vision.stand_ins import Drawn, Files, as_jpeg, draw
from tests.waiting import until

from gatepass.credentials import Purpose, TrustedKey, TrustList, make
from gatepass.directory.lists import TRUST_FILE
from gatepass.directory.publishing import Publisher
from gatepass.gate.agent import Agent, running
from gatepass.gate.settings import GateSettings
from gatepass.identity import Document, Validity, chip, mrz
from gatepass.policy import Advice, Colour, FaceRule, SiteRules
from gatepass.readers.camera import CameraReader, CameraSimulator
from gatepass.readers.camera.stage import Shot
from gatepass.readers.camera.stage import code as drawn_code
from gatepass.readers.camera.stage import page as drawn_page
from gatepass.readers.keypad import KeypadSimulator
from gatepass.readers.pcsc import PcscSimulator
from gatepass.readers.pcsc.specimens import data_group_1, data_group_2
from gatepass.readers.sam import SamSimulator
from gatepass.readers.scanner import ScannerSimulator
from gatepass.wire.messages import Record

pytestmark = pytest.mark.slow

ZONE = zones.passport(expiry="320415")
PASSPORT = mrz.parse(ZONE)
NOW = datetime.now(UTC)
LONG_TERM = Validity(date(2010, 1, 1), None)


@dataclass
class Town:
    """The gate, what stands on its table, and the town's key for codes."""

    agent: Agent
    sam: SamSimulator
    scanner: ScannerSimulator
    keypad: KeypadSimulator
    contactless: PcscSimulator
    camera: CameraSimulator | None
    publisher: Publisher
    key: Ed25519PrivateKey

    def lay(self, document: Document) -> None:
        facts = {"address": "定安路1号", "authority": "杭州市公安局", "ethnicity": "01", "validity": LONG_TERM}
        self.sam.lay(chip.encode(replace(document, **facts)))

    def paper_of(self, document: Document, serial: bytes = b"serial-1") -> str:
        person = key_of(document)
        day = timedelta(days=1)
        return make.paper(self.key, person=person, serial=serial, issued=NOW - day, expires=NOW + 90 * day)

    async def records(self, count: int) -> list[Record]:
        await until(lambda: self.agent.journal.last >= count, within=30)
        found: list[Record] = await self.agent.journal.ask(lambda journal: journal.between(1, 99, 99))
        return found

    async def quiet(self, seconds: float = 0.8) -> None:
        """Nobody presents anything, so that a record too many would show."""
        await asyncio.sleep(seconds)


class Film:
    """Whoever stands before the gate's camera: `picture` is what it sees from now on."""

    def __init__(self) -> None:
        self.picture = draw()

    async def run(self, agent: Agent) -> None:
        camera = agent.readers[-1]
        assert isinstance(camera, CameraReader)
        while True:
            await camera.push(as_jpeg(self.picture))
            await asyncio.sleep(0.05)


@asynccontextmanager
async def town(
    folder: Path, *, with_camera: bool = False, film: Film | None = None, **settings: Any
) -> AsyncIterator[Town]:
    publisher = Publisher(folder / "updates")
    key = Ed25519PrivateKey.generate()
    trusted = TrustedKey(
        key.public_key().public_bytes_raw(), "town", frozenset({Purpose.PAPER}), NOW - timedelta(days=9)
    )
    publisher.publish_base({**registry(), key_of(PASSPORT): (Colour.GREEN, Advice.NONE)}, NOW)
    publisher.publish_file(TRUST_FILE, TrustList([trusted]).encode())
    gate_folder = enrolled(folder / "gate", trust_root=publisher.trust_root)
    centre = FakeCentre.of(gate_folder, publisher=publisher)
    (folder / "issuers").mkdir()
    with ExitStack() as devices:
        sam = devices.enter_context(SamSimulator())
        scanner = devices.enter_context(ScannerSimulator())
        keypad = devices.enter_context(KeypadSimulator())
        contactless = devices.enter_context(PcscSimulator())
        contactless.listen(folder / "chip")
        readers = [
            f"sam:{sam.device}",
            f"scanner:{scanner.device}",
            f"keypad:{keypad.device}",
            f"pcsc:unix:{folder / 'chip'}{list_of_states(folder / 'issuers', state())}",
        ]
        camera = devices.enter_context(CameraSimulator()) if with_camera else None
        if camera is not None:
            readers.append(f"camera:{camera.port}")
        if film is not None:
            readers.append("camera:push")
        agent = Agent(
            GateSettings(folder=gate_folder.path, reader=readers, poll_ms=50, retry_most_s=0.1, **settings),
            transport=centre.transport,
            downloads=Downloads(centre),
        )
        async with running(agent):
            filming = asyncio.create_task(film.run(agent)) if film is not None else None
            await until(lambda: agent.directory.version and len(agent.codes.trust) and agent.uplink.online, within=30)
            all_ready = ["ready"] * len(readers)
            await until(lambda: [each.state for each in agent.health.readers.values()] == all_ready, within=30)
            yield Town(agent, sam, scanner, keypad, contactless, camera, publisher, key)
            if filming is not None:
                filming.cancel()


@pytest.fixture
def at_gate(tmp_path: Path) -> Callable[[Callable[[Town], Awaitable[None]]], None]:
    def play(story: Callable[[Town], Awaitable[None]], *, with_camera: bool = False) -> None:
        async def telling() -> None:
            async with town(tmp_path, with_camera=with_camera) as place:
                await story(place)

        asyncio.run(telling())

    return play


def test_a_passports_page_opens_its_chip_and_both_are_one_passage(at_gate: Callable[..., None]) -> None:
    async def story(place: Town) -> None:
        place.scanner.show(ZONE)
        await place.records(1)
        place.contactless.lay(passport(ZONE.replace("\n", "")))
        page, chip_record = await place.records(2)
        assert (page.method, page.reasons, page.about) == ("printed", ("green", "unproven_allowed"), None)
        assert (chip_record.method, chip_record.reasons, chip_record.about) == ("card", ("green",), page.id)
        assert page.person == chip_record.person == key_of(PASSPORT)
        await place.quiet()
        assert place.agent.counts.tally().entered == 1
        assert len(await place.records(2)) == 2

    at_gate(story)


def test_a_chip_that_is_laid_down_first_asks_for_its_page_and_is_read_when_it_was_shown(
    at_gate: Callable[..., None],
) -> None:
    async def story(place: Town) -> None:
        place.contactless.lay(passport(ZONE.replace("\n", "")))
        (asked,) = await place.records(1)
        assert (asked.reasons, asked.person) == (("mrz_needed",), None)
        place.scanner.show(ZONE)
        _, page, chip_record = await place.records(3)
        assert (page.method, chip_record.method, chip_record.about) == ("printed", "card", page.id)
        assert place.agent.recollection.waiting() == [], "the guard is not left with the chip that asked"
        assert place.agent.counts.tally().entered == 1

    at_gate(story)


def test_an_elders_card_and_her_paper_are_one_passage(at_gate: Callable[..., None]) -> None:
    async def story(place: Town) -> None:
        place.lay(WANG.document)
        await place.records(1)
        place.scanner.show(place.paper_of(WANG.document))
        await place.quiet()
        (only,) = await place.records(1)
        assert (only.reasons[0], only.person) == ("green", key_of(WANG.document))
        assert place.agent.counts.tally().entered == 1

    at_gate(story)


def test_a_paper_alone_is_as_good_and_a_lost_one_is_not(at_gate: Callable[..., None]) -> None:
    async def story(place: Town) -> None:
        place.scanner.show(place.paper_of(WANG.document, b"kept-one"))
        (passed,) = await place.records(1)
        assert (passed.method, passed.reasons, passed.document) == ("code", ("green", "code_valid"), "")
        place.publisher.revoke([b"lost-one"])
        # A gate asks again every 25 seconds; a colour that changes wakes it at once.
        place.publisher.publish_changes({key_of(LI.document): (Colour.GREEN, Advice.NONE)}, datetime.now(UTC))
        await until(lambda: place.agent.codes.revocations.is_revoked(b"lost-one"), within=30)
        place.scanner.show(place.paper_of(ZHAO.document, b"lost-one"))
        _, refused = await place.records(2)
        assert (refused.outcome, refused.reasons, refused.person) == ("refuse", ("code_revoked",), None)

    at_gate(story)


def test_a_queue_of_three_at_three_readers_is_three_passages(at_gate: Callable[..., None]) -> None:
    async def story(place: Town) -> None:
        place.lay(WANG.document)
        place.scanner.show(place.paper_of(ZHAO.document))
        place.keypad.type(LI.number, enter=True)
        records = await place.records(3)
        await place.quiet()
        assert {record.person for record in records} == {key_of(who.document) for who in (WANG, LI, ZHAO)}
        assert [record.about for record in await place.records(3)] == [None] * 3
        assert {record.method for record in records} == {"card", "code", "typed"}
        assert place.agent.counts.tally().entered == 1

    at_gate(story)


def test_a_reader_that_is_pulled_out_is_named_and_the_others_go_on(at_gate: Callable[..., None]) -> None:
    async def story(place: Town) -> None:
        place.scanner.vanish()
        name = f"scanner:{place.scanner.device}"
        await until(lambda: place.agent.health.readers[name].state == "absent", within=30)
        knowledge = place.agent._knowledge()
        states = {each["family"]: each["state"] for each in knowledge["readers"]}
        assert states == {"sam": "ready", "scanner": "absent", "keypad": "ready", "pcsc": "ready"}
        place.lay(WANG.document)
        (record,) = await place.records(1)
        assert record.reasons == ("green",)

    at_gate(story)


def test_a_page_before_the_camera_opens_the_chip_that_lies_there_and_the_next_persons_paper_is_another_passage(
    at_gate: Callable[..., None],
) -> None:
    async def story(place: Town) -> None:
        assert place.camera is not None
        place.camera.show(drawn_page(ZONE), Shot(width=0.9))
        await place.records(1)
        place.contactless.lay(passport(ZONE.replace("\n", "")))
        page, chip_record = await place.records(2)
        assert (page.method, page.document, page.about) == ("printed", "passport", None)
        assert (chip_record.method, chip_record.reasons, chip_record.about) == ("card", ("green",), page.id)
        place.camera.show(drawn_code(place.paper_of(WANG.document)), Shot(width=0.7))
        *_, paper = await place.records(3)
        assert (paper.method, paper.person, paper.about) == ("code", key_of(WANG.document), None)
        assert place.agent.counts.tally().entered == 2

    at_gate(story, with_camera=True)


def test_one_persons_page_chip_paper_and_face_are_one_passage_and_another_persons_face_is_not(tmp_path: Path) -> None:
    """Every line real but the picture of the person: the chip's files are signed, and the portrait is one of them."""
    files, film = Files.make(tmp_path), Film()
    zone = ZONE.replace("\n", "")
    chip_files = state().issue({1: data_group_1(zone), 2: data_group_2(as_jpeg(draw(Drawn(1))))})

    async def story() -> None:
        faces = {
            "face_detector": str(files.detector),
            "face_recogniser": str(files.recogniser),
            "face_detector_sha256": files.hashes[0],
            "face_recogniser_sha256": files.hashes[1],
            "face_same": 0.8,
            "face_different": 0.6,
        }
        async with town(tmp_path, film=film, gather_ms=2500, repeat_ms=2500, **faces) as place:
            agent = place.agent
            agent._take_site(msgspec.structs.replace(agent.site, rules=SiteRules(faces=FaceRule.ALWAYS)))
            await until(lambda: agent._knowledge()["faces"])
            film.picture = draw(Drawn(1), noise=6)
            place.scanner.show(ZONE)
            await place.records(1)
            place.contactless.lay(passport(zone, files=chip_files))
            await place.records(2)
            place.scanner.show(place.paper_of(PASSPORT))
            await place.quiet()
            page, chip_record = await place.records(2)
            assert (page.outcome, page.reasons[0], page.about) == ("hold", "face_no_portrait", None)
            assert (chip_record.outcome, chip_record.reasons) == ("pass", ("green", "face_same"))
            assert chip_record.about == page.id
            assert agent.counts.tally().entered == 1
            # Somebody else comes with the same passport.
            place.contactless.lift()
            await place.quiet(3)
            film.picture = draw(Drawn(2), noise=6)
            place.contactless.lay(passport(zone, files=chip_files))
            place.scanner.show(ZONE)
            found = await place.records(5)
            mismatch = [record for record in found if record.reasons[0] == "face_mismatch"]
            assert len(mismatch) == 1
            assert mismatch[0].outcome == "hold"
            (waiting,) = agent.recollection.waiting()
            assert agent.pictures.which(waiting.id) == ["portrait", "live"]
            await agent.session.settle(waiting.id, "refuse", "not_same_person")
            assert agent.pictures.which(waiting.id) == []
            assert agent.counts.tally().entered == 1
            assert not list(folder_files(tmp_path / "gate", b"\xff\xd8\xff")), "a picture on the disk"

    def folder_files(folder: Path, begins: bytes) -> list[Path]:
        return [path for path in folder.rglob("*") if path.is_file() and begins in path.read_bytes()[:64]]

    asyncio.run(story())
