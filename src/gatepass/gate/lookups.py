"""Who is it, and what is known of them: the directory first, for each key that a document has, then the centre."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from gatepass.gate.clock import Clock
from gatepass.gate.metrics import Metrics
from gatepass.gate.visits import Known, Part
from gatepass.identity import Document
from gatepass.policy import Knowledge, SiteRules, Status
from gatepass.wire.keys import person_keys


class Knows(Protocol):
    """The offline directory: `directory.store.DirectoryStore`."""

    @property
    def version(self) -> int: ...
    def status(self, key: bytes) -> Status: ...


class Centre(Protocol):
    async def status_of(self, people: Sequence[bytes]) -> list[Known] | None:
        """What the centre knows now, in their order; None where it cannot be asked or does not answer in time."""


class Lookups:
    def __init__(self, secret: bytes, *, directory: Knows, centre: Centre, clock: Clock, metrics: Metrics) -> None:
        """`secret`: the town's, for person keys."""
        self._secret = secret
        self._directory, self._centre, self._clock, self._metrics = directory, centre, clock, metrics

    @property
    def version(self) -> int:
        """Of the directory in use."""
        return self._directory.version

    def keys_of(self, document: Document) -> Iterator[bytes]:
        """Every key of a document, likeliest first; each costs a millisecond when it is asked for."""
        return person_keys(self._secret, document)

    async def look_up(self, part: Part, rules: SiteRules) -> tuple[bytes, Known] | None:
        """Under which key the person is known, and as what; None where the part names nobody.

        Whom the directory knows, and lately, is found without the network. All others are asked for at once, under
        every key that they have; who is known under none goes by the document's own.
        """
        if part.document is not None:
            keys = self.keys_of(part.document)
        elif part.proves is not None:
            keys = iter((part.proves,))
        else:
            return None
        return await self._look_up(keys, rules)

    async def look_up_key(self, key: bytes, rules: SiteRules) -> Known:
        """The same of somebody who is not there: a visitor's host."""
        return (await self._look_up(iter((key,)), rules))[1]

    async def _look_up(self, keys: Iterator[bytes], rules: SiteRules) -> tuple[bytes, Known]:
        asked: dict[bytes, Known] = {}
        for key in keys:
            known = Known(self._directory.status(key), self._directory.version)
            if known.status.knowledge is Knowledge.REGISTERED:
                age_h = abs((self._clock.now() - known.status.as_of).total_seconds()) / 3600
                if age_h <= rules.notice_after_hours:
                    return key, known
                asked = {key: known}
                break
            asked[key] = known
        began = self._clock.monotonic()
        answers = await self._centre.status_of(list(asked))
        if answers is not None:
            self._metrics.asked.observe(self._clock.monotonic() - began)
            asked = dict(zip(asked, answers, strict=True))
        registered = (item for item in asked.items() if item[1].status.knowledge is Knowledge.REGISTERED)
        return next(registered, next(iter(asked.items())))
