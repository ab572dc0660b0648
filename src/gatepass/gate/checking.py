"""`gatepass gate readers`: what is attached, whether it works, and if not, what to do about it.

1. Every family says what it finds; what the gate is set up with is looked at as well, attached or not.
2. Each is run as the gate would run it, for some seconds. Two families that claim one port take turns at it, those
   first that ask their device something: a scanner is silent until it sees a code, and opening proves little.
3. Who might be something else (a technician's own keyboard) is listed and left alone, unless it is named.

No gate needs to be enrolled for this. Of what is read, only the kind of document and the way of reading are shown.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from gatepass.gate.problems import FolderError, sentences
from gatepass.gate.terminals import Attach, attach_reader, fault_method, find_readers
from gatepass.identity import Document
from gatepass.languages import Language
from gatepass.policy import Method, reasons
from gatepass.readers import Attached, CodeText, Condition, Reader, ReaderState, Reading

_POLL_S: Final = 0.3
_READY_SETTLES_S: Final = 0.4
"""A reader that says it is ready, and stays so for so long, is."""
_LONGER: Final = {"camera": 4.0}
"""... but for a camera, which is called dark only after three seconds: people walk close by its lens."""
_TROUBLE_SETTLES_S: Final = 1.5
"""Trouble that lasts longer will not pass by itself."""
_SILENT_FAMILIES: Final = frozenset({"scanner", "keypad"})
"""They speak when something is shown or typed: that the port opens is all that can be told without it."""
_CARD_INTERFACE: Final = "0b"
"""USB interface class of smart card readers, as sysfs writes it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One reader: `code` is `ready`, `opened`, `read`, `maybe`, a READER_DETAILS code, or the code of a refusal."""

    reader: str
    name: str
    code: str
    fields: dict[str, str | int] = field(default_factory=dict)
    kind: str = ""
    """What was read while trying: a `DocumentKind`, `code`, or empty."""
    method: str = ""
    read_ms: float | None = None
    failed: str = ""
    """The reason for which the latest card could not be read, while trying."""

    @property
    def is_good(self) -> bool:
        return self.code in {"ready", "opened", "read"}

    @property
    def mark(self) -> str:
        return "✓" if self.is_good else "?" if self.code == "maybe" else "✗"

    def as_json(self, language: Language) -> dict[str, Any]:
        read = {"kind": self.kind, "method": self.method, "ms": self.read_ms} if self.kind else None
        return {
            "reader": self.reader,
            "name": self.name,
            "code": self.code,
            "works": self.is_good,
            "sentence": self.sentence(language),
            "read": read,
            "failed": self.failed,
        }

    def sentence(self, language: Language) -> str:
        """How it is, and where it is not well the next step."""
        tables = sentences()
        table = "reader" if self.code in tables["reader"] else "error"
        said = tables[table][self.code][language].format(**self.fields)
        if self.kind:
            what = reasons.METHODS["code"] if self.kind == "code" else reasons.KINDS[self.kind]
            how = f", {reasons.METHODS[self.method][language]}" if self.kind != "code" else ""
            said += f" {what[language]}{how}, {self.read_ms or 0:.0f} ms"
        if self.failed:
            said += f" {reasons.REASONS[self.failed].texts[language].guard}"
        return said


class Trial:
    """One reader, run until it has shown what it can do or its time is over."""

    def __init__(self, name: str, *, seconds: float, wants_card: bool, on_ready: Callable[[str], None]) -> None:
        self._name, self._seconds, self._wants_card, self._on_ready = name, seconds, wants_card, on_ready
        self._states: list[ReaderState] = []
        self._changed = asyncio.Event()
        self._read: Document | CodeText | None = None
        self._failed = ""
        self._reader: Reader | None = None

    async def run(self, label: str) -> Finding:
        try:
            self._reader = attach_reader(
                self._name, Attach(self._on_read, self._on_state, lambda: None), poll_s=_POLL_S
            )
        except FolderError as error:
            return Finding(self._name, label, error.code, error.fields)
        running = asyncio.create_task(self._reader.run())
        try:
            async with asyncio.timeout(self._seconds):
                await self._until_told()
        except TimeoutError:
            pass
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        return self._found(label)

    async def _until_told(self) -> None:
        """Until it has read something, or has been in one state for long enough to be believed."""
        asked = False
        settles = _LONGER.get(self._name.partition(":")[0], _READY_SETTLES_S)
        while self._read is None:
            is_ready = bool(self._states) and self._states[-1].condition is Condition.READY
            lasts = None if asked or not self._states else settles if is_ready else _TROUBLE_SETTLES_S
            try:
                async with asyncio.timeout(lasts):
                    await self._changed.wait()
                    self._changed.clear()
            except TimeoutError:
                if not (is_ready and self._wants_card):
                    return
                self._on_ready(self._name)
                asked = True

    async def _on_read(self, reading: Reading) -> None:
        if isinstance(reading, Document | CodeText):
            self._read = reading
        else:
            self._failed = reasons.reason_for_fault(reading.code, fault_method(self._name))
        self._changed.set()

    def _on_state(self, state: ReaderState) -> None:
        self._states.append(state)
        self._changed.set()

    def _found(self, label: str) -> Finding:
        family = self._name.partition(":")[0]
        read_ms = self._reader.read_ms if self._reader else None
        if isinstance(self._read, Document):
            method = Method.of(self._read)
            return Finding(self._name, label, "read", {}, self._read.kind.value, method.value, read_ms)
        if self._read is not None:
            return Finding(self._name, label, "read", {}, "code", Method.CODE.value, read_ms)
        # One that says nothing at all within its time does not answer.
        last = self._states[-1] if self._states else ReaderState(family, Condition.ILL, "reader_silent")
        if last.condition is not Condition.READY:
            return Finding(self._name, label, last.detail or "reader_error", failed=self._failed)
        code = "opened" if family in _SILENT_FAMILIES else "ready"
        return Finding(self._name, label, code, failed=self._failed)


async def check_readers(
    named: Sequence[str],
    *,
    held: Mapping[str, str] = MappingProxyType({}),
    look: bool = True,
    seconds: float = 6.0,
    wants_card: bool = False,
    on_ready: Callable[[str], None] = lambda _name: None,
) -> list[Finding]:
    """How the readers in `named` are, and, with `look`, all that are attached.

    `held`: what a running gate says of its own readers, which nobody else can open. `on_ready` is called with a reader
    that waits for a card.
    """
    found = await asyncio.to_thread(_look) if look else []
    labels = {str(each): each.name for each in found if isinstance(each, Attached)}
    findings = [Finding("", "", each.code, each.fields) for each in found if isinstance(each, FolderError)]
    findings += [Finding(name, labels.get(name, ""), code) for name, code in held.items()]
    sure = [str(each) for each in found if isinstance(each, Attached) and each.sure]
    theirs = {_port(name) for name in held}
    findings += [
        Finding(str(each), each.name, "maybe")
        for each in found
        if isinstance(each, Attached) and not each.sure and str(each) not in named and _port(str(each)) not in theirs
    ]

    async def take_turns(names: list[str]) -> list[Finding]:
        tried = [
            await Trial(name, seconds=seconds, wants_card=wants_card, on_ready=on_ready).run(labels.get(name, ""))
            for name in names
        ]
        # Nothing that asks its device got an answer, and another family is at home there: it is that one's.
        return [each for each in tried if each.is_good or each.reader in named or not any(t.is_good for t in tried)]

    ports: dict[str, list[str]] = {}
    for name in sorted(dict.fromkeys([*named, *sure]), key=_asks_first):
        if _port(name) not in theirs:
            ports.setdefault(_port(name), []).append(name)
    for tried in await asyncio.gather(*map(take_turns, ports.values())):
        findings += tried
    if look and not any(each.reader.startswith("pcsc:") for each in findings) and has_card_interface():
        findings += await take_turns(["pcsc:"])
    return findings


def _look() -> list[Attached | FolderError]:
    return list(find_readers())


def has_card_interface(devices: Path = Path("/sys/bus/usb/devices")) -> bool:
    """Whether a contactless or contact card reader is plugged in, which the card service would have to serve."""
    for interface in devices.glob("*/bInterfaceClass"):
        with contextlib.suppress(OSError):
            if interface.read_text().strip() == _CARD_INTERFACE:
                return True
    return False


def verdict(findings: Iterable[Finding], *, wants_card: bool = False) -> int:
    """Exit status: 0 all work, 1 one does not, 3 nothing is attached. What only may be a reader does not count.

    With `wants_card` a reader has to have read something.
    """
    tried = [each for each in findings if each.code != "maybe" and each.reader]
    if not tried:
        return 3
    return 0 if all(each.code == "read" if wants_card else each.is_good for each in tried) else 1


def _asks_first(name: str) -> bool:
    return name.partition(":")[0] in _SILENT_FAMILIES


def _port(name: str) -> str:
    """What two names must not open at once."""
    family, _, port = name.partition(":")
    path = port.partition("?")[0]
    return os.path.realpath(path) if path.startswith("/") else f"{family}:{path}"
