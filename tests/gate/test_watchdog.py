"""What systemd is told."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from pathlib import Path

import pytest

from gatepass.gate import watchdog


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> socket.socket:
    path = tmp_path / "notify"
    line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    line.bind(str(path))
    line.settimeout(2)
    monkeypatch.setenv("NOTIFY_SOCKET", str(path))
    return line


def test_a_gate_that_is_ready_says_so(line: socket.socket) -> None:
    with line:
        watchdog.notify("READY=1")
        assert line.recv(100) == b"READY=1"


def test_a_gate_that_hangs_falls_silent(line: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "20000")
    well = True

    async def story() -> None:
        nonlocal well
        task = asyncio.create_task(watchdog.keep_alive(lambda: well))
        await asyncio.sleep(0.05)
        well = False
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    with line:
        asyncio.run(story())
        line.settimeout(0.01)
        heard = 0
        with contextlib.suppress(TimeoutError):
            while line.recv(100) == b"WATCHDOG=1":
                heard += 1
        assert 1 <= heard <= 8


def test_without_systemd_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    watchdog.notify("READY=1")
    asyncio.run(watchdog.keep_alive(lambda: True))
