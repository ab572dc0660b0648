"""The calls of `wire.messages`, one function each: what a gate asks, and the bytes of the answer.

No ORM on the way of a passage or a look-up. Heartbeats (together) and enrolments go to Django on a thread.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec
from django.utils import translation

from gatepass.centre.connections import DatabaseThread
from gatepass.centre.errors import RefusedError
from gatepass.centre.gateway.doorkeeper import Doorkeeper
from gatepass.centre.gateway.heartbeats import Heartbeats
from gatepass.centre.gateway.http import Request
from gatepass.centre.gateway.knowledge import Knowledge
from gatepass.centre.gateway.problems import ProblemError
from gatepass.centre.interpreting.exchange import exchange
from gatepass.centre.limits.pace import Pace
from gatepass.centre.passages.intake import Intake
from gatepass.centre.passages.log import Batch, LogUnavailableError
from gatepass.centre.privacy.gates import orders_for, take_receipt
from gatepass.centre.quarantine.at_gates import reported_at
from gatepass.centre.questions.at_gates import asked_at
from gatepass.centre.sites.actions import enrol_device
from gatepass.centre.sites.devices import DeviceCredential
from gatepass.centre.sites.models import Device, Gate
from gatepass.centre.visitors.intake import take
from gatepass.directory.lookup import Directory
from gatepass.directory.states import STATES, UNREGISTERED
from gatepass.languages import Language
from gatepass.policy import Advice
from gatepass.wire.erasure import ErasureReceipt
from gatepass.wire.interpreting import InterpretingAnswer, InterpretingQuestion
from gatepass.wire.messages import (
    EnrolRequest,
    Heartbeat,
    PersonStatus,
    SessionReply,
    StatusQuery,
    UpdatesReply,
    passage_records,
)
from gatepass.wire.questions import GateAnswer, GateQuestion
from gatepass.wire.reports import ReportBatch, ReportReply
from gatepass.wire.visitors import VisitBatch, VisitReply

LONG_POLL = 25.0
"""Seconds after which `updates` answers though nothing is new."""
ENROLMENTS = (10, 60.0)
"""So many enrolments in so many seconds from one address: codes have 100 bits, this only keeps the database quiet."""
COME_AGAIN = {"retry-after": "2"}
PIECE = 256 * 1024

Message = TypeVar("Message")

_queries = msgspec.msgpack.Decoder(StatusQuery)
_heartbeats = msgspec.msgpack.Decoder(Heartbeat)
_receipts = msgspec.msgpack.Decoder(ErasureReceipt)
_interpreting = msgspec.msgpack.Decoder(InterpretingQuestion)
_questions = msgspec.msgpack.Decoder(GateQuestion)
_reports = msgspec.msgpack.Decoder(ReportBatch)
_visits = msgspec.msgpack.Decoder(VisitBatch)
_enrolments = msgspec.json.Decoder(EnrolRequest)
_pack = msgspec.msgpack.Encoder().encode

# A PersonStatus is one of 33: encoded once, then joined.
_PERSON = {code: _pack(PersonStatus(True, colour, advice)) for code, (colour, advice) in enumerate(STATES)}
_PERSON[UNREGISTERED] = _pack(PersonStatus(False, None, Advice.NONE))
_CODE_OF = {state: code for code, state in enumerate(STATES)} | {None: UNREGISTERED}
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


def _decoded(decoder: Callable[[bytes], Message], body: bytes) -> Message:
    try:
        return decoder(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ProblemError("malformed", detail=str(error)[:200]) from None


class Calls:
    """What the calls share. `clock` gives milliseconds since 1970 UTC."""

    def __init__(
        self, *, doorkeeper: Doorkeeper, intake: Intake, knowledge: Knowledge, clock: Callable[[], int]
    ) -> None:
        self._doorkeeper = doorkeeper
        self._intake = intake
        self._knowledge = knowledge
        self._enrolments = Pace(*ENROLMENTS)
        self._head: tuple[Directory | None, bytes] = (None, b"")
        self._thread = DatabaseThread("gateway-records")
        self._heartbeats = Heartbeats(self._thread, clock)
        self._calling = DatabaseThread("gateway-calling")

    def close(self) -> None:
        self._thread.close()
        self._calling.close()

    async def passages(self, device: DeviceCredential, body: bytes) -> bytes:
        """The device's word is taken for what happened, never for where: the gate is the one it was enrolled at."""
        records = _decoded(passage_records, body)
        try:
            receipt = await self._intake.append(Batch(str(device.gate), device.key_id, records))
        except LogUnavailableError:
            raise ProblemError("log_unavailable", headers=COME_AGAIN) from None
        return _pack(receipt)

    async def status(self, _device: DeviceCredential, body: bytes) -> bytes:
        directory = self._knowledge.store.directory
        if directory is None:
            raise ProblemError("directory_unavailable", headers=COME_AGAIN)
        people = _decoded(_queries.decode, body).people
        if len(people) == 1:
            answers = [_PERSON[_CODE_OF[directory.look_up(people[0])]]]
        else:
            answers = [_PERSON[code] for code in directory.look_up_many(b"".join(people)).tolist()]
        # The bytes of a StatusReply, joined by hand: building a thousand structs would cost more than finding them.
        if self._head[0] is not directory:
            facts = (_pack("as_of"), _pack(directory.as_of_ms), _pack("version"), _pack(directory.version))
            self._head = (directory, b"".join((b"\x83", *facts, _pack("people"), b"\xdc")))
        return b"".join((self._head[1], len(people).to_bytes(2, "big"), *answers))

    async def session(self, device: DeviceCredential, _body: bytes) -> bytes:
        reply: SessionReply = self._doorkeeper.open_session(device)
        return _pack(reply)

    async def heartbeat(self, device: DeviceCredential, body: bytes) -> bytes:
        heartbeat = _decoded(_heartbeats.decode, body)
        if not all(0 <= moment < 2**53 for moment in (heartbeat.at, heartbeat.knowledge_at)):
            raise ProblemError("malformed", detail="a time is out of range")
        if not all(0 <= number < 2**63 for number in (heartbeat.directory, heartbeat.waiting)):
            raise ProblemError("malformed", detail="a number is out of range")
        return _pack(await self._heartbeats.heard(device, heartbeat))

    async def erasures(self, device: DeviceCredential, _body: bytes) -> bytes:
        """Whom this gate must forget."""
        loop = asyncio.get_running_loop()
        return _pack(await loop.run_in_executor(self._thread, orders_for, device.key_id))

    async def erased(self, device: DeviceCredential, body: bytes) -> bytes:
        receipt = _decoded(_receipts.decode, body)
        loop = asyncio.get_running_loop()
        try:
            return _pack(await loop.run_in_executor(self._thread, take_receipt, device.key_id, receipt))
        except RefusedError:
            raise ProblemError("malformed", detail="the receipt's own signature is wrong") from None

    async def interpreting(self, device: DeviceCredential, body: bytes) -> bytes:
        """Somebody at this gate wants an interpreter: a question a second, answered on a thread of its own."""
        question = _decoded(_interpreting.decode, body)
        loop = asyncio.get_running_loop()
        try:
            return _pack(await loop.run_in_executor(self._calling, _exchanged, device, question))
        except RefusedError as refused:
            raise ProblemError("call_not_now", title=refused.sentence) from None

    async def questions(self, device: DeviceCredential, body: bytes) -> bytes:
        """Somebody at this gate asks the desk."""
        question = _decoded(_questions.decode, body)
        loop = asyncio.get_running_loop()
        try:
            return _pack(await loop.run_in_executor(self._calling, _asked, device, question))
        except RefusedError as refused:
            raise ProblemError("question_not_now", title=refused.sentence) from None

    async def visits(self, device: DeviceCredential, body: bytes) -> bytes:
        """Who came and went as a visitor; and what hosts say of those who wait."""
        batch = _decoded(_visits.decode, body)
        return _pack(await asyncio.get_running_loop().run_in_executor(self._thread, _taken, device, batch))

    async def reports(self, device: DeviceCredential, body: bytes) -> bytes:
        """How people in quarantine are, as guards took it down."""
        batch = _decoded(_reports.decode, body)
        return _pack(await asyncio.get_running_loop().run_in_executor(self._thread, _reported, device, batch))

    async def updates(self, query: str) -> bytes:
        after = re.fullmatch(r"after=([0-9]{1,15})", query)
        if after is None:
            raise ProblemError("malformed", detail="expected ?after=NUMBER")
        return _pack(UpdatesReply(version=await self._knowledge.newer_than(int(after[1]), LONG_POLL)))

    async def enrol(self, request: Request) -> bytes:
        seconds = self._enrolments.wait(request.address)
        if seconds:
            raise ProblemError("too_many_requests", headers={"retry-after": str(seconds)})
        message = _decoded(_enrolments.decode, request.body)
        return await asyncio.get_running_loop().run_in_executor(self._thread, _enrolled, message, request.language)

    def file(self, folder: str, name: str) -> tuple[BinaryIO, int]:
        """A file of the update repository, open, and its length. Names are flat: no way leads out of the folder."""
        path: Path = self._knowledge.repository / folder / name
        if not _FILE_NAME.fullmatch(name) or not path.is_file():
            raise ProblemError("not_found")
        file = path.open("rb")
        return file, path.stat().st_size


async def pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, PIECE):
        yield piece


def _exchanged(device: DeviceCredential, question: InterpretingQuestion) -> InterpretingAnswer:
    gate = Gate.objects.select_related("site").get(pk=device.gate)
    return exchange(question, gate.site, gate=gate, device=device.key_id)


def _asked(device: DeviceCredential, question: GateQuestion) -> GateAnswer:
    return asked_at(Gate.objects.select_related("site__community").get(pk=device.gate), question)


def _taken(device: DeviceCredential, batch: VisitBatch) -> VisitReply:
    return take(batch, Gate.objects.select_related("site__community").get(pk=device.gate))


def _reported(device: DeviceCredential, batch: ReportBatch) -> ReportReply:
    return reported_at(Device.objects.select_related("gate").get(pk=device.key_id), batch)


def _enrolled(message: EnrolRequest, language: Language) -> bytes:
    try:
        return msgspec.json.encode(enrol_device(message))
    except RefusedError as refusal:
        with translation.override(language.lower()):
            raise ProblemError(refusal.code, title=refusal.sentence) from None
