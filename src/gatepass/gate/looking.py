"""The face of a visit: compared while the directory is asked, and joined to the visit where it comes late.

1. A document with a portrait is laid down at a site that asks for faces: the screen says *please look at the camera*,
   and the comparison begins, beside the look-up. The answer waits for it, `faces.WITHIN_S` at most: a light that turned
   green first and amber later would let people walk.
2. Same or another: that stands for the visit. Another face is for a guard, whatever comes next.
3. Nobody was seen clearly: the person is held and asked to look. While the visit is open (`gather_s`) a face that fits
   still joins it, as a further record. One that does not fits nobody: it may be the next person's.
4. Who touched *without the camera* on the screen is not compared: a guard does it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final, Literal, Protocol

import structlog

from gatepass.gate.clock import Clock
from gatepass.gate.faces import WITHIN_S, Compared
from gatepass.gate.metrics import Metrics
from gatepass.gate.visits import Part, Visit
from gatepass.policy import Face, FaceRule

CHOICE_LASTS_S: Final = 30.0
"""As for a language that was touched."""
PICTURES_LAST_S: Final = 180.0
_PICTURES_MOST: Final = 20

_MAY_STILL_COME: Final = frozenset({Face.NOT_SEEN, Face.SEVERAL, Face.UNCLEAR, Face.UNSURE})
_FOR_A_GUARD: Final = _MAY_STILL_COME | {Face.MISMATCH, Face.NO_PORTRAIT, Face.DECLINED, Face.OFF}

Which = Literal["portrait", "live"]
log = structlog.get_logger("gatepass.gate.looking")


class ComparesFaces(Protocol):
    """`faces.Faces`."""

    @property
    def trouble(self) -> str: ...
    def reads(self, portrait: bytes | None) -> bool: ...
    async def compare(self, portrait: bytes | None, *, within_s: float = WITHIN_S) -> Compared: ...


class NoFaces:
    """A gate that compares none."""

    trouble = "face_models_unnamed"

    def reads(self, portrait: bytes | None) -> bool:
        return bool(portrait)

    async def compare(self, portrait: bytes | None, *, within_s: float = WITHIN_S) -> Compared:  # noqa: ARG002
        return Compared(Face.OFF)


class Pictures:
    """Two small faces for each visit that waits for a guard: in memory, until the guard has spoken, and then gone."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, Compared]] = OrderedDict()

    def keep(self, visit: str, compared: Compared) -> None:
        self.forget(visit)
        if compared.portrait or compared.live:
            self._kept[visit] = (self._clock.monotonic(), compared)
        while len(self._kept) > _PICTURES_MOST:
            self._kept.popitem(last=False)

    def forget(self, visit: str) -> None:
        self._kept.pop(visit, None)

    def forget_old(self) -> None:
        limit = self._clock.monotonic() - PICTURES_LAST_S
        for visit in [visit for visit, (kept, _) in self._kept.items() if kept < limit]:
            del self._kept[visit]

    def forget_all(self) -> None:
        self._kept.clear()

    def which(self, visit: str) -> list[Which]:
        self.forget_old()
        _, compared = self._kept.get(visit, (0.0, Compared(Face.OFF)))
        pictures: list[tuple[Which, bytes | None]] = [("portrait", compared.portrait), ("live", compared.live)]
        return [name for name, picture in pictures if picture]

    def picture(self, visit: str, which: Which) -> bytes | None:
        self.forget_old()
        if visit not in self._kept:
            return None
        compared = self._kept[visit][1]
        return compared.portrait if which == "portrait" else compared.live


class Looking:
    """`looks` is called when a comparison begins; `joins` is awaited with a visit whose face came late and fits."""

    def __init__(
        self,
        faces: ComparesFaces,
        *,
        pictures: Pictures,
        clock: Clock,
        metrics: Metrics,
        gather_s: float,
        looks: Callable[[], None],
        joins: Callable[[Visit], Awaitable[None]],
    ) -> None:
        self._faces, self._pictures, self._clock, self._metrics = faces, pictures, clock, metrics
        self._gather_s, self._looks, self._joins = gather_s, looks, joins
        self._declined_until = 0.0
        self._late: dict[Visit, asyncio.Task[None]] = {}

    def decline(self) -> None:
        """Whoever lays a document next is not compared."""
        self._declined_until = self._clock.monotonic() + CHOICE_LASTS_S

    def begin(self, visit: Visit, part: Part, rule: FaceRule) -> asyncio.Task[Compared] | None:
        """Starts comparing, where this part and the rule ask for it; `end` is awaited with what this gives."""
        if rule is FaceRule.OFF or part.fault or visit.face in {Face.SAME, Face.MISMATCH, Face.DECLINED}:
            return None
        if part.document is not None and self._clock.monotonic() < self._declined_until:
            self._declined_until = 0.0
            visit.face = Face.DECLINED
            visit.compared = Compared(Face.DECLINED)
            return None
        if part.document is None or not self._faces.reads(part.document.portrait):
            if visit.face is Face.OFF and not self._faces.trouble:
                visit.face = Face.NO_PORTRAIT
            return None
        if self._faces.trouble and rule is FaceRule.WHERE_POSSIBLE:
            return None
        if not self._faces.trouble:
            self._looks()
        self._stop(visit)
        return asyncio.create_task(self._faces.compare(part.document.portrait))

    async def end(self, visit: Visit, comparing: asyncio.Task[Compared] | None) -> float:
        """Takes what came of it into the visit. Seconds that were waited for it here."""
        if comparing is None:
            return 0.0
        began = self._clock.monotonic()
        compared = await comparing
        waited = self._clock.monotonic() - began
        self._metrics.compared.labels(compared.face.value).inc()
        visit.face, visit.compared = compared.face, compared
        return waited

    def answered(self, visit: Visit, part: Part) -> None:
        """After an answer: keeps the pictures that a guard needs, and goes on looking where nobody was seen yet."""
        assert visit.passage is not None
        first = visit.passage.decision.reasons[0]
        needs_guard = visit.passage.waits and first.startswith("face_") and visit.face in _FOR_A_GUARD
        if needs_guard and visit.compared is not None:
            self._pictures.keep(visit.passage.id, visit.compared)
        elif not visit.passage.waits:
            self._pictures.forget(visit.passage.id)
        if needs_guard and visit.face in _MAY_STILL_COME and part.document is not None and part.document.portrait:
            late = asyncio.create_task(self._look_on(visit, part.document.portrait))
            self._late[visit] = late
            late.add_done_callback(lambda _: self._late.pop(visit, None) if self._late.get(visit) is late else None)

    async def _look_on(self, visit: Visit, portrait: bytes) -> None:
        try:
            compared = await self._faces.compare(portrait, within_s=self._gather_s)
            if compared.face is Face.SAME and visit.face in _MAY_STILL_COME:
                visit.face, visit.compared = compared.face, compared
                await self._joins(visit)
        except Exception as error:  # the person waits for a guard already
            log.exception("face_lost", error=type(error).__name__)

    def _stop(self, visit: Visit) -> None:
        late = self._late.pop(visit, None)
        if late is not None:
            late.cancel()
