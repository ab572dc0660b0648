"""The roster as it is: who is on duty (`on_duty`), everybody's duty (`duty_between`), and what a user may see of it.

A shift counts only as far as its member is still an interpreter there, for those languages: whoever loses the role is
on no duty from that moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from gatepass.centre.accounts.access import scope_of
from gatepass.centre.accounts.models import Grant, User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.models import Contact
from gatepass.centre.rosters import duty
from gatepass.centre.rosters.duty import Place, Roster, Span
from gatepass.centre.rosters.models import Change, HandOver, Need, Shift, Swap
from gatepass.centre.sites.models import Site

ALL_LANGUAGES: Final = frozenset(code for code, _name in settings.LANGUAGES)


@dataclass(frozen=True, slots=True)
class OnDuty:
    """One member who is on duty now. `nearness`: 0 for this site, 1 for its community, 2 for the whole town."""

    user: User
    until: datetime
    nearness: int
    channels: frozenset[str]
    reachable: bool
    """Has named a telephone or mailbox."""


def on_duty(
    language: str, at: datetime | None = None, *, site: Site | None = None, channel: str | None = None
) -> list[OnDuty]:
    """Whoever is on duty for a language, nearest first, then by name. `site` empty: wherever they are on duty.

    `language` as in the settings or as at the gates: `zh-hans` and `zh-Hans` are one.
    """
    now = at or timezone.now()
    found: dict[int, Span] = {}
    for span in duty.on_duty(roster_between(now, now), now, language.lower(), channel):
        if site is None or nearness(span.place, site) is not None:
            best = found.get(span.member)
            if best is None or _rank(span.place, site) < _rank(best.place, site):
                found[span.member] = span
    users = User.objects.in_bulk(list(found))
    reached = reachable(found)
    people = [
        OnDuty(users[member], span.ends, _rank(span.place, site), span.channels, member in reached)
        for member, span in found.items()
    ]
    return sorted(people, key=lambda one: (one.nearness, one.user.full_name, one.user.pk))


def nearness(place: Place, site: Site) -> int | None:
    """None: a duty elsewhere."""
    community, its_site = place
    if its_site is not None:
        return 0 if its_site == site.pk else None
    if community is not None:
        return 1 if community == site.community_id else None
    return 2


def _rank(place: Place, site: Site | None) -> int:
    return 2 if site is None else (nearness(place, site) or 0)


def duty_between(begin: datetime, end: datetime) -> list[Span]:
    return duty.spans(roster_between(begin, end), begin, end)


def roster_between(begin: datetime, end: datetime) -> Roster:
    """Everything that may count between two instants."""
    able = _Able()
    patterns = [pattern_of(shift, able) for shift in Shift.objects.filter(user__is_active=True).select_related("site")]
    changes = Change.objects.filter(cancelled_at=None, ends_at__gt=begin - duty.DAY, begins_at__lt=end + duty.DAY)
    kinds: dict[str, list[Change]] = {kind: [] for kind in Change.Kind.values}
    for change in changes.filter(user__is_active=True).select_related("shift"):
        kinds[change.kind].append(change)
    return Roster(
        tuple(pattern for pattern in patterns if pattern.languages),
        tuple(
            duty.Instead(
                change.shift_id,
                change.day,
                change.user_id,
                change.begins_at,
                change.ends_at,
                able.there(change.user_id, change.languages, change.shift.place),
            )
            for change in kinds[Change.Kind.INSTEAD]
            if change.shift is not None and change.shift_id is not None and change.day is not None
        ),
        tuple(
            duty.Extra(
                change.pk,
                change.user_id,
                change.begins_at,
                change.ends_at,
                able.there(change.user_id, change.languages, change.place),
                frozenset(change.channels),
                change.place,
            )
            for change in kinds[Change.Kind.EXTRA]
        ),
        tuple(duty.Away(change.user_id, change.begins_at, change.ends_at) for change in kinds[Change.Kind.AWAY]),
    )


def pattern_of(shift: Shift, able: _Able | None = None) -> duty.Pattern:
    languages = frozenset(shift.languages)
    return duty.Pattern(
        id=shift.pk,
        member=shift.user_id,
        languages=able.there(shift.user_id, languages, shift.place) if able else languages,
        channels=frozenset(shift.channels),
        weekdays=frozenset(shift.weekdays),
        starts=shift.starts,
        ends=shift.ends,
        first_day=shift.first_day,
        last_day=shift.last_day,
        every_weeks=shift.every_weeks,
        zone=shift.zone,
        place=shift.place,
    )


def need_pattern(need: Need) -> duty.Pattern:
    return duty.Pattern(
        id=need.pk,
        member=0,
        languages=frozenset((need.language,)),
        channels=frozenset((need.channel,)),
        weekdays=frozenset(need.weekdays),
        starts=need.starts,
        ends=need.ends,
        first_day=need.first_day,
        last_day=need.last_day,
        zone=need.zone,
        place=need.place,
    )


def serving(need: Need, spans: Iterable[Span]) -> list[Span]:
    """Those who count for a need: of its language and channel, and whose duty reaches its place."""
    communities = dict(Site.objects.values_list("pk", "community_id")) if need.site_id else {}
    return [
        span
        for span in spans
        if span.serves(need.language, need.channel) and _reaches(span.place, need.place, communities)
    ]


def _reaches(place: Place, wanted: Place, communities: dict[int, int]) -> bool:
    """Whoever is on duty for a whole community is so for each of its sites, and not the other way round."""
    if place in ((None, None), wanted):
        return True
    community = wanted[0] if wanted[1] is None else communities.get(wanted[1])
    return place[1] is None and place[0] is not None and place[0] == community


def able_languages(user: int, place: Place) -> frozenset[str]:
    """For which languages somebody is an interpreter at a place."""
    return _Able().there(user, ALL_LANGUAGES, place)


class _Able:
    """Every interpreter's grants, read once."""

    def __init__(self) -> None:
        self._grants: dict[int, list[Grant]] = {}
        for grant in Grant.objects.filter(role=Role.INTERPRETER):
            self._grants.setdefault(grant.user_id, []).append(grant)
        self._communities: dict[int, int] = dict(Site.objects.values_list("pk", "community_id"))

    def there(self, user: int, languages: Iterable[str], place: Place) -> frozenset[str]:
        spoken: set[str] = set()
        for grant in self._grants.get(user, ()):
            if _reaches((grant.community_id, grant.site_id), place, self._communities):
                spoken |= set(grant.languages) or ALL_LANGUAGES
        return frozenset(languages) & spoken


def reachable(users: Iterable[int]) -> frozenset[int]:
    """Who of these can be told anything: has named a telephone or a mailbox."""
    return frozenset(Contact.objects.filter(user__in=list(users)).values_list("user_id", flat=True))


def seen_by(user: User, page: str, spans: Iterable[Span]) -> list[Span]:
    """Of everybody's duty: what reaches into the user's scope."""
    scope = scope_of(user, page)
    if scope.everywhere:
        return list(spans)
    communities = dict(Site.objects.values_list("pk", "community_id"))
    around = scope.communities | {communities[site] for site in scope.sites}
    return [
        span
        for span in spans
        if span.place == (None, None)
        or span.place[0] in around
        or span.place[1] in scope.sites
        or (span.place[1] is not None and communities.get(span.place[1]) in scope.communities)
    ]


def access_shifts(user: User, page: str) -> QuerySet[Shift]:
    found = Shift.objects.filter(within(user, page))
    return found.select_related("user", "community", "site__community")


def access_changes(user: User, page: str) -> QuerySet[Change]:
    found = Change.objects.filter(cancelled_at=None).select_related("user", "shift__site", "community", "site")
    shown = within(user, page)
    reached = Q(shift__in=Shift.objects.filter(shown)) | (shown & Q(shift=None, kind=Change.Kind.EXTRA))
    return found.filter(reached | Q(kind=Change.Kind.AWAY, user__in=members(user, page)))


def access_swaps(user: User, page: str) -> QuerySet[Swap]:
    """Offered to this user or to all, or by this user; still to come."""
    mine = Q(giver=user) | Q(asked=user) | Q(asked=None, shift__in=Shift.objects.filter(within(user, page)))
    open_ones = Swap.objects.filter(mine, state=Swap.State.OFFERED, ends_at__gt=timezone.now())
    return open_ones.select_related("shift__site", "shift__community", "giver", "asked")


def access_needs(user: User, page: str) -> QuerySet[Need]:
    return Need.objects.filter(within(user, page)).select_related("community", "site__community")


def access_notes(user: User, page: str) -> QuerySet[HandOver]:
    return HandOver.objects.filter(within(user, page)).select_related("author", "community", "site")


def members(user: User, page: str) -> QuerySet[User]:
    """Interpreters whom somebody may put on a roster: those who are so within the asking user's scope."""
    scope = scope_of(user, page)
    grants = Grant.objects.filter(role=Role.INTERPRETER, user__is_active=True)
    if not scope.everywhere:
        near = Q(community__in=scope.communities) | Q(site__in=scope.sites) | Q(site__community__in=scope.communities)
        around = Q(community__isnull=True, site__isnull=True) | Q(
            community__in=Site.objects.filter(pk__in=scope.sites).values("community")
        )
        grants = grants.filter(near | around)
    return User.objects.filter(pk__in=grants.values("user"))


def within(user: User, page: str) -> Q:
    """Of placed rows: those of the user's scope, and those of a wider place that reach into it."""
    scope = scope_of(user, page)
    if scope.everywhere:
        return Q()
    if scope.nowhere:
        return Q(pk__in=())
    around = set(Site.objects.filter(pk__in=scope.sites).values_list("community_id", flat=True))
    return (
        Q(community__isnull=True, site__isnull=True)
        | Q(community__in=scope.communities | around)
        | Q(site__in=scope.sites)
        | Q(site__community__in=scope.communities)
    )


def inside(user: User, page: str) -> Q:
    """Of placed rows: those that lie wholly in the user's scope, which is what may be changed."""
    scope = scope_of(user, page)
    if scope.everywhere:
        return Q()
    return Q(community__in=scope.communities) | Q(site__in=scope.sites) | Q(site__community__in=scope.communities)
