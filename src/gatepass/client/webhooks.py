"""A webhook that came in: is it the town's, and what does it say. docs/webhooks.md."""

from __future__ import annotations

import time
from collections.abc import Mapping

import msgspec

from gatepass.client.shapes import Event
from gatepass.wire.webhooks import SignatureError, check

__all__ = ["Event", "SignatureError", "read_webhook"]


def read_webhook(secret: str, headers: Mapping[str, str], body: bytes, *, now: float | None = None) -> Event:
    """The event; `body` as it came, before anything has parsed it. `now`: seconds since 1970 UTC.

    SignatureError: not the town's, or older than five minutes, or altered: answer 400 and do nothing. The same event
    may come twice; remember its `id`.
    """
    event = check(secret, headers, body, time.time() if now is None else now)
    try:
        said = msgspec.json.decode(body, type=Event)
    except msgspec.DecodeError:
        raise SignatureError("wrong") from None
    if said.id != event:
        raise SignatureError("wrong")
    return said
