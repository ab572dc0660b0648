"""Cards on a contactless reader of the system's card service, as documents.

1. A card is laid down. A travel document is opened with the key that its data page gave (`offer_key`), shortly before
   or after; without one, the person is asked to show the page: `mrz_needed`, once.
2. Its files are read, and what their issuer signed is compared (`identity.emrtd`). Our own list of states decides how
   far they are believed; what contradicts itself is `chip_altered`, and never a pass.
3. Any other card has a number at most. It is CARD_UID, `copyable`: a card that was enrolled beforehand is found by it,
   and nobody has proven anything. Cards that make up a new number each time are no such cards.

A card that lies on is one reading. One that flickers while it comes into the field is the same card, and is given three
attempts, the later ones with what every chip and reader can do; nothing is said meanwhile.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

from gatepass.identity import Assurance, Document, DocumentError, DocumentKind
from gatepass.identity.emrtd import document_of, lds
from gatepass.readers.contract import Condition, OnRead, OnReading, OnState
from gatepass.readers.link import LinkLostError
from gatepass.readers.pcsc import status
from gatepass.readers.pcsc.chip import ChipReading, ChipTalk, NoDocumentError
from gatepass.readers.pcsc.frames import Answer, AnswerToReset, Command
from gatepass.readers.pcsc.issuer_folder import IssuerFolder
from gatepass.readers.pcsc.keys import AccessKey
from gatepass.readers.pcsc.line import CardLine
from gatepass.readers.pcsc.link import Card, CardLink, CardLostError, open_link
from gatepass.readers.pcsc.status import StatusWord
from gatepass.readers.port import PortReader

_logger = logging.getLogger(__name__)

_ATTEMPTS: Final = 3
"""Failed attempts on one card before the person is told."""
_GRACE_S: Final = 0.6
"""A card that left within an attempt may come back for so long: it is being laid down, not taken away."""
_SETTLES_S: Final = 0.5
"""The card service looks every 0.4 s whether a card still lies there: one that fell silent may have gone."""
_KEY_LASTS_S: Final = 60.0
_MOST_KEYS: Final = 3
"""Pages that were shown and whose documents have not been laid down: chips may make whoever tries many wait."""
_LONGEST_TALK_S: Final = 20.0
_ASKING: Final = frozenset({"mrz_needed", "chip_access_denied"})
"""What a key may still mend while the card lies there."""
_PAGES: Final = frozenset({Assurance.PRINTED, Assurance.TYPED, Assurance.UNSTATED})
_AGAIN: Final = frozenset({"chip_read_failed"})

_RANDOM_NUMBER: Final = 0x08
"""First of the four bytes of a number that is made up anew each time (ISO/IEC 14443-3, 6.5.4)."""
_NUMBER_LENGTHS: Final = frozenset({4, 7, 8, 10})


@dataclass(frozen=True, slots=True)
class Port:
    """`NAME?issuers=FOLDER&face=no`: the reader's name, the beginning of it, or nothing for the first; `unix:PATH` for
    a card made of software. FOLDER holds the list of issuing states. A gate that compares no faces need not read any.
    """

    name: str = ""
    issuers: Path | None = None
    face: bool = True

    @classmethod
    def parse(cls, port: str) -> Port:
        """Raises ValueError."""
        name, _, query = port.partition("?")
        options = dict(parse_qsl(query, strict_parsing=True)) if query else {}
        folder, face = options.pop("issuers", None), options.pop("face", "yes")
        if options:
            raise ValueError(f"unknown option {next(iter(options))}")
        if face not in {"yes", "no"}:
            raise ValueError("face is yes or no")
        return cls(name, None if folder is None else Path(folder), face == "yes")


@dataclass(slots=True)
class _Visit:
    """What has happened since a card was laid down."""

    serial: int
    failures: int = 0
    over: bool = False
    """The gate has been told what there is to tell."""
    asked: bool = False
    """The person has been asked for the page."""
    tried: set[AccessKey] = field(default_factory=set)
    left_at: float | None = None
    silent: bool = False
    """It answered no more in the latest attempt."""


class PcscReader(PortReader[CardLine]):
    """One reader; see `readers.contract.Reader`. `port` is as `Port.parse` reads it, which raises ValueError."""

    family = "pcsc"

    def __init__(
        self,
        port: str,
        *,
        on_read: OnRead,
        on_state: OnState,
        on_reading: OnReading | None = None,
        poll_s: float = 0.3,
        open_link: Callable[[str], CardLink] = open_link,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._options = Port.parse(port)
        super().__init__(
            self._options.name or "the first card reader",
            on_read=on_read,
            on_state=on_state,
            on_reading=on_reading,
            open_link=partial(CardLine.open, partial(open_link, self._options.name)),
        )
        self._poll_s = poll_s
        self._today = today
        self._issuers = IssuerFolder(self._options.issuers)
        self._keys: dict[AccessKey, float] = {}
        self._short_only = False
        """This reader does not pass on longer commands, as a failed attempt showed."""
        self._last_byte = 0.0

    def offer_key(self, page: Document | AccessKey) -> None:
        """What was read from a data page, or typed: the next chip, or the one that waits, may be opened with it. What
        was read from a chip is no page.
        """
        if isinstance(page, AccessKey):
            key: AccessKey | None = page
        else:
            key = AccessKey.of(page) if page.assurance in _PAGES else None
        if key is not None:
            self._keys.pop(key, None)
            self._keys[key] = time.monotonic()
            while len(self._keys) > _MOST_KEYS:
                del self._keys[next(iter(self._keys))]

    async def _serve(self, line: CardLine) -> None:
        self._become(Condition.READY)
        visit: _Visit | None = None
        try:
            while True:
                visit = await self._look(line, visit)
        except LinkLostError:
            if self._announced:
                await self._give(DocumentError("reader_vanished"))
            raise

    async def _look(self, line: CardLine, visit: _Visit | None) -> _Visit | None:
        """One round: the visit as it is afterwards."""
        silent = visit is not None and visit.silent
        serial = await line.presence(max(self._poll_s, _SETTLES_S) if silent else self._poll_s)
        if serial is None:
            return await self._left(visit)
        if visit is None or (visit.serial != serial and visit.left_at is None):
            visit = _Visit(serial)
        visit.serial, visit.left_at, visit.silent = serial, None, False
        keys = [key for key in self._fresh_keys() if key not in visit.tried]
        if not visit.over and (keys or not visit.asked):
            await self._meet(line, visit, keys)
        return visit

    async def _left(self, visit: _Visit | None) -> _Visit | None:
        if visit is None or not self._announced:
            return None
        # Lifted in the middle of an attempt, or on its way into the field.
        now = time.monotonic()
        visit.left_at, visit.silent = visit.left_at or now, False
        if now - visit.left_at < _GRACE_S:
            return visit
        await self._give(DocumentError("card_removed_early"))
        return None

    async def _meet(self, line: CardLine, visit: _Visit, keys: list[AccessKey]) -> None:
        self._announce()
        code = ""
        try:
            reading = await line.talk(partial(self._guarded, keys=keys, cautious=visit.failures > 0))
        except CardLostError:
            code = "card_read_failed"
            visit.silent = True
        except DocumentError as error:
            if error.code in _ASKING:
                visit.asked = True
                visit.tried.update(keys)
                await self._give(error)
                return
            if error.code not in _AGAIN:
                visit.over = True
                await self._give(error)
                return
            code = error.code
        else:
            visit.over = True
            await self._give(reading)
            return
        visit.failures += 1
        if visit.failures >= _ATTEMPTS:
            visit.over = True
            await self._give(DocumentError(code))

    def _guarded(self, card: Card, keys: list[AccessKey], *, cautious: bool) -> Document:
        """`_read`, with a fault of our own made a word for this person, so that it does not stop the reader for all."""
        try:
            return self._read(card, keys, cautious=cautious)
        except (CardLostError, LinkLostError, DocumentError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever a card has made of us
            # Its text may hold what was read from the card.
            _logger.error("a card has found a fault in gatepass: %s", type(error).__name__)  # noqa: TRY400
            raise DocumentError("chip_not_supported", what="fault") from None

    def _read(self, card: Card, keys: list[AccessKey], *, cautious: bool) -> Document:
        """In the line's thread. Raises CardLostError, LinkLostError, DocumentError."""
        atr = AnswerToReset.parse(card.atr)
        transmit = self._timed(card)
        # A resident card does not know the commands of a travel document, and may fall silent at them.
        number = _number(transmit, status.RESIDENT_CHIP_NUMBER, frozenset({8})) if atr.type_b else b""
        if not (number or atr.storage):
            talk = ChipTalk(transmit, atr=b"" if self._short_only else card.atr, cautious=cautious)
            try:
                return self._document(talk.read(keys, face=self._options.face))
            except CardLostError:
                self._short_only = self._short_only or talk.extended
                raise
            except NoDocumentError:
                pass
        return self._numbered(number or _number(transmit, status.CARD_NUMBER, _NUMBER_LENGTHS))

    def _document(self, reading: ChipReading) -> Document:
        document = document_of(reading.files, issuers=self._issuers.current(), today=self._today())
        key = reading.key
        if key is not None:
            if not key.is_can and AccessKey.of_zone(lds.zone(reading.files.dg1)) != key:
                # The page opened the chip, and the chip speaks of somebody else.
                raise DocumentError("chip_altered", what="zone")
            self._keys.pop(key, None)
        self.read_ms = (time.perf_counter() - self._last_byte) * 1000
        return document

    def _numbered(self, number: bytes) -> Document:
        """A card without a travel document, by its number. DocumentError `card_wrong_kind`."""
        if not number or (len(number) == 4 and number[0] == _RANDOM_NUMBER):
            raise DocumentError("card_wrong_kind")
        document = Document(DocumentKind.CARD_UID, "", number.hex().upper(), assurance=Assurance.COPYABLE)
        self.read_ms = (time.perf_counter() - self._last_byte) * 1000
        return document

    def _timed(self, card: Card) -> Callable[[bytes], bytes]:
        """`transmit`, with the moment of its last answer kept, and an end to chips that never finish."""
        end = time.monotonic() + _LONGEST_TALK_S

        def transmit(command: bytes) -> bytes:
            if time.monotonic() > end:
                raise DocumentError("chip_read_failed", what="slow")
            answer = card.transmit(command)
            self._last_byte = time.perf_counter()
            return answer

        return transmit

    def _fresh_keys(self) -> list[AccessKey]:
        """The latest first."""
        oldest = time.monotonic() - _KEY_LASTS_S
        self._keys = {key: at for key, at in self._keys.items() if at >= oldest}
        return list(reversed(self._keys))


def _number(transmit: Callable[[bytes], bytes], command: Command, lengths: frozenset[int]) -> bytes:
    """Empty where the card, or its reader, has none to give."""
    try:
        answer = Answer.parse(transmit(command.octets))
    except DocumentError:
        return b""
    return answer.data if answer.status == StatusWord.DONE and len(answer.data) in lengths else b""
