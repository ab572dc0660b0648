"""The calls themselves: what goes in, what comes out, and that nothing that comes in makes the centre stumble."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from itertools import groupby

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.centre.gateway.harness import MSGPACK, Terminal, call, gateway
from tests.policy.decision_cases import CASES

from gatepass.centre.errors import RefusedError
from gatepass.centre.gateway import calls as gateway_calls
from gatepass.centre.gateway import gate_calls, http
from gatepass.centre.limits.pace import Pace
from gatepass.centre.passages.log import Filters, LogUnavailableError
from gatepass.directory.fetching import FolderFetcher, Subscriber
from gatepass.directory.store import DirectoryStore
from gatepass.policy import Advice, Colour, Knowledge, Outcome, Status, decide
from gatepass.speech.prompts import PROMPTS
from gatepass.wire.erasure import ErasureNoted, ErasureOrder, ErasureOrders, ErasureReceipt
from gatepass.wire.messages import (
    MAX_BATCH,
    Heartbeat,
    PassageReceipt,
    PersonStatus,
    StatusQuery,
    StatusReply,
    UpdatesReply,
)

PASSAGES, STATUS = "/gate/v1/passages", "/gate/v1/status"
EVERYTHING = Filters(0, 2**53)
WANG, LI, SUN, STRANGER = (name.ljust(16, b".") for name in (b"wang", b"li", b"sun", b"stranger"))
PEOPLE = {
    WANG: (Colour.GREEN, Advice.NONE),
    LI: (Colour.YELLOW, Advice.TEST),
    SUN: (None, Advice.APPLY),
}


def ask(*people: bytes) -> bytes:
    return msgspec.msgpack.encode(StatusQuery(list(people)))


# Erasures


def test_a_gate_hears_whom_it_must_forget_and_its_receipt_is_taken_if_it_signed_it(tmp_path, monkeypatch):
    order = ErasureOrder(7, [WANG])
    taken = []
    monkeypatch.setattr(
        gateway_calls, "orders_for", lambda device: ErasureOrders([order] if device == "dev-east" else [])
    )

    def take(device: str, receipt: ErasureReceipt) -> ErasureNoted:
        if receipt.proof == bytes(64):
            raise RefusedError("erasure_proof_wrong")
        taken.append((device, receipt))
        return ErasureNoted(open=0)

    monkeypatch.setattr(gateway_calls, "take_receipt", take)

    async def story():
        east, west = Terminal("dev-east", 1), Terminal("dev-west", 2)
        async with gateway(tmp_path, east, west) as town:
            assert (await town.send(east, "GET", "/gate/v1/erasures")).read(ErasureOrders).orders == [order]
            assert (await town.send(west, "GET", "/gate/v1/erasures")).read(ErasureOrders).orders == []
            assert (await call(town.app, "GET", "/gate/v1/erasures")).status == 401
            receipt = ErasureReceipt(erasure=7, at=1, records=2, sealed=1, files=0, proof=b"p" * 64)
            noted = await town.send(east, "POST", "/gate/v1/erased", msgspec.msgpack.encode(receipt))
            assert noted.read(ErasureNoted).open == 0
            unsigned = msgspec.msgpack.encode(msgspec.structs.replace(receipt, proof=bytes(64)))
            assert (await town.send(east, "POST", "/gate/v1/erased", unsigned)).status == 422
            assert (await town.send(east, "POST", "/gate/v1/erased", b"nonsense")).status == 422

    asyncio.run(story())
    assert [device for device, _receipt in taken] == ["dev-east"]


# Passages


def test_a_passage_is_durable_and_readable_when_its_receipt_is_given(tmp_path):
    async def story():
        east = Terminal("dev-east", 1)
        async with gateway(tmp_path, east) as town:
            receipt = (await town.send(east, "POST", PASSAGES, east.batch(east.record(), east.record()))).read(
                PassageReceipt
            )
            assert receipt == PassageReceipt(next=3, missing=[])
            assert len(town.log.read(EVERYTHING).passages) == 2

    asyncio.run(story())


def test_what_many_gates_send_at_once_is_stored_together_and_each_gets_its_own_receipt(tmp_path):
    async def story():
        gates = [Terminal(f"dev-{n}", n) for n in range(1, 31)]
        async with gateway(tmp_path, *gates) as town:
            batches = [one.batch(*(one.record() for _ in range(one.gate))) for one in gates]
            groups = []
            append = town.log.append
            town.log.append = lambda group: groups.append(len(group)) or append(group)
            answers = await asyncio.gather(
                *(town.send(one, "POST", PASSAGES, batch) for one, batch in zip(gates, batches, strict=True))
            )
            assert [answer.read(PassageReceipt).next for answer in answers] == [n + 1 for n in range(1, 31)]
            assert len(groups) < 15  # not one commit each
            assert sum(m.total for m in town.log.movements(*_days(town))) == sum(range(1, 31))

    asyncio.run(story())


def _days(town):
    return town.log.days()[0], town.log.days()[-1]


def test_when_nothing_can_be_stored_the_gate_is_asked_to_come_again(tmp_path):
    async def story():
        east = Terminal("dev-east", 1)
        async with gateway(tmp_path, east) as town:
            town.log.append = lambda batches: [LogUnavailableError("disk full")] * len(batches)
            answer = await town.send(east, "POST", PASSAGES, east.batch())
            assert (answer.status, answer.problem.code) == (503, "log_unavailable")
            assert answer.headers["retry-after"] == "2"
            town.log.append = lambda batches: 1 / 0
            assert (await town.send(east, "POST", PASSAGES, east.batch())).status == 503

    asyncio.run(story())


# Look-ups


def test_a_look_up_says_colour_and_advice_and_how_old_the_knowledge_is(tmp_path):
    async def story():
        east = Terminal("dev-east", 1)
        as_of = datetime(2026, 11, 23, 4, tzinfo=UTC)
        async with gateway(tmp_path, east, people=PEOPLE, as_of=as_of) as town:
            reply = (await town.send(east, "POST", STATUS, ask(LI))).read(StatusReply)
            assert reply == StatusReply(
                as_of=int(as_of.timestamp() * 1000), version=1, people=[PersonStatus(True, Colour.YELLOW, Advice.TEST)]
            )

    asyncio.run(story())


def test_a_batch_of_look_ups_answers_like_single_ones_in_the_order_asked(tmp_path):
    async def story():
        east = Terminal("dev-east", 1)
        async with gateway(tmp_path, east, people=PEOPLE) as town:
            asked = [WANG, STRANGER, SUN, LI, WANG] * 200
            together = (await town.send(east, "POST", STATUS, ask(*asked))).read(StatusReply).people
            singly = [
                (await town.send(east, "POST", STATUS, ask(one))).read(StatusReply).people[0] for one in asked[:5]
            ]
            assert together == singly * 200
            assert [one.registered for one in singly] == [True, False, True, True, True]

    asyncio.run(story())


def test_without_a_directory_a_look_up_is_asked_to_come_again(tmp_path):
    async def story():
        east = Terminal("dev-east", 1)
        async with gateway(tmp_path, east) as town:
            answer = await town.send(east, "POST", STATUS, ask(WANG))
            assert (answer.status, answer.problem.code) == (503, "directory_unavailable")

    asyncio.run(story())


def test_every_decision_of_the_table_is_the_same_when_the_status_comes_from_the_centre(tmp_path):
    """The row's colour is published, asked for over the gateway, and decided upon; the spoken sentence too."""
    asked = [
        case
        for case in CASES
        if case.status
        and case.status.knowledge is not Knowledge.UNAVAILABLE
        # The wire has no word for a colour of somebody unknown.
        and (case.status.knowledge is Knowledge.REGISTERED or case.status.colour is None)
    ]
    assert len(asked) > 40
    asked.sort(key=lambda case: case.status.as_of)

    async def story():
        for number, (as_of, group) in enumerate(groupby(asked, key=lambda case: case.status.as_of)):
            cases = list(group)
            keys = [f"{number}:{n}".encode().ljust(16, b"-") for n in range(len(cases))]
            people = {
                key: (case.status.colour, case.status.advice)
                for key, case in zip(keys, cases, strict=True)
                if case.status.knowledge is Knowledge.REGISTERED
            }
            east = Terminal("dev-east", 1)
            async with gateway(tmp_path / str(number), east, people=people, as_of=as_of) as town:
                for key, case in zip(keys, cases, strict=True):
                    reply = (await town.send(east, "POST", STATUS, ask(key))).read(StatusReply)
                    person = reply.people[0]
                    status = Status(
                        Knowledge.REGISTERED if person.registered else Knowledge.UNKNOWN,
                        datetime.fromtimestamp(reply.as_of / 1000, UTC),
                        person.colour,
                        person.advice,
                    )
                    assert status == case.status, case.name
                    decision = decide(case.presentation, status, case.rules, case.at)
                    assert decision.outcome == case.outcome, case.name
                    assert decision.reasons == case.reasons, case.name
                    assert decision.advice == case.advice, case.name
                    assert decision.prompt == case.prompt, case.name
                    assert PROMPTS[decision.prompt].texts["zh-Hans"] == case.spoken, case.name

    asyncio.run(story())


# Updates


def test_a_gate_that_waits_hears_of_a_change_as_soon_as_it_is_published(tmp_path):
    async def story():
        east = Terminal("dev-east", 1)
        async with gateway(tmp_path, east, people=PEOPLE) as town:
            waiting = asyncio.create_task(town.send(east, "GET", "/gate/v1/updates?after=1"))
            await asyncio.sleep(0.3)
            assert not waiting.done()
            change = {WANG: (Colour.RED, Advice.VISIT_OFFICE)}
            await asyncio.to_thread(town.publisher.publish_changes, change, datetime.now(UTC))
            answer = await asyncio.wait_for(waiting, 30)
            assert answer.read(UpdatesReply).version == 2
            reply = (await town.send(east, "POST", STATUS, ask(WANG))).read(StatusReply)
            assert reply.people[0].colour is Colour.RED

    asyncio.run(story())


def test_a_gate_that_waits_in_vain_is_answered_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(gateway_calls, "LONG_POLL", 0.1)

    async def story():
        east = Terminal("dev-east", 1)
        async with gateway(tmp_path, east, people=PEOPLE) as town:
            assert (await town.send(east, "GET", "/gate/v1/updates?after=7")).read(UpdatesReply).version == 1

    asyncio.run(story())


def test_a_waiting_gate_does_not_hold_up_the_end_of_the_server(tmp_path):
    async def story():
        east = Terminal("dev-east", 1)
        async with gateway(tmp_path, east, people=PEOPLE) as town:
            waiting = asyncio.create_task(town.send(east, "GET", "/gate/v1/updates?after=1"))
            await asyncio.sleep(0.1)
        assert (await asyncio.wait_for(waiting, 30)).read(UpdatesReply).version == 1

    asyncio.run(story())


def test_a_gate_can_fetch_the_whole_directory_through_the_gateway(tmp_path):
    async def story():
        east = Terminal("dev-east", 1)
        async with gateway(tmp_path, east, people=PEOPLE) as town:
            fetched = tmp_path / "fetched"
            for folder in ("metadata", "targets"):
                (fetched / folder).mkdir(parents=True)
                for file in (town.publisher.repository / folder).iterdir():
                    answer = await town.send(east, "GET", f"/gate/v1/updates/{folder}/{file.name}")
                    assert answer.status == 200
                    assert int(answer.headers["content-length"]) == len(answer.body)
                    (fetched / folder / file.name).write_bytes(answer.body)
            store = DirectoryStore(tmp_path / "gate")
            subscriber = Subscriber(store, FolderFetcher(fetched), town.publisher.trust_root)
            assert await asyncio.to_thread(subscriber.refresh)
            assert store.look_up(LI) == (Colour.YELLOW, Advice.TEST)

    asyncio.run(story())


@pytest.mark.parametrize(
    "name",
    [
        "../keys/root.pem",
        "..%2fkeys%2froot.pem",
        "%2e%2e/keys",
        "..",
        ".lock",
        "a/b",
        "",
        "x" * 201,
        "nul%00",
        "-rf",
        "root.json/",
        "\\..\\x",
    ],
)
def test_no_file_name_leads_out_of_the_repository(tmp_path, name):
    async def story():
        east = Terminal("dev-east", 1)
        async with gateway(tmp_path, east, people=PEOPLE) as town:
            answer = await town.send(east, "GET", f"/gate/v1/updates/metadata/{name}")
            assert (answer.status, answer.problem.code) == (404, "not_found")

    asyncio.run(story())


@pytest.mark.parametrize(
    "query", ["", "?after=", "?after=-1", "?after=x", "?after=1&after=2", "?after=99999999999999999"]
)
def test_a_question_for_updates_that_names_no_version_is_refused(tmp_path, query):
    async def story():
        east = Terminal("dev-east", 1)
        async with gateway(tmp_path, east, people=PEOPLE) as town:
            answer = await town.send(east, "GET", f"/gate/v1/updates{query}")
            assert (answer.status, answer.problem.code) == (422, "malformed")

    asyncio.run(story())


# The shape of a request


def test_an_unknown_address_is_not_found_and_a_wrong_method_is_told_the_right_one(tmp_path):
    async def story():
        async with gateway(tmp_path) as town:
            for path in (
                "/gate/v1/",
                "/gate/v1/nothing",
                "/gate/v1/status/x",
                "/gate/v1/updates/keys/x",
                "/gate/v1//status",
            ):
                assert (await call(town.app, "GET", path)).status == 404, path
            answer = await call(town.app, "DELETE", PASSAGES)
            assert (answer.status, answer.headers["allow"]) == (405, "POST")
            assert (await call(town.app, "POST", "/gate/v1/updates?after=1")).headers["allow"] == "GET"

    asyncio.run(story())


def test_another_content_type_is_refused(tmp_path):
    async def story():
        async with gateway(tmp_path) as town:
            for headers in ({"content-type": "application/json"}, {**MSGPACK, "content-encoding": "gzip"}):
                assert (await call(town.app, "POST", PASSAGES, b"{}", headers)).status == 415

    asyncio.run(story())


@pytest.mark.parametrize("name", ["status", "heartbeat", "session", "enrol", "passages"])
def test_a_body_that_is_too_large_is_refused_stated_or_not(tmp_path, name):
    most = gate_calls.CALLS[name].most
    kind = {"content-type": gate_calls.CALLS[name].kind}

    async def story():
        async with gateway(tmp_path) as town:
            stated = await call(town.app, "POST", f"/gate/v1/{name}", b"", {**kind, "content-length": str(most + 1)})
            piece = b"x" * (most // 3 + 1)
            unstated = await call(town.app, "POST", f"/gate/v1/{name}", [piece] * 4, kind)
            assert [stated.problem.code, unstated.problem.code] == ["too_large"] * 2
            assert stated.headers["connection"] == "close"

    asyncio.run(story())


def test_a_client_that_sends_a_byte_now_and_then_is_not_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(http, "BODY_WITHIN", 0.2)

    async def story():
        async with gateway(tmp_path) as town:
            answer = await call(town.app, "POST", STATUS, [b"x"] * 50, MSGPACK, pause=0.05)
            assert (answer.status, answer.problem.code) == (408, "too_slow")

    asyncio.run(story())


def test_enrolments_from_one_address_are_paced(tmp_path):
    async def story():
        async with gateway(tmp_path) as town:
            codes = [
                (
                    await call(town.app, "POST", "/gate/v1/enrol", b"{", {"content-type": "application/json"})
                ).problem.code
                for _ in range(11)
            ]
            assert codes == ["malformed"] * 10 + ["too_many_requests"]
            other = await call(
                town.app, "POST", "/gate/v1/enrol", b"{", {"content-type": "application/json"}, address="10.0.0.2"
            )
            assert other.problem.code == "malformed"

    asyncio.run(story())


def test_a_pace_opens_again_after_its_time():
    clock = [0.0]
    pace = Pace(2, 60, clock=lambda: clock[0])
    assert [pace.wait("a"), pace.wait("a"), pace.wait("a"), pace.wait("b")] == [0, 0, 61, 0]
    clock[0] = 60.0
    assert pace.wait("a") == 0


# Garbage

_names = st.sampled_from(["passages", "status", "heartbeat"])


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_no_bytes_from_a_device_are_ever_a_fault_of_the_centre(tmp_path_factory, data):
    """Signed, so that they are read at all: random bytes, and good messages with bytes changed, cut or added."""
    east = Terminal("dev-east", 1)
    beat = Heartbeat("x", 1, 1, 1, 0, 0, 0, [], True)
    good = {
        "passages": east.batch(east.record(), east.record(person=None, document="", sealed=b"s" * 40)),
        "status": ask(WANG, LI),
        "heartbeat": msgspec.msgpack.encode(beat),
    }
    bodies = []
    for _ in range(8):
        name = data.draw(_names)
        body = bytearray(good[name])
        for _ in range(data.draw(st.integers(1, 4))):
            place = data.draw(st.integers(0, max(0, len(body) - 1)))
            body[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
        bodies.append((name, bytes(body) if data.draw(st.booleans()) else data.draw(st.binary(max_size=200))))

    async def story(folder):
        async with gateway(folder, east, people=PEOPLE) as town:
            for name, body in bodies:
                if name == "heartbeat":
                    # A heartbeat that can be read goes to Django's database, which this test does without.
                    try:
                        msgspec.msgpack.decode(body, type=Heartbeat)
                    except (msgspec.MsgspecError, UnicodeDecodeError):
                        pass
                    else:
                        continue
                answer = await town.send(east, "POST", f"/gate/v1/{name}", body)
                assert answer.status in {200, 422}, (name, body, answer)
            await asyncio.to_thread(town.log.read, EVERYTHING)

    asyncio.run(story(tmp_path_factory.mktemp("garbage")))


def test_a_message_with_an_unknown_word_or_a_wrong_length_is_refused(tmp_path):
    async def story():
        east = Terminal("dev-east", 1)
        async with gateway(tmp_path, east, people=PEOPLE) as town:
            raw = msgspec.to_builtins(east.record(), builtin_types=(bytes,))
            wrong = [
                [*raw[:5], "perhaps", *raw[6:]],
                [*raw[:4], "sideways", *raw[5:]],
                [raw[0], b"short", *raw[2:]],
                [0, *raw[1:]],
                [2**53, *raw[1:]],
                [*raw, "one more"],
                [*raw[:6], [], *raw[7:]],
                [*raw[:6], ["Not A Code"], *raw[7:]],
            ]
            for record in wrong:
                body = msgspec.msgpack.encode({"records": [record]})
                answer = await town.send(east, "POST", PASSAGES, body)
                assert (answer.status, answer.problem.code) == (422, "malformed"), record
            for people in ([], [WANG] * (MAX_BATCH + 1), [b"short"]):
                assert (await town.send(east, "POST", STATUS, msgspec.msgpack.encode({"people": people}))).status == 422
            assert town.log.read(EVERYTHING).passages == []
            assert (
                await town.send(east, "POST", PASSAGES, east.batch(east.record(outcome=Outcome.HOLD)))
            ).status == 200

    asyncio.run(story())
