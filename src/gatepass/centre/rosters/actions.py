"""The verbs of rosters: shifts and what differs on a day, swaps, taking over, notes, needs, calendars.

RefusedError, whichever verb: `roster_cannot` (no interpreter for any of these languages there), `roster_times` (it ends
before it begins, or is over), `roster_not_now` (somebody else was quicker, or it is over), `roster_not_theirs`,
`roster_away` (away at that time).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from gatepass.centre.accounts.models import User
from gatepass.centre.alarms.models import Contact
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.rosters import duty
from gatepass.centre.rosters.access import able_languages, duty_between, pattern_of
from gatepass.centre.rosters.channels import Channel
from gatepass.centre.rosters.duty import Span
from gatepass.centre.rosters.models import Change, Feed, HandOver, Need, Shift, Swap
from gatepass.centre.rosters.words import clock_word, languages_word
from gatepass.centre.sending.actions import queue
from gatepass.centre.sites.models import Community, Site


@dataclass(frozen=True, slots=True)
class Hours:
    """Where and when, by the week."""

    weekdays: Collection[int]
    starts: time
    ends: time
    first_day: date
    last_day: date | None = None
    community: Community | None = None
    site: Site | None = None


@dataclass(frozen=True, slots=True)
class Where:
    community: Community | None = None
    site: Site | None = None

    @property
    def place(self) -> duty.Place:
        return (self.community.pk if self.community else None, self.site.pk if self.site else None)


@dataclass(frozen=True, slots=True)
class Serves:
    languages: Collection[str]
    channels: Collection[str] = field(default=tuple(Channel.values))


def set_shift(by: User | None, user: User, hours: Hours, serves: Serves, *, every_weeks: int = 1) -> Shift:
    """From now on this member is on duty at these hours."""
    _check_weekly(hours)
    where = Where(hours.community, hours.site)
    _check_able(user, serves.languages, where.place)
    with transaction.atomic():
        shift = Shift.objects.create(
            user=user,
            languages=sorted(serves.languages),
            channels=sorted(serves.channels),
            every_weeks=every_weeks,
            made_at=timezone.now(),
            **_weekly(hours),
        )
        record(by, "roster:set_shift", shift, user=user.pk)
    return shift


def end_shift(by: User | None, shift: Shift, last_day: date) -> None:
    """The last day on which it begins; one before the first day: it never was."""
    with transaction.atomic():
        shift.last_day = last_day
        shift.save(update_fields=["last_day"])
        record(by, "roster:end_shift", shift, last_day=last_day.isoformat())


def set_away(by: User | None, user: User, begins: datetime, ends: datetime) -> Change:
    """On no duty in between, whatever was written down."""
    _check_times(begins, ends)
    with transaction.atomic():
        change = Change.objects.create(
            kind=Change.Kind.AWAY, user=user, begins_at=begins, ends_at=ends, made_at=timezone.now()
        )
        record(by, "roster:set_away", change, user=user.pk)
    return change


def add_extra(by: User | None, user: User, where: Where, serves: Serves, begins: datetime, ends: datetime) -> Change:
    """Once, beside the shifts."""
    _check_times(begins, ends)
    _check_able(user, serves.languages, where.place)
    with transaction.atomic():
        change = Change.objects.create(
            kind=Change.Kind.EXTRA,
            user=user,
            community=where.community,
            site=where.site,
            languages=sorted(serves.languages),
            channels=sorted(serves.channels),
            begins_at=begins,
            ends_at=ends,
            made_at=timezone.now(),
        )
        record(by, "roster:add_extra", change, user=user.pk)
    return change


def cancel_change(by: User | None, change: Change) -> None:
    """An absence, an extra duty, something taken over: as if it had not been written down."""
    with transaction.atomic():
        if Change.objects.filter(pk=change.pk, cancelled_at=None).update(cancelled_at=timezone.now()):
            record(by, "roster:cancel", change, kind=change.kind)


def take_over(by: User, shift: Shift, day: date, now: datetime | None = None) -> Change:
    """At once, without asking: from now (or from its beginning) to its end this member does the shift.

    Whoever had it is told. RefusedError as above.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        span = _held(shift, day, moment)
        if span.member == by.pk:
            raise RefusedError("roster_not_now")
        change = _given(by, by, shift, day, (max(span.begins, moment), span.ends))
        Swap.objects.filter(shift=shift, day=day, state=Swap.State.OFFERED).update(
            state=Swap.State.TAKEN, taken_by=by, answered_at=moment
        )
        _tell(span.member, "duty_taken", span)
    return change


def offer_swap(by: User, shift: Shift, day: date, asked: User | None = None) -> Swap:
    """One's own shift of one day, to a colleague or to whoever can. It stays one's own until somebody takes it."""
    now = timezone.now()
    with transaction.atomic():
        span = _held(shift, day, now)
        if span.member != by.pk:
            raise RefusedError("roster_not_theirs")
        if asked is not None:
            _check_able(asked, shift.languages, shift.place)
        try:
            with transaction.atomic():
                swap = Swap.objects.create(
                    shift=shift,
                    day=day,
                    begins_at=span.begins,
                    ends_at=span.ends,
                    giver=by,
                    asked=asked,
                    offered_at=now,
                )
        except IntegrityError:
            raise RefusedError("roster_not_now") from None
        record(by, "roster:offer", swap)
        if asked is not None:
            _tell(asked.pk, "duty_offered", span)
    return swap


def accept_swap(by: User, swap: Swap) -> Change:
    """Of two who accept at once, one has it; the other is refused."""
    now = timezone.now()
    if (swap.asked_id is not None and swap.asked_id != by.pk) or swap.giver_id == by.pk:
        raise RefusedError("roster_not_theirs")
    with transaction.atomic():
        taken = Swap.objects.filter(pk=swap.pk, state=Swap.State.OFFERED, ends_at__gt=now)
        if not taken.update(state=Swap.State.TAKEN, taken_by=by, answered_at=now):
            raise RefusedError("roster_not_now")
        span = _held(swap.shift, swap.day, now)
        if span.member != swap.giver_id:
            raise RefusedError("roster_not_now")
        change = _given(by, by, swap.shift, swap.day, (max(span.begins, now), span.ends))
        _tell(swap.giver_id, "duty_taken", span)
    return change


def withdraw_swap(by: User, swap: Swap) -> None:
    if swap.giver_id != by.pk:
        raise RefusedError("roster_not_theirs")
    with transaction.atomic():
        offered = Swap.objects.filter(pk=swap.pk, state=Swap.State.OFFERED)
        if not offered.update(state=Swap.State.WITHDRAWN, answered_at=timezone.now()):
            raise RefusedError("roster_not_now")
        record(by, "roster:withdraw", swap)


def leave_note(by: User, where: Where, text: str) -> HandOver:
    """For whoever is on duty next."""
    with transaction.atomic():
        note = HandOver.objects.create(
            author=by, community=where.community, site=where.site, text=text.strip(), at=timezone.now()
        )
        record(by, "roster:leave_note", note)
    return note


def set_need(
    by: User | None, language: str, channel: str, hours: Hours, *, least: int = 1, lead_hours: int = 72
) -> Need:
    """Somebody must be there at these hours; a gap is an alarm so many hours before it begins."""
    _check_weekly(hours)
    with transaction.atomic():
        need = Need.objects.create(
            language=language,
            channel=channel,
            least=least,
            lead_hours=lead_hours,
            made_at=timezone.now(),
            **_weekly(hours),
        )
        record(by, "roster:set_need", need)
    return need


def end_need(by: User | None, need: Need) -> None:
    with transaction.atomic():
        record(by, "roster:end_need", need)
        need.delete()


def make_feed(by: User) -> str:
    """The secret token of a new calendar address; an older one stops at once."""
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    with transaction.atomic():
        Feed.objects.filter(user=by, revoked_at=None).update(revoked_at=now)
        feed = Feed.objects.create(user=by, token_hash=feed_hash(token), made_at=now)
        record(by, "roster:make_feed", feed)
    return token


def revoke_feed(by: User) -> None:
    with transaction.atomic():
        if Feed.objects.filter(user=by, revoked_at=None).update(revoked_at=timezone.now()):
            record(by, "roster:revoke_feed", by)


def feed_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _given(by: User, to: User, shift: Shift, day: date, stretch: duty.Stretch) -> Change:
    begins, ends = stretch
    if begins >= ends:
        raise RefusedError("roster_not_now")
    _check_able(to, shift.languages, shift.place)
    away = Change.objects.filter(kind=Change.Kind.AWAY, user=to, cancelled_at=None)
    if away.filter(begins_at__lt=ends, ends_at__gt=begins).exists():
        raise RefusedError("roster_away")
    change = Change.objects.create(
        kind=Change.Kind.INSTEAD,
        user=to,
        shift=shift,
        day=day,
        languages=sorted(shift.languages),
        channels=shift.channels,
        begins_at=begins,
        ends_at=ends,
        made_at=timezone.now(),
    )
    record(by, "roster:take_over", change, shift=shift.pk)
    return change


def _held(shift: Shift, day: date, now: datetime) -> Span:
    """The part of a shift's day that is under way or comes next; a member who is away still has it to give."""
    stretch = duty.occurrence(pattern_of(shift), day)
    if stretch is None or stretch[1] <= now:
        raise RefusedError("roster_not_now")
    for span in duty_between(*stretch):
        if span.pattern == shift.pk and span.day == day and span.ends > now:
            return span
    return Span(
        shift.user_id, *stretch, frozenset(shift.languages), frozenset(shift.channels), shift.place, shift.pk, day
    )


def _check_able(user: User, languages: Collection[str], place: duty.Place) -> None:
    if not user.is_active or not set(languages) & able_languages(user.pk, place):
        raise RefusedError("roster_cannot")


def _check_times(begins: datetime, ends: datetime) -> None:
    if begins >= ends or ends <= timezone.now():
        raise RefusedError("roster_times")


def _check_weekly(hours: Hours) -> None:
    wrong_days = not hours.weekdays or not set(hours.weekdays) <= set(range(7))
    if wrong_days or (hours.last_day is not None and hours.last_day < hours.first_day):
        raise RefusedError("roster_times")


def _weekly(hours: Hours) -> dict[str, object]:
    return {
        "community": hours.community,
        "site": hours.site,
        "weekdays": sorted(set(hours.weekdays)),
        "starts": hours.starts,
        "ends": hours.ends,
        "first_day": hours.first_day,
        "last_day": hours.last_day,
    }


def _tell(member: int, kind: str, span: Span) -> None:
    """In the member's own language, where they have said how to reach them."""
    contact = Contact.objects.filter(user=member, user__is_active=True).select_related("user").first()
    if contact is None:
        return
    with translation.override(contact.user.language):
        when, languages = clock_word(span.begins, span.ends), languages_word(span.languages)
        if kind == "duty_taken":
            text = gettext("A colleague does your duty (%(languages)s): %(when)s.")
        else:
            text = gettext("A colleague asks you to take a duty (%(languages)s): %(when)s. Answer on the page My duty.")
        queue(
            contact.channel,
            str(contact.address),
            kind=kind,
            language=contact.user.language,
            text=text % {"languages": languages, "when": when},
            not_after=span.ends,
        )
