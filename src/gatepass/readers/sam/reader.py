"""A SAM card reader on a serial port, as documents.

Every 300 ms (the shortest that readers stand, by their vendors):

1. find: `80` no card, `9F` a card.
2. select, then read: text and portrait, in some readers fingerprints, which are dropped at once.
3. the newest address, if one was added to the card since it was printed; readers and cards without it are normal.
4. the Document, or the error that the person can do something about, to `on_read`; once, not at every poll.

A card that lies on after it was read answers `80` as if it were gone, so `80` proves nothing: but `9F` after an `80` is
a card that was laid down anew, and counts again, the same card too. Readers that answer `9F` for a card that still lies
there are met by comparing its text: the same text with no `80` between is the same card.

Two failed attempts are kept quiet, because a card entering the field at an angle fails once or twice and then reads.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from gatepass.identity import Assurance, Document, DocumentError, chip
from gatepass.readers.contract import Condition, OnRead, OnReading, OnState
from gatepass.readers.link import Link, LinkLostError
from gatepass.readers.port import PortReader
from gatepass.readers.sam.frames import CardReply, Frame, FrameFault, FrameParser, split_card_reply
from gatepass.readers.sam.link import check_port
from gatepass.readers.sam.link import open_link as open_any_link
from gatepass.readers.sam.status import Command, StatusWord, fault_of

# Seconds until a command counts as unanswered: the longest in use by the implementations compared in the docs.
_WITHIN: Final = {
    Command.STATUS: 1.0,
    Command.FIND: 1.0,
    Command.SELECT: 1.5,
    Command.READ: 3.0,
    Command.READ_NEWEST_ADDRESS: 0.5,
}
_AFTER_FAULT: Final = 0.1
"""A damaged frame may be followed by the whole one: this long."""
_BETWEEN_BYTES: Final = 0.5
"""A frame that has begun goes on within this time, or has lost bytes."""
_QUIET: Final = 0.03
_QUIET_AT_MOST: Final = 0.3

_ATTEMPTS: Final = 3
"""Failed attempts on one card before the person is told."""
_TROUBLES_UNTIL_ILL: Final = 3
_TROUBLES_UNTIL_REOPENED: Final = 10

_ILL_DETAIL: Final = {
    "reader_check_error": "reader_garbled",
    "reader_length_error": "reader_garbled",
    "reader_silent": "reader_silent",
    "reader_self_test_failed": "reader_self_test_failed",
    "reader_not_authorised": "reader_not_authorised",
}


class _AttemptError(Exception):
    """One attempt failed.

    `again`: worth trying while the card lies there. `ill`: no card will work. `late`: the whole time had passed, so
    that the person has waited for seconds and is told at once.
    """

    def __init__(self, code: str, *, again: bool = True, ill: bool = False, late: bool = False) -> None:
        super().__init__(code)
        self.error = DocumentError(code)
        self.again = again and not late
        self.ill = ill
        self.late = late


@dataclass(slots=True)
class _Visit:
    """What has happened since the reader last said that no card lies on it."""

    given: bytes = b""
    """Digest of the text that was given to the gate; empty for none."""
    failures: int = 0
    latest_code: str = ""
    complained: bool = False


class SamReader(PortReader[Link]):
    """One reader; see `readers.contract.Reader`. `port`: see `sam.link`; ValueError where it is none.

    `poll_s` below 0.3 is for tests only: hardware drops commands.
    """

    family = "sam"

    def __init__(
        self,
        port: str,
        *,
        on_read: OnRead,
        on_state: OnState,
        on_reading: OnReading | None = None,
        poll_s: float = 0.3,
        open_link: Callable[[str], Awaitable[Link]] = open_any_link,
    ) -> None:
        check_port(port)
        super().__init__(
            port, on_read=on_read, on_state=on_state, on_reading=on_reading, open_link=lambda: open_link(port)
        )
        self._poll_s = poll_s
        self._visit = _Visit()
        self._troubles = 0
        self._last_byte = 0.0
        self._asks_address = True
        self._unfit = False
        """It finds cards and says that it cannot read any: only a card read, or a new connection, proves otherwise."""

    async def _serve(self, link: Link) -> None:
        """Polls until the line is lost; whose card lay there then is told."""
        try:
            await self._poll_for_as_long_as_it_helps(link)
        except LinkLostError as lost:
            self._become(Condition.ABSENT, lost.detail)
            if self._announced:
                await self._give(DocumentError("reader_vanished"))
            self._visit = _Visit()
            raise

    async def _poll_for_as_long_as_it_helps(self, link: Link) -> None:
        """Until the reader has been in trouble for so long that opening it anew may help. LinkLostError."""
        self._troubles = 0
        self._unfit = False
        self._asks_address = True
        step = self._look_at
        while self._troubles < _TROUBLES_UNTIL_REOPENED:
            began = time.monotonic()
            try:
                await step(link)
            except _AttemptError as failure:
                self._ail(failure)
            step = self.poll
            await asyncio.sleep(max(0.0, self._poll_s - (time.monotonic() - began)))

    async def _look_at(self, link: Link) -> None:
        await self._ask(link, Command.STATUS, StatusWord.DONE)
        self._thrive()

    async def poll(self, link: Link) -> None:
        """One round of the cycle above."""
        reply = await self._exchange(link, Command.FIND)
        if reply.status not in {StatusWord.NO_CARD, StatusWord.FOUND}:
            fault = fault_of(reply.status)
            raise _AttemptError(fault.code, again=fault.again, ill=fault.ill)
        self._thrive()
        if reply.status == StatusWord.FOUND:
            await self._meet_card(link)
            return
        left, self._visit = self._visit, _Visit()
        if left.failures and not left.complained and not left.given:
            # A card that was pulled, unless the line was at fault: the reader has then given the card, and hides it.
            damaged = left.latest_code.startswith("reader_")
            await self._give(DocumentError(left.latest_code if damaged else "card_removed_early"))

    async def _meet_card(self, link: Link) -> None:
        visit = self._visit
        if not (visit.given or visit.complained):
            self._announce()
        try:
            card, address = await self._read_card(link)
        except _AttemptError as failure:
            if failure.ill:
                self._unfit = True
                self._ail(failure)
            visit.failures += 1
            visit.latest_code = failure.error.code
            if not visit.complained and (not failure.again or visit.failures >= _ATTEMPTS):
                visit.complained = True
                await self._give(failure.error)
            return
        self._unfit = False
        self._thrive()
        digest = hashlib.blake2b(card.text, digest_size=16).digest()
        if digest == visit.given:
            return
        result = _document(card, address)
        self.read_ms = (time.perf_counter() - self._last_byte) * 1000
        self._visit = _Visit(given=digest)
        await self._give(result)

    async def _read_card(self, link: Link) -> tuple[CardReply, bytes]:
        await self._ask(link, Command.SELECT, StatusWord.DONE)
        reply = await self._ask(link, Command.READ, StatusWord.DONE)
        try:
            card = split_card_reply(reply.payload)
        except DocumentError as error:
            raise _AttemptError(error.code) from None
        return card, await self._newest_address(link)

    async def _newest_address(self, link: Link) -> bytes:
        """The record, or nothing: who the person is has been read already, and nothing here may take it back."""
        if not self._asks_address:
            return b""
        last_byte = self._last_byte
        try:
            reply = await self._exchange(link, Command.READ_NEWEST_ADDRESS, sendings=1)
        except LinkLostError:
            return b""
        except _AttemptError as failure:
            # A reader that does not know the command is asked once per connection, not at every card.
            self._asks_address = not failure.late
            self._last_byte = last_byte
            return b""
        return reply.payload if reply.status == StatusWord.DONE else b""

    async def _ask(self, link: Link, command: Command, success: StatusWord) -> Frame:
        reply = await self._exchange(link, command)
        if reply.status != success:
            fault = fault_of(reply.status)
            raise _AttemptError(fault.code, again=fault.again, ill=fault.ill)
        return reply

    async def _exchange(self, link: Link, command: Command, *, sendings: int = 2) -> Frame:
        """Request and reply; sent a second time where either was damaged on the line."""
        while True:
            sendings -= 1
            try:
                reply = await self._exchange_once(link, command)
                if sendings == 0 or reply.status not in {StatusWord.CHECK_ERROR, StatusWord.LENGTH_ERROR}:
                    return reply
            except _AttemptError as failure:
                await self._until_quiet(link)
                if sendings == 0 or failure.late:
                    raise

    async def _exchange_once(self, link: Link, command: Command) -> Frame:
        parser = FrameParser()
        fault: FrameFault | None = None
        heard = False
        link.discard()
        link.write(command.request)
        clock = asyncio.get_running_loop().time
        deadline = clock() + _WITHIN[command]
        while (remaining := deadline - clock()) > 0:
            try:
                chunk, arrived = await link.read(min(remaining, _BETWEEN_BYTES) if parser.pending else remaining)
            except TimeoutError:
                break
            heard = True
            for found in parser.feed(chunk):
                if isinstance(found, Frame):
                    self._last_byte = arrived
                    return found
                fault = found
            if fault is not None:
                deadline = min(deadline, clock() + _AFTER_FAULT)
        if parser.pending or fault is FrameFault.LENGTH:
            raise _AttemptError("reader_length_error")
        if fault is FrameFault.CHECK:
            raise _AttemptError("reader_check_error")
        raise _AttemptError("reader_check_error" if heard else "reader_silent", late=True)

    @staticmethod
    async def _until_quiet(link: Link) -> None:
        """Lets a late or broken reply run out, so that it is not taken for the answer to the next command."""
        clock = asyncio.get_running_loop().time
        end = clock() + _QUIET_AT_MOST
        while clock() < end:
            try:
                await link.read(_QUIET)
            except TimeoutError:
                return

    def _thrive(self) -> None:
        self._troubles = 0
        if not self._unfit:
            self._become(Condition.READY)

    def _ail(self, failure: _AttemptError) -> None:
        self._troubles += 1
        if failure.ill or self._troubles >= _TROUBLES_UNTIL_ILL:
            self._become(Condition.ILL, _ILL_DETAIL.get(failure.error.code, "reader_error"))


def _document(card: CardReply, address: bytes) -> Document | DocumentError:
    try:
        document = chip.decode(card.text)
    except DocumentError as error:
        return error
    try:
        moved_to = chip.decode_address(address) if address else ""
    except DocumentError:
        moved_to = ""
    return replace(
        document,
        address=moved_to or document.address,
        portrait=card.portrait or None,
        # The security module has verified the card before it gave its text away.
        assurance=Assurance.VERIFIED,
    )
