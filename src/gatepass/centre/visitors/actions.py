"""The verbs of invitations: `invite`, `end_invitation`, `pause_of`, `resume_of`, `answer`.

    invite(by, host, InvitationFacts(...)) -> Invitation

RefusedError: `visit_times` (over, too long, no day), `visit_host_closed` (may receive nobody now), `visit_many`,
`visit_needs_document` (the host has no document by which a gate knows them), `visit_over`, `contact_wrong`.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gatepass.centre import keys
from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.contacts import read_contact
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.papers.models import Revocation
from gatepass.centre.people.models import IdentityDocument, Resident
from gatepass.centre.phone.reaching import ways_to
from gatepass.centre.sending.actions import queue
from gatepass.centre.sites.models import Gate
from gatepass.centre.visitors.models import Invitation, Kind, PausesChanged, Purpose, Visit
from gatepass.credentials import make, visitor_pass
from gatepass.identity.masking import mask_name
from gatepass.policy import Invited, VisitKind
from gatepass.policy.invitations import WHOLE_DAY

LONGEST: Final = {Kind.GUEST: timedelta(days=30), Kind.HELPER: timedelta(days=366), Kind.DELIVERY: timedelta(days=2)}
MOST: Final = 30
"""Standing invitations of one host: more is no household."""
State = Invitation.State


@dataclass(frozen=True, slots=True)
class InvitationFacts:
    name: str
    language: str
    kind: Kind
    purpose: Purpose
    begins: datetime
    ends: datetime
    weekdays: Collection[int] = ()
    starts: time | None = None
    stops: time | None = None
    gate: Gate | None = None
    contact: str = ""
    """A telephone number or mailbox to which the link is sent."""

    def __repr__(self) -> str:
        return f"InvitationFacts({self.kind!r})"


def invite(by: User | Applicant, host: Resident, facts: InvitationFacts) -> Invitation:
    """The link is sent where an address is given; else whoever invites passes it on."""
    now = timezone.now().replace(microsecond=0)
    _check(facts, now)
    reach = read_contact(facts.contact) if facts.contact.strip() else None
    document = IdentityDocument.objects.filter(resident=host, retired_at=None).order_by("id").first()
    if document is None:
        raise RefusedError("visit_needs_document")
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        if may_not_receive(host):
            raise RefusedError("visit_host_closed")
        standing = Invitation.objects.filter(host=host, ends_at__gt=now).exclude(state=State.ENDED)
        if standing.count() >= MOST:
            raise RefusedError("visit_many")
        made = Invitation.objects.create(
            host=host,
            applicant=by if isinstance(by, Applicant) else None,
            staff=by if isinstance(by, User) else None,
            name=facts.name.strip()[:40],
            contact=reach.address if reach else None,
            language=facts.language,
            kind=facts.kind,
            purpose=facts.purpose,
            gate=facts.gate,
            begins_at=facts.begins,
            ends_at=facts.ends,
            weekdays=sorted(set(facts.weekdays)),
            starts=facts.starts,
            stops=facts.stops,
            serial=make.new_serial(),
            host_key=bytes(document.person_key),
            token=token,
            token_hash=token_hash(token),
            issued_at=now,
        )
        record(by, "visitor:invite", made, resident=host.pk, kind=facts.kind.value)
        _tell_visitor(made, "visit_invited")
    return made


def end_invitation(by: User | Applicant, invitation: Invitation) -> None:
    """At once: every gate hears of it within seconds. Whoever is inside may leave. RefusedError `visit_over`."""
    now = timezone.now()
    with transaction.atomic():
        standing = Invitation.objects.filter(pk=invitation.pk).exclude(state=State.ENDED)
        if not standing.update(state=State.ENDED, ended_at=now):
            raise RefusedError("visit_over")
        Revocation.objects.create(serial=bytes(invitation.serial), queued_at=now)
        record(by, "visitor:end", invitation, resident=invitation.host_id)
        _tell_visitor(invitation, "visit_ended")


def pause_of(host: Resident) -> int:
    """The host may receive nobody: what stands is suspended, and host and visitors are told. How many."""
    return _move(host, State.OPEN, State.PAUSED, "visit_paused")


def resume_of(host: Resident) -> int:
    """The host is free again: what was suspended is good again."""
    return _move(host, State.PAUSED, State.OPEN, "visit_resumed")


def answer(by: User | Applicant, visit: Visit, *, expected: bool) -> None:
    """The host says of somebody who waits at the gate whether they expect them. RefusedError `visit_over`."""
    said = Visit.Answer.YES if expected else Visit.Answer.NO
    with transaction.atomic():
        waiting = Visit.objects.filter(pk=visit.pk, state=Visit.State.ASKED, answer="")
        if not waiting.update(answer=said):
            raise RefusedError("visit_over")
        record(by, "visitor:answer", visit, answer=said.value)


def may_not_receive(host: Resident) -> bool:
    return host.quarantines.filter(state="open").exists()


def token_hash(token: str) -> bytes:
    return hashlib.blake2b(token.encode(), digest_size=16, person=b"gatepass-visit-2").digest()


def pass_text(invitation: Invitation) -> str:
    """What the QR code says, signed anew from the row whenever it is shown."""
    site = invitation.host.site
    gates = [invitation.gate] if invitation.gate else list(site.gates.order_by("id")[: visitor_pass.MOST_GATES])
    return visitor_pass.make(
        keys.code_signing_key(settings.KEYS_DIR),
        visitor_pass.Facts(
            serial=bytes(invitation.serial),
            host=bytes(invitation.host_key),
            invited=invited_of(invitation, gates),
            name=str(invitation.name),
            to=whom(invitation.host),
        ),
        invitation.issued_at,
    )


def invited_of(invitation: Invitation, gates: Sequence[Gate] = ()) -> Invited:
    """When and for what it is. `gates`: none of them, or all that it names, where it names more than its own."""
    return Invited(
        kind=VisitKind(invitation.kind),
        begins=invitation.begins_at,
        ends=invitation.ends_at,
        gates=frozenset(str(gate.pk) for gate in gates or ([invitation.gate] if invitation.gate else [])),
        weekdays=frozenset(invitation.weekdays),
        minutes=_minutes(invitation),
    )


def whom(host: Resident) -> str:
    """To whom, in words that may stand on a gate's screen: the room, and the masked name."""
    room = f"{host.room.path} " if host.room else ""
    return f"{room}{mask_name(host.full_name)}"[:40]


def address_of(invitation: Invitation) -> str:
    """Of the visitor's page."""
    return f"{settings.CONFIGURATION.address}/visit/{invitation.token!s}/"


def _minutes(invitation: Invitation) -> tuple[int, int]:
    if invitation.starts is None or invitation.stops is None:
        return WHOLE_DAY
    first = invitation.starts.hour * 60 + invitation.starts.minute
    last = invitation.stops.hour * 60 + invitation.stops.minute
    return first, last or WHOLE_DAY[1]


def _check(facts: InvitationFacts, now: datetime) -> None:
    lasts = facts.ends - facts.begins
    wrong = facts.ends <= now or lasts <= timedelta() or lasts > LONGEST[facts.kind]
    if facts.kind is Kind.HELPER:
        wrong |= not facts.weekdays or facts.starts is None or facts.stops is None
        if facts.starts is not None and facts.stops is not None:
            wrong |= facts.stops != time(0) and facts.starts >= facts.stops
    if wrong or not facts.name.strip():
        raise RefusedError("visit_times")


def _move(host: Resident, old: State, new: State, kind: str) -> int:
    now = timezone.now()
    with transaction.atomic():
        standing = Invitation.objects.select_for_update().filter(host=host, state=old, ends_at__gt=now)
        found = list(standing.select_related("host__site"))
        if not found:
            return 0
        Invitation.objects.filter(pk__in=[one.pk for one in found]).update(state=new)
        PausesChanged.objects.create(at=now)
        if new == State.PAUSED:
            record(None, "visitor:pause", host, count=len(found))
        else:
            record(None, "visitor:resume", host, count=len(found))
        for one in found:
            _tell_visitor(one, kind)
        _tell_host(host, kind)
    return len(found)


def _tell_visitor(invitation: Invitation, kind: str) -> None:
    """In the visitor's language; why a host receives nobody is nobody's business."""
    if not invitation.contact:
        return
    channel = read_contact(str(invitation.contact)).channel
    with translation.override(invitation.language):
        host, link = mask_name(invitation.host.full_name), address_of(invitation)
        said = {
            "visit_invited": _("%(host)s invites you. Your code for the gate, and when it is good: %(link)s"),
            "visit_ended": _("%(host)s has taken back the invitation. Please do not come; ask them if in doubt."),
            "visit_paused": _(
                "%(host)s can receive no visitors for now. Please do not come; you hear when it is possible again."
            ),
            "visit_resumed": _("%(host)s can receive visitors again. Your invitation is good: %(link)s"),
        }[kind] % {"host": host, "link": link}
        town = settings.CONFIGURATION.town
        queue(
            channel, str(invitation.contact), kind=kind, language=invitation.language, subject=town,
            text=f"{town}: {said}", not_after=invitation.ends_at,
        )  # fmt: skip


def _tell_host(host: Resident, kind: str) -> None:
    for way in ways_to([host]).get(host.pk, []):
        with translation.override(way.language):
            said = (
                _("Your invitations are suspended while you may receive no visitors. Your visitors are told, not why.")
                if kind == "visit_paused"
                else _("You may receive visitors again. Your invitations are good, and your visitors are told.")
            )
            town = settings.CONFIGURATION.town
            queue(way.channel, way.address, kind=kind, language=way.language, subject=town, text=f"{town}: {said}")
