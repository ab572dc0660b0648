"""The town's secrets, one file each in DIR/keys (0700), each file 0600, made at the first start and never replaced.

    django.key        signs sessions and forms
    person-key.key    keys `wire.person_key`: the same in every gate of the town (32 bytes)
    fields.key        AES-256-GCM of document numbers at rest (32 bytes)
    code-signing.key  Ed25519: signs paper codes and the grants of phones (32 bytes)
    backup.key        AES-256-GCM: wraps people.sqlite3, and seals the rest of a backup (32 bytes)
    people.sqlite3    each person's own key, wrapped; no part of any backup, see docs/privacy.md
    vapid.key         P-256: signs push messages to browsers (32 bytes, RFC 8292)
    audit-checkpoint.key  Ed25519: signs the state of the audit once a day (32 bytes)
    audit-checkpoint.public  its other half (32 bytes), for whoever checks
    tracing.public    X25519: identities of unknown people are sealed to it (32 bytes)
    tracing.private   its other half (32 bytes): read when a tracing case opens an identity, and by nothing else. It
                      may lie in a safe and be brought for the purpose, see docs/tracing.md

Losing code-signing.key makes every printed code void; losing person-key.key makes every registered person unknown;
losing fields.key makes document numbers unreadable.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey


@cache
def django_secret(folder: Path) -> str:
    """At least 50 characters, as Django's deployment check asks."""
    return _kept(folder / "django.key", lambda: secrets.token_urlsafe(48).encode()).decode()


@cache
def person_key_secret(folder: Path) -> bytes:
    return _kept(folder / "person-key.key", lambda: secrets.token_bytes(32))


@cache
def field_key(folder: Path) -> bytes:
    return _kept(folder / "fields.key", lambda: secrets.token_bytes(32))


@cache
def code_signing_key(folder: Path) -> Ed25519PrivateKey:
    """Its public half travels to the gates in the trust list."""
    stored = _kept(folder / "code-signing.key", lambda: Ed25519PrivateKey.generate().private_bytes_raw())
    return Ed25519PrivateKey.from_private_bytes(stored)


@cache
def backup_key(folder: Path) -> bytes:
    return _kept(folder / "backup.key", lambda: secrets.token_bytes(32))


@cache
def audit_checkpoint_key(folder: Path) -> Ed25519PrivateKey:
    """Signs the state of the audit chain once a day."""
    return Ed25519PrivateKey.from_private_bytes(
        _kept(folder / "audit-checkpoint.key", lambda: Ed25519PrivateKey.generate().private_bytes_raw())
    )


def audit_checkpoint_public(folder: Path) -> bytes:
    """Its public half, 32 bytes, in a file that can be given to whoever checks."""
    public = audit_checkpoint_key(folder).public_key().public_bytes_raw()
    return _kept(folder / "audit-checkpoint.public", lambda: public)


@cache
def vapid_key(folder: Path) -> ec.EllipticCurvePrivateKey:
    """Browsers are subscribed under its public half; without it they must subscribe anew."""

    def made() -> bytes:
        return ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32)

    return ec.derive_private_key(int.from_bytes(_kept(folder / "vapid.key", made)), ec.SECP256R1())


@cache
def tracing_public_key(folder: Path) -> bytes:
    """The private half is written first: a crash between the two leaves a pair that can still be completed."""
    public = folder / "tracing.public"
    if public.exists():
        return public.read_bytes()
    private = _kept(folder / "tracing.private", lambda: X25519PrivateKey.generate().private_bytes_raw())
    half = X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    return _kept(public, lambda: half)


def tracing_private_key(folder: Path) -> bytes | None:
    """Read anew each time and held nowhere; None while it lies in a safe."""
    try:
        return (folder / "tracing.private").read_bytes()
    except FileNotFoundError:
        return None


def _kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """The file's bytes; made once. Two processes that start together agree: `link` lets only the first one win."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp gives 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return path.read_bytes()
    finally:
        Path(draft).unlink()
    return path.read_bytes()
