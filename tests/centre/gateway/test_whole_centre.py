"""The application as it is served: gateway, Django, publication and live board together, in this process."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import asynccontextmanager, suppress

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.contrib.sessions.models import Session
from django.core.asgi import get_asgi_application
from django.test import Client
from tests.cast import WANG
from tests.centre.gateway.harness import MSGPACK, Terminal, call, now_ms

from gatepass.centre.accounts import actions
from gatepass.centre.accounts.roles import Role
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.gateway import front, registry, streams
from gatepass.centre.gateway.live import LiveBoard
from gatepass.centre.passages.storage import passage_log
from gatepass.centre.passages.watching import SECTIONS
from gatepass.centre.sites.actions import issue_enrolment_code, revoke_device
from gatepass.centre.sites.models import Device, Health
from gatepass.policy import Advice, Colour, SiteRules
from gatepass.wire.messages import (
    EnrolReply,
    EnrolRequest,
    Heartbeat,
    HeartbeatReply,
    PassageReceipt,
    Problem,
    ReaderHealth,
    StatusQuery,
    StatusReply,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path, updates):
    settings.CENTRE_DIR = tmp_path
    settings.PASSAGES_DIR = tmp_path / "passages"


@asynccontextmanager
async def served():
    """The ASGI application between its start-up and its shut-down."""
    app = front(get_asgi_application())
    inbox: asyncio.Queue = asyncio.Queue()
    outbox: asyncio.Queue = asyncio.Queue()
    life = asyncio.create_task(app({"type": "lifespan"}, inbox.get, outbox.put))
    await inbox.put({"type": "lifespan.startup"})
    assert (await outbox.get())["type"] == "lifespan.startup.complete"
    try:
        yield app
    finally:
        await inbox.put({"type": "lifespan.shutdown"})
        assert (await asyncio.wait_for(outbox.get(), 20))["type"] == "lifespan.shutdown.complete"
        await life


async def in_thread(work, *arguments):
    """Django's database from outside of the event loop; the thread's connection does not outlive the call."""
    from django.db import connection

    def run():
        try:
            return work(*arguments)
        finally:
            connection.close()

    return await asyncio.to_thread(run)


async def send(app, terminal: Terminal, method: str, path: str, body: bytes = b""):
    return await call(app, method, path, body, {**terminal.sign(method, path, body), **(MSGPACK if body else {})})


def stand(device_and_key, gate) -> Terminal:
    device, key = device_and_key
    return Terminal(device.pk, gate.pk, key)


def whole_board(shown: dict[str, str]) -> bool:
    return shown.keys() == set(SECTIONS)


class Stream:
    """An open `/live/board`, or another stream; `frames` are what arrived."""

    def __init__(self, app, cookie: str, query: str = "", event: str = "board") -> None:
        self._head = f"event: {event}\ndata: "
        self.frames: list[dict[str, str]] = []
        self.status = 0
        self.arrived, self.ended = asyncio.Event(), asyncio.Event()
        self.hung_up = asyncio.Event()
        self.blocked = asyncio.Event()
        self.blocked.set()
        scope = {
            "type": "http", "method": "GET", "path": f"/live/{event}", "raw_path": f"/live/{event}".encode(),
            "query_string": query.encode(), "headers": [(b"cookie", cookie.encode())], "client": ("127.0.0.1", 1),
        }  # fmt: skip
        self.task = asyncio.create_task(app(scope, self._receive, self._send))

    async def _receive(self):
        await self.hung_up.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        await self.blocked.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message.get("more_body"):
            text = message["body"].decode()
            if text.startswith(self._head):
                self.frames.append(json.loads(text.removeprefix(self._head)))
                self.arrived.set()
        else:
            self.ended.set()

    async def until(self, fits, within: float = 30.0) -> dict[str, str]:
        """What all frames together show, once `fits` holds of it."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            shown: dict[str, str] = {}
            for frame in self.frames:
                shown |= frame
            if shown and fits(shown):
                return shown
            await asyncio.sleep(0.01)
        raise AssertionError(f"not shown within {within} s: {self.frames}")

    async def close(self) -> None:
        self.hung_up.set()
        self.blocked.set()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(self.task, 5)


def logged_in(user) -> str:
    client = Client()
    client.force_login(user)
    return f"gatepass_session={client.cookies['gatepass_session'].value}"


def test_a_device_enrols_and_calls_at_once_and_is_out_when_it_is_revoked(town):
    code = issue_enrolment_code(None, town.east).code
    key = Ed25519PrivateKey.generate()

    async def story():
        async with served() as app:
            request = EnrolRequest(code, key.public_key().public_bytes_raw(), key.sign(code.encode()), "gatepass 0.1.0")
            body, kind = msgspec.json.encode(request), {"content-type": "application/json"}
            answer = await call(app, "POST", "/gate/v1/enrol", body, kind)
            reply = msgspec.json.decode(answer.body, type=EnrolReply)
            assert (reply.gate_name, reply.direction, reply.rules) == ("东门", "in", SiteRules())
            east = Terminal(reply.device, town.east.pk, key)
            receipt = await send(app, east, "POST", "/gate/v1/passages", east.batch())
            assert receipt.read(PassageReceipt).next == 2

            again = await call(app, "POST", "/gate/v1/enrol", body, {**kind, "accept-language": "ja"})
            problem = msgspec.json.decode(again.body, type=Problem)
            assert (again.status, problem.code) == (409, "enrolment_code_used")
            assert any("\u3040" <= letter <= "\u30ff" for letter in problem.title)  # kana

            await in_thread(lambda: revoke_device(None, Device.objects.get(pk=reply.device)))
            await asyncio.sleep(registry.LOOK_EVERY + 0.4)
            refused = await send(app, east, "POST", "/gate/v1/passages", east.batch())
            assert (refused.status, refused.problem.code) == (403, "device_revoked")

    asyncio.run(story())


def test_a_heartbeat_is_kept_and_answered_with_the_rules(town, enrol):
    east = stand(enrol(town.east), town.east)
    beat = Heartbeat("gatepass 0.1.0", now_ms(), 4, now_ms(), 37, 9, 4, [ReaderHealth("sam", "ready")], True)

    async def story():
        async with served() as app:
            answer = await send(app, east, "POST", "/gate/v1/heartbeat", msgspec.msgpack.encode(beat))
            reply = answer.read(HeartbeatReply)
            assert (reply.gate_name, reply.site_name, reply.direction) == ("东门", "柳浪新苑", "in")
            assert abs(reply.at - now_ms()) < 5000
            out_of_range = msgspec.structs.replace(beat, waiting=2**63)
            refused = await send(app, east, "POST", "/gate/v1/heartbeat", msgspec.msgpack.encode(out_of_range))
            assert refused.status == 422

    asyncio.run(story())
    assert Health.objects.get(device=east.name).waiting == 37


def test_a_colour_given_by_the_office_is_what_the_next_look_up_says(town, enrol, register):
    east = stand(enrol(town.east), town.east)
    set_colour(None, register(WANG), Colour.YELLOW, "B1", Advice.TEST)
    from gatepass.centre.people.access import key_of

    key = key_of(WANG.document)

    async def story():
        async with served() as app:
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                answer = await send(app, east, "POST", "/gate/v1/status", msgspec.msgpack.encode(StatusQuery([key])))
                if answer.status == 200 and (person := answer.read(StatusReply).people[0]).registered:
                    assert (person.colour, person.advice) == (Colour.YELLOW, Advice.TEST)
                    return
                await asyncio.sleep(0.1)
            raise AssertionError(answer)

    asyncio.run(story())


def test_what_is_not_for_devices_goes_to_django(town):
    async def story():
        async with served() as app:
            answer = await call(app, "GET", "/board/", headers={"host": "127.0.0.1"})
            assert (answer.status, answer.headers["location"]) == (302, "/login/?next=/board/")

    asyncio.run(story())


def test_before_the_start_a_gate_is_asked_to_come_again():
    async def story():
        app = front(get_asgi_application())
        answer = await call(app, "POST", "/gate/v1/status", b"x", MSGPACK)
        assert (answer.status, answer.headers["retry-after"]) == (503, "2")

    asyncio.run(story())


def test_a_passage_comes_to_the_live_board_by_itself(town, enrol, employ, register):
    east = stand(enrol(town.east), town.east)
    cookie = logged_in(employ(Role.OFFICE, community=town.community))
    register(WANG)
    from gatepass.centre.people.access import key_of

    person = key_of(WANG.document)

    async def story():
        async with served() as app:
            stream = Stream(app, cookie)
            first = await stream.until(whole_board)
            assert "东门" in first["gates"]
            assert "北门" not in first["gates"]
            await asyncio.sleep(0.6)
            answer = await send(app, east, "POST", "/gate/v1/passages", east.batch(east.record(person=person)))
            assert answer.status == 200
            shown = await stream.until(lambda shown: "王*" in shown["latest"])
            assert "王秀英" not in "".join(shown.values())
            await stream.close()

    asyncio.run(story())


def test_the_live_board_shows_no_gate_of_another_community_and_no_name_without_the_right(town, enrol, employ, register):
    far = stand(enrol(town.far_gate), town.far_gate)
    east = stand(enrol(town.east), town.east)
    office = logged_in(employ(Role.OFFICE, community=town.community))
    administrator = logged_in(employ(Role.ADMINISTRATOR))
    register(WANG)
    from gatepass.centre.people.access import key_of

    person = key_of(WANG.document)

    async def story():
        async with served() as app:
            await send(app, far, "POST", "/gate/v1/passages", far.batch(far.record(), far.record()))
            await send(app, east, "POST", "/gate/v1/passages", east.batch(east.record(person=person)))
            streams = [Stream(app, office), Stream(app, administrator), Stream(app, office, f"gate={town.far_gate.pk}")]
            own, everything, none = [await stream.until(whole_board) for stream in streams]
            assert own["latest"].count("<li>") == 1
            assert "王*" in own["latest"]
            assert everything["latest"].count("<li>") == 3
            assert "王*" not in everything["latest"]
            assert none["latest"].count("<li>") == 0
            for stream in streams:
                await stream.close()

    asyncio.run(story())


def test_a_stranger_and_a_role_without_the_board_get_no_stream(town, employ):
    interpreter = logged_in(employ(Role.INTERPRETER))

    async def story():
        async with served() as app:
            for cookie, status in (
                ("", 401),
                ("gatepass_session=invented", 401),
                ("a=\x01;=", 401),
                (interpreter, 403),
            ):
                answer = await call(app, "GET", "/live/board", headers={"cookie": cookie})
                assert answer.status == status, cookie
            assert (await call(app, "GET", "/live/other")).status == 404
            assert (await call(app, "POST", "/live/board")).status == 405

    asyncio.run(story())


def test_who_has_yet_to_set_up_a_second_factor_gets_no_stream(town, employ, settings):
    changed = {"second_factor_roles": "administrator"}
    settings.CONFIGURATION = settings.CONFIGURATION.model_copy(update=changed)
    cookie = logged_in(employ(Role.ADMINISTRATOR))

    async def story():
        async with served() as app:
            assert (await call(app, "GET", "/live/board", headers={"cookie": cookie})).status == 403

    asyncio.run(story())


def test_a_stream_ends_with_the_session_the_role_or_the_account_of_its_reader(town, employ, monkeypatch):
    monkeypatch.setattr(streams, "ASK_AGAIN", 0.1)
    monkeypatch.setattr(LiveBoard, "longest", 0.2)
    employ(Role.ADMINISTRATOR)
    ends = [
        lambda user: actions.reset_password(None, user),
        lambda _user: Session.objects.all().delete(),  # logged out
        lambda user: actions.change_staff(None, user, full_name="n", language="en", grants=[]),
        lambda user: actions.set_active(None, user, active=False),
    ]

    async def story():
        async with served() as app:
            for end in ends:
                user = await in_thread(lambda: employ(Role.OFFICE, community=town.community))
                stream = Stream(app, await in_thread(lambda reader=user: logged_in(reader)))
                await stream.until(whole_board)
                await in_thread(lambda reader=user, end=end: end(reader))
                await asyncio.wait_for(stream.ended.wait(), 5)
                assert stream.status == 200
                await stream.close()

    asyncio.run(story())


def test_the_interpreters_calls_end_with_the_session_and_are_for_nobody_else(town, employ, monkeypatch):
    monkeypatch.setattr(streams, "ASK_AGAIN", 0.1)
    interpreter, other = logged_in(employ(Role.INTERPRETER)), logged_in(employ(Role.TRACER))

    async def story():
        async with served() as app:
            for cookie, status in ((other, 403), ("", 401)):
                assert (await call(app, "GET", "/live/calls", headers={"cookie": cookie})).status == status
            stream = Stream(app, interpreter, event="calls")
            await asyncio.wait_for(stream.arrived.wait(), 30)
            await in_thread(lambda: Session.objects.all().delete())
            await asyncio.wait_for(stream.ended.wait(), 5)
            await stream.close()

    asyncio.run(story())


def test_a_reader_who_leaves_and_a_reader_who_never_reads_cost_nothing(town, enrol, employ):
    east = stand(enrol(town.east), town.east)
    cookie = logged_in(employ(Role.OFFICE, community=town.community))

    async def story():
        async with served() as app:
            streams = [Stream(app, cookie) for _ in range(5)]
            for stream in streams:
                await stream.until(whole_board)
            stuck = streams.pop()
            stuck.blocked.clear()
            for stream in streams:
                await stream.close()
            before = len(asyncio.all_tasks())
            for _ in range(30):
                await send(app, east, "POST", "/gate/v1/passages", east.batch())
            async with asyncio.timeout(20):
                while len(asyncio.all_tasks()) > before:  # noqa: ASYNC110 - a task that ends tells nobody
                    await asyncio.sleep(0.01)
            assert len(stuck.frames) == 1
            stuck.blocked.set()
            # It was spared the frames between, and has what is true now.
            assert "30" in (await stuck.until(lambda shown: ">30<" in shown["figures"]))["figures"]
            assert len(stuck.frames) <= 3
            await stuck.close()

    asyncio.run(story())


def test_frames_are_at_most_two_a_second(town, enrol, employ):
    east = stand(enrol(town.east), town.east)
    cookie = logged_in(employ(Role.OFFICE, community=town.community))

    async def story():
        async with served() as app:
            stream = Stream(app, cookie)
            await stream.until(whole_board)
            began = time.monotonic()
            while time.monotonic() - began < 1.6:
                await send(app, east, "POST", "/gate/v1/passages", east.batch())
                await asyncio.sleep(0.02)
            assert 2 <= len(stream.frames) <= 5
            await stream.close()

    asyncio.run(story())


def test_a_stop_of_the_server_ends_streams_and_keeps_what_was_acknowledged(town, enrol, employ):
    east = stand(enrol(town.east), town.east)
    cookie = logged_in(employ(Role.OFFICE, community=town.community))

    async def story():
        async with served() as app:
            stream = Stream(app, cookie)
            await stream.until(whole_board)
            await asyncio.gather(*(send(app, east, "POST", "/gate/v1/passages", east.batch()) for _ in range(20)))
        await asyncio.wait_for(stream.ended.wait(), 2)
        await stream.close()
        assert passage_log().receipt(east.name) == PassageReceipt(next=21, missing=[])
        passage_log().close()

    asyncio.run(story())
