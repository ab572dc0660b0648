"""Every way in which a request may not be what it claims: refused, with the code that the gate acts upon."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import msgspec
import pytest
from tests.cast import WANG
from tests.centre.gateway.harness import MSGPACK, Terminal, call, gateway, now_ms

from gatepass.centre.gateway import doorkeeper, gate_calls, registry
from gatepass.wire.messages import PassageReceipt, SessionReply, StatusQuery, StatusReply

PASSAGES, STATUS, SESSION = "/gate/v1/passages", "/gate/v1/status", "/gate/v1/session"
KEY = WANG.number[:16].encode()
QUERY = msgspec.msgpack.encode(StatusQuery([KEY]))


@asynccontextmanager
async def two_gates(folder):
    east, west = Terminal("dev-east", 1), Terminal("dev-west", 2)
    async with gateway(folder, east, west, people={}) as town:
        yield town, east, west


def test_a_gate_may_make_every_call_that_is_listed():
    listed = {name.rpartition("/")[2] for name in gate_calls.CALLS} - {"enrol"}
    assert listed == doorkeeper.ALLOWED["gate"]


def test_a_device_without_a_key_is_refused(tmp_path):
    async def story():
        async with two_gates(tmp_path) as (town, east, _west):
            answer = await call(town.app, "POST", PASSAGES, east.batch(), MSGPACK)
            assert (answer.status, answer.problem.code) == (401, "signature_missing")
            assert town.log.read(_everything()).passages == []

    asyncio.run(story())


def test_a_key_that_nobody_enrolled_is_refused(tmp_path):
    async def story():
        async with two_gates(tmp_path) as (town, *_):
            stranger = Terminal("dev-stranger", 1)
            answer = await town.send(stranger, "POST", PASSAGES, stranger.batch())
            assert (answer.status, answer.problem.code) == (401, "signature_key_unknown")

    asyncio.run(story())


def test_another_gates_key_under_this_gates_name_is_refused(tmp_path):
    async def story():
        async with two_gates(tmp_path) as (town, east, west):
            answer = await town.send(east, "POST", PASSAGES, east.batch(), key=west.key)
            assert (answer.status, answer.problem.code) == (401, "signature_wrong")

    asyncio.run(story())


def test_a_device_writes_for_its_own_gate_whatever_it_says(tmp_path):
    async def story():
        async with two_gates(tmp_path) as (town, _east, west):
            assert (await town.send(west, "POST", PASSAGES, west.batch())).read(PassageReceipt).next == 2
            (passage,) = town.log.read(_everything()).passages
            assert (passage.gate, passage.journal) == ("2", "dev-west")

    asyncio.run(story())


def test_a_revoked_device_is_refused_within_a_second(tmp_path):
    async def story():
        async with two_gates(tmp_path) as (town, east, _west):
            assert (await town.send(east, "POST", PASSAGES, east.batch())).status == 200
            east.revoked = True
            await asyncio.sleep(registry.LOOK_EVERY + 0.1)
            answer = await town.send(east, "POST", PASSAGES, east.batch())
            assert (answer.status, answer.problem.code) == (403, "device_revoked")

    asyncio.run(story())


def test_a_request_that_is_sent_twice_is_refused_the_second_time(tmp_path):
    async def story():
        async with two_gates(tmp_path) as (town, east, _west):
            body = east.batch()
            headers = {**east.sign("POST", PASSAGES, body), **MSGPACK}
            assert (await call(town.app, "POST", PASSAGES, body, headers)).status == 200
            answer = await call(town.app, "POST", PASSAGES, body, headers)
            assert (answer.status, answer.problem.code) == (401, "replayed")

    asyncio.run(story())


def test_an_altered_body_path_query_or_method_is_refused(tmp_path):
    async def story():
        async with two_gates(tmp_path) as (town, east, _west):
            body = east.batch()
            altered = body[:-1] + bytes([body[-1] ^ 1])
            signed = {**east.sign("POST", PASSAGES, body), **MSGPACK}
            answers = [
                await call(town.app, "POST", PASSAGES, altered, signed),
                await call(town.app, "POST", STATUS, body, signed),
                await call(town.app, "POST", f"{PASSAGES}?gate=2", body, signed),
                await call(
                    town.app, "GET", "/gate/v1/updates?after=1", b"", east.sign("GET", "/gate/v1/updates?after=0")
                ),
                await call(
                    town.app, "GET", "/gate/v1/updates?after=0", b"", east.sign("POST", "/gate/v1/updates?after=0")
                ),
            ]
            assert [answer.problem.code for answer in answers] == ["digest_wrong", *["signature_wrong"] * 4]
            assert {answer.status for answer in answers} == {401}
            assert town.log.read(_everything()).passages == []

    asyncio.run(story())


@pytest.mark.parametrize("seconds", [-301, 301, -86_400])
def test_a_wrong_clock_is_refused_and_told_the_right_time(tmp_path, seconds):
    async def story():
        async with two_gates(tmp_path) as (town, east, _west):
            answer = await town.send(east, "POST", STATUS, QUERY, now_ms=now_ms() + seconds * 1000)
            assert (answer.status, answer.problem.code) == (401, "clock_skew")
            assert abs(answer.problem.at - now_ms()) < 5_000

    asyncio.run(story())


def test_a_mangled_signature_is_refused(tmp_path):
    async def story():
        async with two_gates(tmp_path) as (town, east, _west):
            good = {**east.sign("POST", STATUS, QUERY), **MSGPACK}
            for name, value in (
                ("signature-input", "gate=()"),
                ("signature-input", good["signature-input"].replace("@query", "@quarry")),
                ("signature-input", good["signature-input"].replace("ed25519", "hmac-sha256")),
                ("signature", "gate=:AAAA:"),
                ("signature", ""),
                ("content-digest", ""),
                ("content-digest", "sha-256=:\n:"),
            ):
                answer = await call(town.app, "POST", STATUS, QUERY, {**good, name: value})
                assert answer.status == 401, (name, value)
                assert answer.problem.code.startswith(("signature_", "digest_"))

    asyncio.run(story())


def test_a_session_key_opens_the_look_ups_and_nothing_else(tmp_path):
    async def story():
        async with two_gates(tmp_path) as (town, east, _west):
            session = (await town.send(east, "POST", SESSION)).read(SessionReply)
            own = {"key": session.key, "key_id": session.key_id}
            assert (await town.send(east, "POST", STATUS, QUERY, **own)).read(StatusReply).people[0].registered is False
            for url, body in ((PASSAGES, east.batch()), (SESSION, b"")):
                answer = await town.send(east, "POST", url, body, **own)
                assert (answer.status, answer.problem.code) == (403, "call_not_allowed")

    asyncio.run(story())


def test_a_session_dies_with_its_device_and_with_its_time(tmp_path, monkeypatch):
    async def story():
        async with two_gates(tmp_path) as (town, east, west):
            session = (await town.send(east, "POST", SESSION)).read(SessionReply)
            own = {"key": session.key, "key_id": session.key_id}
            monkeypatch.setattr(doorkeeper, "SESSION_SECONDS", 0)
            ended = (await town.send(west, "POST", SESSION)).read(SessionReply)
            answer = await town.send(west, "POST", STATUS, QUERY, key=ended.key, key_id=ended.key_id)
            assert answer.problem.code == "signature_key_unknown"
            east.revoked = True
            await asyncio.sleep(registry.LOOK_EVERY + 0.1)
            answer = await town.send(east, "POST", STATUS, QUERY, **own)
            assert (answer.status, answer.problem.code) == (403, "device_revoked")

    asyncio.run(story())


def test_a_device_has_a_few_sessions_and_the_oldest_makes_room(tmp_path):
    async def story():
        async with two_gates(tmp_path) as (town, east, _west):
            sessions = [
                (await town.send(east, "POST", SESSION)).read(SessionReply)
                for _ in range(doorkeeper.SESSIONS_OF_A_DEVICE + 1)
            ]
            statuses = [
                (await town.send(east, "POST", STATUS, QUERY, key=one.key, key_id=one.key_id)).status
                for one in sessions
            ]
            assert statuses == [401, *[200] * doorkeeper.SESSIONS_OF_A_DEVICE]

    asyncio.run(story())


def _everything():
    from gatepass.centre.passages.log import Filters

    return Filters(0, 2**53)
