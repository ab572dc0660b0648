"""What runs beside the pages for as long as the server does: started and stopped with it, by ASGI's lifespan."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from gatepass.centre.codes.publication import PublishingThread

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


def with_publication(application: Application) -> Application:
    """Runs the publication of the directory for as long as the server lives. `application` never sees the lifespan."""

    async def serve(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await application(scope, receive, send)
            return
        await receive()
        publication = PublishingThread()
        publication.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.to_thread(publication.stop)
        await send({"type": "lifespan.shutdown.complete"})

    return serve
