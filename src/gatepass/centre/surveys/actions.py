"""The verbs of surveys: open one, bring its list up to date, remind, answer, close.

Asked are residents of the community whose nationality is a foreign one, or a company's foreign colleagues as the
company knows them: what the town knows of them is not shown to it. An answer may be changed until the survey is closed;
a grid worker's answer is a report of whereabouts as well.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.arrivals.places import days_in_words
from gatepass.centre.audit.actions import record
from gatepass.centre.employers.actions import report_whereabouts
from gatepass.centre.employers.models import Company
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.models import Resident
from gatepass.centre.phone.reaching import ways_to
from gatepass.centre.sending.actions import queue
from gatepass.centre.sites.models import Community
from gatepass.centre.surveys.models import Reply, Survey

NOT_FOREIGN = ("", "CHN", "HKG", "MAC", "TWN")
_BATCH = 500
State = Reply.State


def open_survey(by: User, whom: Community | Company, due_on: date) -> Survey:
    """RefusedError `survey_past`, `survey_open` (one of the same people is under way)."""
    if due_on < timezone.localdate():
        raise RefusedError("survey_past")
    whose = {"company": whom} if isinstance(whom, Company) else {"community": whom}
    with transaction.atomic():
        if Survey.objects.filter(closed_at=None, **whose).exists():
            raise RefusedError("survey_open")
        survey = Survey.objects.create(due_on=due_on, made_by=by, made_at=timezone.now(), **whose)
        asked = _add_missing(survey)
        record(by, "survey:open", survey, count=asked)
    return survey


def remind(by: User, survey: Survey) -> int:
    """Everybody who has not answered, in their language, by the ways that they have; how many were written to.

    Who has been registered since then is asked as well. RefusedError `survey_closed`, `survey_reminded` (today).
    """
    now = timezone.now()
    with transaction.atomic():
        fresh = _open(survey)
        if fresh.reminded_at and timezone.localdate(fresh.reminded_at) == timezone.localdate(now):
            raise RefusedError("survey_reminded")
        _add_missing(fresh)
        waiting = list(fresh.replies.filter(state="", resident__isnull=False).select_related("resident"))
        ways = ways_to([one.resident for one in waiting if one.resident])
        reached = [one for one in waiting if ways.get(one.resident_id or 0)]
        for one in reached:
            for way in ways[one.resident_id or 0]:
                _write(fresh, one, way.channel, way.address, way.language, has_page=way.has_page)
            one.reminders += 1
        Reply.objects.bulk_update(reached, ["reminders"], batch_size=_BATCH)
        fresh.reminded_at = now
        fresh.save(update_fields=["reminded_at"])
        record(by, "survey:remind", fresh, count=len(reached))
    return len(reached)


def answer(
    by: User | Applicant,
    reply: Reply,
    state: Reply.State,
    *,
    place: str = "",
    returns_on: date | None = None,
    manner: Reply.Manner,
) -> None:
    """RefusedError `survey_closed`, `survey_return` (who returns says when, and not in the past)."""
    if state == State.AWAY and (returns_on is None or returns_on < timezone.localdate()):
        raise RefusedError("survey_return")
    user = by if isinstance(by, User) else None
    with transaction.atomic():
        _open(reply.survey)
        row = Reply.objects.select_for_update().get(pk=reply.pk)
        row.state, row.place, row.manner = state, place.strip()[:120] or None, manner
        row.returns_on = returns_on if state == State.AWAY else None
        row.answered_at, row.answered_by = timezone.now(), user
        row.save()
        record(by, "survey:answer", row, survey=row.survey_id, manner=str(manner))
        if row.colleague is not None and user is not None and state != State.GONE:
            report_whereabouts(user, row.colleague, state, place, row.returns_on)
    reply.refresh_from_db()


def close(by: User, survey: Survey) -> None:
    """RefusedError `survey_closed`."""
    with transaction.atomic():
        fresh = _open(survey)
        fresh.closed_at = timezone.now()
        fresh.save(update_fields=["closed_at"])
        record(by, "survey:close", fresh)


def _open(survey: Survey) -> Survey:
    fresh = Survey.objects.select_for_update().get(pk=survey.pk)
    if fresh.closed_at is not None:
        raise RefusedError("survey_closed")
    return fresh


def _add_missing(survey: Survey) -> int:
    """Whoever is to be asked and is not on the list yet; how many."""
    if survey.company is not None:
        colleagues = survey.company.colleagues.exclude(nationality__in=NOT_FOREIGN).filter(until=None)
        rows = [Reply(survey=survey, colleague=one) for one in colleagues.exclude(survey_replies__survey=survey)]
    else:
        residents = Resident.objects.filter(site__community=survey.community, merged_into=None)
        foreign = residents.exclude(nationality__in=NOT_FOREIGN).exclude(survey_replies__survey=survey)
        rows = [Reply(survey=survey, resident=one) for one in foreign]
    return len(Reply.objects.bulk_create(rows, batch_size=_BATCH))


def _write(survey: Survey, reply: Reply, channel: str, address: str, language: str, *, has_page: bool) -> None:
    with translation.override(language):
        town, day = settings.CONFIGURATION.town, days_in_words(survey.due_on, survey.due_on)
        if has_page:
            link = f"{settings.CONFIGURATION.address}/my/people/{reply.resident_id}/survey/{survey.pk}/"
            said = gettext(
                "Are you here or away, and when do you return? Please answer until %(day)s, it takes a minute:"
            )
            text = f"{town}: {said % {'day': day}} {link}"
        else:
            said = gettext(
                "Are you here or away, and when do you return? Please call the community office until %(day)s."
            )
            text = f"{town}: {said % {'day': day}}"
        queue(channel, address, kind="survey", language=language, subject=town, text=text)
