"""A shift, a change, a need, a volunteer and a task near and far: for every URL that names one."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from gatepass.centre.accounts.actions import GrantWish, create_staff
from gatepass.centre.accounts.roles import Role
from gatepass.centre.applicants.contacts import read_contact
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.interpreting.actions import ask as wants
from gatepass.centre.interpreting.models import Source
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.people.models import Resident
from gatepass.centre.rosters.actions import Hours, Serves, Where, add_extra, make_feed, set_need, set_shift
from gatepass.centre.volunteers.actions import Offer, TaskFacts, ask, decide, offer_help
from gatepass.centre.volunteers.models import Kind, Volunteer

KINDS = {
    "shift_end": "shift", "roster_change_cancel": "roster_change", "need_end": "need", "calendar_feed": "feed",
    "volunteer": "volunteer", "volunteer_decide": "volunteer", "task": "task", "task_move": "task",
    "my_help_answer": "ask",
    **dict.fromkeys(("call_answer", "call_talk", "call_exchange", "call_conclude"), "call"),
    **dict.fromkeys(("call_register", "call_page"), "call"),
}  # fmt: skip


def volunteer_of(resident: Resident, contact: str, languages: tuple[str, ...] = ("ko",)) -> Volunteer:
    """Confirmed; has time at any hour."""
    where = read_contact(contact)
    applicant = Applicant.objects.create(
        channel=where.channel,
        contact=where.address,
        contact_hash=where.hashed,
        language="en",
        created_at=timezone.now(),
    )
    entrust(applicant, resident, applicant, Relation.SELF, Consent.OWN)
    always = [(day, time(0), time(0)) for day in range(7)]
    volunteer = offer_help(applicant, Offer(languages, tuple(Kind.values), always))
    staff = create_staff(
        None, f"confirms{resident.pk}", "Office", [GrantWish(Role.OFFICE)], language="en", password="x"
    )
    decide(staff[0], volunteer, taken=True)
    volunteer.refresh_from_db()
    return volunteer


def things_of_rosters(near: Resident, far: Resident) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    one, other = _of(near, "13811100001"), _of(far, "13811100002")
    found = {kind: (one[kind], other[kind]) for kind in one if kind not in {"ask", "feed"}}
    return {**found, "ask": (one["ask"], {}), "feed": ({"token": one["feed"]}, {})}


def _of(resident: Resident, contact: str) -> dict[str, Any]:
    site, now = resident.site, timezone.now()
    user = create_staff(
        None, f"speaks{resident.pk}", "Speaks", [GrantWish(Role.INTERPRETER, None, site)], language="en", password="x"
    )[0]
    hours = Hours(range(7), time(8), time(16), timezone.localdate(), site=site)
    serves = Serves(("ko",))
    extra = add_extra(None, user, Where(site=site), serves, now, now + timedelta(hours=1))
    volunteer = volunteer_of(resident, contact)
    task = ask(None, TaskFacts(Kind.PHONE, "ko", site, now, now + timedelta(hours=1), "x"), [volunteer])
    return {
        "shift": {"shift": set_shift(None, user, hours, serves).pk},
        "roster_change": {"change": extra.pk},
        "need": {"need": set_need(None, "ko", "call", hours).pk},
        "volunteer": {"volunteer": volunteer.pk},
        "task": {"task": task.pk},
        "call": {"call": wants("ko", Source.KIOSK, site, device=f"dev-{resident.pk}").pk},
        "ask": {"ask": task.asks.get().pk},
        "feed": make_feed(user),
    }
