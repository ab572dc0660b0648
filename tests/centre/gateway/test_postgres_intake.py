"""The signed way in, with PostgreSQL behind it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import psycopg
from tests.centre.gateway.harness import Terminal, gateway, now_ms
from tests.postgres import empty_schema

from gatepass.centre.passages.log import Filters, LogUnavailableError
from gatepass.centre.passages.postgres_log import PostgresPassageLog
from gatepass.wire.messages import PassageReceipt

PASSAGES = "/gate/v1/passages"


def test_what_many_gates_send_signed_is_in_postgresql_when_they_have_their_receipts(tmp_path):
    async def story():
        gates = [Terminal(f"dev-{n}", n) for n in range(1, 13)]
        async with gateway(tmp_path, *gates, log=log) as town:
            batches = [one.batch(*(one.record(sealed=b"s" * 40) for _ in range(one.gate))) for one in gates]
            answers = await asyncio.gather(
                *(town.send(one, "POST", PASSAGES, batch) for one, batch in zip(gates, batches, strict=True))
            )
            assert [answer.read(PassageReceipt).next for answer in answers] == [n + 1 for n in range(1, 13)]
            again = await town.send(gates[4], "POST", PASSAGES, batches[4])
            assert again.read(PassageReceipt).next == 6
            assert len(log.read(Filters(0, 2**53), limit=1000).passages) == sum(range(1, 13))
            forged = await town.send(gates[0], "POST", PASSAGES, batches[1], key=gates[1].key)
            assert forged.status == 401

    with empty_schema() as (dsn, schema):
        log = PostgresPassageLog(dsn, ZoneInfo("Asia/Shanghai"), clock=now_ms, schema=schema)
        asyncio.run(story())


def test_while_postgresql_is_away_a_gate_is_asked_to_come_again_and_nothing_is_lost(tmp_path, monkeypatch):
    async def story():
        east = Terminal("dev-east", 1)
        batch = east.batch(east.record(), east.record())
        async with gateway(tmp_path, east, log=log) as town:
            with monkeypatch.context() as away:
                away.setattr(log, "_connections", SimpleNamespace(open=_away, reading=_away))
                assert (await town.send(east, "POST", PASSAGES, batch)).status == 503
            assert (await town.send(east, "POST", PASSAGES, batch)).read(PassageReceipt).next == 3

    with empty_schema() as (dsn, schema):
        log = PostgresPassageLog(dsn, ZoneInfo("Asia/Shanghai"), clock=now_ms, schema=schema)
        asyncio.run(story())


def _away():
    raise LogUnavailableError(psycopg.OperationalError.__name__)
