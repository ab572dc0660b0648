"""The centre's own copy of the directory: the same files, read by the same code, as at every gate.

So the gateway answers what a gate would answer, a second after it was published, whichever process published it.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import structlog

from gatepass.directory.errors import DirectoryError
from gatepass.directory.fetching import FolderFetcher, Subscriber
from gatepass.directory.store import DirectoryStore

LOOK_EVERY = 0.2
"""Seconds between two looks at the repository's newest file: one `stat`."""

log = structlog.get_logger(__name__)


class Knowledge:
    """Between `start()` and `stop()`, `store` follows the repository in `repository` (with metadata/ and targets/)."""

    def __init__(self, repository: Path, folder: Path, trust_root: bytes) -> None:
        self.repository = repository
        self.store = DirectoryStore(folder)
        self._subscriber = Subscriber(self.store, FolderFetcher(repository), trust_root)
        self._newest = repository / "metadata" / "timestamp.json"
        self._seen: tuple[int, int] | None = None
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    async def start(self) -> None:
        """Ready to answer on return, where there is anything to answer with."""
        await self._follow()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._stopped = True
        self._news.set()

    async def newer_than(self, version: int, within: float) -> int:
        """The directory's version as soon as it is above `version`, or whatever it is after `within` seconds.

        Also when another file was published: a paper that is void must not wait for somebody's colour to change.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                if self.store.version <= version and not self._stopped:
                    await self._news.wait()
        return self.store.version

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            await self._follow()

    async def _follow(self) -> None:
        try:
            status = self._newest.stat()
        except OSError:
            return  # nothing has been published yet
        stamp = (status.st_ino, status.st_mtime_ns)
        if stamp == self._seen:
            return
        try:
            changed = await asyncio.to_thread(self._subscriber.refresh)
        except DirectoryError as error:
            # Half-way through a publication, or a broken repository: the next look, and a line for the operator.
            log.warning("directory not read", code=error.code)
            return
        self._seen = stamp
        if changed:
            self._news.set()
            self._news = asyncio.Event()
