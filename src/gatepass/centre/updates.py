"""The town's update repository: one `Publisher` a process, over DIR/updates. `codes.publication` alone publishes."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from gatepass.directory.publishing import Publisher


@cache
def publisher() -> Publisher:
    """Makes the repository, its keys and its first root at the first call."""
    return Publisher(settings.UPDATES_DIR)


def trust_root() -> bytes:
    """root.json that a new gate starts from: the first one; later ones are chained to it by the client."""
    return (publisher().repository / "metadata" / "1.root.json").read_bytes()
