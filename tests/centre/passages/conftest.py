from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from tests.centre.passages.contract import TUESDAY, at

from gatepass.centre.passages.log import Batch
from gatepass.centre.passages.storage import close_passage_log, passage_log
from gatepass.centre.sites.models import Gate
from gatepass.wire.messages import Record

NOON = at(12, day=TUESDAY)


@pytest.fixture
def keep(settings, tmp_path) -> Iterator[Callable[..., None]]:
    """`keep(gate, record, …)`: the town's log holds these; it is Tuesday noon."""
    settings.PASSAGES_DIR = tmp_path / "passages"

    def keep(gate: Gate, *records: Record, journal: str = "") -> None:
        passage_log().append([Batch(str(gate.pk), journal or f"dev-{gate.pk}", records)])

    with time_machine.travel(NOON / 1000, tick=False):
        yield keep
    close_passage_log()
