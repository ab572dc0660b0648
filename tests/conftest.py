"""What holds for every test."""

from __future__ import annotations

import gc
import gzip
import json

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal import charmap

# What a test finds does not depend on how busy the machine is.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

UTF_8_WRITES = [(0, 0xD7FF), (0xE000, 0x10FFFF)]
"""All but surrogates. Hypothesis tries a million characters to learn it, five seconds of each worker of a fresh clone,
and keeps the answer in a file; one that looks elsewhere for it works as before."""

gc.disable()
"""Until all is collected: nearly nothing of it is ever let go."""

COLLECT_AFTER = (20_000, 20, 50)
"""Objects, and passes over the young: a worker's heap grows to a gigabyte, and each pass over the whole takes half a
second of it."""


def pytest_collection_finish() -> None:
    """Thousands of tests, and all that they import, stay until the end: the garbage collector need not look there.

    And hypothesis is told what it would work out for itself.
    """
    kept = charmap.charmap_file("codec-v2-utf-8")
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(gzip.compress(json.dumps([UTF_8_WRITES, []]).encode()))
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    gc.enable()


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
