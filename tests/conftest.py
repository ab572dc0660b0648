"""What holds for every test."""

from __future__ import annotations

import gc

import pytest
from hypothesis import HealthCheck, settings

# What a test finds does not depend on how busy the machine is.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

COLLECT_AFTER = (20_000, 20, 50)
"""Objects, and passes over the young: a worker's heap grows to a gigabyte, and each pass over the whole takes half a
second of it."""


def pytest_collection_finish() -> None:
    """Thousands of tests, and all that they import, stay until the end: the garbage collector need not look there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first, half of them for each of two workers, so that none of them is the last to begin.

    xdist's worksteal gives the first half of the list to the first worker, and what is left over to whoever is idle.
    Browser tests stay where they are: two at a time would take the processor from each other all the while.
    """
    long = [item for item in items if item.get_closest_marker("slow") and not item.get_closest_marker("browser")]
    later = set(items) - set(long)
    short = [item for item in items if item in later]
    middle = len(short) // 2
    items[:] = [*long[::2], *short[:middle], *long[1::2], *short[middle:]]
