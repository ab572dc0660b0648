"""`gatepass demo --check`: the story of the house, walked without a browser, a line per check.

The parts are the real ones: a centre process, a gate process, the byte protocol on a pty, the cable between them.
"""

from __future__ import annotations

import asyncio
import csv
import io
import re
import socket
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import typer

from gatepass.demo.answers import HELD_WAIT_S
from gatepass.demo.carried import HOLDERS, THINGS, Way
from gatepass.demo.stage import Ports, Stage, StageError
from gatepass.demo.town import Townsperson
from gatepass.demo.witness import KioskWitness, StaffWitness
from gatepass.languages import LANGUAGES

VISIT_OVER_S = 5.2
"""After so long nothing that is presented belongs to a visit from before (`gate run --gather-ms`, `--repeat-ms`)."""

SHOWING_OVER_S = 2.2
"""A scanner takes the same code for the same showing until it has not seen it for two seconds."""


class Story:
    """Counts checks and prints each as it is seen."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def check(self, what: str, holds: bool, seen: str = "") -> bool:
        self.passed, self.failed = self.passed + holds, self.failed + (not holds)
        mark = "ok    " if holds else "FAILED"
        typer.echo(f"{mark} {what}{f'   [{seen}]' if seen else ''}")
        return holds

    async def chapter(self, title: str, tell: Callable[[], Awaitable[None]]) -> None:
        """A chapter that breaks off is one failed check, and the story goes on."""
        try:
            await asyncio.wait_for(tell(), 60)
        except (httpx2.HTTPError, OSError, StageError, TimeoutError, LookupError, ValueError) as error:
            self.check(title, False, f"{type(error).__name__}: {error}")


class Walk:
    """The chapters, in order. Each leaves the stage as it found it: reader ready, card lifted, cable in."""

    def __init__(self, stage: Stage, kiosk: KioskWitness, staff: StaffWitness, story: Story) -> None:
        self.stage = stage
        self.kiosk = kiosk
        self.staff = staff
        self.story = story
        self.client = httpx2.AsyncClient(timeout=10)
        self.decided = 0
        self.carried_at = 0.0
        self.counted_before = 0
        """Passages that the gate had counted when it was killed."""

    async def tap(self, key: str, within: float = 4) -> dict[str, Any]:
        """Lay a card, wait for its result, lift it. Adds how long that took; {} when nothing was shown."""
        before = len(self.kiosk.shown)
        laid = time.monotonic()
        self.stage.lay(key)
        shown = await self.kiosk.next_show(before, within)
        await self.stage.lift()
        await asyncio.sleep(0.45)  # the reader must see the empty tray before the next card
        if shown is None:
            return {}
        self.decided += not shown["repeat"]
        return {**shown, "took_ms": round((shown["heard"] - laid) * 1000)}

    async def show(self, key: str, within: float = 4) -> dict[str, Any]:
        """Present one of the things that are no chip card, as `tap` does a card."""
        held = self.stage.things[key].way is Way.HELD
        within = HELD_WAIT_S if held else within
        before = len(self.kiosk.shown)
        began = time.monotonic()
        await self.stage.present(key)
        shown = await self.kiosk.next_show(before, within)
        if held or self.stage.things[key].way is Way.CHIP:
            await self.stage.lift()
        if shown is None:
            return {}
        self.decided += not shown["repeat"]
        await self.stage.answers.settled(1)
        return {**shown, "took_ms": round((shown["heard"] - began) * 1000)}

    async def answers(self) -> None:
        """One card for every answer that a gate can give."""
        wanted = {
            "elder_green": ("pass", "green"),
            "test_due": ("hold", "yellow"),
            "red": ("refuse", "red"),
            "unknown": ("hold", "unknown"),
            "code_ended": ("hold", "code_expired"),
            "card_expired": ("hold", "document_expired"),
            "unreadable": ("hold", "document_inconsistent"),
            "long_name": ("pass", "green"),
            "hong_kong": ("pass", "green"),
            "korean": ("pass", "green"),
            "german": ("pass", "green"),
        }
        for key, (outcome, reason) in wanted.items():
            shown = await self.tap(key)
            seen = f"{shown.get('outcome')} {shown.get('reason')}, {shown.get('took_ms')} ms after it was laid"
            fits = (shown.get("outcome"), shown.get("reason")) == (outcome, reason)
            self.story.check(f"card {key}: {outcome}, because {reason}", fits, seen)
            if key == "korean":
                self.story.check("and it is said in Korean", shown.get("language") == "ko", str(shown.get("language")))
            if key == "elder_green":
                spoken = await self.client.get(f"{self.stage.gate_url}/audio/zh-Hans/{shown.get('prompt')}.opus")
                self.story.check(
                    "its prompt is there to be played", spoken.content[:4] == b"OggS", f"{len(spoken.content)} bytes"
                )

    async def carried(self) -> None:
        """Pages, codes, an enrolled card and typed numbers, each through its own reader of the same gate."""
        for thing in THINGS:
            shown = await self.show(thing.key)
            outcome, reason = thing.expected
            seen = f"{shown.get('outcome')} {shown.get('reason')}, {shown.get('took_ms')} ms"
            fits = (shown.get("outcome"), shown.get("reason")) == (outcome, reason)
            self.story.check(f"{thing.way} {thing.key}: {outcome}, because {reason}", fits, seen)
        self.carried_at = time.monotonic()
        last = self.stage.answers.last_of
        told = [thing.key for thing in THINGS if thing.key in last and thing.expected[0] == last[thing.key].outcome]
        self.story.check("the tray lists what each of them gave", len(told) == len(THINGS), f"{len(told)} listed")

    async def together(self) -> None:
        """Whoever brings card and code passes once; two people who come at once are two passages."""
        await asyncio.sleep(self.carried_at + VISIT_OVER_S - time.monotonic())
        red = self.stage.by_key["red"]
        for whose, card, code, passages in (
            ("one person's", holder("phone"), "phone", 1),
            ("two people's", red, "paper", 2),
        ):
            before = await self.counted()
            self.stage.table.lay(card)
            await asyncio.sleep(0.3)
            await self.show(code)
            await self.stage.lift()
            await asyncio.sleep(0.45)
            counted = await self.counted() - before
            said = f"{whose} card and code within a second: {passages} passage{'s' * (passages > 1)}"
            self.story.check(said, counted == passages, str(counted))

    async def lost_paper(self) -> None:
        """A paper passes until the office is told that it was lost."""
        await asyncio.sleep(SHOWING_OVER_S)
        shown = await self.show("paper")
        self.story.check("the paper code passes", shown.get("outcome") == "pass", str(shown.get("reason")))
        page = await self.page_of(holder("paper").document.number)
        await self.staff.post(f"{page.url.path}paper/lost/", page.text, {})
        reported = time.monotonic()
        while time.monotonic() - reported < 30 and shown.get("reason") != "code_revoked":
            await asyncio.sleep(SHOWING_OVER_S)
            shown = await self.show("paper")
        took = time.monotonic() - reported
        self.story.check("reported lost at the centre, it is refused within 30 s", took < 30, f"{took:.1f} s")

    async def reasons(self) -> None:
        """A colour says why, by the policy that two people have put in force."""
        page = await self.page_of(self.stage.by_key["test_due"].document.number)
        said = "去过同一场所" in page.text or "B1" in page.text
        self.story.check("the yellow code says which rule of the policy made it so", said, str(page.url.path))

    async def desks(self) -> None:
        """The office finds work: an application, an objection, messages that were sent."""
        second = next(person for person in self.stage.facts["staff"] if person["username"] == "second")
        administrator = StaffWitness(self.stage.centre_url)
        await administrator.log_in(second["username"], second["password"])
        for client, path, row in (
            (self.staff.client, "/applications/", "潘小燕"),
            (self.staff.client, "/objections/", "顾惠珍"),
            (administrator.client, "/messages/", "</td>"),
        ):
            page = await client.get(path)
            self.story.check(f"{path} is not empty", page.status_code == 200 and row in page.text)
        await administrator.close()

    async def board(self) -> None:
        """The passage is at the office before the person is through the door."""
        before = await self.passages_at_centre()
        tapped = time.monotonic()
        await self.tap("elder_green")
        for _ in range(80):
            if await self.passages_at_centre() > before:
                break
            await asyncio.sleep(0.1)
        took = time.monotonic() - tapped
        self.story.check(
            "the passage is on record at the centre within 2 s", took < 2, f"{took:.2f} s with the tap itself"
        )
        page = await self.staff.client.get("/board/")
        self.story.check("the live board opens", page.status_code == 200 and "东门" in page.text, str(page.status_code))

    async def recolour(self) -> None:
        """The office turns the elder yellow, and the gate knows within ten seconds; then green again."""
        for colour, reason, outcome in (("yellow", "B1", "hold"), ("green", "C", "pass")):
            await self.give_colour("elder_green", colour, reason)
            changed = time.monotonic()
            shown: dict[str, Any] = {}
            while time.monotonic() - changed < 10 and shown.get("outcome") != outcome:
                shown = await self.tap("elder_green")
            took = time.monotonic() - changed
            self.story.check(
                f"turned {colour} at the centre, the gate says {outcome} within 10 s", took < 10, f"{took:.1f} s"
            )

    async def cut(self) -> None:
        """Pull the cable: the same thing happens. Plug it in: nothing is missing."""
        await self.stage.cable.pull()
        offline = await self.kiosk.until_knowledge(15, online=False)
        self.story.check("cable pulled: the gate says that the network is gone", offline)
        before = self.decided
        for key, outcome in (("long_name", "pass"), ("test_due", "hold"), ("red", "refuse"), ("unknown", "hold")):
            shown = await self.tap(key)
            self.story.check(
                f"offline, card {key}: {outcome}", shown.get("outcome") == outcome, f"{shown.get('took_ms')} ms"
            )
        waiting = (await self.health()).get("waiting", -1)
        self.story.check(
            "offline, passages wait in the journal", waiting >= self.decided - before, f"{waiting} waiting"
        )
        await self.stage.cable.plug_in()
        online = await self.kiosk.until_knowledge(30, online=True)
        self.story.check("cable back: the gate is online again", online)
        self.story.check("and nothing waits any more", await self.until_delivered(30))

    async def kill(self) -> None:
        """Kill the gate as a power cut would; it comes back and goes on in its sequence.

        The promise is three seconds; a machine that is busy with other things may need longer, which is no fault here.
        """
        sequence = (await self.health()).get("sequence", 0)
        self.counted_before += await self.counted()
        await self.stage.kill_gate()
        started = time.monotonic()
        await self.stage.start_gate()
        ready = time.monotonic() - started
        self.story.check("gate killed and restarted: ready again", ready < 30, f"{ready:.2f} s")
        await asyncio.wait_for(self.kiosk.connected.wait(), 10)
        await self.kiosk.until_reader("ready", 10)
        shown = await self.tap("elder_green", within=6)
        after = (await self.health()).get("sequence", 0)
        self.story.check("it decides again", shown.get("outcome") == "pass", f"{shown.get('took_ms')} ms")
        self.story.check("its sequence goes on without a gap", after == sequence + 1, f"{sequence}, then {after}")

    async def unplug_reader(self) -> None:
        self.stage.fault("vanish")
        self.story.check("reader unplugged: the kiosk knows", await self.kiosk.until_reader("absent", 10))
        self.stage.fault("come_back")
        self.story.check("reader back: the kiosk knows", await self.kiosk.until_reader("ready", 15))
        shown = await self.tap("elder_green", within=6)
        self.story.check("and it reads", shown.get("outcome") == "pass", f"{shown.get('took_ms')} ms")

    async def pulled_card(self) -> None:
        self.stage.fault("pulled_mid_read")
        shown = await self.tap("elder_green")
        self.story.check(
            "card pulled mid-read: hold, with a next step", shown.get("outcome") == "hold", str(shown.get("reason"))
        )

    async def typed(self) -> None:
        """The guard unlocks the desk and types a number: the same record as a card gives."""
        origin = {"origin": self.stage.gate_url}
        desk = httpx2.AsyncClient(base_url=self.stage.gate_url, timeout=5, headers=origin)
        number = self.stage.by_key["elder_green"].document.number
        locked = await desk.post("/desk/api/typed", json={"number": number})
        self.story.check(
            "the desk refuses a number without a PIN", locked.status_code in {401, 403}, str(locked.status_code)
        )
        await desk.post("/desk/api/unlock", json={"pin": self.stage.facts["guard_pin"]})
        before = len(self.kiosk.shown)
        await desk.post("/desk/api/typed", json={"number": number})
        shown = await self.kiosk.next_show(before, 4)
        self.decided += shown is not None and not shown["repeat"]
        self.story.check("typed by the guard: pass", (shown or {}).get("outcome") == "pass")
        wrong = await desk.post("/desk/api/typed", json={"number": number[:-1] + ("1" if number[-1] != "1" else "2")})
        self.story.check(
            "a wrong check character is refused with a code", wrong.status_code in {400, 422}, wrong.text[:80]
        )
        await desk.aclose()

    async def pages(self) -> None:
        for language in LANGUAGES:
            page = await self.client.get(f"{self.stage.gate_url}/", headers={"accept-language": language})
            self.story.check(f"kiosk page, {language}", page.status_code == 200 and "texts" in page.text)
        stranger = httpx2.AsyncClient(base_url=self.stage.centre_url, timeout=5)
        turned_away = await stranger.get("/board/")
        self.story.check(
            "the board asks a stranger to log in", turned_away.status_code in {302, 403}, str(turned_away.status_code)
        )
        unsigned = await stranger.post(
            "/gate/v1/passages", content=b"\x80", headers={"content-type": "application/msgpack"}
        )
        self.story.check("a device without a key is refused", unsigned.status_code == 401, unsigned.text[:60])
        await stranger.aclose()

    async def ledger(self) -> None:
        """What the gate decided is what the centre holds: none lost, none twice."""
        delivered = await self.until_delivered(20)
        held = await self.passages_at_centre()
        counted = self.counted_before + await self.counted()
        self.story.check(
            "all passages of the live gate are at the centre, once each",
            delivered and held == counted,
            f"{counted} decided, {held} held",
        )

    # -- how the walk looks at things ------------------------------------------------------------------------------

    async def health(self) -> dict[str, Any]:
        return (await self.client.get(f"{self.stage.gate_url}/healthz")).json()

    async def until_delivered(self, within: float) -> bool:
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if (await self.health()).get("waiting") == 0:
                return True
            await asyncio.sleep(0.1)
        return False

    async def counted(self) -> int:
        """Passages since the gate started: a further answer to the same visit is none."""
        metrics = (await self.client.get(f"{self.stage.gate_url}/metrics")).text
        return round(sum(map(float, re.findall(r"^gatepass_decisions_total\{[^}]*\} (\S+)", metrics, re.MULTILINE))))

    async def page_of(self, number: str) -> httpx2.Response:
        """The resident's page, found by number as the page's own search form does it."""
        listed = await self.staff.client.get("/residents/")
        return await self.staff.post("/residents/", listed.text, {"words": number})

    async def passages_at_centre(self) -> int:
        """Rows of the live gate in the staff site's own export."""
        gate = self.stage.facts["gates"][0]["id"]
        answer = await self.staff.client.get("/passages/export.csv", params={"gate": gate})
        answer.raise_for_status()
        return len(list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")))))

    async def give_colour(self, key: str, colour: str, reason: str) -> None:
        found = await self.page_of(self.stage.by_key[key].document.number)
        page = await self.staff.client.get(f"{found.url.path}colour/")
        form = {
            "colour": colour,
            "reason": reason,
            "advice": "none",
            "valid_until": "",
            "step": "confirmed",
        }
        await self.staff.post(page.url.path, page.text, form)


async def walk(folder: Path, residents: int, seed: int) -> int:
    """Open a stage in `folder`, walk all chapters, close it. 0 when every check passed."""
    story = Story()
    started = time.monotonic()
    stage = Stage(folder, residents, seed, Ports(*free_ports(4)), say=lambda line: typer.echo(f"       {line}"))
    try:
        await stage.open()
        story.check("centre and gate are up", True, f"{time.monotonic() - started:.0f} s with the town written")
        office = next(person for person in stage.facts["staff"] if person["role"] == "office")
        staff = StaffWitness(stage.centre_url)
        story.check("the office logs in", await staff.log_in(office["username"], office["password"]))
        async with KioskWitness(stage.gate_url) as kiosk:
            for family in ("sam", "scanner", "pcsc", "camera"):
                ready = await kiosk.until_reader("ready", 10, family)
                story.check(f"the reader is ready: {family}", ready)
            story.check("the gate is online, with a directory", await kiosk.until_knowledge(20, online=True))
            told = Walk(stage, kiosk, staff, story)
            for chapter in (
                told.answers,
                told.carried,
                told.board,
                told.reasons,
                told.desks,
                told.recolour,
                told.typed,
                told.together,
                told.lost_paper,
                told.pulled_card,
                told.unplug_reader,
                told.cut,
                told.kill,
                told.pages,
                told.ledger,
            ):
                await story.chapter(chapter.__name__, chapter)
            await told.client.aclose()
        await staff.close()
    except StageError as error:
        story.check("the stage stands", False, str(error))
    finally:
        await stage.close()
    typer.echo(f"       {time.monotonic() - started:.0f} s")
    typer.echo(f"demo check: {story.passed} passed, {story.failed} failed")
    return 0 if story.failed == 0 else 1


def holder(key: str) -> Townsperson:
    """Of what is no chip card."""
    return next(person for person in HOLDERS if person.key == key)


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on right now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
