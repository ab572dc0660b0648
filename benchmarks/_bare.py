"""The limit of the server itself: uvicorn with an application that reads the body and answers some 40 bytes."""

from __future__ import annotations

from typing import Any

ANSWER = b"x" * 40
HEADERS = [(b"content-type", b"application/msgpack"), (b"content-length", b"40")]


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": ANSWER})
