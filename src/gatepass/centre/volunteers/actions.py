"""The verbs of volunteers: apply, confirm, refuse, leave; ask for a task, accept, decline, finish, call off.

RefusedError: `volunteer_not_resident` (acts for nobody but others here), `volunteer_already`, `volunteer_not_now`
(somebody else was quicker, or it is over), `volunteer_hours`, `volunteer_nobody` (asked nobody).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.mandates.access import mandates_of
from gatepass.centre.mandates.models import Relation
from gatepass.centre.people.models import Resident
from gatepass.centre.rosters.words import clock_word, language_word
from gatepass.centre.sending.actions import queue
from gatepass.centre.sites.models import Site
from gatepass.centre.volunteers.models import Ask, Hours, Kind, Task, Volunteer

MOST_MINUTES: Final = 24 * 60

Time = tuple[int, time, time]
"""Weekday (Monday is 0), from, until."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody offers."""

    languages: Collection[str]
    kinds: Collection[str]
    hours: Collection[Time]
    words: str = ""

    def __repr__(self) -> str:
        return "Offer()"


@dataclass(frozen=True, slots=True)
class TaskFacts:
    kind: Kind
    language: str
    site: Site
    begins: datetime
    ends: datetime
    words: str
    resident: Resident | None = None

    def __repr__(self) -> str:
        return f"TaskFacts({self.kind!r}, {self.language!r})"


def offer_help(applicant: Applicant, offer: Offer) -> Volunteer:
    """Applies, or says anew what one speaks and when one has time: that needs no second confirmation."""
    own = mandates_of(applicant).filter(relation=Relation.SELF).first()
    if own is None:
        raise RefusedError("volunteer_not_resident")
    if not offer.hours or not all(0 <= day < 7 and (end > start or end == time(0)) for day, start, end in offer.hours):
        raise RefusedError("volunteer_hours")
    now = timezone.now()
    said = {"languages": sorted(offer.languages), "kinds": sorted(offer.kinds), "words": offer.words or None}
    with transaction.atomic():
        known = Volunteer.objects.select_for_update().filter(applicant=applicant).first()
        if known is None:
            known = Volunteer.objects.create(applicant=applicant, resident=own.resident, applied_at=now, **said)
            record(applicant, "volunteer:apply", known)
        else:
            again = known.state in {Volunteer.State.REFUSED, Volunteer.State.LEFT}
            fresh = {"state": Volunteer.State.APPLIED, "applied_at": now, "ended_at": None, "decided_at": None}
            for name, value in {**said, **(fresh if again else {})}.items():
                setattr(known, name, value)
            known.save()
            record(applicant, "volunteer:apply" if again else "volunteer:change", known)
        known.hours.all().delete()
        Hours.objects.bulk_create(
            Hours(volunteer=known, weekday=day, starts=start, ends=end) for day, start, end in sorted(set(offer.hours))
        )
    return known


def decide(by: User, volunteer: Volunteer, *, taken: bool) -> None:
    """Confirmed, or not taken; told either way. Of two who decide, the first one has."""
    now = timezone.now()
    state = Volunteer.State.CONFIRMED if taken else Volunteer.State.REFUSED
    with transaction.atomic():
        waiting = Volunteer.objects.filter(pk=volunteer.pk, state=Volunteer.State.APPLIED)
        if not waiting.update(state=state, decided_at=now, decided_by=by, ended_at=None if taken else now):
            raise RefusedError("volunteer_not_now")
        record(by, "volunteer:confirm" if taken else "volunteer:refuse", volunteer)
        with translation.override(volunteer.applicant.language):
            _queue(
                volunteer.applicant,
                "volunteer_answer",
                gettext(
                    "Thank you: you are a volunteer now. When somebody needs your language, "
                    "you are asked here: %(link)s"
                )
                if taken
                else gettext("Thank you for your offer. At present we do not need it. %(link)s"),
            )


def leave(by: Applicant | User, volunteer: Volunteer) -> None:
    """At once. What they had taken on goes back to open."""
    with transaction.atomic():
        staying = Volunteer.objects.filter(pk=volunteer.pk).exclude(
            state__in=(Volunteer.State.LEFT, Volunteer.State.REFUSED)
        )
        if staying.update(state=Volunteer.State.LEFT, ended_at=timezone.now()):
            Task.objects.filter(taken_by=volunteer, state=Task.State.TAKEN).update(state=Task.State.OPEN, taken_by=None)
            Ask.objects.filter(volunteer=volunteer, state__in=(Ask.State.ASKED, Ask.State.ACCEPTED)).filter(
                task__state=Task.State.OPEN
            ).update(state=Ask.State.CLOSED, answered_at=timezone.now())
            record(by, "volunteer:leave", volunteer)


def ask(by: User | None, facts: TaskFacts, volunteers: Iterable[Volunteer]) -> Task:
    """Each is asked at the same time; whoever says yes first has it. `by` None: the centre itself."""
    asked = list(volunteers)
    if not asked:
        raise RefusedError("volunteer_nobody")
    now = timezone.now()
    with transaction.atomic():
        task = Task.objects.create(
            kind=facts.kind,
            language=facts.language.lower(),
            site=facts.site,
            resident=facts.resident,
            words=facts.words,
            begins_at=facts.begins,
            ends_at=facts.ends,
            asked_by=by,
            made_at=now,
        )
        record(by, "volunteer:ask", task, count=len(asked))
        _ask_all(task, asked, now)
    return task


def ask_more(by: User | None, task: Task, volunteers: Iterable[Volunteer]) -> int:
    """Those who were not asked yet; how many."""
    known = set(task.asks.values_list("volunteer", flat=True))
    fresh = [one for one in volunteers if one.pk not in known]
    with transaction.atomic():
        if fresh and Task.objects.filter(pk=task.pk, state=Task.State.OPEN).exists():
            record(by, "volunteer:ask", task, count=len(fresh))
            _ask_all(task, fresh, timezone.now())
            return len(fresh)
    return 0


def accept_task(applicant: Applicant, ask: Ask) -> None:
    """Of two who accept at once, one has it; the other is thanked and told (`volunteer_not_now`)."""
    now = timezone.now()
    with transaction.atomic():
        standing = ask.volunteer.state == Volunteer.State.CONFIRMED
        mine = Task.objects.filter(pk=ask.task_id, state=Task.State.OPEN, ends_at__gt=now)
        if not standing or not mine.update(state=Task.State.TAKEN, taken_by=ask.volunteer):
            raise RefusedError("volunteer_not_now")
        Ask.objects.filter(pk=ask.pk).update(state=Ask.State.ACCEPTED, answered_at=now)
        Ask.objects.filter(task=ask.task_id, state=Ask.State.ASKED).exclude(pk=ask.pk).update(state=Ask.State.CLOSED)
        record(applicant, "volunteer:accept", ask.task)


def decline_task(applicant: Applicant, ask: Ask) -> None:
    """Also of what one had taken on: it is open again, and staff see so."""
    now = timezone.now()
    with transaction.atomic():
        moved = Ask.objects.filter(pk=ask.pk, state__in=(Ask.State.ASKED, Ask.State.ACCEPTED))
        if not moved.update(state=Ask.State.DECLINED, answered_at=now):
            raise RefusedError("volunteer_not_now")
        back = Task.objects.filter(pk=ask.task_id, state=Task.State.TAKEN, taken_by=ask.volunteer)
        back.update(state=Task.State.OPEN, taken_by=None)
        record(applicant, "volunteer:decline", ask.task)


def finish_task(by: Applicant | User, task: Task, minutes: int) -> None:
    """Done, and so many minutes were given: by the volunteer's own word, or staff's."""
    if not 0 < minutes <= MOST_MINUTES:
        raise RefusedError("volunteer_hours")
    with transaction.atomic():
        taken = Task.objects.filter(pk=task.pk, state=Task.State.TAKEN)
        if not taken.update(state=Task.State.DONE, closed_at=timezone.now(), minutes=minutes):
            raise RefusedError("volunteer_not_now")
        record(by, "volunteer:finish", task, minutes=minutes)


def call_off(by: User | None, task: Task) -> None:
    now = timezone.now()
    with transaction.atomic():
        going = Task.objects.filter(pk=task.pk, state__in=(Task.State.OPEN, Task.State.TAKEN))
        if not going.update(state=Task.State.CANCELLED, closed_at=now):
            raise RefusedError("volunteer_not_now")
        Ask.objects.filter(task=task, state=Ask.State.ASKED).update(state=Ask.State.CLOSED, answered_at=now)
        record(by, "volunteer:call_off", task)
        if task.taken_by is not None:
            with translation.override(task.taken_by.applicant.language):
                text = gettext("What you had taken on is no longer needed. Thank you. %(link)s")
                _queue(task.taken_by.applicant, "volunteer_asked", text)


def _ask_all(task: Task, volunteers: Iterable[Volunteer], now: datetime) -> None:
    for volunteer in volunteers:
        Ask.objects.create(task=task, volunteer=volunteer, asked_at=now)
        with translation.override(volunteer.applicant.language):
            text = gettext("You are asked for help in %(language)s, %(when)s: %(link)s") % {
                "language": language_word(task.language),
                "when": clock_word(task.begins_at, task.ends_at, task.site.zone),
                "link": "%(link)s",
            }
            _queue(volunteer.applicant, "volunteer_asked", text, not_after=task.ends_at)


def _queue(applicant: Applicant, kind: str, text: str, *, not_after: datetime | None = None) -> None:
    """No message says for whom."""
    link = f"{settings.CONFIGURATION.address}{reverse('my_helping')}"
    queue(
        applicant.channel,
        str(applicant.contact),
        kind=kind,
        language=applicant.language,
        text=text.replace("%(link)s", link),
        not_after=not_after,
    )
