"""The day at the far gates: believable, and in order."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from gatepass.demo.town import people
from gatepass.demo.traffic import last_day


@pytest.mark.parametrize("hour", [0, 8, 16, 23])
@pytest.mark.parametrize("direction", ["in", "out"])
def test_a_town_has_lived_whenever_it_is_opened(hour: int, direction: str) -> None:
    now = datetime(2026, 11, 23, hour, 2, tzinfo=UTC)
    moments = list(last_day(people(300), now, direction, random.Random(1)))
    assert 400 < len(moments) < 1000
    assert all(now - timedelta(days=1) < moment.at < now for moment in moments)
    assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)


def test_the_morning_is_busier_than_the_night() -> None:
    now = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)  # a minute before midnight in the town
    hours = [(moment.at.hour + 8) % 24 for moment in last_day(people(300), now, "in", random.Random(1))]
    assert hours.count(8) > 5 * max(1, hours.count(3))
