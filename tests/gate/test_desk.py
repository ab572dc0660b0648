"""Who may see and do what at the gate's own pages: this machine's screens, the guard with the PIN, and nobody else."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from tests.cast import GUARD_PIN, LI, STRANGER, SUN, WANG
from tests.gate.town import Downloads, FakeCentre, MovedClock, enrolled, key_of, registry
from tests.vision.stand_ins import Drawn, as_jpeg, draw
from tests.waiting import until

from gatepass.directory.publishing import Publisher
from gatepass.gate import guard as guard_module
from gatepass.gate.agent import Agent, running
from gatepass.gate.desk import COOKIE
from gatepass.gate.faces import Compared
from gatepass.gate.problems import sentences
from gatepass.gate.settings import GateSettings
from gatepass.identity import Document, DocumentError, DocumentKind, Holder
from gatepass.languages import LANGUAGES
from gatepass.policy import Face, FaceRule, SiteRules
from gatepass.policy.reasons import REASONS
from gatepass.speech import prompts

HOST = "127.0.0.1:8601"
ORIGIN = f"http://{HOST}"


class Page:
    """A connected WebSocket: what it was told, and a way to speak."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self.closed: int | None = None
        self._outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def receive(self) -> dict[str, Any]:
        return await self._outbox.get()

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.send":
            self.said.append(json.loads(message["text"]))
        elif message["type"] == "websocket.close":
            self.closed = message["code"]

    def say(self, message: object) -> None:
        text = message if isinstance(message, str) else json.dumps(message)
        self._outbox.put_nowait({"type": "websocket.receive", "text": text})

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.said if message["type"] == kind]


class House:
    """An agent with its pages; `browser` is the device's own, on the loopback address."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent

    def browser(self, *, client: str = "127.0.0.1", **headers: str) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.agent.application, client=(client, 5000)),
            base_url=ORIGIN,
            headers={"origin": ORIGIN, "accept-language": "en", **headers},
        )

    @contextlib.asynccontextmanager
    async def socket(
        self, path: str, *, cookie: str = "", client: str = "127.0.0.1", host: str = HOST, origin: str | None = ORIGIN
    ) -> AsyncIterator[Page]:
        headers = [(b"host", host.encode())]
        if origin:
            headers.append((b"origin", origin.encode()))
        if cookie:
            headers.append((b"cookie", f"{COOKIE}={cookie}".encode()))
        page = Page()
        page._outbox.put_nowait({"type": "websocket.connect"})
        scope = {
            "type": "websocket", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers,
            "client": (client, 5000), "server": ("127.0.0.1", 8601), "scheme": "ws", "subprotocols": [],
        }  # fmt: skip
        task = asyncio.create_task(self.agent.application(scope, page.receive, page.send))  # type: ignore[arg-type]
        await until(lambda: page.said or page.closed is not None or task.done())
        try:
            yield page
        finally:
            page._outbox.put_nowait({"type": "websocket.disconnect", "code": 1001})
            await asyncio.wait({task}, timeout=2)


@pytest.fixture(scope="module")
def publisher(tmp_path_factory: pytest.TempPathFactory) -> Publisher:
    """Nobody here publishes anything further."""
    publisher = Publisher(tmp_path_factory.mktemp("updates"))
    publisher.publish_base(registry(), datetime.now(UTC))
    return publisher


@pytest.fixture
def play(publisher: Publisher, tmp_path: Path) -> Callable[..., None]:
    def playing(story: Callable[[House], Awaitable[None]], **settings: Any) -> None:
        async def telling() -> None:
            folder = enrolled(tmp_path / "gate", trust_root=publisher.trust_root)
            centre = FakeCentre.of(folder, publisher=publisher)
            agent = Agent(
                GateSettings(folder=folder.path, retry_most_s=0.1, **settings),
                clock=MovedClock(),
                transport=centre.transport,
                downloads=Downloads(centre),
            )
            async with running(agent):
                await until(lambda: agent.directory.version and agent.uplink.online)
                await story(House(agent))

        asyncio.run(telling())

    return playing


async def unlock(browser: httpx2.AsyncClient, pin: str = GUARD_PIN) -> httpx2.Response:
    return await browser.post("/desk/api/unlock", json={"pin": pin})


# --- the kiosk ---


def test_a_kiosk_learns_everything_when_it_connects(play: Any) -> None:
    async def story(house: House) -> None:
        await house.agent.session.present(WANG.document)
        async with house.socket("/kiosk/socket") as page:
            await until(lambda: len(page.said) == 4)
            hello, knowledge, notices, show = page.said
            assert hello == {
                "type": "hello", "site": "定安路社区", "gate": "东门", "direction": "in", "hold_ms": 3000,
                "heartbeat_ms": 2000, "utc_offset": 480,
            }  # fmt: skip
            assert knowledge["online"] is True
            assert isinstance(knowledge["as_of"], int)
            assert notices == {"type": "notices", "notices": []}
            assert (show["type"], show["repeat"]) == ("show", True)
            assert house.agent.kiosk.connected
        assert not house.agent.kiosk.connected

    play(story)


def test_what_the_kiosk_is_told_names_nobody_and_no_health_reason(play: Any) -> None:
    async def story(house: House) -> None:
        async with house.socket("/kiosk/socket") as page:
            for who in (WANG, LI, SUN):
                await house.agent.session.present(who.document)
            await until(lambda: len(page.of("show")) == 3)
            shows = page.of("show")
            assert [show["outcome"] for show in shows] == ["pass", "hold", "refuse"]
            assert shows[0]["holder"] == "王* 女士"
            told = json.dumps(page.said, ensure_ascii=False)
            for who in (WANG, LI, SUN):
                assert who.name not in told
                assert who.number not in told
            for show in shows:
                assert set(show) == {
                    "type", "id", "outcome", "reason", "prompt", "language", "holder", "checks", "advice", "repeat",
                    "visit"
                }  # fmt: skip
                assert REASONS[show["reason"]].prompt == show["prompt"]

    play(story)


def test_the_kiosk_hears_the_heart_of_the_agent(play: Any) -> None:
    async def story(house: House) -> None:
        async with house.socket("/kiosk/socket") as page:
            await until(lambda: len(page.of("beat")) >= 2)

    play(story, heartbeat_ms=200)


def test_whatever_a_kiosk_says_the_agent_goes_on(play: Any) -> None:
    async def story(house: House) -> None:
        async with house.socket("/kiosk/socket") as page:
            for text in ("", "[]", "{", '"x"', "\ud83d"):
                page.say(text)
            for ms in (-1, "1", None, 1e300, True):
                page.say({"type": "painted", "ms": ms})
            for language in ("tlh", 7, None, []):
                page.say({"type": "language", "language": language})
            page.say({"type": "painted", "id": "x", "ms": 12.5})
            page.say({"type": "language", "language": "ja"})
            await until(page._outbox.empty)
            assert (await house.agent.session.present(WANG.document)).language == "ja"
            assert b"gatepass_painted_seconds_count 1.0" in house.agent.metrics.exposition()

    play(story)


def test_who_touches_without_the_camera_is_for_the_guard(play: Any) -> None:
    async def story(house: House) -> None:
        house.agent.site = msgspec.structs.replace(house.agent.site, rules=SiteRules(faces=FaceRule.WHERE_POSSIBLE))
        async with house.socket("/kiosk/socket") as page:
            page.say({"type": "without_camera"})
            await until(page._outbox.empty)
            await asyncio.sleep(0.01)
            passage = await house.agent.session.present(WANG.document)
            assert passage.decision.reasons == ("face_declined", "green")

    play(story)


# --- who may call ---

ACTS = [
    ("/desk/api/lock", {}),
    ("/desk/api/unlock", {"pin": GUARD_PIN}),
    ("/desk/api/resolve", {"id": "0" * 32, "verdict": "admit", "reason": "known_to_guard"}),
    ("/desk/api/typed", {"number": WANG.number}),
    ("/desk/api/language", {"language": "en"}),
    ("/desk/api/visitor", {"name": "x"}),
    ("/desk/api/gone", {"key": "0" * 16}),
]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"host": "evil.example"},
        {"host": "evil.example:8601"},
    ],
)
def test_another_page_can_do_nothing_here(play: Any, headers: dict[str, str]) -> None:
    async def story(house: House) -> None:
        async with house.browser(**headers) as browser:
            for path, body in ACTS:
                answer = await browser.post(path, json=body)
                assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin"), path
                assert COOKIE not in answer.cookies, path

    play(story)


def test_a_call_without_an_origin_may_look_and_not_act(play: Any) -> None:
    async def story(house: House) -> None:
        transport = httpx2.ASGITransport(app=house.agent.application)
        async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as program:
            assert (await program.get("/healthz")).status_code == 200
            assert (await program.post("/desk/api/unlock", json={"pin": GUARD_PIN})).status_code == 403

    play(story)


@pytest.mark.parametrize("path", ["/kiosk/socket", "/desk/socket"])
@pytest.mark.parametrize("who", [{"origin": "http://evil.example"}, {"origin": None}, {"host": "evil.example"}])
def test_a_foreign_page_cannot_listen(play: Any, path: str, who: Any) -> None:
    async def story(house: House) -> None:
        async with house.socket(path, **who) as page:
            assert page.closed == 1008
            assert page.said == []

    play(story)


@pytest.mark.parametrize(("path", "body"), [act for act in ACTS if not act[0].endswith("lock")])
def test_a_locked_desk_does_nothing(play: Any, path: str, body: Any) -> None:
    async def story(house: House) -> None:
        async with house.browser() as browser:
            answer = await browser.post(path, json=body)
            assert (answer.status_code, answer.json()["code"]) == (401, "locked")
            assert answer.headers["content-type"] == "application/problem+json"
            assert (await browser.get("/desk/api/export.csv")).status_code == 401

    play(story)


def test_the_cookie_is_kept_from_scripts_and_other_sites_and_changes_with_the_pin(play: Any) -> None:
    async def story(house: House) -> None:
        async with house.browser() as browser:
            page = await browser.get("/desk")
            assert re.search(r"HttpOnly; Path=/desk; SameSite=strict", page.headers["set-cookie"])
            locked = browser.cookies[COOKIE]
            assert (await unlock(browser)).status_code == 204
            assert browser.cookies[COOKIE] != locked
        async with house.browser(cookie=f"{COOKIE}={locked}") as thief:
            assert (await thief.get("/desk/api/export.csv")).status_code == 401

    play(story)


def test_five_wrong_pins_close_the_desk_for_a_minute(play: Any) -> None:
    async def story(house: House) -> None:
        async with house.browser() as browser:
            left = [(await unlock(browser, "0000")).json() for _ in range(4)]
            assert [problem["code"] for problem in left] == ["pin_wrong"] * 4
            assert "Tries left: 1" in left[-1]["title"]
            fifth = await unlock(browser, "0000")
            assert (fifth.status_code, fifth.headers["retry-after"]) == (429, "60")
        async with house.browser() as other:
            assert (await unlock(other)).status_code == 429, "the right one does not help, nor does another browser"
            house.agent.clock.pass_time(61)  # type: ignore[attr-defined]
            assert (await unlock(other)).status_code == 204

    play(story)


def test_many_guesses_at_once_are_five_guesses(play: Any) -> None:
    async def story(house: House) -> None:
        async with house.browser() as browser:
            answers = await asyncio.gather(*(unlock(browser, f"{guess:04}") for guess in range(30)))
            assert sum(answer.json()["code"] == "pin_wrong" for answer in answers) <= guard_module.TRIES

    play(story)


def test_without_a_pin_nothing_can_be_unlocked(play: Any) -> None:
    async def story(house: House) -> None:
        house.agent.folder.guard_file.unlink()
        assert "pin_not_set" in house.agent.health.states()
        async with house.browser() as browser:
            answer = await unlock(browser, "")
            assert (answer.status_code, answer.json()["code"]) == (403, "pin_not_set")

    play(story)


# --- what the guard sees and does ---


def test_the_desk_shows_who_waits_and_why_masked(play: Any) -> None:
    async def story(house: House) -> None:
        async with house.socket("/desk/socket") as page:
            await house.agent.session.present(STRANGER.document)
            await until(lambda: page.of("held") and page.of("held")[-1]["items"])
            (item,) = page.of("held")[-1]["items"]
            assert item["outcome"] == "hold"
            assert item["reasons"][0] == "unknown"
            assert item["holder"] == {
                "name": "周*", "nationality": "CHN", "language": "zh-Hans", "document": "resident_card",
                "number": f"330{'*' * 13}{STRANGER.number[-2:]}",
            }  # fmt: skip
            assert page.of("counts")[-1] == {
                "type": "counts", "entered": 0, "left": 0, "inside": 0, "since": "00:00"
            }  # fmt: skip

    play(story)


def test_another_machine_sees_nobody_before_the_pin(play: Any) -> None:
    async def story(house: House) -> None:
        await house.agent.session.present(SUN.document)
        async with house.browser(client="192.0.2.7") as tablet:
            await tablet.get("/desk")
            async with house.socket("/desk/socket", client="192.0.2.7", cookie=tablet.cookies[COOKIE]) as page:
                assert page.of("hello")[0]["locked"] is True
                assert page.of("held") == page.of("recent") == []
                await unlock(tablet)
                await until(lambda: page.of("held") and page.of("held")[-1]["items"])
                assert page.of("hello")[-1]["locked"] is False
                assert len(page.of("held")[-1]["items"]) == 1
                await tablet.post("/desk/api/lock", json={})
                seen = len(page.of("held"))
                await house.agent.session.present(LI.document)
                await asyncio.sleep(0.02)
                assert len(page.of("held")) == seen

    play(story)


def test_the_guard_settles_what_is_held_and_it_is_on_record(play: Any) -> None:
    async def story(house: House) -> None:
        held = await house.agent.session.present(LI.document)
        async with house.browser() as browser, house.socket("/desk/socket") as page:
            await unlock(browser)
            body = {"id": held.id, "verdict": "admit", "reason": "known_to_guard"}
            assert (await browser.post("/desk/api/resolve", json=body)).status_code == 204
            again = await browser.post("/desk/api/resolve", json=body)
            assert (again.status_code, again.json()["code"]) == (404, "passage_not_held")
            await until(lambda: page.of("counts") and page.of("counts")[-1]["entered"] == 1)
            assert page.of("held")[-1]["items"] == []
            assert page.of("recent")[-1]["items"][0]["resolution"] == "admitted"
            assert page.of("counts")[-1]["entered"] == 1
        records = await house.agent.journal.ask(lambda journal: journal.between(1, 9, 9))
        assert [record.about for record in records] == [None, records[0].id]

    play(story)


def test_two_faces_are_for_the_guard_who_is_logged_in_and_gone_with_the_guards_word(play: Any) -> None:
    async def story(house: House) -> None:
        agent = house.agent
        agent.site = msgspec.structs.replace(agent.site, rules=SiteRules(faces=FaceRule.ALWAYS))
        portrait = as_jpeg(draw(Drawn(1)))
        held = await agent.session.present(replace(WANG.document, portrait=portrait))
        # No model is named on this gate: the guard compares, and sees the portrait.
        assert held.decision.reasons == ("face_off", "green")
        agent.pictures.keep(held.id, Compared(Face.MISMATCH, portrait, portrait))
        async with house.browser() as browser, house.socket("/desk/socket") as page:
            assert page.of("held")[-1]["items"][0]["faces"] == ["portrait", "live"]
            where = {which: f"/desk/api/face?id={held.id}&which={which}" for which in ("portrait", "live", "other")}
            assert (await browser.get(where["live"])).status_code == 401
            await unlock(browser)
            for which in ("portrait", "live"):
                answer = await browser.get(where[which])
                assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
                assert answer.headers["cache-control"] == "no-store"
                assert answer.content == portrait
            assert (await browser.get(where["other"])).status_code == 422
            assert (await browser.get("/desk/api/face?which=live")).status_code == 404
            body = {"id": held.id, "verdict": "refuse", "reason": "not_same_person"}
            assert (await browser.post("/desk/api/resolve", json=body)).status_code == 204
            assert (await browser.get(where["live"])).status_code == 404
        records = await agent.journal.ask(lambda journal: journal.between(1, 9, 9))
        assert [record.reasons[0] for record in records] == ["face_off", "not_same_person"]
        for record in records:
            assert b"\xff\xd8" not in msgspec.msgpack.encode(record)

    play(story)


def test_a_pin_with_the_act_needs_no_session_and_a_wrong_one_stops_it(play: Any) -> None:
    async def story(house: House) -> None:
        held = await house.agent.session.present(LI.document)
        async with house.browser() as browser:
            body = {"id": held.id, "verdict": "refuse", "reason": "sent_to_office"}
            assert (await browser.post("/desk/api/resolve", json={**body, "pin": "9999"})).status_code == 403
            assert (await browser.post("/desk/api/resolve", json={**body, "pin": GUARD_PIN})).status_code == 204

    play(story)


def test_a_typed_number_gives_the_same_answer_as_the_card(play: Any) -> None:
    async def story(house: House) -> None:
        async with house.browser() as browser:
            await unlock(browser)
            answer = await browser.post("/desk/api/typed", json={"number": f" {LI.number.lower()} "})
            assert answer.json()["reason"] == "yellow"
        (record,) = await house.agent.journal.ask(lambda journal: journal.between(1, 9, 9))
        assert record.method == "typed"
        assert record.person == (await house.agent.session.present(LI.document)).record.person

    play(story)


def test_a_visitor_without_an_invitation_is_measured_asked_and_written_down_without_a_network(play: Any) -> None:
    walk_in = {
        "verdict": "admit", "name": "周平", "host": "3-201", "purpose": "repair", "temperature": 36.5,
        "symptoms": False, "was_away": False,
    }  # fmt: skip

    async def story(house: House) -> None:
        async with house.browser() as browser:
            assert (await browser.post("/desk/api/visitor", json=walk_in)).status_code == 401
            assert (await browser.get("/desk/api/visitors")).status_code == 401
            await unlock(browser)
            for wrong, code in (
                ({}, "visitor_unconfirmed"),
                ({"confirmed": "phone", "temperature": 37.3}, "visitor_unwell"),
                ({"confirmed": "phone", "symptoms": True}, "visitor_unwell"),
                ({"confirmed": "phone", "temperature": 99}, "request_invalid"),
                ({"confirmed": "phone", "name": ""}, "request_invalid"),
            ):
                answer = await browser.post("/desk/api/visitor", json={**walk_in, **wrong})
                assert (answer.status_code, answer.json()["code"]) == (422, code)
            asked = (await browser.post("/desk/api/visitor", json={**walk_in, "verdict": "ask"})).json()
            assert (await browser.get(f"/desk/api/expected?id={asked['id']}")).json() == {"answer": ""}
            admitted = {**walk_in, "id": asked["id"], "confirmed": "phone"}
            assert (await browser.post("/desk/api/visitor", json=admitted)).status_code == 200
            (one,) = (await browser.get("/desk/api/visitors")).json()["visitors"]
            assert (one["key"], one["name"], one["whom"]) == (asked["id"], "周平", "3-201")
            assert house.agent.visitors.waiting == 2
            assert (await browser.post("/desk/api/gone", json={"key": one["key"]})).status_code == 204
            assert (await browser.get("/desk/api/visitors")).json() == {"visitors": []}
            assert (await browser.post("/desk/api/gone", json={"key": one["key"]})).status_code == 404
            refused = {**walk_in, "verdict": "refuse", "temperature": 38.4}
            assert (await browser.post("/desk/api/visitor", json=refused)).status_code == 200
            assert (await browser.get("/desk/api/visitors")).json() == {"visitors": []}

    play(story)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mistyped_number_is_no_passage_and_is_told_in_the_guards_language(play: Any, language: str) -> None:
    async def story(house: House) -> None:
        async with house.browser(**{"accept-language": language}) as browser:
            await unlock(browser)
            wrong = WANG.number[:-1] + ("0" if WANG.number[-1] != "0" else "1")
            answer = await browser.post("/desk/api/typed", json={"number": wrong})
            assert (answer.status_code, answer.json()["code"]) == (422, "number_invalid")
            assert answer.json()["detail"] == "number_check"
            assert answer.json()["title"].startswith(sentences()["number"]["number_check"][language])  # type: ignore[index]
            swapped = WANG.number[:6] + "9141" + WANG.number[10:]
            answer = await browser.post("/desk/api/typed", json={"number": swapped})
            assert (answer.json()["detail"], "7-8" in answer.json()["title"]) == ("number_birth_range", True)
            assert not {WANG.number, swapped} & set(re.findall(r"[0-9X]{15,}", answer.text)), "no number is said"
        assert house.agent.journal.last == 0

    play(story)


TYPED = [
    ({"number": "６１０１０４６２０９２７６９０"}, "610104196209276908", DocumentKind.RESIDENT_CARD, "CHN"),
    ({"number": "810000199408230021"}, "810000199408230021", DocumentKind.HMT_RESIDENCE, "CHN"),
    ({"number": "932682198501010017"}, "932682198501010017", DocumentKind.FOREIGNER_PR, "CHN"),
    ({"number": "pak310080010103"}, "PAK310080010103", DocumentKind.FOREIGNER_PR, "CHN"),
    ({"number": "h1234567802"}, "H12345678", DocumentKind.HKM_PERMIT, "CHN"),
    ({"number": "m1234 5678", "kind": "hkm_permit"}, "M12345678", DocumentKind.HKM_PERMIT, "CHN"),
    ({"number": "12345678", "kind": "taiwan_permit"}, "12345678", DocumentKind.TAIWAN_PERMIT, "CHN"),
    ({"number": "12345678", "kind": "passport", "issuer": "SGP"}, "12345678", DocumentKind.PASSPORT, "SGP"),
    ({"number": "m12345678", "kind": "passport", "issuer": "kor"}, "M12345678", DocumentKind.PASSPORT, "KOR"),
]


@pytest.mark.parametrize(("body", "number", "kind", "issuer"), TYPED, ids=[str(case[0]) for case in TYPED])
def test_a_number_of_any_document_can_be_typed(
    play: Any, body: dict[str, str], number: str, kind: DocumentKind, issuer: str
) -> None:
    async def story(house: House) -> None:
        async with house.browser() as browser:
            await unlock(browser)
            answer = await browser.post("/desk/api/typed", json=body)
            assert answer.json()["reason"] == "unknown", answer.text
        (record,) = await house.agent.journal.ask(lambda journal: journal.between(1, 9, 9))
        assert (record.method, record.document) == ("typed", kind)
        assert record.person == key_of(Document(kind, issuer, number))

    play(story)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_several_documents_can_have_the_number_the_guard_chooses(play: Any, language: str) -> None:
    async def story(house: House) -> None:
        async with house.browser(**{"accept-language": language}) as browser:
            await unlock(browser)
            for number, kinds in (("12345678", "taiwan_permit passport"), ("M12345678", "hkm_permit passport")):
                asked = await browser.post("/desk/api/typed", json={"number": number})
                assert (asked.status_code, asked.json()["code"]) == (422, "number_ambiguous")
                assert asked.json()["kinds"] == kinds.split()
                assert asked.json()["title"] == sentences()["error"]["number_ambiguous"][language]  # type: ignore[index]
            for body in ({"number": "12345678", "kind": "passport"}, {"number": "E12345678"}):
                asked = await browser.post("/desk/api/typed", json=body)
                assert asked.json()["code"] == "issuer_needed"
                assert len(asked.json()["states"]) == len(set(asked.json()["states"])) == 8
        assert house.agent.journal.last == 0

    play(story)


def test_the_states_whose_passports_come_to_this_gate_are_offered_first(play: Any) -> None:
    async def story(house: House) -> None:
        for number in ("AB1234567", "AB1234568"):
            holder = Holder(latin_name="TRAN THI", nationality="MMR")
            await house.agent.session.present(Document(DocumentKind.PASSPORT, "MMR", number, holder))
        async with house.browser() as browser:
            await unlock(browser)
            asked = await browser.post("/desk/api/typed", json={"number": "E12345678"})
            assert asked.json()["states"][:2] == ["MMR", "KOR"]
            await browser.post("/desk/api/typed", json={"number": "E12345678", "issuer": "PAK"})
            asked = await browser.post("/desk/api/typed", json={"number": "E12345678"})
            assert asked.json()["states"][:3] == ["MMR", "PAK", "KOR"]

    play(story)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"number": "33010219410312182"}, "number_length"),
        ({"number": ""}, "number_length"),
        ({"number": "王秀英"}, "number_length"),
        ({"number": "M12345678", "kind": "taiwan_permit"}, "number_length"),
        ({"number": "12345678", "kind": "resident_card"}, "number_length"),
        ({"number": "ABCDEFGH"}, "number_characters"),
        ({"number": "12345678", "kind": "passport", "issuer": "XYZ"}, "state_code"),
        ({"number": "932682198501010018"}, "number_check"),
        ({"number": "1" * 64}, "number_length"),
    ],
)
def test_what_is_wrong_with_a_typed_number_is_said(play: Any, body: dict[str, str], detail: str) -> None:
    async def story(house: House) -> None:
        async with house.browser() as browser:
            await unlock(browser)
            answer = await browser.post("/desk/api/typed", json=body)
            assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (
                422,
                "number_invalid",
                detail,
            )
        assert house.agent.journal.last == 0

    play(story)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"pin": 4711}', b'{"pin": "4711", "more": 1}', b"\xff", b"x" * 5000]
)
def test_a_body_that_is_not_what_was_asked_for_is_refused(play: Any, body: bytes) -> None:
    async def story(house: House) -> None:
        async with house.browser(**{"content-type": "application/json"}) as browser:
            answer = await browser.post("/desk/api/unlock", content=body)
            assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")
            plain = await browser.post(
                "/desk/api/unlock", content=b'{"pin": "4711"}', headers={"content-type": "text/plain"}
            )
            assert plain.status_code == 422

    play(story)


def test_the_desk_chooses_the_language_of_the_screen(play: Any) -> None:
    async def story(house: House) -> None:
        async with house.browser() as browser, house.socket("/kiosk/socket") as page:
            await unlock(browser)
            await browser.post("/desk/api/language", json={"language": "ko"})
            await until(lambda: page.of("language"))
            assert page.of("language") == [{"type": "language", "language": "ko"}]

    play(story)


def test_the_export_has_the_last_passages_masked(play: Any) -> None:
    async def story(house: House) -> None:
        await house.agent.session.present(WANG.document)
        await house.agent.session.present(DocumentError("card_removed_early"))
        async with house.browser() as browser:
            await unlock(browser)
            answer = await browser.get("/desk/api/export.csv")
        rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        assert [(row["holder"], row["outcome"]) for row in rows] == [("", "hold"), ("王*", "pass")]
        assert WANG.number not in answer.text
        assert answer.headers["cache-control"] == "no-store"

    play(story)


# --- pages, sound, health ---


@pytest.mark.parametrize("path", ["/", "/desk"])
def test_a_page_runs_only_its_own_scripts_and_fits_in_no_frame(play: Any, path: str) -> None:
    async def story(house: House) -> None:
        async with house.browser() as browser:
            page = await browser.get(path)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["x-content-type-options"] == "nosniff"
        embedded = re.search(r'<script type="application/json" id="texts">(.*?)</script>', page.text, re.DOTALL)
        assert embedded
        assert "<" not in embedded[1]
        assert set(json.loads(embedded[1])["reason"]) == set(REASONS)
        for script in re.findall(r"<script(?![^>]*application/json)[^>]*>", page.text):
            assert 'src="/static/' in script

    play(story)


def test_every_prompt_can_be_heard_and_a_recorded_one_comes_first(play: Any) -> None:
    async def story(house: House) -> None:
        async with house.browser() as browser:
            for reason in REASONS.values():
                for language in LANGUAGES:
                    answer = await browser.get(f"/audio/{language}/{reason.prompt}.opus")
                    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/ogg")
            recorded = house.agent.folder.prompts / "zh-Hans"
            recorded.mkdir(parents=True)
            (recorded / "pass.opus").write_bytes(b"OggS a human voice")
            assert (await browser.get("/audio/zh-Hans/pass.opus")).content == b"OggS a human voice"
            assert (await browser.get(f"/audio/{prompts.EARCON_FOLDER}/hold.opus")).status_code == 200

    play(story)


@pytest.mark.parametrize(
    "path",
    [
        "/audio/xx/pass.opus",
        "/audio/zh-Hans/nothing.opus",
        "/audio/zh-Hans/..%2f..%2fdevice.opus",
        "/static/../texts.py",
    ],
)
def test_nothing_else_can_be_fetched(play: Any, path: str) -> None:
    async def story(house: House) -> None:
        async with house.browser() as browser:
            assert (await browser.get(path)).status_code == 404

    play(story)


def test_healthz_says_whether_the_gate_is_ready_and_what_it_lacks(play: Any) -> None:
    async def story(house: House) -> None:
        async with house.browser() as browser:
            answer = await browser.get("/healthz")
            report = answer.json()
            assert answer.status_code == 200
            assert report["ready"] is True
            assert report["reasons"] == ["kiosk_absent"]
            house.agent.health.stuck = True
            assert (await browser.get("/healthz")).status_code == 503

    play(story)


def test_metrics_count_decisions_by_reason_and_name_nobody(play: Any) -> None:
    async def story(house: House) -> None:
        await house.agent.session.present(WANG.document)
        async with house.browser() as browser:
            text = (await browser.get("/metrics")).text
        assert 'gatepass_decisions_total{outcome="pass",reason="green"} 1.0' in text
        assert "gatepass_knowledge_age_seconds" in text
        assert WANG.name not in text
        assert WANG.number not in text

    play(story)
