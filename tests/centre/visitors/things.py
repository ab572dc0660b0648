"""An invitation and a visit near and far: for every URL that names one."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from gatepass.centre.people.models import Resident
from gatepass.centre.sites.models import Gate
from gatepass.centre.visitors.actions import InvitationFacts, invite
from gatepass.centre.visitors.intake import take
from gatepass.centre.visitors.models import Invitation, Kind, Purpose, Visit
from gatepass.wire.visitors import IN, VisitBatch, VisitEvent, event_id

KINDS = {
    "visit": "visit", "visit_left": "visit", "visitor_invitation_end": "visitor_invitation",
    "my_visitor": "my_visitor", "my_visitor_end": "my_visitor", "my_visit_answer": "my_visit",
    "visitor_invite": "resident", "my_visitor_invite": "my_person", "visit_page": "visit_page",
}  # fmt: skip
ONLY_POST = ("visit_left", "visitor_invitation_end", "my_visitor_end", "my_visit_answer")


def tuesdays_and_fridays(**changes: Any) -> InvitationFacts:
    """The cleaning lady, from today on for two months."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    facts: dict[str, Any] = {
        "name": "Chen Mei", "language": "en", "kind": Kind.HELPER, "purpose": Purpose.CLEANING, "begins": today,
        "ends": today + timedelta(days=60), "weekdays": (1, 4), "starts": time(9), "stops": time(12),
    }  # fmt: skip
    return InvitationFacts(**{**facts, **changes})


def told(what: str, invitation: Invitation, *, at: Any = None, passage: bytes = b"p" * 16, **facts: Any) -> VisitBatch:
    moment = at or timezone.now()
    event = VisitEvent(
        event_id(passage, what), int(moment.timestamp() * 1000), what, serial=bytes(invitation.serial),
        passage=passage, **facts,
    )  # fmt: skip
    return VisitBatch([event])


def things_of_visitors(near: Resident, far: Resident) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    one, other = _of(near, b"n" * 16), _of(far, b"f" * 16)
    things = {kind: (one[kind], other[kind] if kind != "visit_page" else {}) for kind in one}
    # Residents' pages send staff away wherever the thing is.
    return {**things, "my_visitor": (one["visitor_invitation"], {}), "my_visit": (one["visit"], {})}


def _of(host: Resident, passage: bytes) -> dict[str, Any]:
    invitation = invite(None, host, tuesdays_and_fridays(name=f"Guest {host.full_name}"))  # type: ignore[arg-type]
    gate = Gate.objects.filter(site=host.site).first()
    assert gate is not None
    take(told(IN, invitation, passage=passage), gate)
    return {
        "visitor_invitation": {"invitation": invitation.pk},
        "visit": {"visit": Visit.objects.get(invitation=invitation).pk},
        "visit_page": {"token": str(invitation.token)},
    }
