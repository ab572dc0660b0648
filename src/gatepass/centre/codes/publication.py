"""From the outbox to the gates: one publisher in the town, on a thread of the serving process.

Each tick: 1. let codes run out, 2. publish whose signature counts, which papers are void and what screens show,
3. take what is queued, 4. look up what is true now, 5. publish, 6. unqueue it.
A crash before 6 publishes the same states once more, which changes nothing. Whoever holds the lock on
DIR/updates/publisher.lock publishes; other processes stand by and take over when it goes.
"""

from __future__ import annotations

import time

import structlog
from django.conf import settings
from django.utils import timezone

from gatepass.centre import updates
from gatepass.centre.codes.actions import expire_codes
from gatepass.centre.codes.models import DirectoryChange
from gatepass.centre.codes.states import all_states, states_of
from gatepass.centre.notices.screens import publish_screens
from gatepass.centre.one_worker import Task, Worker
from gatepass.centre.papers.publication import publish_lists
from gatepass.centre.visitors.publication import publish_pauses
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
        if publish_lists(self.publisher) or publish_screens(self.publisher) or publish_pauses(self.publisher):
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


class PublishingThread(Worker):
    """Between `start()` and `stop()`, what is published follows the outbox within TICK seconds and the work itself."""

    def __init__(self) -> None:
        super().__init__(
            "publication", Task("publication", TICK, self._publish), lock=settings.UPDATES_DIR / "publisher.lock"
        )
        self._publication: Publication | None = None

    def _publish(self) -> None:
        if self._publication is None:
            self._publication = Publication(updates.publisher())
        self._publication.tick()
