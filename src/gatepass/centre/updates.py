"""The town's update repository: one `Publisher` a process, over DIR/updates. `codes.publication` alone publishes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from gatepass.directory.publishing import Publisher


def publisher() -> Publisher:
    """Makes the repository, its keys and its first root at the first call."""
    return _publisher(settings.UPDATES_DIR)


@cache
def _publisher(folder: Path) -> Publisher:
    return Publisher(folder)
