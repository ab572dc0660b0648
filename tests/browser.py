"""Debian's Chromium for browser tests: one browser per test session, on an event loop of its own.

In a test folder's conftest.py:

    from tests.browser import chromium, pytest_pyfunc_call  # noqa: F401

and then tests are plain coroutines:

    @pytest.mark.browser
    async def test_a_page_greets(chromium):
        async with chromium.page(1080, 1920) as page:
            await page.goto(...)

The coroutine runs on the browser's own thread and loop, as do servers that it starts. Playwright's synchronous
interface is avoided on purpose: while it is open, no other test of the same worker could call `asyncio.run`.

GATEPASS_SCREENSHOTS=folder keeps what `snap` sees.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from ctypes.util import find_library
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.async_api import Browser, BrowserContext, Error, Page, ViewportSize, async_playwright

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--mute-audio",
)
EXECUTABLES = ("chromium-headless-shell", "chromium")
"""The first one found: Chromium without its own window, toolbar and extensions takes a third less of the processor."""
SPEAKS_BY_ITSELF = "--autoplay-policy=no-user-gesture-required"

SCREENS = {"phone": (390, 844), "tablet": (820, 1180), "desk": (1440, 900)}

SCREENSHOTS = Path(os.environ["GATEPASS_SCREENSHOTS"]) if os.environ.get("GATEPASS_SCREENSHOTS") else None


class Chromium:
    """A running browser. `page` gives a fresh context (no cookies, no storage) of a given size."""

    def __init__(self, executable: str) -> None:
        self._executable = executable
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="chromium-tests", daemon=True)
        self._thread.start()
        self._stop = asyncio.Event()
        self._ready: asyncio.Future[None]
        self._browser: Browser
        self._quiet_browser: Browser | None = None
        self._whole_browser: Browser | None = None
        self._life = asyncio.run_coroutine_threadsafe(self._live(), self._loop)
        self.run(self._until_ready())

    async def _live(self) -> None:
        self._ready = self._loop.create_future()
        try:
            async with async_playwright() as playwright:
                self._playwright = playwright
                self._browser = await self._launch(SPEAKS_BY_ITSELF)
                self._ready.set_result(None)
                await self._stop.wait()
                for browser in (self._browser, self._quiet_browser, self._whole_browser):
                    if browser:
                        await browser.close()
        except Exception as error:
            # A browser that does not start fails the tests that want it, with its own words; it does not hang them.
            if self._ready.done():
                raise
            self._ready.set_exception(error)

    async def _launch(self, *further: str, executable: str = "") -> Browser:
        return await self._playwright.chromium.launch(
            executable_path=executable or self._executable, args=[*ARGUMENTS, *further], headless=True
        )

    async def _until_ready(self) -> None:
        await self._ready

    def run(self, story: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine to its end on the browser's loop, from the test's thread."""
        future = asyncio.run_coroutine_threadsafe(story, self._loop)
        try:
            future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._life.result(timeout=20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=20)
        self._loop.close()

    @asynccontextmanager
    async def page(
        self,
        width: int,
        height: int,
        *,
        speaks_by_itself: bool = True,
        still: bool = True,
        whole: bool = False,
        **context: Any,
    ) -> AsyncIterator[Page]:
        """A page on which any uncaught error or refused resource (Content-Security-Policy) fails the test.

        `still`: the page is asked for reduced motion, so that pictures of it are the same every time.
        `whole`: in Chromium itself, for what its headless shell cannot do: it lets no page show a notification.
        """
        browser = self._browser
        if not speaks_by_itself:
            self._quiet_browser = browser = self._quiet_browser or await self._launch()
        if whole:
            found = shutil.which("chromium")
            if not found:
                pytest.skip("Chromium itself is not installed")
            self._whole_browser = browser = self._whole_browser or await self._launch(executable=found)
        opened: BrowserContext = await browser.new_context(
            viewport={"width": width, "height": height},
            reduced_motion="reduce" if still else "no-preference",
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **context,
        )
        opened.set_default_timeout(60_000)  # Playwright's half a minute is short where many tests share two cores
        trouble: list[str] = []
        try:
            page = await opened.new_page()
            page.on("pageerror", lambda error: trouble.append(str(error)))
            page.on("console", lambda message: _note(message.text, trouble) if message.type == "error" else None)
            yield page
        except Exception as error:
            error.add_note(await _seen_on(opened))
            raise
        finally:
            await opened.close()
        assert not trouble, trouble


async def _seen_on(context: BrowserContext) -> str:
    """What stood on each page when its story broke off, for whoever reads the report on another machine."""
    seen = []
    for page in context.pages:
        try:
            words = await asyncio.wait_for(page.inner_text("body", timeout=2_000), timeout=3)
        except (Error, TimeoutError) as error:
            words = f"(no text: {type(error).__name__})"
        seen.append(f"The page {page.url} said:\n{words[:1_500]}")
    return "\n".join(seen)


def _note(text: str, trouble: list[str]) -> None:
    # A cut line and a refused PIN are part of the stories; the page answers them on the screen.
    expected = ("WebSocket connection", "Failed to load resource", "ERR_CONNECTION_REFUSED")
    if not any(words in text for words in expected):
        trouble.append(text)


async def holds(page: Page, expression: str, argument: Any = None, within: float = 30.0) -> None:
    """Waits until an expression of the page is true.

    Playwright's own `wait_for_function` evaluates strings inside the page when it has to ask twice, which our
    Content-Security-Policy forbids: it would fail now and then.
    """
    end = time.monotonic() + within
    while not await page.evaluate(expression, argument):
        assert time.monotonic() < end, f"waited {within} s in vain until {expression}"
        await asyncio.sleep(0.02)


async def too_wide(page: Page) -> int:
    """By how many pixels the page is wider than its screen: none or less, it fits. One on its way is waited for."""
    while True:
        await page.wait_for_load_state()
        try:
            wide: int = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        except Error as error:
            if "context was destroyed" not in error.message:
                raise
        else:
            return wide


def size(screen: str) -> ViewportSize:
    width, height = SCREENS[screen]
    return {"width": width, "height": height}


async def fits(page: Page, name: str, screens: Iterable[str] = SCREENS, *, whole: bool = False) -> None:
    """No wider than any of these screens; a picture of each, NAME-SCREEN, if somebody asked for pictures."""
    for screen in screens:
        if page.viewport_size != size(screen):  # each change lays out and paints the page anew
            await page.set_viewport_size(size(screen))
        wide = await too_wide(page)
        assert wide <= 0, f"{name} is {wide} px too wide on a {screen}"
        await snap(page, f"{name}-{screen}", whole=whole)


_ON_TWO_LINES = r"""() => {
  const found = [], range = document.createRange();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode;
    const within = text.parentElement;
    if (!within.checkVisibility() || within.closest("script, style, select, textarea")) continue;
    for (const day of text.data.matchAll(/\d{4}-\d{2}-\d{2}/g)) {
      range.setStart(text, day.index);
      range.setEnd(text, day.index + day[0].length);
      const lines = [...range.getClientRects()].filter((one) => one.width > 1);
      if (new Set(lines.map((one) => one.top)).size > 1) found.push(text.data.trim());
    }
  }
  return found;
}"""


async def days_on_two_lines(page: Page) -> list[str]:
    """Texts in which a day such as 2026-11-29 is broken after a hyphen."""
    found: list[str] = await page.evaluate(_ON_TWO_LINES)
    return found


async def snap(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep a picture of the page, or of the whole of it, if somebody asked for pictures; and its words beside it.

    `gatepass texts --pictures` finds by them on which picture a string stands.
    """
    if SCREENSHOTS:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole)
        said = await page.evaluate("({ language: document.documentElement.lang, words: document.body.innerText })")
        (SCREENSHOTS / f"{name}.json").write_text(json.dumps(said, ensure_ascii=False), "utf-8")


async def found_by_axe(page: Page) -> list[str]:
    """What axe-core objects to: names of fields, contrast, landmarks, headings.

    The page's own policy lets no script in, so it comes as the browser's own tool. Only violations are worked out,
    which halves its time. The session is not detached: that would take a test's pretended passkey with it.
    """
    session = await page.context.new_cdp_session(page)
    await session.send("Page.setBypassCSP", {"enabled": True})
    await session.send("Runtime.evaluate", {"expression": AXE_FILE_PATH.read_text("utf-8")})
    answer = await page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [
        f"{each['id']}: {node['html'][:120]} ({node['failureSummary'][:160]})"
        for each in answer["violations"]
        for node in each["nodes"]
    ]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def served(app: Any, port: int | None = None) -> AsyncIterator[str]:
    """An ASGI application on loopback, on the loop of the caller; gives its address."""
    port = port or free_port()
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_level="error", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    try:
        while not server.started:  # noqa: ASYNC110 - uvicorn offers no event for it
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        server.force_exit = True
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    executable = next(filter(None, map(shutil.which, EXECUTABLES)), None)
    if executable is None:
        pytest.skip("Chromium is not installed (Debian package: chromium-headless-shell or chromium)")
    if find_library("atomic") is None:
        pytest.skip("Playwright's driver cannot start without libatomic (Debian package: libatomic1)")
    # Chromium insists on a writable home; a test leaves nothing in the tester's own.
    with tempfile.TemporaryDirectory() as home:
        before = os.environ.get("XDG_CONFIG_HOME")
        os.environ["XDG_CONFIG_HOME"] = home
        browser = Chromium(executable)
        try:
            yield browser
        finally:
            browser.close()
            if before is None:
                os.environ.pop("XDG_CONFIG_HOME", None)
            else:
                os.environ["XDG_CONFIG_HOME"] = before


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A coroutine test that uses `chromium` runs on the browser's loop."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj) or "chromium" not in pyfuncitem.funcargs:
        return None
    wanted = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    pyfuncitem.funcargs["chromium"].run(pyfuncitem.obj(**wanted))
    return True
