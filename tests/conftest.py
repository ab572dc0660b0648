"""What holds for every test."""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """Thousands of tests, and all that they import, stay until the end: the garbage collector need not look there."""
    gc.collect()
    gc.freeze()
