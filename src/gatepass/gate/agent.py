"""The agent of one gate: builds every part, keeps each running, and stops them in order.

    readers ──> Session ──> policy.decide ──> JournalWriter ──> kiosk, desk
                  │ │                              │
     DirectoryStore └ Uplink.status_of          Uplink ──> centre

A part that fails is started again after a second; the others do not notice. Only the folder's own trouble (not
enrolled, in use) stops the agent, before anything runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx2
import msgspec
import stamina.instrumentation
import structlog
import uvicorn
from starlette.applications import Starlette

from gatepass import __version__
from gatepass.credentials import Verdict, judge
from gatepass.directory.lists import CodeLists
from gatepass.directory.store import DirectoryStore
from gatepass.gate import belonging, watchdog
from gatepass.gate.application import make_application
from gatepass.gate.audience import Message
from gatepass.gate.calls import Calls, SignedDownloads
from gatepass.gate.clock import Clock
from gatepass.gate.counts import Counts
from gatepass.gate.desk import Desk
from gatepass.gate.device import GateFolder, Site
from gatepass.gate.faces import Faces
from gatepass.gate.forgetting import Forgetting
from gatepass.gate.guard import Guard
from gatepass.gate.health import Health
from gatepass.gate.interpreting import Interpreting
from gatepass.gate.kiosk import Kiosk
from gatepass.gate.looking import Pictures
from gatepass.gate.metrics import Metrics
from gatepass.gate.notices import ScreenNotices
from gatepass.gate.problems import FolderError
from gatepass.gate.questions import Questions
from gatepass.gate.recollection import Recollection
from gatepass.gate.report_book import ReportBook
from gatepass.gate.report_desk import ReportDesk
from gatepass.gate.session import Phase, Session
from gatepass.gate.settings import GateSettings
from gatepass.gate.subscription import Subscription
from gatepass.gate.terminals import Attach, attach_reader, fault_method
from gatepass.gate.uplink import Uplink
from gatepass.gate.visitor_book import VisitorBook
from gatepass.gate.visitor_desk import VisitorDesk
from gatepass.gate.writing import JournalWriter
from gatepass.identity import Assurance, Document
from gatepass.policy import FaceRule
from gatepass.readers import OpensChips, Reader, ReaderState, Reading
from gatepass.wire.messages import Heartbeat, Record

TEND_EVERY_S = 1.0
PRUNE_EVERY_S = 3600.0
STUCK_AFTER_S = 30.0
DAY_MS = 86_400_000

log = structlog.get_logger("gatepass.gate")


class Agent:
    """Make it inside a running loop, with the folder claimed. `run()` lasts; `application` is what is served."""

    def __init__(
        self,
        settings: GateSettings,
        *,
        clock: Clock | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        downloads: httpx2.BaseTransport | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock or Clock()
        self.metrics = Metrics()
        self.folder = GateFolder(settings.folder)
        device = self.folder.device()
        self.site = self.folder.site()
        self.directory = DirectoryStore(self.folder.directory)
        self.codes = CodeLists.of_gate(self.folder.directory)
        for problem in (*self.directory.problems, *self.codes.problems):
            log.error("directory_damaged", code=problem)
        self.counts = Counts(self.clock, lambda: self.site.rules.utc_offset_minutes)
        self.recollection = Recollection(self.clock)
        self.guard = Guard(self.folder, self.clock)
        self.journal = JournalWriter(
            self.folder.journal_file, device.journal_key, now_ms=self.clock.now_ms, on_stored=self._stored
        )
        self._calls = Calls(device, self.clock, self.metrics, transport=transport)
        self._downloads = SignedDownloads(device, self.clock, transport=downloads)
        self.uplink = Uplink(
            calls=self._calls,
            journal=self.journal,
            clock=self.clock,
            metrics=self.metrics,
            directory=Subscription(self.directory, self.codes, device, self.clock, self._downloads),
            heartbeat=self._heartbeat,
            on_site=self._take_site,
            on_change=self._tell_knowledge,
            on_find=self._find,
            retry_most_s=settings.retry_most_s,
        )
        self.visitors = VisitorBook(
            self.folder.visitors_file,
            device.journal_key,
            directory=self.folder.directory,
            calls=self._calls,
            clock=self.clock,
        )
        self.reports = ReportBook(self.folder.reports_file, device.journal_key, calls=self._calls, clock=self.clock)
        self.forgetting = Forgetting(
            calls=self._calls,
            device=device,
            folder=self.folder,
            journal=self.journal,
            recollection=self.recollection,
            visitors=self.visitors,
            reports=self.reports,
            clock=self.clock,
        )
        self.interpreting = Interpreting(self._calls, settings.folder)
        self.faces = Faces(settings, lambda: self.readers)
        self.pictures = Pictures(self.clock)
        beat_s = settings.heartbeat_ms / 1000
        self.notices = ScreenNotices(self.folder.directory, device.gate, self.clock)
        self.notices.look()
        self.kiosk = Kiosk(
            heartbeat_s=beat_s,
            metrics=self.metrics,
            hello=self._hello,
            knowledge=self._knowledge,
            present=lambda: self.session.present_passage,
            notices=self.notices.message,
        )
        self.desk = Desk(
            heartbeat_s=beat_s,
            guard=self.guard,
            counts=self.counts,
            recollection=self.recollection,
            hello=self._hello,
            knowledge=self._knowledge,
            kiosk=self.kiosk,
        )
        self.health = Health(
            clock=self.clock,
            guard=self.guard,
            journal=self.journal,
            rules=lambda: self.site.rules,
            knowledge_ms=lambda: self.directory.as_of_ms,
            uplink_states=lambda: self.uplink.states,
            kiosk_connected=lambda: self.kiosk.connected,
            readers_attached=len(settings.reader),
            face_trouble=lambda: self.faces.trouble if self._asks_for_faces else "",
        )
        self.session = Session(
            device=device,
            site=lambda: self.site,
            directory=self.directory,
            centre=self.uplink,
            journal=self.journal,
            clock=self.clock,
            counts=self.counts,
            recollection=self.recollection,
            metrics=self.metrics,
            screens=(self.kiosk, self.desk),
            hold_s=settings.hold_ms / 1000,
            repeat_s=settings.repeat_ms / 1000,
            gather_s=settings.gather_ms / 1000,
            judge=self._judge,
            faces=self.faces,
            pictures=self.pictures,
            visitors=self.visitors,
        )
        self.kiosk.session = self.desk.session = self.session
        self.readers: list[Reader] = [
            attach_reader(name, self._attachment(name), poll_s=settings.poll_ms / 1000) for name in settings.reader
        ]
        self._told_states: list[str] = []
        self._found_until = 0.0
        self._warming: asyncio.Task[None] | None = None
        self._started_ms = self.clock.now_ms()
        self._deciding_since: float | None = None
        self.application: Starlette = make_application(
            hosts=settings.hosts,
            kiosk=self.kiosk,
            desk=self.desk,
            health=self.health,
            metrics=self.metrics,
            prompts_folder=self.folder.prompts,
            interpreting=self.interpreting,
            questions=Questions(self._calls, self.folder.directory, device.gate, self.clock, lambda: self.site.rules),
            visitors=VisitorDesk(desk=self.desk, guard=self.guard, book=self.visitors, clock=self.clock),
            reports=ReportDesk(
                desk=self.desk,
                guard=self.guard,
                recollection=self.recollection,
                book=self.reports,
                secret=device.person_key_secret,
                clock=self.clock,
            ),
        )
        self._watch_gauges()

    async def run(self) -> None:
        """Every part until cancelled. The journal is closed last, so that what was decided is stored."""
        with contextlib.suppress(Exception):  # a full or broken disk: the day is counted from here
            self.counts.restart(await self.journal.ask(lambda journal: journal.since(self.counts.midnight_ms())))
        parts = [
            asyncio.create_task(_again_and_again(reader.run, name), name=name)
            for reader, name in zip(self.readers, self.settings.reader, strict=True)
        ]
        parts += [
            asyncio.create_task(_again_and_again(self.uplink.run, "uplink"), name="uplink"),
            asyncio.create_task(_again_and_again(self.forgetting.run, "forgetting"), name="forgetting"),
            asyncio.create_task(_again_and_again(self.visitors.run, "visitors"), name="visitors"),
            asyncio.create_task(_again_and_again(self.reports.run, "reports"), name="reports"),
            asyncio.create_task(_again_and_again(self._tend, "tend"), name="tend"),
            asyncio.create_task(_again_and_again(self._prune, "prune"), name="prune"),
            asyncio.create_task(watchdog.keep_alive(lambda: not self.health.stuck), name="watchdog"),
        ]
        if len(self.readers) > 1:  # two documents of one person are compared by name: loaded before anybody waits
            parts.append(asyncio.create_task(asyncio.to_thread(belonging.warm), name="warm"))
        parts.append(asyncio.create_task(_again_and_again(self.interpreting.run, "interpreting"), name="interpreting"))
        parts.append(asyncio.create_task(_again_and_again(self._warm_faces, "faces"), name="faces"))
        self.health.running = True
        log.info("gate_ready", software=__version__, directory=self.directory.version, waiting=self.journal.waiting)
        try:
            await asyncio.gather(*parts)
        finally:
            self.health.running = False
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
            await self.journal.close()
            self.visitors.close()
            self.reports.close()
            await self._calls.close()
            self._downloads.close()
            self.faces.close()

    # --- faces ---

    @property
    def _asks_for_faces(self) -> bool:
        return self.site.rules.faces is not FaceRule.OFF

    async def _warm_faces(self) -> None:
        """Before anybody waits: at the start, or when the site begins to ask."""
        if self._asks_for_faces:
            await self.faces.warm()
            self._tell_knowledge()

    # --- what the parts tell each other ---

    def _judge(self, text: str) -> Verdict:
        """What a shown code proves at this moment, by the newest lists of the directory."""
        return judge(text, trust=self.codes.trust, at=self.clock.now(), revocations=self.codes.revocations)

    def _attachment(self, name: str) -> Attach:
        method = fault_method(name)

        async def on_read(read: Reading) -> None:
            self._offer_key(read)
            try:
                await self.session.present(read, method=method, read_ms=self._read_ms(name), source=name)
            except Exception as error:  # a reader must outlive whatever one card does
                log.exception("tap_lost", error=type(error).__name__)

        def on_state(state: ReaderState) -> None:
            self.health.readers[name] = state
            log.info("reader_state", family=state.family, state=state.condition.value, detail=state.detail)
            self._tell_knowledge()

        return Attach(on_read=on_read, on_state=on_state, on_reading=self.session.reading)

    def _offer_key(self, read: Reading) -> None:
        """The page that a scanner or camera saw opens the chip that lies on another reader."""
        if isinstance(read, Document) and read.assurance is not Assurance.VERIFIED:
            for reader in self.readers:
                if isinstance(reader, OpensChips):
                    reader.offer_key(read)

    def _read_ms(self, name: str) -> float:
        reader = self.readers[self.settings.reader.index(name)]
        return reader.read_ms or 0.0

    def _stored(self, records: list[Record]) -> None:
        self.uplink.stored(records)

    def _take_site(self, site: Site) -> None:
        if site == self.site:
            return
        began_to_ask = site.rules.faces is not FaceRule.OFF and not self._asks_for_faces
        self.site = site
        if began_to_ask:
            self._warming = asyncio.create_task(_again_and_again(self._warm_faces, "faces"))
        with contextlib.suppress(OSError):  # a full disk: the heartbeat brings it again after the next start
            self.folder.save_site(site)
        log.info("site_changed", rules=site.rules.version)
        self.kiosk.rename()
        self.desk.rename()
        self._tell_knowledge()

    def _find(self, seconds: int) -> None:
        """Somebody at the centre wants to know which terminal this is. Said anew with every heartbeat."""
        until = self.clock.monotonic() + seconds if seconds > 0 else 0.0
        if seconds > 0 or self._found_until:
            self.kiosk.find(max(0, seconds))
        self._found_until = until

    def _tell_knowledge(self) -> None:
        self.kiosk.know()
        self.desk.know()

    def _hello(self) -> Message:
        return {
            "type": "hello",
            "site": self.site.site_name,
            "gate": self.site.gate_name,
            "direction": self.site.direction,
            "hold_ms": self.settings.hold_ms,
            "heartbeat_ms": self.settings.heartbeat_ms,
            "utc_offset": self.site.rules.utc_offset_minutes,
        }

    def _knowledge(self) -> Message:
        states = self.health.states()
        return {
            "type": "knowledge",
            "online": self.uplink.online,
            "as_of": self.directory.as_of_ms or None,
            "notice": "directory_old" in states,
            "stale": "directory_too_old" in states,
            "readers": [
                {"family": reader.family, "state": reader.condition.value} for reader in self.health.readers.values()
            ],
            "states": states,
            "faces": self._asks_for_faces and not self.faces.trouble,
        }

    def _heartbeat(self) -> Heartbeat:
        tally = self.counts.tally()
        heartbeat = Heartbeat(
            software=__version__,
            at=self.clock.now_ms(),
            directory=self.directory.version,
            knowledge_at=self.directory.as_of_ms,
            waiting=self.journal.waiting,
            entered=tally.entered,
            left=tally.left,
            readers=self.health.reader_health(),
            kiosk=self.kiosk.connected,
        )
        if self.site.configuration == 0:  # the centre is older than what follows, and would refuse it
            return heartbeat
        return msgspec.structs.replace(
            heartbeat,
            configuration=self.site.configuration,
            finding=self.kiosk.connected and self.clock.monotonic() < self._found_until,
            started=self._started_ms,
            stages=self.metrics.stages(),
        )

    # --- upkeep ---

    async def _tend(self) -> None:
        """Every second: forget old passages, begin and end notices, and tell the pages what has changed by itself."""
        while True:
            await asyncio.sleep(TEND_EVERY_S)
            self._look_for_a_stuck_session()
            self.pictures.forget_old()
            if self.recollection.forget_old():
                self.desk.refresh()
            if self.notices.look():
                self.kiosk.announce()
            states = self.health.states()
            if states != self._told_states:
                self._told_states = states
                self._tell_knowledge()

    def _look_for_a_stuck_session(self) -> None:
        now = self.clock.monotonic()
        if self.session.phase is not Phase.DECIDING:
            self._deciding_since = None
        elif self._deciding_since is None:
            self._deciding_since = now
        self.health.stuck = self._deciding_since is not None and now - self._deciding_since > STUCK_AFTER_S

    async def _prune(self) -> None:
        while True:
            await self.journal.ask(
                lambda journal: journal.prune(self.clock.now_ms() - self.settings.keep_days * DAY_MS)
            )
            await self.reports.forget_old()
            await asyncio.sleep(PRUNE_EVERY_S)

    def _watch_gauges(self) -> None:
        watch = self.metrics.watch
        watch("gatepass_journal_waiting", "Records not yet acknowledged.", lambda: self.journal.waiting)
        watch("gatepass_journal_held", "Records in memory only: the disk refuses.", lambda: self.journal.held)
        watch("gatepass_journal_lost", "Unsaved records lost since the start.", lambda: self.journal.lost)
        watch(
            "gatepass_knowledge_age_seconds",
            "Since the centre stated the directory; NaN without one.",
            lambda: float("nan") if (age := self.health.knowledge_age_s()) is None else age,
        )
        watch("gatepass_directory_version", "0 for none.", lambda: self.directory.version)
        watch("gatepass_online", "1 if the centre answered the last call.", lambda: float(self.uplink.online))
        watch("gatepass_kiosk_connected", "1 if a kiosk page is connected.", lambda: float(self.kiosk.connected))
        watch("gatepass_clock_offset_seconds", "Best known time minus this clock.", lambda: self.clock.offset_ms / 1000)
        watch(
            "gatepass_readers_ready",
            "Readers that are ready.",
            lambda: sum(state.condition.value == "ready" for state in self.health.readers.values()),
        )


async def _again_and_again(part: Callable[[], Awaitable[None]], name: str) -> None:
    """Run a part; a failure is logged and the part starts again. One that returns is done (a revoked uplink)."""
    while True:
        try:
            await part()
        except Exception as error:  # whatever one part does, the gate goes on
            log.exception("part_failed", part=name, error=type(error).__name__)
            await asyncio.sleep(1)
        else:
            return


@asynccontextmanager
async def running(agent: Agent) -> AsyncIterator[Agent]:
    """The agent's parts, without a web server: for tests and benchmarks."""
    task = asyncio.create_task(agent.run())
    try:
        yield agent
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _bound(host: str, port: int) -> socket.socket:
    """A listening socket; FolderError `port_taken`, before anything has been started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    line = socket.socket(family, socket.SOCK_STREAM)
    try:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.bind((host, port))
        line.listen(128)
    except OSError as error:
        line.close()
        raise FolderError("port_taken", host=host, port=port) from error
    return line


async def serve(settings: GateSettings) -> None:
    """Everything, until SIGTERM or SIGINT. FolderError where the folder cannot be used."""
    stamina.instrumentation.set_on_retry_hooks([])  # the uplink logs changes, not each of ten thousand attempts
    folder = GateFolder(settings.folder)
    folder.device()
    with folder.claimed():
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        line = _bound(settings.host, settings.port)
        agent = Agent(settings)
        server = uvicorn.Server(
            uvicorn.Config(
                agent.application,
                log_level="warning",
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=1,
                ws_max_size=65536,
            )
        )
        async with running(agent):
            serving = asyncio.create_task(server.serve(sockets=[line]))
            watchdog.notify("READY=1")
            await asyncio.wait({serving, asyncio.create_task(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
            watchdog.notify("STOPPING=1")
            server.should_exit = True
            await asyncio.gather(serving, return_exceptions=True)
