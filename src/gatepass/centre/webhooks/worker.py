"""The thread that tells programs, in the serving process."""

from __future__ import annotations

from typing import Final

from django.utils import timezone

from gatepass.centre.one_worker import Task, Worker
from gatepass.centre.webhooks.deliveries import Courier, fan_out
from gatepass.centre.webhooks.watching import note_changed_colours, note_hours

TICK: Final = 0.5
HOURS_EVERY: Final = 30.0


class WebhookThread(Worker):
    """Between `start()` and `stop()`, what happens is on its way within a second."""

    def __init__(self) -> None:
        self._courier = Courier()
        super().__init__(
            "webhooks",
            Task("webhook-colours", TICK, lambda: note_changed_colours(timezone.now())),
            Task("webhook-hours", HOURS_EVERY, lambda: note_hours(timezone.now())),
            Task("webhook-events", TICK, lambda: fan_out(timezone.now())),
            Task("webhooks", TICK, lambda: self._courier.step(timezone.now())),
        )

    def stop(self) -> None:
        """What is on its way is not waited for: it comes again."""
        super().stop()
        self._courier.close()
