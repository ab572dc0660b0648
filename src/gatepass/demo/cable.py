"""The network cable of the demo's gate: a TCP relay that can be pulled out and plugged in again.

Pulling it closes every open connection and refuses new ones, which is what a gate sees of a dead network.
"""

from __future__ import annotations

import asyncio
import contextlib


class Cable:
    """Relays `127.0.0.1:port` to `127.0.0.1:target` while `plugged`."""

    def __init__(self, port: int, target: int) -> None:
        self.port = port
        self.target = target
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def plugged(self) -> bool:
        return self._server is not None

    async def plug_in(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._relay, "127.0.0.1", self.port)

    async def pull(self) -> None:
        if self._server is None:
            return
        server, self._server = self._server, None
        server.close()
        for writer in list(self._open):
            writer.transport.abort()
        await server.wait_closed()

    async def _relay(self, near_reader: asyncio.StreamReader, near_writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            near_writer.transport.abort()
            return
        self._open |= {near_writer, far_writer}
        try:
            await asyncio.gather(self._pump(near_reader, far_writer), self._pump(far_reader, near_writer))
        finally:
            for writer in (near_writer, far_writer):
                self._open.discard(writer)
                writer.transport.abort()

    @staticmethod
    async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await source.read(65536):
                sink.write(chunk)
                await sink.drain()
        if not sink.is_closing():
            with contextlib.suppress(OSError):
                sink.write_eof()
