"""The update repository on disk: four roles of The Update Framework, their Ed25519 keys, and atomic publication.

    keys/root.pem targets.pem snapshot.pem timestamp.pem     0600; root.pem belongs offline, see docs/directory.md
    repository/metadata/N.root.json N.targets.json N.snapshot.json timestamp.json
    repository/targets/SHA256.NAME

A publication writes targets, then N.targets.json, then N.snapshot.json, then timestamp.json, each by rename: a gate
that comes in between still sees the whole of what was there before. What timestamp.json names is never overwritten.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization.json import JSONSerializer

from gatepass.directory.errors import DirectoryError
from gatepass.directory.plan import FACTS, Facts
from gatepass.files import write_whole

ROLES: Final = ("root", "targets", "snapshot", "timestamp")
LIFETIME: Final = {
    "root": timedelta(days=730),
    "targets": timedelta(days=90),
    "snapshot": timedelta(days=90),
    "timestamp": timedelta(days=1),
}
"""A gate refuses new metadata that is older than this. What it already has it keeps using, however old."""
GRACE: Final = timedelta(hours=1)
"""How long files stay that the newest metadata no longer names: somebody may be in the middle of fetching them."""
_FIRST: Final = frozenset({"1.root.json", "1.targets.json", "1.snapshot.json"})
"""All that there can be before the first timestamp.json: a crash may have left them, and nobody has fetched them.
Without a timestamp.json, anything else is a damaged repository, and beginning anew would look like a rollback."""
_SUPERSEDED: Final = re.compile(r"[0-9]+\.(snapshot|targets)\.json")


class KeyRing:
    """The signing keys of a folder (0700), one PEM (PKCS 8, 0600) a role."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def path(self, role: str) -> Path:
        return self.folder / f"{role}.pem"

    def next_path(self, role: str) -> Path:
        """Where a new key waits until the root that names it is published."""
        return self.folder / f"{role}.next.pem"

    def create(self, path: Path) -> CryptoSigner:
        signer = CryptoSigner.generate_ed25519()
        write_whole(path, signer.private_bytes, mode=0o600)
        return signer

    def load(self, path: Path) -> CryptoSigner:
        """Raises: DirectoryError: no_key."""
        try:
            return CryptoSigner(load_pem_private_key(path.read_bytes(), None))
        except (OSError, ValueError, TypeError) as error:
            raise DirectoryError("no_key", file=path.name) from error


class Repository:
    """Signed metadata and target files. One writer at a time: `Publisher` holds the lock."""

    def __init__(self, folder: Path, keys: KeyRing, clock: Callable[[], datetime]) -> None:
        self.folder = folder
        self._metadata = folder / "metadata"
        self._targets = folder / "targets"
        for place in (self._metadata, self._targets):
            place.mkdir(parents=True, exist_ok=True)
        self._keys = keys
        self._clock = clock
        self._written: bytes | None = None
        self.root: Metadata[Root]
        self.targets: Metadata[Targets]
        self.snapshot: Metadata[Snapshot]
        self.timestamp: Metadata[Timestamp]
        self.read()

    # Reading

    def read(self) -> bool:
        """Takes what is on disk, and completes what a crash left half done. False where nothing changed since."""
        if all(path.name in _FIRST or path.name.startswith(".") for path in self._metadata.iterdir()):
            self._create()
            return True
        try:
            content = (self._metadata / "timestamp.json").read_bytes()
        except OSError as error:
            raise DirectoryError("malformed", part="repository") from error
        try:
            newest_root = self._newest_root()
            if content == self._written and newest_root.name == f"{self.root.signed.version}.root.json":
                return False
            self.root = Metadata[Root].from_bytes(newest_root.read_bytes())
            self.timestamp = Metadata[Timestamp].from_bytes(content)
            self.snapshot = Metadata[Snapshot].from_bytes(
                (self._metadata / f"{self.timestamp.signed.snapshot_meta.version}.snapshot.json").read_bytes()
            )
            version = self.snapshot.signed.meta["targets.json"].version
            self.targets = Metadata[Targets].from_bytes((self._metadata / f"{version}.targets.json").read_bytes())
        except (RepositoryError, OSError, KeyError, ValueError) as error:
            raise DirectoryError("malformed", part="repository") from error
        self._written = content
        self._complete_rotation()
        return True

    def forget(self) -> None:
        """After a failure: what memory holds may be ahead of the disk, so the next `read` starts from there."""
        self._written = None

    @property
    def facts(self) -> Facts:
        """What timestamp.json says besides the framework's own fields."""
        return Facts.of(self.timestamp.signed.unrecognized_fields)

    @property
    def revision(self) -> int:
        """Grows with every publication, a renewed timestamp included."""
        return self.timestamp.signed.version

    def target_path(self, target: TargetFile) -> Path:
        return self._targets / f"{target.hashes['sha256']}.{target.path}"

    def root_bytes(self) -> bytes:
        """The newest root.json: what a gate is given once, when it is enrolled."""
        return self._newest_root().read_bytes()

    # Publishing

    def put(self, name: str, content: bytes) -> TargetFile:
        """Writes a target file; nobody sees it until `commit` lists it."""
        target = TargetFile.from_data(name, content, ["sha256"])
        path = self.target_path(target)
        if not path.exists() or path.stat().st_size != len(content):
            write_whole(path, content)
        return target

    def commit(self, targets: Mapping[str, TargetFile], facts: Facts) -> None:
        """Publishes this list of targets."""
        now = self._clock()
        gone = [
            self.target_path(target)
            for name, target in self.targets.signed.targets.items()
            if targets.get(name) != target
        ]
        gone += self._current_metadata()
        self.targets.signed.targets = dict(targets)
        content = self._sign(self.targets, "targets")
        self._write_versioned(self.targets.signed, content)
        self._publish_snapshot(content)
        self._stamp(facts)
        for path in gone:
            _mark(path, now)
        self._prune(now)

    def stamp(self, facts: Facts) -> None:
        """Renews timestamp.json alone; what else would soon run out is renewed with it."""
        now = self._clock()
        if self._is_ageing(self.root.signed, "root", now) and self._keys.path("root").exists():
            self._publish_root([self._keys.load(self._keys.path("root"))])
        if self._is_ageing(self.targets.signed, "targets", now) or self._is_ageing(
            self.snapshot.signed, "snapshot", now
        ):
            self.commit(self.targets.signed.targets, facts)
        else:
            self._stamp(facts)

    def rotate(self, role: str) -> None:
        """A new key for a role, the old one revoked. Needs root.pem.

        Raises:
            DirectoryError: bad_role, no_key.
        """
        if role not in ROLES:
            raise DirectoryError("bad_role")
        old_root = self._keys.load(self._keys.path("root"))
        signer = self._keys.create(self._keys.next_path(role))
        root = self.root.signed
        for keyid in list(root.roles[role].keyids):
            root.revoke_key(keyid, role)
        root.add_key(signer.public_key, role)
        # A new root is signed by the old key and the new one: whoever trusts the old one can follow.
        self._publish_root([old_root, signer] if role == "root" else [old_root])
        self._complete_rotation()

    def copy_to(self, folder: Path, valid_for: timedelta) -> None:
        """All that a gate fetches, for a copy that is carried by hand: its timestamp is believed for `valid_for`."""
        stamp = Metadata[Timestamp].from_bytes((self._metadata / "timestamp.json").read_bytes())
        stamp.signed.expires = (self._clock() + valid_for).replace(microsecond=0)
        stamp.sign(self._keys.load(self._keys.path("timestamp")))
        (folder / "metadata").mkdir(parents=True, exist_ok=True)
        (folder / "targets").mkdir(exist_ok=True)
        for target in self.targets.signed.targets.values():
            path = self.target_path(target)
            write_whole(folder / "targets" / path.name, path.read_bytes())
        for path in (*self._metadata.glob("*.root.json"), *self._current_metadata()):
            write_whole(folder / "metadata" / path.name, path.read_bytes())
        write_whole(folder / "metadata" / "timestamp.json", stamp.to_bytes(JSONSerializer(compact=True)))

    def _create(self) -> None:
        root = Root(consistent_snapshot=True)
        for role in ROLES:
            path = self._keys.path(role)
            signer = self._keys.load(path) if path.exists() else self._keys.create(path)
            root.add_key(signer.public_key, role)
        root.version = 0
        self.root = Metadata(root)
        self._publish_root([self._keys.load(self._keys.path("root"))])
        self.targets = Metadata(Targets())
        self.snapshot = Metadata(Snapshot())
        self.timestamp = Metadata(Timestamp())
        for metadata in (self.targets, self.snapshot, self.timestamp):
            metadata.signed.version = 0  # signing makes it 1
        self.commit({}, Facts(0, 0))

    def _complete_rotation(self) -> None:
        """Takes up keys that the published root names, drops those that it does not, and signs anew where needed."""
        for role in ROLES:
            waiting = self._keys.next_path(role)
            if waiting.exists():
                if self._keys.load(waiting).public_key.keyid in self.root.signed.roles[role].keyids:
                    waiting.replace(self._keys.path(role))
                else:
                    waiting.unlink()
        signed: dict[str, Metadata[Any]] = {
            "targets": self.targets,
            "snapshot": self.snapshot,
            "timestamp": self.timestamp,
        }
        for role, metadata in signed.items():
            try:
                self.root.signed.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
            except RepositoryError:
                self.commit(self.targets.signed.targets, self.facts)
                return

    def _newest_root(self) -> Path:
        return max(self._metadata.glob("*.root.json"), key=lambda path: int(path.name.split(".")[0]))

    def _is_ageing(self, signed: Root | Targets | Snapshot, role: str, now: datetime) -> bool:
        return signed.expires - now < LIFETIME[role] / 2

    def _sign(self, metadata: Metadata[Any], role: str) -> bytes:
        metadata.signed.version += 1
        metadata.signed.expires = (self._clock() + LIFETIME[role]).replace(microsecond=0)
        metadata.sign(self._keys.load(self._keys.path(role)))
        return metadata.to_bytes(JSONSerializer(compact=True))

    def _publish_root(self, signers: list[CryptoSigner]) -> None:
        root = self.root.signed
        root.version += 1
        root.expires = (self._clock() + LIFETIME["root"]).replace(microsecond=0)
        self.root.signatures.clear()
        for signer in signers:
            self.root.sign(signer, append=True)
        write_whole(self._metadata / f"{root.version}.root.json", self.root.to_bytes(JSONSerializer(compact=True)))

    def _publish_snapshot(self, targets: bytes) -> None:
        self.snapshot.signed.meta = {
            "targets.json": MetaFile.from_data(self.targets.signed.version, targets, ["sha256"])
        }
        content = self._sign(self.snapshot, "snapshot")
        self._write_versioned(self.snapshot.signed, content)
        self.timestamp.signed.snapshot_meta = MetaFile.from_data(self.snapshot.signed.version, content, ["sha256"])

    def _stamp(self, facts: Facts) -> None:
        self.timestamp.signed.unrecognized_fields[FACTS] = msgspec.structs.asdict(facts)
        content = self._sign(self.timestamp, "timestamp")
        write_whole(self._metadata / "timestamp.json", content)
        self._written = content

    def _write_versioned(self, signed: Targets | Snapshot, content: bytes) -> None:
        write_whole(self._metadata / f"{signed.version}.{signed.type}.json", content)

    def _current_metadata(self) -> tuple[Path, Path]:
        return (
            self._metadata / f"{self.targets.signed.version}.targets.json",
            self._metadata / f"{self.snapshot.signed.version}.snapshot.json",
        )

    def prune(self) -> int:
        """Removes what may go by now; how many files of earlier versions are still there."""
        self._prune(self._clock())
        listed = {self.target_path(target) for target in self.targets.signed.targets.values()}
        return sum(path not in listed for path in self._targets.iterdir())

    def _prune(self, now: datetime) -> None:
        """Removes what the current metadata has not named for an hour."""
        listed = {self.target_path(target) for target in self.targets.signed.targets.values()}
        listed |= set(self._current_metadata())
        superseded = [path for path in self._metadata.iterdir() if _SUPERSEDED.fullmatch(path.name)]
        for path in (*self._targets.iterdir(), *superseded):
            if path not in listed and datetime.fromtimestamp(path.stat().st_mtime, UTC) < now - GRACE:
                path.unlink(missing_ok=True)


def published_names(folder: Path) -> dict[str, str]:
    """Published name -> file in targets/, as the newest metadata of a repository says. No signature is checked.

    Raises:
        DirectoryError: malformed.
    """
    metadata = folder / "metadata"
    try:
        stamp = Metadata[Timestamp].from_bytes((metadata / "timestamp.json").read_bytes()).signed
        snapshot = (
            Metadata[Snapshot]
            .from_bytes((metadata / f"{stamp.snapshot_meta.version}.snapshot.json").read_bytes())
            .signed
        )
        version = snapshot.meta["targets.json"].version
        targets = Metadata[Targets].from_bytes((metadata / f"{version}.targets.json").read_bytes()).signed.targets
        return {name: f"{target.hashes['sha256']}.{target.path}" for name, target in targets.items()}
    except (RepositoryError, OSError, KeyError, ValueError) as error:
        raise DirectoryError("malformed", part="repository") from error


def _mark(path: Path, now: datetime) -> None:
    """Its time of change becomes the time at which it was given up."""
    if path.exists():
        os.utime(path, (now.timestamp(), now.timestamp()))
