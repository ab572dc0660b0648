"""A line to cards, for a program that must not wait: everything that blocks runs in one thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

from gatepass.readers.pcsc.cards import Card, CardLink

_logger = logging.getLogger(__name__)

_END_WITHIN_S: Final = 5.0
_LAST_STEPS_S: Final = 0.2

ResultT = TypeVar("ResultT")


class CardLine:
    """One open line and its thread; made by `CardLine.open`. The thread ends with `close`, and with a failed `open`."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._link: CardLink | None = None
        self._thread = threading.Thread(target=self._work, name="gatepass card line", daemon=True)

    @classmethod
    async def open(cls, open_link: Callable[[], CardLink]) -> CardLine:
        """Raises LinkLostError."""
        line = cls()
        line._thread.start()

        def open_it() -> None:
            line._link = open_link()

        try:
            await line._do(open_it)
        except BaseException:
            await line.close()
            raise
        return line

    @property
    def name(self) -> str:
        """What the reader calls itself."""
        return "" if self._link is None else self._link.name

    async def presence(self, within: float) -> int | None:
        """As `CardLink.presence`."""
        link = self._opened
        return await self._do(lambda: link.presence(within))

    async def talk(self, conversation: Callable[[Card], ResultT]) -> ResultT:
        """Connects with the card, and holds a conversation with it. Raises CardLostError, LinkLostError, and whatever
        the conversation raises.
        """
        link = self._opened

        def hold() -> ResultT:
            card = link.connect()
            try:
                return conversation(card)
            finally:
                card.close()

        return await self._do(hold)

    async def close(self) -> None:
        """Interrupts what goes on, and waits until the thread has ended."""
        if self._link is not None:
            self._link.stop()
        closed = self._post(self._close_link)
        self._calls.put(None)
        try:
            async with asyncio.timeout(_END_WITHIN_S):
                await closed
        except TimeoutError:
            # A driver that hangs in the middle of a command: the system's affair. The thread holds nothing of ours.
            _logger.warning("the card service has not come back within %.0f s", _END_WITHIN_S)
        finally:
            # It has nothing left to do but to end; if we are in a hurry ourselves, nearly nothing.
            self._thread.join(_LAST_STEPS_S)

    @property
    def _opened(self) -> CardLink:
        assert self._link is not None, "made by open"
        return self._link

    def _close_link(self) -> None:
        if self._link is not None:
            self._link.close()

    async def _do(self, call: Callable[[], ResultT]) -> ResultT:
        return await self._post(call)

    def _post(self, call: Callable[[], ResultT]) -> asyncio.Future[ResultT]:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[ResultT] = loop.create_future()

        def tell(verb: Callable[[], None]) -> None:
            # Whoever asked may have gone meanwhile, and the loop with the program.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(lambda: None if done.done() else verb())

        def run() -> None:
            try:
                result = call()
            except Exception as error:  # noqa: BLE001 - it is raised where the call was made
                tell(partial(done.set_exception, error))
            else:
                tell(partial(done.set_result, result))

        self._calls.put(run)
        return done

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call()
