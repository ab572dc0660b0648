"""`Publisher`: the centre's side. People and changes go in; a repository of static files for the gates comes out.

    FOLDER/keys/            signing keys (see repository.py)
    FOLDER/register/        N.keys: the whole keys of base N by rank, 16 bytes each; never leaves the centre
    FOLDER/repository/      metadata/ and targets/: serve these two folders, or copy them to a stick

The register is there because the directory itself knows 40 bits of a key: when somebody new is enrolled, only the
register can tell whether an entry that fits is the same person.
"""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from gatepass.directory.build import People, as_arrays, build_with_order
from gatepass.directory.delta import Delta, merge
from gatepass.directory.errors import DirectoryError
from gatepass.directory.layout import KEY_BYTES
from gatepass.directory.lookup import Directory, from_ms, to_ms
from gatepass.directory.plan import (
    Facts,
    Listing,
    Span,
    base_name,
    cheapest,
    delta_name,
    is_directory,
    is_file,
    merges_due,
    worth_keeping,
)
from gatepass.directory.repository import KeyRing, Repository
from gatepass.directory.revocations import Revocations, as_serials, with_revoked
from gatepass.directory.revoking import publish_lists, published_lists
from gatepass.directory.states import UNREGISTERED, Codes, Ranks, State, code_of
from gatepass.directory.table import Keys, as_keys
from gatepass.files import write_whole


def _now() -> datetime:
    return datetime.now(UTC)


def overlay_limit_for(people: int) -> int:
    """More enrolments and removals than this and the next version is a new base: an overlay entry weighs 17 bytes on
    the wire and some 150 in memory, so that 1 in 2,000 keeps a gate within its bytes a person."""
    return max(4096, people // 2000)


class Publisher:
    """Publishes versions of the directory, and other files, signed. Every verb is atomic and safe to call again.

    Verbs wait for one another across threads and processes. `clock` gives the aware moment for expiry dates.

    Raises:
        DirectoryError: malformed where the folder's repository cannot be read; storage where the disk refuses.
    """

    def __init__(
        self, folder: Path | str, *, clock: Callable[[], datetime] = _now, overlay_limit: int | None = None
    ) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._register_folder = self.folder / "register"
        self._register_folder.mkdir(exist_ok=True, mode=0o700)
        self._overlay_limit = overlay_limit
        self._lock = threading.RLock()
        self._directory: Directory | None = None
        self._register: Keys = np.empty((0, KEY_BYTES), np.uint8)
        with _locked(self.folder):
            self._repository = Repository(self.repository, KeyRing(self.folder / "keys"), clock)
            self._read_directory()

    # What is published

    @property
    def repository(self) -> Path:
        """The folder with metadata/ and targets/: all that a gate ever fetches."""
        return self.folder / "repository"

    @property
    def directory(self) -> Directory | None:
        """The published directory; None before the first base."""
        return self._directory

    @property
    def needs_base(self) -> bool:
        """Nothing was published yet, or its files here are broken: only `publish_base` helps."""
        return self._directory is None

    @property
    def version(self) -> int:
        """Of the directory; 0 before the first base."""
        return self._repository.facts.directory

    @property
    def revision(self) -> int:
        """Grows with every publication, `touch` and `publish_file` included."""
        return self._repository.revision

    @property
    def as_of(self) -> datetime:
        """Up to when the published directory knows everything (aware, UTC)."""
        return from_ms(self._repository.facts.as_of)

    @property
    def trust_root(self) -> bytes:
        """What a gate is given when it is enrolled; later root keys are learnt from it."""
        return self._repository.root_bytes()

    @property
    def file_names(self) -> tuple[str, ...]:
        """The other published files."""
        return tuple(sorted(filter(is_file, self._repository.targets.signed.targets)))

    @property
    def revocations(self) -> Revocations:
        """The published ones, read anew. Raises: DirectoryError: torn, storage … where the files here are broken."""
        with self._alone():
            return Revocations(published_lists(self._repository).values())

    def file(self, name: str) -> bytes | None:
        """The content of a published file; None where it is not published, or broken here."""
        target = self._repository.targets.signed.targets.get(name)
        try:
            return self._repository.target_path(target).read_bytes() if target is not None else None
        except OSError:
            return None

    # Publishing

    def publish_base(self, people: People, as_of: datetime) -> int:
        """Publishes everybody anew; returns the version.

        `people` maps person keys to states, or is (keys (n, 16) uint8, codes (n,) uint8).

        Raises:
            DirectoryError: key_length, bad_state, duplicate_key, too_many, storage.
        """
        keys, codes = as_arrays(people)
        with self._alone():
            return self._publish_base(keys, codes, to_ms(as_of))

    def publish_changes(self, changes: Mapping[bytes, State | None], as_of: datetime) -> int:
        """Publishes new states, enrolments, and removals (None); returns the version.

        What changes nothing is left out; if nothing is left, only `as_of` advances. The first changes of all make
        the first base.

        Raises:
            DirectoryError: key_length, bad_state, storage; no_base where `needs_base` after the first version.
        """
        if any(len(key) != KEY_BYTES for key in changes):
            raise DirectoryError("key_length")
        keys = as_keys(b"".join(changes))
        codes = np.fromiter((code_of(state) for state in changes.values()), np.uint8, len(changes))
        with self._alone():
            if self._directory is None and self.version:
                raise DirectoryError("no_base")
            if self._directory is None:
                here = codes != UNREGISTERED
                return self._publish_base(keys[here], codes[here], to_ms(as_of))
            delta = self._delta(self._directory, keys, codes, to_ms(as_of))
            if delta is None:
                self._stamp(to_ms(as_of))
                return self.version
            after = self._directory.with_delta(delta)
            limit = self._overlay_limit if self._overlay_limit is not None else overlay_limit_for(len(after))
            if len(after.overlay) > limit:
                return self._publish_base(*self._everybody(after), to_ms(as_of))
            self._publish_delta(delta)
            self._directory = after
            return after.version

    def touch(self, as_of: datetime) -> None:
        """Nothing changed up to `as_of`: one small signed file says so. Also renews what is about to expire.

        Raises:
            DirectoryError: storage, no_key.
        """
        with self._alone():
            self._stamp(to_ms(as_of))

    def publish_file(self, name: str, content: bytes) -> None:
        """Publishes another file (rules, a prompt) under a flat name: letters, digits, dot, dash, underscore.

        Raises:
            DirectoryError: bad_name, storage.
        """
        if not is_file(name):
            raise DirectoryError("bad_name")
        with self._alone():
            targets = dict(self._repository.targets.signed.targets)
            target = self._repository.put(name, content)
            if targets.get(name) != target:
                self._repository.commit({**targets, name: target}, self._repository.facts)

    def withdraw_file(self, name: str) -> None:
        """Takes another file out of the list. Raises: DirectoryError: bad_name where it is not in it."""
        with self._alone():
            if name not in self.file_names:
                raise DirectoryError("bad_name")
            targets = dict(self._repository.targets.signed.targets)
            del targets[name]
            self._repository.commit(targets, self._repository.facts)

    def revoke(self, serials: Iterable[bytes]) -> None:
        """Makes these codes void at every gate; those that are void already change nothing.

        Raises:
            DirectoryError: serial_length, storage; torn … where the lists here are broken: `publish_revocations` helps.
        """
        given = as_serials(serials)
        with self._alone():
            publish_lists(self._repository, with_revoked(published_lists(self._repository), given))

    def publish_revocations(self, serials: Iterable[bytes]) -> None:
        """Publishes all void codes anew: to leave out those that have expired, or to replace broken lists.

        Raises:
            DirectoryError: serial_length, storage.
        """
        given = as_serials(serials)
        with self._alone():
            publish_lists(self._repository, with_revoked({}, given))

    def prune(self) -> int:
        """Removes files that no gate can be fetching any more; how many files of earlier versions are still there.

        They may name people who are not registered any more: an erasure is not over before this says 0.
        """
        with self._alone():
            return self._repository.prune()

    def rotate(self, role: str) -> None:
        """A new signing key for root, targets, snapshot or timestamp; the old one is worth nothing from then on.

        Raises:
            DirectoryError: bad_role, no_key (root.pem is offline: bring it back first).
        """
        with self._alone():
            self._repository.rotate(role)

    def export(self, folder: Path, valid_for: timedelta = timedelta(days=7)) -> None:
        """Copies what the newest version needs to `folder` (a USB stick), believed for `valid_for`.

        Raises:
            DirectoryError: storage, no_key.
        """
        with self._alone():
            self._repository.copy_to(folder, valid_for)

    # The work, with the lock held

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Holds the lock of this process and of the folder, and takes up what another process published."""
        with self._lock, _locked(self.folder):
            if self._repository.read():
                self._read_directory()
            try:
                yield
            except BaseException:
                self._repository.forget()
                raise

    def _read_directory(self) -> None:
        targets = self._repository.targets.signed.targets
        listing = Listing.of({name: target.length for name, target in targets.items()})
        self._directory = None
        if listing.base is None:
            return
        try:
            directory = Directory.open(self._repository.target_path(targets[base_name(listing.base)]))
            for span in cheapest(listing.deltas, listing.base, self.version) or ():
                directory = directory.with_delta(self._read_delta(span))
            register = self._read_register(directory)
        except (DirectoryError, OSError):
            # Gates are no worse off: they have their copies, and can fetch what is whole. `needs_base` says it.
            return
        if directory.version == self.version:
            self._directory, self._register = directory, register

    def _read_delta(self, span: Span) -> Delta:
        targets = self._repository.targets.signed.targets
        return Delta.decode(self._repository.target_path(targets[delta_name(span)]).read_bytes())

    def _register_path(self, version: int) -> Path:
        return self._register_folder / f"{version}.keys"

    def _read_register(self, directory: Directory) -> Keys:
        people = directory.base.people
        path = self._register_path(directory.base.version)
        if path.stat().st_size != people * KEY_BYTES:
            raise DirectoryError("torn", file=path.name)
        return np.memmap(path, np.uint8, "r").reshape(-1, KEY_BYTES) if people else np.empty((0, KEY_BYTES), np.uint8)

    def _publish_base(self, keys: Keys, codes: Codes, as_of_ms: int) -> int:
        version = self.version + 1
        built = build_with_order(keys, codes, version=version, as_of=as_of_ms)
        write_whole(self._register_path(version), keys[built.order].data, mode=0o600)
        target = self._repository.put(base_name(version), built.content)
        others = {name: old for name, old in self._repository.targets.signed.targets.items() if not is_directory(name)}
        facts = Facts(as_of_ms, version, Directory.parse(built.content).base_id)
        self._repository.commit({**others, target.path: target}, facts)
        self._read_directory()
        for path in self._register_folder.glob("*.keys"):
            if path != self._register_path(version):
                path.unlink()
        return version

    def _delta(self, directory: Directory, keys: Keys, codes: Codes, as_of_ms: int) -> Delta | None:
        """What these changes change; None where that is nothing."""
        overlay = directory.overlay
        ranks = self._ranks(directory, keys)
        before = np.full(len(keys), UNREGISTERED, np.uint8)
        before[ranks >= 0] = directory.base_codes(ranks[ranks >= 0])
        in_overlay = np.zeros(len(keys), bool)
        if overlay:
            for row, key in enumerate(_rows(keys)):
                if key in overlay:
                    in_overlay[row], before[row] = True, overlay[key]
        changed = before != codes
        if not changed.any():
            return None
        by_rank = changed & (ranks >= 0) & ~in_overlay & (codes != UNREGISTERED)
        by_key = changed & ~by_rank
        sequence = np.argsort(ranks[by_rank])
        enrolled = int(np.count_nonzero(changed & (before == UNREGISTERED)))
        removed = int(np.count_nonzero(changed & (codes == UNREGISTERED)))
        return Delta(
            base_version=directory.base.version,
            base_checksum=directory.checksum,
            base_people=directory.base.people,
            from_version=directory.version,
            to_version=directory.version + 1,
            as_of=as_of_ms,
            people=len(directory) + enrolled - removed,
            ranks=ranks[by_rank][sequence],
            codes=codes[by_rank][sequence],
            overlay=dict(zip(_rows(keys[by_key]), codes[by_key].tolist(), strict=True)),
        )

    def _ranks(self, directory: Directory, keys: Keys) -> Ranks:
        """Ranks (n,) of exactly these keys (n, 16) in the base; -1 for everybody else, however alike."""
        ranks = directory.table.ranks(keys)
        maybe = np.flatnonzero(ranks >= 0)
        same = np.all(self._register[ranks[maybe]] == keys[maybe], axis=1)
        ranks[maybe[~same]] = -1
        exceptions = directory.table.exceptions
        if exceptions:
            rest = np.flatnonzero(ranks < 0)
            for row, key in zip(rest.tolist(), _rows(keys[rest]), strict=True):
                ranks[row] = exceptions.get(key, -1)
        return ranks

    def _publish_delta(self, delta: Delta) -> None:
        """Lists the new delta and the coarser ones that it completes, and drops those that nobody needs any more."""
        targets = dict(self._repository.targets.signed.targets)
        made = {(delta.from_version, delta.to_version): delta}
        spans = dict(Listing.of({name: target.length for name, target in targets.items()}).deltas)
        for span in [*made, *merges_due(delta.base_version, delta.to_version)]:
            if span not in made:
                parts = cheapest(spans, *span) or []
                made[span] = merge([made.get(part) or self._read_delta(part) for part in parts])
            target = self._repository.put(delta_name(span), made[span].encode())
            targets[target.path] = target
            spans[span] = target.length
        for span in spans.keys() - worth_keeping(spans):
            del targets[delta_name(span)]
        facts = Facts(delta.as_of, delta.to_version, self._repository.facts.base)
        self._repository.commit(targets, facts)

    def _everybody(self, directory: Directory) -> tuple[Keys, Codes]:
        """Keys and codes of all who are registered: base, changes and overlay together."""
        people = directory.base.people
        overlay = directory.overlay
        stay = np.ones(people, bool)
        ranks = self._ranks(directory, as_keys(b"".join(overlay)))
        stay[ranks[ranks >= 0]] = False
        enrolled = [key for key, code in overlay.items() if code != UNREGISTERED]
        return (
            np.concatenate([self._register[stay], as_keys(b"".join(enrolled))]),
            np.concatenate(
                [
                    directory.base_codes(np.flatnonzero(stay)),
                    np.fromiter((overlay[key] for key in enrolled), np.uint8, len(enrolled)),
                ]
            ),
        )

    def _stamp(self, as_of_ms: int) -> None:
        facts = self._repository.facts
        self._repository.stamp(Facts(as_of_ms, facts.directory, facts.base))


def _rows(keys: Keys) -> list[bytes]:
    raw = keys.tobytes()
    return [raw[place : place + KEY_BYTES] for place in range(0, len(raw), KEY_BYTES)]


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time; a full disk becomes `DirectoryError`."""
    try:
        with (folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise DirectoryError("storage", errno=error.errno or 0) from error
