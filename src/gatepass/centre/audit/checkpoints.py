"""Once a day the state of the chain is signed and put into a file of its own: DIR/audit/2026-11-28.json.

Whoever can write the whole database can write the whole chain anew, head and all. They cannot make it agree with a
checkpoint that somebody else holds, without its signing key. A checkpoint therefore says more than the newest hash:

    entry, hash     the newest entry, and its hash (32 bytes), which stands for everything before it
    first, prints   6 bytes of SHA-256 for each entry since the checkpoint before, so that `verify` can name the one
                    that was changed and not only the day. Eight characters an entry: a busy town's day is 400 kB.
    before          SHA-256 of the file of the checkpoint before: one that was taken away is missed
    key, signature  Ed25519 over the canonical JSON of the rest

Copy these files to where the centre cannot write, every day: docs/centre.md. They hold no name and no text.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gatepass.centre.audit.models import Entry
from gatepass.centre.gently import gently
from gatepass.files import write_whole

FORMAT: Final = "gatepass audit checkpoint 1"
PRINT: Final = 6
"""Bytes of an entry's print. They only find the place; what proves is the hash."""
COLUMNS: Final = ("id", "at", "actor", "actor_name", "verb", "object", "fields")


class Checkpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    day: str
    at: int
    """When it was made, ms since 1970 UTC."""
    first: Annotated[int, msgspec.Meta(ge=1)]
    entry: Annotated[int, msgspec.Meta(ge=0)]
    hash: str
    prints: str
    before: str
    key: str
    signature: str

    @property
    def fingerprints(self) -> list[bytes]:
        """Of the entries from `first` to `entry`."""
        whole = base64.b64decode(self.prints)
        return [whole[start : start + PRINT] for start in range(0, len(whole), PRINT)]


@dataclass(frozen=True, slots=True)
class Fault:
    """A checkpoint that cannot be believed. `what` is unreadable, forged, other_key or missing_before."""

    name: str
    what: str


def print_of(entry: Mapping[str, Any]) -> bytes:
    """6 bytes of what the entry says, whatever stands before it."""
    text = json.dumps([entry[name] for name in COLUMNS], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()[:PRINT]


def write_checkpoint(folder: Path, day: date, key: Ed25519PrivateKey, at: int) -> Path | None:
    """Signs the chain as it is now; None where this day has its checkpoint, or nothing was ever recorded."""
    path = folder / f"{day.isoformat()}.json"
    newest = Entry.objects.order_by("-id").values("id", "hash").first()
    if path.exists() or newest is None:
        return None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    earlier = _files(folder)
    before = earlier[-1].read_bytes() if earlier else b""
    first = msgspec.json.decode(before, type=Checkpoint).entry + 1 if before else 1
    rows = Entry.objects.filter(id__gte=first, id__lte=newest["id"]).order_by("id").values(*COLUMNS)
    prints = b"".join(print_of(row) for row in gently(rows.iterator(chunk_size=2000)))
    unsigned = Checkpoint(
        format=FORMAT,
        day=day.isoformat(),
        at=at,
        first=first,
        entry=newest["id"],
        hash=bytes(newest["hash"]).hex(),
        prints=base64.b64encode(prints).decode(),
        before=hashlib.sha256(before).hexdigest() if before else "",
        key=key.public_key().public_bytes_raw().hex(),
        signature="",
    )
    signed = msgspec.structs.replace(unsigned, signature=base64.b64encode(key.sign(_signed(unsigned))).decode())
    write_whole(path, msgspec.json.encode(signed) + b"\n", mode=0o600)
    return path


def read_checkpoints(folder: Path, public_key: bytes) -> tuple[list[Checkpoint], list[Fault]]:
    """Those of a folder that can be believed, oldest first; and what is wrong with the others."""
    found: list[Checkpoint] = []
    faults: list[Fault] = []
    key = Ed25519PublicKey.from_public_bytes(public_key)
    last = ""
    for path in _files(folder):
        content = path.read_bytes()
        try:
            checkpoint = msgspec.json.decode(content, type=Checkpoint)
            signature = base64.b64decode(checkpoint.signature)
        except ValueError:
            faults.append(Fault(path.stem, "unreadable"))
            continue
        if bytes.fromhex(checkpoint.key) != public_key:
            faults.append(Fault(path.stem, "other_key"))
            continue
        try:
            key.verify(signature, _signed(checkpoint))
        except InvalidSignature:
            faults.append(Fault(path.stem, "forged"))
            continue
        if checkpoint.before != last:
            faults.append(Fault(path.stem, "missing_before"))
        last = hashlib.sha256(content).hexdigest()
        found.append(checkpoint)
    return found, faults


def expected(checkpoints: Sequence[Checkpoint]) -> Iterator[tuple[int, bytes, str]]:
    """(entry, its print, the chain's hash after it or "") of everything that the checkpoints cover, in order."""
    for checkpoint in checkpoints:
        prints = checkpoint.fingerprints
        for place, fingerprint in enumerate(prints):
            newest = place == len(prints) - 1
            yield checkpoint.first + place, fingerprint, checkpoint.hash if newest else ""


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9].json"))


def _signed(checkpoint: Checkpoint) -> bytes:
    said = msgspec.to_builtins(msgspec.structs.replace(checkpoint, signature=""))
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
