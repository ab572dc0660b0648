"""A believable day at the gates that nobody in the demo stands at.

Each far gate is a real enrolled device: it makes its records with the same rule as every gate (`policy.decide`) and
delivers them signed, in sequence, through the same intake. Only the people are chosen by dice.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx2
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gatepass import __version__
from gatepass.demo.town import Townsperson
from gatepass.files import write_whole
from gatepass.policy import Knowledge, Method, Presentation, Status, decide
from gatepass.wire import ids, keys, signing
from gatepass.wire.erasure import ErasureOrder, ErasureOrders, ErasureReceipt, signed_bytes
from gatepass.wire.messages import (
    CONTENT_TYPE,
    MAX_BATCH,
    EnrolReply,
    EnrolRequest,
    Heartbeat,
    PassageBatch,
    PassageReceipt,
    ReaderHealth,
    Record,
)

TOWN_TIME = ZoneInfo("Asia/Shanghai")
ORDERS_EVERY_S = 60.0

# People per hour of the day through a gate where people come in, and one where they leave.
_COMING = (2, 1, 0, 0, 1, 6, 18, 46, 62, 48, 40, 38, 44, 30, 26, 30, 38, 66, 72, 52, 34, 22, 12, 6)
_LEAVING = (1, 0, 0, 0, 2, 12, 40, 88, 76, 44, 34, 36, 30, 26, 24, 28, 30, 34, 30, 26, 20, 12, 6, 3)


@dataclass(frozen=True, slots=True)
class Moment:
    """Someone comes to a gate."""

    at: datetime
    person: Townsperson


def last_day(town: Sequence[Townsperson], now: datetime, direction: str, chance: random.Random) -> Iterator[Moment]:
    """Everyone who came through one gate in the 24 hours before `now` (aware), in order of time.

    Not since midnight: whoever opens the demo just after it should find a town that has lived, too.
    """
    this_hour = now.astimezone(TOWN_TIME).replace(minute=0, second=0, microsecond=0)
    regulars = chance.sample(list(town), k=min(len(town), 900))
    for hours_ago in range(24, -1, -1):
        begins = this_hour - timedelta(hours=hours_ago)
        rate = (_COMING if direction == "in" else _LEAVING)[begins.hour]
        for second in sorted(chance.uniform(0, 3600) for _ in range(round(rate * chance.uniform(0.85, 1.15)))):
            at = begins + timedelta(seconds=second)
            if now - timedelta(days=1) < at < now:
                yield Moment(at.astimezone(UTC), chance.choice(regulars))


class FarGate:
    """An enrolled gate without a screen."""

    def __init__(self, centre: str, enrolment_code: str, memory: Path, chance: random.Random) -> None:
        self.centre = centre
        self.memory = memory
        self.pending: list[Record] = []
        self.enrolment_code = enrolment_code
        self.chance = chance
        self.key = Ed25519PrivateKey.generate()
        self.sequence = 0
        self.crossed = {"in": 0, "out": 0}
        self.enrolled: EnrolReply

    async def enrol(self, client: httpx2.AsyncClient) -> None:
        request = EnrolRequest(
            code=self.enrolment_code,
            public_key=self.key.public_key().public_bytes_raw(),
            proof=self.key.sign(self.enrolment_code.encode()),
            software=f"gatepass {__version__}",
        )
        answer = await client.post(f"{self.centre}/gate/v1/enrol", content=msgspec.json.encode(request))
        answer.raise_for_status()
        self.enrolled = msgspec.json.decode(answer.content, type=EnrolReply)

    def save(self) -> None:
        """What the gate must remember to go on tomorrow: key, place in the sequence, undelivered records, enrolment."""
        remembered = {
            "key": self.key.private_bytes_raw(),
            "sequence": self.sequence,
            "crossed": self.crossed,
            "pending": self.pending,
            "enrolled": self.enrolled,
        }
        write_whole(self.memory, msgspec.msgpack.encode(remembered), mode=0o600)

    def restore(self) -> None:
        remembered = msgspec.msgpack.decode(self.memory.read_bytes())
        self.key = Ed25519PrivateKey.from_private_bytes(remembered["key"])
        self.sequence = remembered["sequence"]
        self.crossed = remembered["crossed"]
        self.pending = msgspec.convert(remembered["pending"], list[Record])
        self.enrolled = msgspec.convert(remembered["enrolled"], EnrolReply)

    def record(self, moment: Moment) -> Record:
        """What the gate would have journalled: the same presentation, rule and pseudonym."""
        self.sequence += 1
        person = moment.person
        status = Status(
            knowledge=Knowledge.REGISTERED if person.registered else Knowledge.UNKNOWN,
            as_of=moment.at,
            colour=person.colour,
            advice=person.advice,
        )
        method = Method.TYPED if self.chance.random() < 0.04 else Method.CARD
        decision = decide(Presentation(method, person.document), status, self.enrolled.rules, moment.at)
        if decision.outcome == "pass":
            self.crossed[self.enrolled.direction] += 1
        return Record(
            seq=self.sequence,
            id=ids.uuid7(),
            at=round(moment.at.timestamp() * 1000),
            person=keys.person_key(self.enrolled.person_key_secret, person.document),
            direction=self.enrolled.direction,
            outcome=decision.outcome,
            reasons=decision.reasons,
            method=method,
            document=person.document.kind.value,
            knowledge=1,
        )

    async def come_by(self, moments: Sequence[Moment]) -> None:
        """People come to the gate: record them, and remember that before anything is sent."""
        # The pseudonym is stretched on purpose (about 1 ms each): off the loop, so that the tray stays quick.
        self.pending += await asyncio.to_thread(lambda: [self.record(moment) for moment in moments])
        self.save()

    async def deliver(self, client: httpx2.AsyncClient) -> None:
        """Send what is pending, and forget what the centre has made durable."""
        if self.pending:
            answer = await self._post(client, "passages", PassageBatch(self.pending[:MAX_BATCH]))
            receipt = msgspec.msgpack.decode(answer, type=PassageReceipt)
            self.pending = [record for record in self.pending if record.seq >= receipt.next]
            self.save()

    async def beat(self, client: httpx2.AsyncClient) -> None:
        now = round(datetime.now(UTC).timestamp() * 1000)
        heartbeat = Heartbeat(
            software=f"gatepass {__version__}",
            at=now,
            directory=1,
            knowledge_at=now,
            waiting=0,
            entered=self.crossed["in"],
            left=self.crossed["out"],
            readers=[ReaderHealth("sam", "ready")],
            kiosk=True,
        )
        await self._post(client, "heartbeat", heartbeat)

    async def obey(self, client: httpx2.AsyncClient) -> None:
        """Forget whomever the centre has erased, and sign for it, as every gate does: else no erasure ever ends."""
        answer = await self._ask(client, "GET", "erasures", b"")
        for order in msgspec.msgpack.decode(answer, type=ErasureOrders).orders:
            await self._post(client, "erased", self.forget(order))

    def forget(self, order: ErasureOrder) -> ErasureReceipt:
        gone = set(order.people)
        lost = sum(record.person in gone for record in self.pending)
        self.pending = [
            msgspec.structs.replace(record, person=None) if record.person in gone else record for record in self.pending
        ]
        self.save()
        now = round(datetime.now(UTC).timestamp() * 1000)
        receipt = ErasureReceipt(order.erasure, now, records=lost, sealed=0, files=0, proof=bytes(64))
        return msgspec.structs.replace(receipt, proof=self.key.sign(signed_bytes(self.enrolled.device, receipt)))

    async def _post(self, client: httpx2.AsyncClient, call: str, message: msgspec.Struct) -> bytes:
        return await self._ask(client, "POST", call, msgspec.msgpack.encode(message))

    async def _ask(self, client: httpx2.AsyncClient, method: str, call: str, body: bytes) -> bytes:
        url = f"{self.centre}/gate/v1/{call}"
        now = round(datetime.now(UTC).timestamp() * 1000)
        headers = signing.sign(method, url, body, key=self.key, key_id=self.enrolled.device, now_ms=now)
        answer = await client.request(method, url, content=body, headers={**headers, "content-type": CONTENT_TYPE})
        answer.raise_for_status()
        return answer.content


async def fill_the_day(gate: FarGate, client: httpx2.AsyncClient, town: Sequence[Townsperson]) -> int:
    """Deliver the passages of the last 24 hours; the number delivered."""
    moments = list(last_day(town, datetime.now(UTC), gate.enrolled.direction, gate.chance))
    for start in range(0, len(moments), 200):
        await gate.come_by(moments[start : start + 200])
        await gate.deliver(client)
    await gate.beat(client)
    return len(moments)


async def trickle(gate: FarGate, client: httpx2.AsyncClient, town: Sequence[Townsperson], pace: float) -> None:
    """One person about every `pace` seconds, a heartbeat every five, and whom to forget asked once a minute.

    Until cancelled; a deaf centre is no drama.
    """
    next_person = pace
    next_orders = 0.0
    while True:
        pause = gate.chance.uniform(0.7, 1.3) * min(pace, 5)
        await asyncio.sleep(pause)
        next_person -= pause
        next_orders -= pause
        if next_person <= 0:
            next_person = pace
            await gate.come_by([Moment(datetime.now(UTC), gate.chance.choice(town))])
        with contextlib.suppress(httpx2.HTTPError):
            await gate.deliver(client)
            await gate.beat(client)
            if next_orders <= 0:
                await gate.obey(client)
                next_orders = ORDERS_EVERY_S
