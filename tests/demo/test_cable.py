"""The cable of the demo: what a gate sees when somebody pulls it."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import pytest

from gatepass.demo.cable import Cable


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while line := await reader.readline():
            writer.write(line)
            await writer.drain()
    writer.close()


async def ask(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"here?\n")
    answer = await reader.readline()
    writer.close()
    return answer


def test_a_plugged_cable_carries_and_a_pulled_one_cuts_open_talks_and_refuses_new_ones() -> None:
    async def story() -> None:
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        cable = Cable(free_port(), server.sockets[0].getsockname()[1])
        await cable.plug_in()
        assert await ask(cable.port) == b"here?\n"

        reader, writer = await asyncio.open_connection("127.0.0.1", cable.port)
        writer.write(b"still\n")
        assert await reader.readline() == b"still\n"
        await cable.pull()
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        writer.close()
        with pytest.raises(OSError):
            await ask(cable.port)

        await cable.plug_in()
        assert await ask(cable.port) == b"here?\n"
        await cable.pull()
        server.close()
        await asyncio.sleep(0.05)  # the echo's own ends close in the next rounds of the loop

    asyncio.run(story())
