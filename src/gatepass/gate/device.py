"""The gate folder: who this device is, what it may know, and where it keeps things.

    device.json   0600; key pair made here, secrets of the town, key of the journal. Written once, by enrolment.
    site.json     names, direction and rules of this gate; the centre changes them, the heartbeat brings them
    guard.json    0600; the guard's PIN, Argon2id
    journal.db    every passage, encrypted; visitors.db, reports.db likewise: who is inside, what guards took down
    directory/    the signed directory of colours
    prompts/      recorded prompts that replace the shipped ones: LANGUAGE/PROMPT.opus

Where systemd passes `device.json` as a credential (LoadCredentialEncrypted=, sealed to the TPM), that one is used and
the folder holds no secret at all.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gatepass.files import write_whole
from gatepass.gate.problems import FolderError
from gatepass.policy import SiteRules
from gatepass.wire.messages import Direction


class Device(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """device.json. Byte strings are Base64 in the file. Never printed: its repr names the device only."""

    device: str
    gate: str
    centre: str
    """Base URL without a slash at the end."""
    private_key: bytes
    """Ed25519, 32 bytes raw."""
    person_key_secret: bytes
    sealing_key: bytes
    trust_root: bytes
    journal_key: bytes
    """32 bytes, made on the device, known to nobody else."""
    enrolled_at: int

    def __repr__(self) -> str:
        return f"Device({self.device!r})"

    @property
    def signing_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.private_key)


class Site(msgspec.Struct, frozen=True):
    """site.json: everything about this gate that the centre may change later."""

    gate_name: str
    site_name: str
    direction: Direction
    rules: SiteRules
    configuration: int = 0
    """The centre's number of all this; 0 until its first heartbeat has brought one."""


class GateFolder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.device_file = path / "device.json"
        self.site_file = path / "site.json"
        self.guard_file = path / "guard.json"
        self.journal_file = path / "journal.db"
        self.visitors_file = path / "visitors.db"
        self.reports_file = path / "reports.db"
        self.directory = path / "directory"
        self.prompts = path / "prompts"

    def make(self) -> None:
        """Make the folder for this user only. FolderError `folder_not_writable`."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise FolderError("folder_not_writable", folder=str(self.path)) from error
        if not os.access(self.path, os.W_OK | os.X_OK):
            raise FolderError("folder_not_writable", folder=str(self.path))

    def store_enrolment(self, device: Device, site: Site) -> None:
        """device.json last: with it the gate is enrolled, before it nothing has happened. Never overwrites one."""
        try:
            self.save_site(site)
            write_whole(self.device_file, msgspec.json.format(msgspec.json.encode(device)), mode=0o600, replace=False)
        except FileExistsError as error:
            raise FolderError("already_enrolled", device=self.device().device) from error
        except OSError as error:
            raise FolderError("folder_not_writable", folder=str(self.path)) from error

    def device(self) -> Device:
        """FolderError `not_enrolled`, `device_unreadable` or `device_open_to_others`."""
        credentials = os.environ.get("CREDENTIALS_DIRECTORY")
        path = self.device_file
        if credentials and (Path(credentials) / "device.json").exists():
            path = Path(credentials) / "device.json"
        elif not path.exists():
            raise FolderError("not_enrolled")
        elif path.stat().st_mode & 0o077:
            raise FolderError("device_open_to_others", path=str(path))
        try:
            return msgspec.json.decode(path.read_bytes(), type=Device)
        except (OSError, msgspec.MsgspecError) as error:
            raise FolderError("device_unreadable") from error

    def site(self) -> Site:
        try:
            return msgspec.json.decode(self.site_file.read_bytes(), type=Site)
        except (OSError, msgspec.MsgspecError) as error:
            raise FolderError("device_unreadable") from error

    def save_site(self, site: Site) -> None:
        write_whole(self.site_file, msgspec.json.format(msgspec.json.encode(site)), mode=0o600)

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Hold the folder for one agent; the kernel lets go when the process dies. FolderError `already_running`."""
        descriptor = os.open(self.path / "agent.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise FolderError("already_running") from error
            yield
        finally:
            os.close(descriptor)
