"""A temperature that the guard takes down of somebody in quarantine: kept without a centre, sent once, told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import apsw
import httpx2
import msgspec
import pytest
from tests.cast import LI, SUN, WANG
from tests.gate.test_desk import House, play, publisher, unlock  # noqa: F401 - two are fixtures
from tests.gate.town import MovedClock, key_of
from tests.waiting import until

from gatepass.gate.calls import UnreachableError
from gatepass.gate.pages.texts import all_words
from gatepass.gate.recollection import REMEMBER_S
from gatepass.gate.report_book import KEEP_ANSWERED_MS, ReportBook
from gatepass.policy.colours.facts import Symptom
from gatepass.wire.reports import NOT_EXPECTED, TAKEN, GateReport, ReportBatch, ReportReply


@dataclass
class PaperCentre:
    """Takes each report once; whose key is in `strangers` is in no quarantine."""

    up: bool = False
    lose_reply: bool = False
    strangers: set[bytes] = field(default_factory=set)
    taken: list[GateReport] = field(default_factory=list)

    async def reports(self, batch: ReportBatch) -> ReportReply:
        if not self.up:
            raise UnreachableError("unplugged")
        known = {one.id for one in self.taken}
        self.taken += [one for one in batch.reports if one.id not in known]
        if self.lose_reply:
            self.lose_reply = False
            raise UnreachableError("the reply was lost")
        answers = {one.id.hex(): NOT_EXPECTED if self.strangers & set(one.people) else TAKEN for one in batch.reports}
        return ReportReply(answers)


Story = Callable[[House, httpx2.AsyncClient, PaperCentre], Awaitable[None]]


@pytest.fixture
def at_desk(play: Any) -> Callable[[Story], None]:  # noqa: F811
    """An unlocked desk, and the centre of whom this test says what it does with reports."""

    def playing(story: Story) -> None:
        async def telling(house: House) -> None:
            centre = PaperCentre()
            house.agent.reports._calls = centre  # type: ignore[assignment]
            async with house.browser() as browser:
                await unlock(browser)
                await story(house, browser, centre)

        play(telling)

    return playing


async def taken_down(browser: httpx2.AsyncClient, who: str, **said: Any) -> httpx2.Response:
    return await browser.post("/desk/api/report", json={"who": who, "tenths": 366, **said})


async def typed(browser: httpx2.AsyncClient, number: str) -> str:
    return str((await browser.post("/desk/api/reporter", json={"number": number})).json()["who"])


async def listed(browser: httpx2.AsyncClient, part: str = "reports") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await browser.get("/desk/api/reports")).json()[part]
    return found


def test_whoever_laid_a_card_is_offered_masked_and_their_report_is_sent_under_the_key_of_the_card(at_desk: Any) -> None:
    async def story(house: House, browser: httpx2.AsyncClient, centre: PaperCentre) -> None:
        centre.up = True
        await house.agent.session.present(SUN.document)
        (person,) = await listed(browser, "people")
        assert (person["name"], person["document"]) == ("孙*", "resident_card")
        assert (await taken_down(browser, person["who"], tenths=381, symptoms=["cough"], note="累")).status_code == 200
        await until(lambda: centre.taken)
        (report,) = centre.taken
        assert report.people == [key_of(SUN.document)]
        assert (report.tenths, report.symptoms, report.note) == (381, ["cough"], "累")
        await until(lambda: house.agent.reports.waiting == 0)
        assert [(one["who"], one["answer"]) for one in await listed(browser)] == [("孙*", TAKEN)]

    at_desk(story)


def test_a_typed_number_gives_the_key_that_the_card_would_and_is_no_passage(at_desk: Any) -> None:
    async def story(house: House, browser: httpx2.AsyncClient, centre: PaperCentre) -> None:
        asked_back = await browser.post("/desk/api/reporter", json={"number": "M12345678"})
        assert asked_back.json()["code"] == "number_ambiguous"
        await taken_down(browser, await typed(browser, LI.number))
        assert house.agent.reports._unsent()[0].people == [key_of(LI.document)]
        assert house.agent.recollection.recent() == []
        (noted,) = await listed(browser)
        assert LI.number not in noted["who"]

    at_desk(story)


def kept_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("reports.db*"))


def test_without_a_centre_it_is_kept_and_comes_once_though_the_reply_is_lost_and_the_gate_starts_anew(
    tmp_path: Path,
) -> None:
    centre = PaperCentre()
    cough = GateReport(bytes(16), 1, [key_of(LI.document)], 381, ["cough"], "咳嗽两天")

    def begun() -> ReportBook:
        return ReportBook(tmp_path / "reports.db", bytes(range(32)), calls=centre, clock=MovedClock())  # type: ignore[arg-type]

    async def story() -> None:
        book = begun()
        await book.keep(cough, "李*")
        with pytest.raises(UnreachableError):
            await book.send_once()
        assert [one.answer for one in await book.noted()] == [""]
        assert "咳嗽两天".encode() not in kept_in(tmp_path)
        book.close()
        book = begun()
        centre.up, centre.lose_reply = True, True
        with pytest.raises(UnreachableError):
            await book.send_once()
        assert (book.waiting, await book.send_once(), await book.send_once()) == (1, 1, 0)
        assert centre.taken == [cough]
        assert [one.answer for one in await book.noted()] == [TAKEN]
        (body,) = next(book._connection.execute("SELECT body FROM reports"))
        assert msgspec.msgpack.decode(body, type=GateReport).note == "", "how somebody is goes when it was sent"
        book.close()

    asyncio.run(story())


def test_nobody_in_quarantine_is_refused_in_words_and_one_without_an_answer_comes_again(at_desk: Any) -> None:
    async def story(house: House, browser: httpx2.AsyncClient, centre: PaperCentre) -> None:
        centre.up, centre.strangers = True, {key_of(WANG.document)}
        await taken_down(browser, await typed(browser, WANG.number))
        await until(lambda: house.agent.reports.waiting == 0)
        assert [one["answer"] for one in await listed(browser)] == [NOT_EXPECTED]
        assert all_words()[f"report.because_{NOT_EXPECTED}"]

        async def silent(batch: ReportBatch) -> ReportReply:
            return ReportReply()

        house.agent.reports._calls = type("Silent", (), {"reports": staticmethod(silent)})()  # type: ignore[assignment]
        await taken_down(browser, await typed(browser, LI.number))
        assert await house.agent.reports.send_once() == 0
        assert house.agent.reports.waiting == 1

    at_desk(story)


def test_an_unusual_temperature_is_asked_again_and_nothing_at_all_is_refused(at_desk: Any) -> None:
    async def story(house: House, browser: httpx2.AsyncClient, centre: PaperCentre) -> None:
        who = await typed(browser, LI.number)
        assert (await taken_down(browser, who, tenths=421)).json()["code"] == "report_again"
        assert (await taken_down(browser, who, tenths=None)).json()["code"] == "report_empty"
        assert (await taken_down(browser, who, tenths=999)).json()["code"] == "request_invalid"
        assert (await taken_down(browser, who, symptoms=["headless"])).json()["code"] == "request_invalid"
        assert house.agent.reports.waiting == 0
        assert (await taken_down(browser, who, tenths=421, confirmed=True)).status_code == 200

    at_desk(story)


def test_after_ten_minutes_nobody_knows_who_it_was_and_a_locked_desk_takes_nothing(at_desk: Any) -> None:
    async def story(house: House, browser: httpx2.AsyncClient, centre: PaperCentre) -> None:
        await house.agent.session.present(SUN.document)
        seen, who = (await listed(browser, "people"))[0]["who"], await typed(browser, LI.number)
        house.agent.clock.pass_time(REMEMBER_S + 1)  # type: ignore[attr-defined]
        for one in (seen, who, "0" * 32):
            assert (await taken_down(browser, one)).json()["code"] == "reporter_forgotten"
        await browser.post("/desk/api/lock", json={})
        for answer in (
            await browser.get("/desk/api/reports"),
            await browser.post("/desk/api/reporter", json={"number": LI.number}),
            await taken_down(browser, who),
        ):
            assert (answer.status_code, answer.json()["code"]) == (401, "locked")

    at_desk(story)


def test_where_the_disk_refuses_the_guard_hears_that_nothing_was_written_down(at_desk: Any, monkeypatch: Any) -> None:
    async def story(house: House, browser: httpx2.AsyncClient, centre: PaperCentre) -> None:
        def full(*_: object) -> None:
            raise apsw.FullError("disk full")

        monkeypatch.setattr(house.agent.reports, "_store", full)
        answer = await taken_down(browser, await typed(browser, LI.number))
        assert (answer.status_code, answer.json()["code"]) == (503, "report_not_kept")

    at_desk(story)


def test_whoever_is_erased_is_forgotten_sent_or_not_and_a_shift_later_all_are(tmp_path: Path) -> None:
    async def story() -> None:
        centre, clock = PaperCentre(up=True), MovedClock()
        book = ReportBook(tmp_path / "reports.db", bytes(range(32)), calls=centre, clock=clock)  # type: ignore[arg-type]
        at, li, sun = clock.now_ms(), key_of(LI.document), key_of(SUN.document)
        await book.keep(GateReport(b"1" * 16, at, [li], 366), "李*")
        await book.send_once()
        await book.keep(GateReport(b"2" * 16, at, [li], 366), "李*")
        await book.keep(GateReport(b"3" * 16, at, [sun], 366), "孙*")
        await book.forget(frozenset({li}))
        assert [one.who for one in await book.noted()] == ["孙*"]
        await book.send_once()
        clock.pass_time(KEEP_ANSWERED_MS / 1000 + 1)
        await book.forget_old()
        assert await book.noted() == []
        book.close()

    asyncio.run(story())


def test_neither_side_stumbles_over_what_a_later_release_says() -> None:
    told = msgspec.msgpack.decode(msgspec.msgpack.encode(ReportBatch([GateReport(bytes(16), 1, [bytes(16)])])))
    told["reports"][0] |= {"oxygen": 98}
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(told), type=ReportBatch).reports[0].people == [bytes(16)]
    later = msgspec.msgpack.encode({"answers": {"00": "of_a_later_release"}, "more": 1})
    assert msgspec.msgpack.decode(later, type=ReportReply).answers == {"00": "of_a_later_release"}


def test_the_desk_has_words_for_every_symptom() -> None:
    assert [key for key in all_words() if key.startswith("symptom.")] == [f"symptom.{one}" for one in get_args(Symptom)]
