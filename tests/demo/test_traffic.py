"""The day at the far gates: believable, and in order."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gatepass.demo.town import people
from gatepass.demo.traffic import FarGate, Moment, last_day
from gatepass.policy import SiteRules
from gatepass.wire.erasure import ErasureOrder, signed_bytes
from gatepass.wire.messages import EnrolReply


@pytest.mark.parametrize("hour", [0, 8, 16, 23])
@pytest.mark.parametrize("direction", ["in", "out"])
def test_a_town_has_lived_whenever_it_is_opened(hour: int, direction: str) -> None:
    now = datetime(2026, 11, 23, hour, 2, tzinfo=UTC)
    moments = list(last_day(people(300), now, direction, random.Random(1)))
    assert 400 < len(moments) < 1000
    assert all(now - timedelta(days=1) < moment.at < now for moment in moments)
    assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)


def test_the_morning_is_busier_than_the_night() -> None:
    now = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)  # a minute before midnight in the town
    hours = [(moment.at.hour + 8) % 24 for moment in last_day(people(300), now, "in", random.Random(1))]
    assert hours.count(8) > 5 * max(1, hours.count(3))


def test_a_far_gate_forgets_whom_the_centre_has_erased_and_signs_for_it(tmp_path: Path) -> None:
    gate = FarGate("http://centre.example", "code", tmp_path / "memory", random.Random(1))
    gate.enrolled = EnrolReply(
        device="dev-1", gate="1", gate_name="East", site_name="Site", direction="in", rules=SiteRules(),
        person_key_secret=bytes(32), sealing_key=bytes(32), trust_root=b"{}",
    )  # fmt: skip
    gone, stays = people(50)[:2]
    asyncio.run(gate.come_by([Moment(datetime.now(UTC), one) for one in (gone, stays, gone)]))
    whom = gate.pending[0].person
    receipt = gate.forget(ErasureOrder(7, [whom]))
    assert [record.person is None for record in gate.pending] == [True, False, True]
    assert (receipt.erasure, receipt.records) == (7, 2)
    gate.key.public_key().verify(receipt.proof, signed_bytes("dev-1", receipt))
    assert whom not in gate.memory.read_bytes()
