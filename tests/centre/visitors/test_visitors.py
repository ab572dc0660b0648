"""Invitations and visits: made, shown, suspended with the host's quarantine, told by gates once, listed, traced."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.cast import LI, SUN, WANG, ZHAO
from tests.centre.visitors.things import told, tuesdays_and_fridays

from gatepass.centre import keys
from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.actions import raise_due
from gatepass.centre.alarms.models import Alarm, State
from gatepass.centre.applicants.access import COOKIE
from gatepass.centre.applicants.actions import begin_visit
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.codes.publication import Publication
from gatepass.centre.errors import RefusedError
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.papers.models import Revocation
from gatepass.centre.papers.publication import trust_list
from gatepass.centre.people.models import IdentityDocument
from gatepass.centre.quarantine.actions import open_case, withdraw_case
from gatepass.centre.sending.models import Message
from gatepass.centre.tracing.links import ties
from gatepass.centre.tracing.models import Contact
from gatepass.centre.visitors import actions
from gatepass.centre.visitors.intake import GRACE, OVERSTAY, leaves_by, take
from gatepass.centre.visitors.models import GateEvent, Invitation, Kind, Visit
from gatepass.credentials import judge
from gatepass.policy import Outcome
from gatepass.wire.visitors import (
    ASKS,
    HANDED_OVER,
    IN,
    OUT,
    REFUSED,
    VISITS_FILE,
    VisitBatch,
    VisitEvent,
    WalkIn,
    event_id,
    paused_in,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def host(register, applicant):
    """Wang, with her phone."""
    holder = applicant(language="en")
    resident = register(WANG)
    entrust(holder, resident, holder, Relation.SELF, Consent.OWN)
    return holder, resident


def phone(holder: Applicant) -> Client:
    with transaction.atomic():
        entrance = begin_visit(holder, "Chrome · Android")
    client = Client(headers={"Accept-Language": "en"})
    client.cookies[COOKIE] = entrance.token
    return client


def refused(code: str):
    return pytest.raises(RefusedError, match=f"^{code}$")


def states() -> list[str]:
    return list(Visit.objects.order_by("id").values_list("state", flat=True))


FORM = {
    "name": "Chen Mei", "purpose": "cleaning", "kind": "helper", "last_day": "", "weekdays": ["1", "4"],
    "starts": "09:00", "stops": "12:00", "language": "en", "contact": "chen@example.org", "gate": "",
}  # fmt: skip


def test_a_resident_invites_passes_the_link_on_and_takes_it_back(host, town) -> None:
    holder, resident = host
    hers = phone(holder)
    assert "Nobody is invited" in hers.get("/my/visitors/").content.decode()
    today = timezone.localtime().date()
    form = {**FORM, "first_day": today.isoformat(), "last_day": (today + timedelta(days=60)).isoformat()}
    nothing = hers.post(f"/my/people/{resident.pk}/visitors/", {**form, "weekdays": []})
    assert "days and hours" in nothing.content.decode()
    assert hers.post(f"/my/people/{resident.pk}/visitors/", form).status_code == 302
    invitation = Invitation.objects.get()
    (message,) = Message.objects.filter(kind="visit_invited")
    assert message.address == "chen@example.org"
    assert actions.address_of(invitation) in str(message.text)
    assert WANG.name not in str(message.text), "a name is masked in a message that lies open"
    shown = hers.get(f"/my/visitors/{invitation.pk}/").content.decode()
    assert actions.address_of(invitation) in shown
    assert "Chen Mei" in hers.get("/my/visitors/").content.decode()
    assert hers.post(f"/my/visitors/{invitation.pk}/end/").status_code == 302
    assert [bytes(each.serial) for each in Revocation.objects.all()] == [bytes(invitation.serial)]
    assert Message.objects.filter(kind="visit_ended").count() == 1
    with refused("visit_over"):
        actions.end_invitation(holder, invitation)
    other = phone(
        Applicant.objects.create(channel="sms", contact="1", contact_hash=b"1" * 16, created_at=timezone.now())
    )
    assert other.get(f"/my/visitors/{invitation.pk}/").status_code == 404
    assert other.get(f"/my/people/{resident.pk}/visitors/").status_code == 404


def test_the_code_is_signed_by_the_town_and_says_when_where_and_to_whom(host, town) -> None:
    holder, resident = host
    invitation = actions.invite(holder, resident, tuesdays_and_fridays())
    verdict = judge(actions.pass_text(invitation), trust=trust_list(), at=timezone.now())
    assert verdict.outcome is Outcome.PASS
    visit = verdict.visit
    assert visit is not None
    assert visit.host == bytes(IdentityDocument.objects.get(resident=resident).person_key)
    assert (visit.name, visit.invited.weekdays, visit.invited.minutes) == ("Chen Mei", {1, 4}, (540, 720))
    assert visit.invited.gates == {str(town.east.pk)}
    assert WANG.name not in visit.to
    assert keys.code_signing_key(settings.KEYS_DIR)


def test_the_visitors_page_speaks_her_language_and_needs_no_log_in(host) -> None:
    holder, resident = host
    invitation = actions.invite(holder, resident, tuesdays_and_fridays(language="ko"))
    page = Client().get(f"/visit/{invitation.token}/")
    assert page.headers["Content-Language"] == "ko"
    assert "초대" in page.content.decode()
    assert "중국 표준시" in page.content.decode()
    assert "Asia/Shanghai" not in page.content.decode()
    assert 'viewBox="0 0 ' in page.content.decode(), "on a phone the code is made smaller, not cut off"
    assert WANG.name not in page.content.decode()
    assert Client().get("/visit/nobody-has-this/").status_code == 404
    worker = Client().get("/visit/worker.js")
    assert worker.headers["Content-Type"] == "text/javascript"
    actions.end_invitation(holder, invitation)
    assert "<svg" not in Client().get(f"/visit/{invitation.token}/").content.decode()


def test_a_host_in_quarantine_receives_nobody_and_host_and_visitor_are_told_until_it_is_over(
    host, employ, updates_of, applicant
) -> None:
    holder, resident = host
    invitation = actions.invite(holder, resident, tuesdays_and_fridays(contact="chen@example.org"))
    office = employ(Role.OFFICE)
    case = open_case(office, resident, kind="home", started_at=timezone.now())
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.PAUSED
    told_of = {(message.kind, message.address) for message in Message.objects.filter(kind="visit_paused")}
    assert told_of == {("visit_paused", "chen@example.org"), ("visit_paused", str(holder.contact))}
    assert not [m for m in Message.objects.filter(kind="visit_paused") if "quarantine" in str(m.text).lower()]
    assert paused_in(updates_of()) == {bytes(invitation.serial)}
    assert "no visitors for now" in Client().get(f"/visit/{invitation.token}/").content.decode()
    hers = phone(holder).get("/my/visitors/").content.decode()
    assert "can receive no visitors before the quarantine is lifted; it ends" in hers
    assert "Invite somebody to" not in hers
    with refused("visit_host_closed"):
        actions.invite(holder, resident, tuesdays_and_fridays())
    withdraw_case(office, case, "the wrong person")
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.OPEN
    assert Message.objects.filter(kind="visit_resumed").count() == 2
    assert paused_in(updates_of()) == frozenset()


@pytest.fixture
def updates_of(updates):
    from gatepass.centre import updates as repository

    def published() -> bytes:
        publisher = repository.publisher()
        Publication(publisher).tick()
        return publisher.file(VISITS_FILE) or b""

    return published


def test_what_a_gate_tells_counts_once_in_whatever_order(host, town) -> None:
    holder, resident = host
    invitation = actions.invite(holder, resident, tuesdays_and_fridays())
    now = timezone.now()
    came, left = told(IN, invitation, at=now), told(OUT, invitation, at=now + HOUR)
    take(left, town.east)
    assert states() == ["left"]
    take(came, town.east)
    take(came, town.east)
    take(VisitBatch([*came.events, *left.events]), town.east)
    visit = Visit.objects.get()
    assert (visit.state, visit.left_at - visit.came_at) == ("left", HOUR)
    assert GateEvent.objects.count() == 2
    take(told(IN, invitation, at=now + 2 * HOUR, passage=b"q" * 16), town.east)
    take(told(IN, invitation, at=now + 3 * HOUR, passage=b"r" * 16), town.east)
    assert states() == ["left", "inside"], "a second check-in of somebody who is inside is no second visitor"
    take(told(REFUSED, invitation, passage=b"s" * 16, reason="visit_other_time"), town.east)
    take(told(HANDED_OVER, invitation, passage=b"t" * 16), town.east)
    take(told("by_boat", invitation, passage=b"u" * 16), town.east)
    assert states() == ["left", "inside", "refused", "handed_over"]


def test_whoever_stays_too_long_is_listed_and_an_alarm_that_ends_when_they_leave(host, town, employ, log_in) -> None:
    holder, resident = host
    ends = timezone.now() + HOUR
    facts = tuesdays_and_fridays(kind=Kind.GUEST, ends=ends, weekdays=(), starts=None, stops=None)
    invitation = actions.invite(holder, resident, facts)
    take(told(IN, invitation, at=ends - 4 * HOUR), town.east)
    visit = Visit.objects.get()
    assert visit.leaves_by == ends
    Visit.objects.update(leaves_by=timezone.now() - HOUR)
    raise_due(ends + GRACE + timedelta(seconds=1))
    alarm = Alarm.objects.get(kind=OVERSTAY)
    assert alarm.state == State.RAISED
    guard = log_in(employ(Role.GUARD_LEAD, community=town.community))
    listed = guard.get("/visitors/?state=over").content.decode()
    assert "Chen Mei" in listed
    assert "for too long" in listed
    assert "Chen Mei" in guard.get("/visitors/export/?state=over").content.decode()
    assert "Chen Mei" in guard.get(f"/visitors/{visit.pk}/").content.decode()
    assert guard.get(f"/residents/{resident.pk}/visitors/").status_code == 403
    guard.post(f"/visitors/{visit.pk}/left/")
    alarm.refresh_from_db()
    assert alarm.state == State.CLEARED
    assert "No visitor fits" in guard.get("/visitors/?state=over").content.decode()


def test_a_helper_is_looked_for_after_the_hours_of_the_day(host) -> None:
    holder, resident = host
    invitation = actions.invite(holder, resident, tuesdays_and_fridays())
    zone = resident.site.zone
    came = datetime(2026, 12, 1, 9, 30, tzinfo=zone)
    assert leaves_by(invitation, came) == datetime(2026, 12, 1, 12, 0, tzinfo=zone)


WALK_IN = WalkIn(name="Zhou Ping", host=WANG.name, purpose="repair", document="ID 3301", temperature=36.44)


def walk(what: str, **changes) -> VisitBatch:
    visit = b"w" * 16
    at = int(timezone.now().timestamp() * 1000)
    return VisitBatch([VisitEvent(event_id(visit, what), at, what, visit=visit, walk_in=WALK_IN, **changes)], [visit])


def test_the_host_says_on_her_page_whether_she_expects_whoever_stands_at_the_gate(host, town) -> None:
    holder, resident = host
    assert take(walk(ASKS), town.east).answers == {}
    assert Message.objects.filter(kind="visit_asked").count() == 1
    hers = phone(holder)
    assert "Zhou Ping" in hers.get("/my/visitors/").content.decode()
    visit = Visit.objects.get()
    assert visit.host == resident
    assert hers.post(f"/my/visitors/at-the-gate/{visit.pk}/", {"yes": "yes"}).status_code == 302
    assert take(VisitBatch([], [b"w" * 16]), town.east).answers == {(b"w" * 16).hex(): "yes"}
    assert take(VisitBatch([], [b"w" * 16]), town.far_gate).answers == {}, "another site's gate hears nothing"
    take(walk(IN), town.east)
    visit.refresh_from_db()
    assert (visit.state, str(visit.temperature), visit.answer) == ("inside", "36.4", "yes")


def test_a_host_whom_nobody_or_several_are_called_is_no_host(register, town) -> None:
    register(WANG)
    take(VisitBatch([VisitEvent(b"1" * 16, 1, IN, visit=b"x" * 16, walk_in=WalkIn("A", "nobody", "other"))]), town.east)
    assert Visit.objects.get().host is None


def test_a_trace_of_the_host_shows_the_visitor_and_of_the_visitor_the_host(host, register, town) -> None:
    holder, resident = host
    mei = register(LI)
    key = bytes(IdentityDocument.objects.get(resident=mei).person_key)
    invitation = actions.invite(holder, resident, tuesdays_and_fridays())
    take(told(IN, invitation, person=key), town.east)
    since, until = timezone.now() - HOUR, timezone.now() + HOUR
    (one,) = ties([resident.pk], since, until)
    assert (one.source, one.target, one.kind) == (resident.pk, mei.pk, Contact.Kind.VISIT)
    (other,) = ties([mei.pk], since, until)
    assert (other.source, other.target) == (mei.pk, resident.pk)
    assert ties([register(SUN).pk], since, until) == []
    assert ties([resident.pk], since - 9 * HOUR, since - 8 * HOUR) == []


def test_staff_invite_for_a_resident_without_a_phone_within_their_scope(register, town, employ, log_in) -> None:
    resident = register(ZHAO)
    today = timezone.localtime().date().isoformat()
    form = {**FORM, "contact": "", "kind": "guest", "first_day": today, "stops": "23:59", "starts": "00:00"}
    office = log_in(employ(Role.OFFICE, community=town.community))
    assert "No visitor yet" in office.get("/visitors/").content.decode()
    answer = office.post(f"/residents/{resident.pk}/visitors/", form, follow=True).content.decode()
    assert "/visit/" in answer
    assert "Chen Mei" in answer
    far = log_in(employ(Role.OFFICE, community=town.far_community))
    assert far.get(f"/residents/{resident.pk}/visitors/").status_code == 404
    assert "Chen Mei" not in far.get("/visitors/invitations/").content.decode()
    assert far.post(f"/visitors/invitations/{Invitation.objects.get().pk}/end/").status_code == 404
    office.post(f"/visitors/invitations/{Invitation.objects.get().pk}/end/")
    assert Invitation.objects.get().state == Invitation.State.ENDED
