"""What the centre does by itself, on threads of the serving process: `Worker`, and the `Task`s that it repeats.

Of several processes on one folder, one does the work of a worker; the others stand by and take over when it goes.
Nothing ends a worker but `stop()`: a task that fails is tried again, later each time, while those beside it go on.
One that has failed for a minute is an alarm, until it succeeds.

A new one is a subclass with its tasks, a line in `gateway.application.workers`, and words for each task in
`alarms.kinds.TASKS`.
"""

from __future__ import annotations

import contextlib
import fcntl
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import structlog
from django.conf import settings
from django.db import connections

from gatepass.centre.alarms.actions import cure, raise_now
from gatepass.centre.alarms.models import Alarm, State
from gatepass.centre.connections import keep_connections

FIRST_PAUSE_S: Final = 2.0
LONGEST_PAUSE_S: Final = 30.0
"""After each failure twice as long, up to here: what was only away is found within half a minute of its return."""
FAILING_AFTER_S: Final = 60.0
"""What has failed for so long without a success between is an alarm."""
STAND_BY_S: Final = 5.0
BREATH_S: Final = 0.01
"""Between two pieces of one task: others want the processor and the write lock as well."""

log = structlog.get_logger(__name__)


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[bool]:
    """Whether this process may do the work. The lock goes with the process, whatever ends it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file: IO[str]
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@dataclass(slots=True)
class Task:
    """What a worker repeats. `piece` is blocking; it returns True where more is waiting: it goes on at once."""

    name: str
    """In the log, and in the alarm (`alarms.kinds.TASKS` has its words)."""
    every: float
    """Seconds from the end of a piece to the next one."""
    piece: Callable[[], object]
    due: float = 0.0
    failed: int = 0
    """How often, since the last success."""
    failing_since: float = 0.0
    alarmed: bool | None = None
    """None: not known, the process before this one may have raised it."""

    def run(self) -> None:
        """One piece. Never raises an Exception."""
        try:
            more = self.piece()
        except Exception as error:  # noqa: BLE001
            # A full disk, a locked file, a server that is away, a fault of ours: everything is as it was. Try again.
            self._failed(error)
            return
        self.failed = 0
        if self.alarmed is not False:
            self._over()
        self.due = time.monotonic() + (BREATH_S if more is True else self.every)

    def _failed(self, error: Exception) -> None:
        now = time.monotonic()
        if not self.failed:
            self.failing_since = now
        self.failed += 1
        pause = min(FIRST_PAUSE_S * 2 ** min(self.failed - 1, 10), LONGEST_PAUSE_S)
        self.due = now + max(pause, self.every if self.every <= LONGEST_PAUSE_S else 0.0)
        log.error("work failed", task=self.name, failed=self.failed, error=kinds_of(error), at=places_of(error))
        if now - self.failing_since >= FAILING_AFTER_S and not self.alarmed:
            with contextlib.suppress(Exception):  # the database may be what is away: said in the log, and tried again
                raise_now("work_failing", f"task:{self.name}", facts={"task": self.name, "error": type(error).__name__})
                self.alarmed = True

    def _over(self) -> None:
        with contextlib.suppress(Exception):  # cured after the next piece
            mine = Alarm.objects.filter(kind="work_failing", subject=f"task:{self.name}").exclude(state=State.CLEARED)
            if self.alarmed or mine.exists():
                cure("work_failing", [f"task:{self.name}"])
            self.alarmed = False


class Worker:
    """Between `start()` and `stop()`, the tasks are repeated on one thread, those that are due in their order.

    `alone`: by one process on the folder (the holder of DIR/NAME.lock); otherwise by each.
    """

    def __init__(self, name: str, *tasks: Task, lock: Path | None = None, alone: bool = True) -> None:
        self.tasks = tasks
        self._name = name
        self._lock = lock
        self._alone = alone
        self._changed = threading.Condition()
        self._stopping = self._woken = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Waits for the piece that is under way; a long one looks at `stopping`."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join()

    def once(self) -> None:
        """Each task once, in this thread; raises what fails. For tests and for the command line."""
        for task in self.tasks:
            task.piece()

    @property
    def stopping(self) -> bool:
        return self._stopping

    def wake(self) -> None:
        """From any thread: there is something to do, whatever `every` says. What fails keeps its pause."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def _run(self) -> None:
        while not self._stopping:
            try:
                if not self._alone:
                    self._repeat()
                else:
                    with only_one(self._lock or settings.CENTRE_DIR / f"{self._name}.lock") as mine:
                        if mine:
                            self._repeat()
            except Exception as error:  # noqa: BLE001
                # The lock's file cannot be written. Nothing restarts this thread, so it goes on.
                log.error("worker without its lock", worker=self._name, error=kinds_of(error))  # noqa: TRY400
            finally:
                with contextlib.suppress(Exception):
                    connections.close_all()
            self._wait(STAND_BY_S)

    def _repeat(self) -> None:
        while not self._stopping:
            keep_connections()
            for task in self.tasks:
                if task.due <= time.monotonic() and not self._stopping:
                    task.run()
            self._wait(min((task.due for task in self.tasks), default=0.0) - time.monotonic())

    def _wait(self, seconds: float) -> None:
        with self._changed:
            if not self._stopping and not self._woken and seconds > 0:
                self._changed.wait(seconds)
            if self._woken:
                self._woken = False
                for task in self.tasks:
                    if not task.failed:
                        task.due = 0.0


def kinds_of(error: BaseException) -> str:
    """What kind of error, and what kind caused it. Never its text: a database's errors quote the row."""
    cause = error.__cause__ or error.__context__
    return type(error).__name__ + (f" < {kinds_of(cause)}" if cause is not None else "")


def places_of(error: BaseException, most: int = 6) -> str:
    """The innermost places of the code, without values."""
    frames = traceback.extract_tb(error.__traceback__)[-most:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
