"""The verbs of sites: set up and change communities, sites and gates; enrol, hear, find and revoke a device."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from gatepass.centre import keys, updates
from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.sites.models import Community, Device, EnrolmentCode, Gate, Health, Site
from gatepass.policy import Outcome, SiteRules
from gatepass.wire.messages import EnrolReply, EnrolRequest, Heartbeat

CODE_LIVES = timedelta(minutes=30)
FIND_S = 120
"""Long enough to walk along a row of terminals."""
# Crockford's base 32: no letter that is read as a digit. 20 characters are 100 bits.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def create_community(by: User | None, name: str) -> Community:
    with _names_once(), transaction.atomic():
        community = Community.objects.create(name=name)
        record(by, "community:create", community, name=name)
    return community


def create_site(
    by: User | None,
    community: Community,
    name: str,
    address: str = "",
    time_zone: str = "",
    kind: str = Site.Kind.ESTATE,
) -> Site:
    """`time_zone` is a name of the IANA database; empty: the town's own. RefusedError `time_zone_unknown`."""
    _known_zone(time_zone)
    with _names_once(), transaction.atomic():
        site = Site.objects.create(community=community, name=name, address=address, time_zone=time_zone, kind=kind)
        record(by, "site:create", site, name=name, community=community.pk, kind=str(kind))
    return site


def change_site(by: User | None, site: Site, name: str, address: str, time_zone: str, kind: str) -> None:
    """Its gates learn of it with their next heartbeat. RefusedError `time_zone_unknown`, `name_taken`."""
    _known_zone(time_zone)
    wanted = {"name": name, "address": address, "time_zone": time_zone, "kind": kind}
    changed = sorted(field for field, value in wanted.items() if getattr(site, field) != value)
    if not changed:
        return
    with _names_once(), transaction.atomic():
        for field in changed:
            setattr(site, field, wanted[field])
        site.save(update_fields=changed)
        if {"name", "time_zone"} & set(changed):
            site.gates.update(configuration=F("configuration") + 1)
        record(by, "site:change", site, changed=changed)


def place_site(by: User | None, site: Site, x: float | None, y: float | None) -> None:
    """On the plan, 0 to 100 from the left and from the top; None takes it off. RefusedError `off_the_plan`."""
    if (x is None) != (y is None) or any(value is not None and not 0 <= value <= 100 for value in (x, y)):
        raise RefusedError("off_the_plan")
    with transaction.atomic():
        site.x, site.y = x, y
        site.save(update_fields=["x", "y"])
        record(by, "site:place", site, placed=x is not None)


def create_gate(by: User | None, site: Site, name: str, direction: str, rules: SiteRules | None = None) -> Gate:
    with _names_once(), transaction.atomic():
        gate = Gate.objects.create(site=site, name=name, direction=direction, rules=_as_json(rules or SiteRules()))
        record(by, "gate:create", gate, name=name, site=site.pk, direction=direction)
    return gate


def change_gate(by: User | None, gate: Gate, name: str, direction: str) -> None:
    """The gate has it with its next heartbeat, and confirms it with the one after. RefusedError `name_taken`."""
    changed = sorted(
        field for field, value in {"name": name, "direction": direction}.items() if getattr(gate, field) != value
    )
    if not changed:
        return
    with _names_once(), transaction.atomic():
        gate.name, gate.direction = name, direction
        gate.save(update_fields=["name", "direction"])
        _renumber(gate)
        record(by, "gate:change", gate, changed=changed)


def find_terminal(by: User | None, gate: Gate, *, seconds: int = FIND_S) -> None:
    """Its terminal flashes and beeps from its next heartbeat on, five seconds at most; `seconds` 0: it stops."""
    with transaction.atomic():
        gate.find_until = timezone.now() + timedelta(seconds=seconds) if seconds else None
        gate.save(update_fields=["find_until"])
        record(by, "gate:find", gate, seconds=seconds)


def set_rules(by: User | None, gate: Gate, rules: SiteRules) -> None:
    """The gate has them with its next heartbeat, and confirms them with the one after."""
    if not 0 < rules.notice_after_hours <= rules.hold_after_hours <= 24 * 30:
        raise RefusedError("rules_out_of_range", field="hold_after_hours")
    if Outcome.PASS in {rules.red, rules.unknown}:
        raise RefusedError("rules_out_of_range", field="red")
    with transaction.atomic():
        before, gate.rules = gate.rules, _as_json(rules)
        gate.save(update_fields=["rules"])
        _renumber(gate)
        changed = sorted(name for name, value in gate.rules.items() if before.get(name) != value)
        record(by, "gate:set_rules", gate, changed=[f"{name}={gate.rules[name]}" for name in changed])


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """Shown once; the database keeps only its hash."""

    code: str
    expires_at: datetime


def issue_enrolment_code(by: User | None, gate: Gate) -> IssuedCode:
    """A new one-time code for this gate. Codes of the gate that nobody used end at once: one valid code a gate."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(20))
    code = "-".join(letters[start : start + 5] for start in range(0, 20, 5))
    now = timezone.now()
    with transaction.atomic():
        gate.enrolment_codes.filter(used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
        EnrolmentCode.objects.create(gate=gate, digest=_digest(code), issued_at=now, expires_at=now + CODE_LIVES)
        record(by, "gate:issue_enrolment_code", gate)
    return IssuedCode(code, now + CODE_LIVES)


def enrol_device(request: EnrolRequest) -> EnrolReply:
    """Exchange a one-time code for a device; else RefusedError `enrolment_…`. A wrong proof does not use up the code.

    1. Find the code; whoever does not know it learns nothing more.
    2. The device proves that it holds the private key.
    3. Mark the code as used by compare-and-set: of two that come together, one wins.
    4. A device that stood at this gate before is revoked: a gate has one.
    """
    now = timezone.now()
    trust_root = updates.publisher().trust_root
    with transaction.atomic():
        code = EnrolmentCode.objects.select_related("gate__site").filter(digest=_digest(request.code)).first()
        if code is None:
            raise RefusedError("enrolment_code_unknown")
        try:
            Ed25519PublicKey.from_public_bytes(request.public_key).verify(request.proof, request.code.encode())
        except (InvalidSignature, ValueError):
            raise RefusedError("enrolment_proof_wrong") from None
        if code.used_at is not None:
            raise RefusedError("enrolment_code_used")
        if code.expires_at <= now:
            raise RefusedError("enrolment_code_expired")
        if not EnrolmentCode.objects.filter(pk=code.pk, used_at__isnull=True).update(used_at=now):
            raise RefusedError("enrolment_code_used")
        gate = code.gate
        for former in gate.devices.filter(revoked_at__isnull=True):
            revoke_device(None, former)
        device = Device.objects.create(
            gate=gate, public_key=request.public_key, software=request.software, enrolled_at=now
        )
        EnrolmentCode.objects.filter(pk=code.pk).update(device=device)
        record(device, "device:enrol", device, gate=gate.pk, software=request.software)
    return EnrolReply(
        device=device.pk,
        gate=str(gate.pk),
        gate_name=gate.name,
        site_name=gate.site.name,
        direction="in" if gate.direction == Gate.Direction.IN else "out",
        rules=rules_of(gate),
        person_key_secret=keys.person_key_secret(settings.KEYS_DIR),
        sealing_key=keys.tracing_public_key(settings.KEYS_DIR),
        trust_root=trust_root,
    )


def revoke_device(by: User | None, device: Device) -> None:
    """From the next request on, the device is refused. It cannot be undone: enrol the device again."""
    with transaction.atomic():
        if not Device.objects.filter(pk=device.pk, revoked_at__isnull=True).update(revoked_at=timezone.now()):
            raise RefusedError("device_revoked_already")
        record(by, "device:revoke", device, gate=device.gate_id)


@dataclass(frozen=True, slots=True)
class Beat:
    """What the device of this key id said of itself, and when it was heard."""

    device: str
    heartbeat: Heartbeat
    heard_at: datetime


def record_heartbeat(device: str, heartbeat: Heartbeat, heard_at: datetime | None = None) -> None:
    record_heartbeats([Beat(device, heartbeat, heard_at or timezone.now())])


def record_heartbeats(beats: Sequence[Beat]) -> None:
    """In one statement; the last word of a device counts. State, not a change by anybody: no audit entry."""
    latest = {beat.device: beat for beat in beats}
    rows = [_health(beat.device, beat.heartbeat, beat.heard_at) for beat in latest.values()]
    columns = [field.name for field in Health._meta.fields if not field.primary_key]  # noqa: SLF001 - documented
    Health.objects.bulk_create(rows, update_conflicts=True, unique_fields=["device"], update_fields=columns)


def _health(device: str, heartbeat: Heartbeat, heard_at: datetime) -> Health:
    return Health(
        device_id=device,
        heard_at=heard_at,
        clock_offset_ms=heartbeat.at - int(heard_at.timestamp() * 1000),
        software=heartbeat.software,
        directory=heartbeat.directory,
        knowledge_at=datetime.fromtimestamp(heartbeat.knowledge_at / 1000, UTC) if heartbeat.knowledge_at else None,
        waiting=heartbeat.waiting,
        entered=heartbeat.entered,
        left=heartbeat.left,
        readers=msgspec.to_builtins(heartbeat.readers),
        kiosk=heartbeat.kiosk,
        reader_trouble=any(reader.state != "ready" for reader in heartbeat.readers),
        configuration=heartbeat.configuration,
        finding=heartbeat.finding,
    )


def rules_of(gate: Gate) -> SiteRules:
    """What the gate is told: its rules, and the civil time of its site as it is today."""
    rules = msgspec.convert(gate.rules, SiteRules)
    offset = timezone.now().astimezone(gate.site.zone).utcoffset() or timedelta()
    return msgspec.structs.replace(rules, utc_offset_minutes=int(offset.total_seconds() // 60))


def seconds_to_find(gate: Gate) -> int:
    """For how long its terminal still flashes and beeps."""
    if gate.find_until is None:
        return 0
    return max(0, round((gate.find_until - timezone.now()).total_seconds()))


def _renumber(gate: Gate) -> None:
    Gate.objects.filter(pk=gate.pk).update(configuration=F("configuration") + 1)
    gate.refresh_from_db(fields=["configuration"])


def _known_zone(time_zone: str) -> None:
    if time_zone and time_zone not in available_timezones():
        raise RefusedError("time_zone_unknown")


def _as_json(rules: SiteRules) -> dict:
    return msgspec.to_builtins(rules)


def _digest(code: str) -> bytes:
    """Typed with or without dashes, in either case. 100 random bits need no slow hash."""
    return hashlib.sha256(code.replace("-", "").replace(" ", "").upper().encode()).digest()


class _names_once:  # noqa: N801 - reads as a verb in a `with`
    """A second row of the same name is a refusal, not a crash."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, IntegrityError):
            raise RefusedError("name_taken") from None
