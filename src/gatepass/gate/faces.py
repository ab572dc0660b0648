"""Whoever stands before the camera, compared with the portrait of the document that was laid down.

    portrait (chip) ──┐
                      ├─► vision.Likeness ─► policy.Face
    newest frames ────┘

Faces are looked for after a document was laid down and at no other time, in one thread of their own. Portrait, frames
and templates live for as long as the comparison takes; two small pictures of the faces go to the guard's desk where a
guard has to look (`looking.Pictures`). Nothing is written, sent or logged.

The networks are the operator's files (`GateSettings.face_detector`, `face_recogniser`). Without them, or without a
camera, the answer is `Face.OFF`, and `trouble` says why.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import structlog

from gatepass.gate.portraits import as_picture, is_readable
from gatepass.policy import Face
from gatepass.readers import Glimpse, Reader

if TYPE_CHECKING:
    from gatepass.gate.settings import GateSettings
    from gatepass.vision import FaceReader, Likeness, Sighting

WITHIN_S: Final = 1.5
"""How long somebody is looked for. Who stands there waits for one picture, a tenth of a second."""
_FRESH_S: Final = 0.5
"""A frame from before the document was laid down shows who laid it, and an older one somebody else."""
_BETWEEN_S: Final = 0.08
"""From one picture of somebody who does not fit to the next: three in one blink would be one."""
_LOOK_AGAIN_S: Final = 0.02

# Three kinds of trouble with a picture are one for the person: look here.
_UNCLEAR: Final = {
    "no_picture": Face.NOT_SEEN,
    "no_face": Face.NOT_SEEN,
    "small": Face.NOT_SEEN,
    "several": Face.SEVERAL,
    "turned": Face.UNCLEAR,
    "dark": Face.UNCLEAR,
    "blurred": Face.UNCLEAR,
}

log = structlog.get_logger("gatepass.gate.faces")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of it, and the two faces as small JPEG pictures for a guard, where there are any."""

    face: Face
    portrait: bytes | None = field(default=None, repr=False)
    live: bytes | None = field(default=None, repr=False)


class Faces:
    """`attached` gives the running readers, in the order of `settings.reader`."""

    def __init__(self, settings: GateSettings, attached: Callable[[], Sequence[Reader]]) -> None:
        self._settings, self._attached = settings, attached
        self._camera = camera_of(settings, settings.reader)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="faces")
        self._reader: FaceReader | None = None
        self._model_trouble: str | None = None
        """None: not tried yet."""
        self._fault_in = ""

    @property
    def trouble(self) -> str:
        """The `[state.CODE]` for which nothing is compared; empty where all is there, or was not tried yet."""
        if not (self._settings.face_detector and self._settings.face_recogniser):
            return "face_models_unnamed"
        return self._model_trouble or ("" if self._camera else "face_camera_missing")

    def reads(self, portrait: bytes | None) -> bool:
        """Whether this may become a picture here: a resident card's may not without the operator's program."""
        return is_readable(portrait, self._settings.portrait_decoder)

    async def warm(self) -> str:
        """Load the networks, before anybody waits for them. What is wrong, as `trouble` says it."""
        await self._in_thread(self._load)
        if self.trouble:
            log.warning("faces_off", code=self.trouble, file=self._fault_in)
        return self.trouble

    async def compare(self, portrait: bytes | None, *, within_s: float = WITHIN_S) -> Compared:
        """Never raises. Asked while nothing can be compared it still makes a portrait readable, for the guard."""
        try:
            return await self._compare(portrait, within_s)
        except Exception as error:  # a guard can always compare; a machine that failed must not stop anybody
            log.exception("faces_failed", error=type(error).__name__)
            return Compared(Face.OFF)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    # --- one comparison ---

    async def _compare(self, portrait: bytes | None, within_s: float) -> Compared:
        began = time.perf_counter()
        portrait = await as_picture(portrait, self._settings.portrait_decoder)
        reader = await self._in_thread(self._load)
        if reader is None or not self._camera:
            return Compared(Face.OFF, await self._in_thread(_shown, portrait))
        known = await self._in_thread(reader.portrait, portrait)
        if isinstance(known, str):
            return Compared(Face.NO_PORTRAIT, await self._in_thread(_shown, portrait))
        from gatepass.vision import Likeness, Thresholds

        limits = Thresholds(self._settings.face_same, self._settings.face_different)
        face, seen = await self._look(reader, Likeness(known, limits), began, began + within_s)
        pictures = [await self._in_thread(each.shown) for each in (known, seen) if each is not None]
        return Compared(face, pictures[0], pictures[1] if len(pictures) > 1 else None)

    async def _look(
        self, reader: FaceReader, likeness: Likeness, began: float, until: float
    ) -> tuple[Face, Sighting | None]:
        """Picture after picture, until one fits, three do not, or the time is over."""
        from gatepass.vision import Verdict

        found, last, number = None, None, -1
        while True:
            frame = self._newest()
            if frame is not None and frame.number != number and frame.taken >= began - _FRESH_S:
                number = frame.number
                seen = await self._in_thread(reader.view, frame.picture)
                if isinstance(seen, str):
                    # What was seen clearly a moment ago tells more than an empty frame after it.
                    found = _UNCLEAR[seen] if found is not Face.UNSURE else found
                else:
                    last = seen
                    verdict = await self._in_thread(likeness.look, seen, reader.behind)
                    if verdict is Verdict.SAME:
                        return Face.SAME, seen
                    if verdict is Verdict.DIFFERENT:
                        return Face.MISMATCH, seen
                    found = Face.UNSURE
                    await asyncio.sleep(_BETWEEN_S)
            else:
                await asyncio.sleep(_LOOK_AGAIN_S)
            if time.perf_counter() >= until:
                # A camera that gave nothing at all is no camera.
                return (Face.OFF if found is None else found), last

    def _newest(self) -> Glimpse | None:
        """Of the camera, while its line is open."""
        camera = self._attached()[self._settings.reader.index(self._camera)]
        newest: Glimpse | None = getattr(camera, "newest", None)
        return newest

    # --- the networks ---

    @classmethod
    def check(cls, settings: GateSettings, readers: Sequence[str]) -> str:
        """As `trouble`, once the files have been tried; `readers` are those that work."""
        faces = cls(settings, lambda: ())
        faces._load()
        faces.close()
        if faces.trouble not in {"", "face_camera_missing"}:
            return faces.trouble
        return "" if camera_of(settings, readers) else "face_camera_missing"

    def _load(self) -> FaceReader | None:
        """In the thread of faces. Tried once: files that are put there later need the gate to be started again."""
        if self._model_trouble is None and self._settings.face_detector and self._settings.face_recogniser:
            # Not loaded with the gate: most compare no faces, and have no use for 60 MB of it.
            from gatepass.vision import FaceReader, ModelFault, load

            settings = self._settings
            try:
                models = load(
                    Path(settings.face_detector),
                    Path(settings.face_recogniser),
                    detector_sha256=settings.face_detector_sha256,
                    recogniser_sha256=settings.face_recogniser_sha256,
                )
            except ModelFault as fault:
                self._model_trouble, self._fault_in = fault.code, fault.file
            else:
                self._reader, self._model_trouble = FaceReader(models), ""
        return self._reader

    async def _in_thread(self, work: Callable[..., T], *given: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *given)


def camera_of(settings: GateSettings, readers: Sequence[str]) -> str:
    """Which of the readers sees faces: the one that was named, else the first camera; empty where there is none."""
    cameras = [name for name in readers if name.startswith("camera:")]
    if settings.face_camera:
        return settings.face_camera if settings.face_camera in cameras else ""
    return cameras[0] if cameras else ""


def _shown(portrait: bytes | None) -> bytes | None:
    """A portrait as a small JPEG, with nobody looking for a face in it."""
    from gatepass.vision.pictures import read_portrait, shown

    picture = read_portrait(portrait) if portrait else None
    return None if picture is None else shown(picture)
