"""The directory's update client, with the gate's signed downloads under it."""

from __future__ import annotations

from collections.abc import Iterator

from tuf.api.exceptions import DownloadError, DownloadHTTPError
from tuf.ngclient import FetcherInterface

from gatepass.directory.errors import DirectoryError
from gatepass.directory.fetching import Subscriber
from gatepass.directory.lists import CodeLists
from gatepass.directory.store import DirectoryStore
from gatepass.gate.calls import RefusedError, SignedDownloads, UnreachableError
from gatepass.gate.clock import Clock
from gatepass.gate.device import Device
from gatepass.gate.uplink import RefreshError

# What arrived and was not believed, in the words of `directory.errors`.
_FORGED = frozenset({"expired", "rolled_back", "forged", "refused", "torn", "malformed"})


class _Fetcher(FetcherInterface):
    def __init__(self, downloads: SignedDownloads) -> None:
        super().__init__()
        self._downloads = downloads

    def _fetch(self, url: str) -> Iterator[bytes]:
        try:
            yield from self._downloads.stream(url)
        except RefusedError as error:
            raise DownloadHTTPError(error.code, error.status) from error
        except UnreachableError as error:
            raise DownloadError(str(error)) from error


class Subscription:
    """`uplink.Follows` for the directory and the lists by which codes are judged; the clock learns from every date."""

    def __init__(
        self, store: DirectoryStore, codes: CodeLists, device: Device, clock: Clock, downloads: SignedDownloads
    ) -> None:
        self._store, self._codes, self._clock = store, codes, clock
        self._subscriber = Subscriber(
            store,
            _Fetcher(downloads),
            device.trust_root,
            base_url=f"{device.centre}/gate/v1/updates/",
            clock=clock.now,
        )
        clock.not_before(store.as_of_ms)

    @property
    def version(self) -> int:
        return self._store.version

    def refresh(self) -> bool:
        try:
            changed = self._subscriber.refresh()
        except DirectoryError as error:
            raise RefreshError(error.code, forged=error.code in _FORGED) from error
        if changed:
            self._codes.reread()
        self._clock.not_before(self._store.as_of_ms)
        return changed
