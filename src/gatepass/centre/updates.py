"""The town's update repository: one `Publisher` a process, over DIR/updates. `codes.publication` alone publishes."""

from __future__ import annotations

import threading
from pathlib import Path

from django.conf import settings

from gatepass.directory.publishing import Publisher

_opening = threading.Lock()
_open: dict[Path, Publisher] = {}


def publisher() -> Publisher:
    """The same object for every thread; makes the repository, its keys and its first root at the first call."""
    folder = settings.UPDATES_DIR
    with _opening:
        if folder not in _open:
            _open[folder] = Publisher(folder)
        return _open[folder]
