"""From the outbox to the gates: one publisher in the town, on a thread of the serving process.

Each tick: 1. let codes run out, 2. publish whose signature counts and which papers are void, 3. take what is queued,
4. look up what is true now, 5. publish, 6. unqueue it.
A crash before 6 publishes the same states once more, which changes nothing. Whoever holds the lock on
DIR/updates/publisher.lock publishes; other processes stand by and take over when it goes.
"""

from __future__ import annotations

import threading
import time

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from gatepass.centre import updates
from gatepass.centre.codes.actions import expire_codes
from gatepass.centre.codes.models import DirectoryChange
from gatepass.centre.codes.states import all_states, states_of
from gatepass.centre.one_worker import only_one
from gatepass.centre.papers.publication import publish_lists
from gatepass.directory.errors import DirectoryError
from gatepass.directory.publishing import Publisher

TICK = 0.25
"""Seconds between two looks at the outbox: an empty one costs one indexed query."""
TOUCH = 30.0
"""Seconds after which the directory is stated anew though nothing changed: a gate's knowledge ages from there."""
MOST = 20_000
"""Changes in one publication; the rest waits for the next tick."""

log = structlog.get_logger(__name__)


class Publication:
    """Publishes what is queued. Not thread-safe: one thread calls `tick`."""

    def __init__(self, publisher: Publisher) -> None:
        self.publisher = publisher
        self._touched = -TOUCH

    def tick(self) -> None:
        """One round; blocking. The first one, and one that finds broken files, publishes everybody."""
        while expire_codes(timezone.now()):
            pass
        if publish_lists(self.publisher):
            # Nobody's colour changed, but what the gates must fetch did: their clock of knowledge starts there.
            self._touched = -TOUCH
        stated_at = timezone.now()
        waiting = list(DirectoryChange.objects.order_by("id").values_list("id", "person_key")[:MOST])
        if self.publisher.needs_base:
            # What is queued by now is in the base as well; publishing it once more changes nothing.
            self.publisher.publish_base(dict(all_states()), stated_at)
        elif waiting:
            self.publisher.publish_changes(states_of([bytes(key) for _, key in waiting]), stated_at)
        elif time.monotonic() - self._touched >= TOUCH:
            self.publisher.touch(stated_at)
        else:
            return
        self._touched = time.monotonic()
        if waiting:
            DirectoryChange.objects.filter(id__lte=waiting[-1][0]).delete()
            log.info("directory published", version=self.publisher.version, changes=len(waiting))


class PublishingThread:
    """Between `start()` and `stop()`, what is published follows the outbox within TICK seconds and the work itself."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="publication", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Waits for the tick that is under way."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                with only_one(settings.UPDATES_DIR / "publisher.lock") as mine:
                    if mine:
                        self._publish()
                self._stopping.wait(5)
        finally:
            connection.close()

    def _publish(self) -> None:
        publication = Publication(updates.publisher())
        while not self._stopping.is_set():
            close_old_connections()
            try:
                publication.tick()
            except (DatabaseError, DirectoryError):
                # A full disk or a locked file: gates go on with what they have, and say how old it is. Try again.
                log.exception("directory not published")
                self._stopping.wait(2)
            self._stopping.wait(TICK)
