"""The phone's side in a real browser: what JavaScript makes offline, the judge accepts, in its minutes only."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import segno
from playwright.async_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from tests.browser import Chromium, holds, served, snap
from tests.credentials.town import DAY, MINUTE, SERIAL, TOWN, WANG_KEY, public

import gatepass.centre.codes
from gatepass.credentials import CodeKind, Purpose, TrustedKey, TrustList, judge, make

STATIC = Path(gatepass.centre.codes.__file__).parent / "static" / "codes"
SLOT = "mother"


def now() -> datetime:
    return datetime.now(UTC)


def trust() -> TrustList:
    return TrustList([TrustedKey(public(TOWN), "town", frozenset(Purpose), now() - DAY)])


async def _page(_: Request) -> HTMLResponse:
    page = (
        '<!doctype html><html lang="zh-Hans"><title>code</title><svg id="code" width="320" height="320"></svg></html>'
    )
    return HTMLResponse(page, headers={"Content-Security-Policy": "default-src 'self'"})


APP = Starlette(routes=[Route("/", _page), Mount("/codes", StaticFiles(directory=STATIC))])


@asynccontextmanager
async def phone(chromium: Chromium) -> AsyncIterator[Page]:
    async with served(APP) as address, chromium.page(390, 844) as page:
        await page.goto(address)
        yield page


async def run(page: Page, script: str, facts: Any = None) -> Any:
    """`script` with HealthCode and qr in reach; a thrown error's code comes back as text."""
    whole = f"""async (facts) => {{
        const HealthCode = await import("/codes/health-code.js");
        const qr = await import("/codes/qr.js");
        try {{ return await (async () => {{ {script} }})(); }} catch (error) {{ return "trouble: " + error.code; }}
    }}"""
    return await page.evaluate(whole, facts)


async def enrol(page: Page, *, lasts: timedelta = 14 * DAY, clock: datetime | None = None, slot: str = SLOT) -> None:
    """As the centre answers: a grant for the phone's key, and what time it is."""
    key = bytes(await run(page, "return Array.from(await HealthCode.publicKey(facts))", slot))
    granted = make.grant(TOWN, person=WANG_KEY, phone=key, serial=SERIAL, issued=now() - MINUTE, expires=now() + lasts)
    told = {
        "slot": slot,
        "grant": list(granted),
        "expires": (now() + lasts).timestamp() * 1000,
        "now": (clock or now()).timestamp() * 1000,
    }
    await run(page, "await HealthCode.keep(facts.slot, facts)", told)


MAKE = f'return await HealthCode.make("{SLOT}")'


def test_the_two_files_are_small_and_an_old_phone_can_read_them() -> None:
    sources = [path.read_text("utf-8") for path in (STATIC / "health-code.js", STATIC / "qr.js")]
    assert sum(len(source.encode()) for source in sources) <= 15_000
    for source in sources:
        assert not re.search(r"\?\.|\?\?|globalThis|BigInt|#\w+\s*[=;(]|\.at\(|replaceAll|\|\|=|static \{", source)


@pytest.mark.browser
@pytest.mark.slow
async def test_a_code_made_offline_on_the_phone_passes_at_the_gate(chromium: Chromium) -> None:
    async with phone(chromium) as page:
        await run(page, "")
        await enrol(page)
        await page.context.set_offline(True)
        text = await run(page, MAKE)
        assert len(text) == 415
        verdict = judge(text, trust=trust(), at=now())
        assert verdict.reasons == ("code_valid",)
        code = verdict.credential
        assert code is not None
        assert (code.kind, code.person, code.serial) == (CodeKind.DYNAMIC, WANG_KEY, SERIAL)
        assert code.made is not None
        assert abs(code.made - now()) < MINUTE
        again = judge(await run(page, MAKE), trust=trust(), at=now()).credential
        assert again is not None
        assert again.proof != code.proof
        assert judge(text, trust=trust(), at=now() + DAY).reasons == ("code_screenshot",)


@pytest.mark.browser
@pytest.mark.slow
async def test_every_signature_of_two_hundred_holds(chromium: Chromium) -> None:
    """r and s are 32 bytes also where they begin with zeros."""
    async with phone(chromium) as page:
        await enrol(page)
        script = f'const all = []; for (let i = 0; i < 200; i++) all.push(await HealthCode.make("{SLOT}")); return all'
        texts = await run(page, script)
        assert len(set(texts)) == 200
        assert {judge(text, trust=trust(), at=now()).reasons for text in texts} == {("code_valid",)}


@pytest.mark.browser
@pytest.mark.slow
async def test_the_key_stays_in_the_browser_and_survives_a_restart_of_the_page(chromium: Chromium) -> None:
    async with phone(chromium) as page:
        await enrol(page)
        export = """
            const database = await new Promise((done) => {
              const opening = indexedDB.open("gatepass", 1);
              opening.onsuccess = () => done(opening.result);
            });
            const codes = database.transaction("codes").objectStore("codes");
            const entry = await new Promise((done) => {
              const asking = codes.get(facts);
              asking.onsuccess = () => done(asking.result);
            });
            database.close();
            const key = entry.keys.privateKey;
            const tries = ["pkcs8", "jwk"].map((form) => crypto.subtle.exportKey(form, key).then(() => 1, () => 0));
            return [key.extractable, ...(await Promise.all(tries))]"""
        assert await run(page, export, SLOT) == [False, 0, 0]
        await page.reload()
        verdict = judge(await run(page, MAKE), trust=trust(), at=now())
        assert verdict.reasons == ("code_valid",)


@pytest.mark.browser
@pytest.mark.slow
async def test_two_windows_opened_at_once_have_one_key(chromium: Chromium) -> None:
    async with phone(chromium) as page:
        both = "return (await Promise.all([1, 2, 3].map(() => HealthCode.publicKey('x')))).map((key) => key.join())"
        assert len(set(await run(page, both))) == 1


@pytest.mark.browser
@pytest.mark.slow
async def test_a_phone_whose_clock_is_wrong_is_right_by_what_the_centre_told_it(chromium: Chromium) -> None:
    async with phone(chromium) as page:
        await page.clock.set_fixed_time(now() - timedelta(hours=8))
        await enrol(page)
        assert judge(await run(page, MAKE), trust=trust(), at=now()).reasons == ("code_valid",)
        # Somebody sets the phone's clock right: until the centre is heard again it is as wrong as it was before.
        await page.clock.set_fixed_time(now())
        assert judge(await run(page, MAKE), trust=trust(), at=now()).reasons == ("code_clock_ahead",)
        await run(page, f'await HealthCode.setClock("{SLOT}", facts)', now().timestamp() * 1000)
        assert judge(await run(page, MAKE), trust=trust(), at=now()).reasons == ("code_valid",)


@pytest.mark.browser
@pytest.mark.slow
async def test_without_a_grant_or_after_its_end_nothing_is_made(chromium: Chromium) -> None:
    async with phone(chromium) as page:
        assert await run(page, MAKE) == "trouble: no_grant"
        assert await run(page, 'await HealthCode.setClock("nobody", 0)') == "trouble: no_grant"
        await run(page, f'await HealthCode.publicKey("{SLOT}")')
        assert await run(page, MAKE) == "trouble: no_grant"
        await enrol(page, lasts=timedelta(seconds=1))
        await page.clock.set_fixed_time(now() + MINUTE)
        assert await run(page, MAKE) == "trouble: grant_expired"


@pytest.mark.browser
@pytest.mark.slow
async def test_a_family_on_one_phone_is_kept_apart_and_forgotten_one_by_one(chromium: Chromium) -> None:
    async with phone(chromium) as page:
        await enrol(page, slot="mother")
        await enrol(page, slot="child")
        keys = "return (await Promise.all(['mother', 'child'].map(HealthCode.publicKey))).map((key) => key.join())"
        assert len(set(await run(page, keys))) == 2
        kept = "return (await HealthCode.kept()).map((each) => each.slot)"
        assert await run(page, kept) == ["child", "mother"]
        await run(page, 'await HealthCode.forget("child")')
        assert await run(page, kept) == ["mother"]


@pytest.mark.browser
@pytest.mark.slow
async def test_a_browser_without_a_key_store_says_so(chromium: Chromium) -> None:
    async with phone(chromium) as page:
        await page.add_init_script("Object.defineProperty(self, 'indexedDB', {value: undefined})")
        await page.reload()
        assert await run(page, f'await HealthCode.publicKey("{SLOT}")') == "trouble: not_supported"


@pytest.mark.browser
@pytest.mark.slow
async def test_the_screen_shows_a_new_code_every_half_minute_and_none_when_it_cannot(chromium: Chromium) -> None:
    async with phone(chromium) as page:
        await enrol(page, lasts=timedelta(hours=1))
        await page.clock.install(time=now())
        show = f"""
            self.shown = []; self.troubled = [];
            self.stop = HealthCode.show("{SLOT}", document.getElementById("code"), {{
              onShown: (text) => self.shown.push(text), onTrouble: (code) => self.troubled.push(code),
            }});"""
        await run(page, show)
        await holds(page, "shown.length === 1")
        await page.locator("#code path").first.wait_for()
        await snap(page, "phone-code")
        await page.clock.run_for(30_000)
        await holds(page, "shown.length === 2")
        first, second = await page.evaluate("shown")
        assert first != second
        assert {judge(each, trust=trust(), at=now()).outcome.value for each in (first, second)} == {"pass"}
        await page.clock.fast_forward(3_600_000)
        await holds(page, "troubled.length === 1")
        assert await page.evaluate("troubled") == ["grant_expired"]
        assert await page.locator("#code path").count() == 0
        await run(page, "self.stop()")
        await page.clock.run_for(90_000)
        assert await page.evaluate("[shown.length, troubled.length]") == [2, 1]


# Lengths at which a bit stream ends inside a byte: where it ends on one, segno pads with a byte too many.
LENGTHS = [1, 2, 5, 20, 37, 61, 90, 120, 150, 179, 221, 260, 311, 365, 401, 415, 415, 420, 483, 501, 591]


@pytest.mark.browser
@pytest.mark.slow
async def test_the_qr_code_is_module_by_module_that_of_another_library(chromium: Chromium) -> None:
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
    texts = [
        ("GP1:" + "".join(alphabet[(place * place + length) % 45] for place in range(600)))[:length]
        for length in LENGTHS
    ]
    async with phone(chromium) as page:
        drawn = await run(page, "return facts.map((text) => qr.modules(text).map((line) => line.join('')))", texts)
        for text, grid in zip(texts, drawn, strict=True):
            theirs = [segno.make(text, error="m", boost_error=False, micro=False, mask=mask) for mask in range(8)]
            assert grid in [["".join(map(str, line)) for line in each.matrix] for each in theirs], len(text)
        assert await run(page, "try { qr.modules(facts) } catch (error) { return error.message }", "ö") == "text"
        assert (
            await run(page, "try { qr.modules(facts) } catch (error) { return error.message }", "A" * 601) == "length"
        )
        await enrol(page)
        text = await run(page, MAKE)
        size = await run(page, "qr.draw(code, facts); return code.getAttribute('viewBox')", text)
        assert size == "0 0 73 73", "version 12, 65 modules and twice the quiet zone of four"
