"""`Subscriber`: the gate's side. Asks the repository what is new, believes only what is signed, installs it.

The framework's client (python-tuf) refuses what is forged, rolled back, frozen or mixed, and follows key rotations.
What it refuses leaves everything as it was: the gate goes on with the directory that it has, however old.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Set
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

from tuf.api import exceptions
from tuf.api.metadata import Metadata, TargetFile, Targets, Timestamp
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

from gatepass.directory.errors import DirectoryError
from gatepass.directory.lists import is_needed_for_codes
from gatepass.directory.plan import Facts, Listing, base_name, cheapest, delta_name, is_file
from gatepass.directory.store import DirectoryStore
from gatepass.files import sync_file


def _now() -> datetime:
    return datetime.now(UTC)


def _every_file(_name: str) -> bool:
    return True


class Subscriber:
    """Keeps a `DirectoryStore`, and the other published files, as new as the repository is.

    fetcher     asked for `{base_url}metadata/…` and `{base_url}targets/…`; raises DownloadHTTPError(…, 404) for what is
                not there. Each target has its SHA-256 before its name, so that a cache may keep it for ever.
    trust_root  root.json as it was given at enrolment.
    wants       which of the other files to fetch, by name.
    clock       the moment against which metadata expires.
    """

    def __init__(
        self,
        store: DirectoryStore,
        fetcher: FetcherInterface,
        trust_root: bytes,
        *,
        base_url: str = "",
        wants: Callable[[str], bool] = _every_file,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._store = store
        self._fetcher = _Steady(fetcher)
        self._trust_root = trust_root
        self._base_url = base_url
        self._wants = wants
        self._clock = clock
        self._lock = threading.Lock()
        self.revision = 0
        """The repository's revision that was last taken in whole; 0 before the first `refresh` that succeeds."""
        self._trust = store.folder / "trust"
        self._incoming = store.folder / "incoming"
        self._files = store.folder / "files"
        for folder in (self._trust, self._incoming, self._files):
            folder.mkdir(parents=True, exist_ok=True)

    def refresh(self) -> bool:
        """Fetches what is new. True if the directory's version or another file changed; `as_of` may advance anyway.

        Blocks for as long as the fetcher does. The lists by which codes are judged come first: they are small, and a
        directory that claims to know everything up to `as_of` must not be ahead of them. Then the directory, then all
        other files: a prompt that cannot be fetched must not keep a colour back.

        Raises:
            DirectoryError: unreachable; expired, rolled_back, forged, refused; or as `DirectoryStore.install`.
                What could not be taken is then as before.
        """
        with self._lock:
            try:
                return self._refresh()
            except exceptions.DownloadError as error:
                if isinstance(error, exceptions.DownloadLengthMismatchError):
                    raise DirectoryError("forged") from error
                raise DirectoryError("unreachable") from error
            except exceptions.RepositoryError as error:
                raise DirectoryError(_code(error)) from error
            except OSError as error:
                raise DirectoryError("storage", errno=error.errno or 0) from error
            finally:
                for path in self._incoming.iterdir():
                    path.unlink(missing_ok=True)

    def file(self, name: str) -> Path | None:
        """Another published file, as it was last fetched and verified; None where it is not there. No network.

        The lists of revocations are not asked for here but read by `lists.CodeLists`.
        """
        try:
            target = self._targets().get(name)
        except (OSError, exceptions.RepositoryError):
            return None
        path = self._files / name
        return path if target is not None and is_file(name) and _is_whole(path, target) else None

    def _refresh(self) -> bool:
        updater = Updater(
            metadata_dir=str(self._trust),
            metadata_base_url=f"{self._base_url}metadata/",
            target_base_url=f"{self._base_url}targets/",
            fetcher=self._fetcher,
            config=UpdaterConfig(app_user_agent="gatepass"),
            bootstrap=self._trust_root,
        )
        # The framework reads the clock by itself and offers no other way to give it one.
        updater._trusted_set.reference_time = self._clock()  # noqa: SLF001
        updater.refresh()
        targets = self._targets()
        stamp = self._timestamp()
        facts = Facts.of(stamp.unrecognized_fields)
        lists = {name: target for name, target in targets.items() if is_needed_for_codes(name)}
        others = {name: target for name, target in targets.items() if is_file(name) and self._wants(name)}
        changed = self._fetch_files(updater, lists)
        changed |= self._refresh_directory(updater, targets, facts)
        changed |= self._fetch_files(updater, others)
        changed |= self._remove_files(lists.keys() | others.keys())
        if changed:
            # `file` answers from this list: it must outlive a power cut, and the framework does not see to that.
            sync_file(self._trust / "targets.json")
        self.revision = stamp.version
        return changed

    def _refresh_directory(self, updater: Updater, targets: dict[str, TargetFile], facts: Facts) -> bool:
        directory = self._store.directory
        here = directory is not None and directory.base_id == facts.base
        if not facts.directory:
            return False
        if here and self._store.version == facts.directory:
            self._store.confirm(facts.as_of)
            return False
        listing = Listing.of({name: target.length for name, target in targets.items()})
        path = cheapest(listing.deltas, self._store.version, facts.directory) if here else None
        base = None
        if path is None:
            if listing.base is None:
                raise DirectoryError("gap", reached=0, begins=facts.directory)
            path = cheapest(listing.deltas, listing.base, facts.directory)
            base = self._fetch(updater, targets[base_name(listing.base)])
        if path is None:
            raise DirectoryError("gap", reached=listing.base or 0, begins=facts.directory)
        deltas = [self._fetch(updater, targets[delta_name(span)]).read_bytes() for span in path]
        self._store.install(base=base, deltas=deltas, as_of_ms=facts.as_of)
        return True

    def _fetch(self, updater: Updater, target: TargetFile) -> Path:
        path = self._incoming / target.path
        updater.download_target(target, str(path))
        return path

    def _fetch_files(self, updater: Updater, wanted: dict[str, TargetFile]) -> bool:
        """Of two lists of revocations the larger one first: it may have taken up the serials of the smaller one."""
        missing = [name for name in sorted(wanted, reverse=True) if not _is_whole(self._files / name, wanted[name])]
        for name in missing:
            self._fetch(updater, wanted[name]).replace(self._files / name)
        return bool(missing)

    def _remove_files(self, wanted: Set[str]) -> bool:
        gone = [path for path in self._files.iterdir() if path.name not in wanted]
        for path in gone:
            path.unlink()
        return bool(gone)

    # What `refresh` of the framework's client leaves behind is verified; it keeps these files by rename.

    def _targets(self) -> dict[str, TargetFile]:
        targets: dict[str, TargetFile] = (
            Metadata[Targets].from_bytes((self._trust / "targets.json").read_bytes()).signed.targets
        )
        return targets

    def _timestamp(self) -> Timestamp:
        return Metadata[Timestamp].from_bytes((self._trust / "timestamp.json").read_bytes()).signed


class _Steady(FetcherInterface):
    """Whatever a fetcher raises, also in the middle of a file, is a failed download: the framework wraps only the
    beginning, and a `ConnectionError` must not look like a full disk."""

    def __init__(self, fetcher: FetcherInterface) -> None:
        self._fetcher = fetcher

    def _fetch(self, url: str) -> Iterator[bytes]:
        try:
            yield from self._fetcher.fetch(url)
        except exceptions.DownloadError:
            raise
        except Exception as error:
            raise exceptions.DownloadError(type(error).__name__) from error


class FolderFetcher(FetcherInterface):
    """Fetches from a folder with metadata/ and targets/: a USB stick, a test, or the centre's own repository."""

    def __init__(self, folder: Path | str) -> None:
        self._folder = Path(folder).resolve()

    def _fetch(self, url: str) -> Iterator[bytes]:
        path = (self._folder / unquote(url)).resolve()
        if not path.is_relative_to(self._folder) or not path.is_file():
            raise exceptions.DownloadHTTPError("not in the folder", 404)
        return iter([path.read_bytes()])


def _is_whole(path: Path, target: TargetFile) -> bool:
    try:
        with path.open("rb") as file:
            target.verify_length_and_hashes(file)
    except (OSError, exceptions.LengthOrHashMismatchError):
        return False
    return True


def _code(error: exceptions.RepositoryError) -> str:
    if isinstance(error, exceptions.ExpiredMetadataError):
        return "expired"
    if isinstance(error, exceptions.BadVersionNumberError):
        return "rolled_back"
    if isinstance(error, exceptions.UnsignedMetadataError | exceptions.LengthOrHashMismatchError):
        return "forged"
    return "refused"
