"""Tells systemd that the agent is ready and alive (sd_notify(3)): a datagram to the socket that it named."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable


def notify(message: str) -> None:
    """Nothing happens where systemd did not ask for it."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
        line.connect("\0" + address[1:] if address.startswith("@") else address)
        line.sendall(message.encode())


async def keep_alive(is_well: Callable[[], bool]) -> None:
    """Say so in half the time that systemd waits. A hung loop, or `is_well` false, and systemd restarts the agent."""
    microseconds = int(os.environ.get("WATCHDOG_USEC", "0"))
    while microseconds:
        if is_well():
            notify("WATCHDOG=1")
        await asyncio.sleep(microseconds / 2_000_000)
