"""What a word leads to, for the asking user: each noun's own `access.py` says what is theirs to see.

Names of people are sought by their beginning or as a whole, in any script, because a part in the middle would have to
read every name of a town at every key. A number (six digits or more) is looked up only when somebody has finished
typing it: each look-up counts against `number_of_staff`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.access import may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.navigation import places_of
from gatepass.centre.alarms.access import access_alarms
from gatepass.centre.alarms.kinds import KINDS, sentence_of, word_of
from gatepass.centre.alarms.models import State
from gatepass.centre.appeals.access import access_appeals
from gatepass.centre.appeals.models import Appeal
from gatepass.centre.applications.access import access_applications
from gatepass.centre.applications.facts import unpacked
from gatepass.centre.applications.models import Application
from gatepass.centre.employers.access import access_companies
from gatepass.centre.limits.actions import spend
from gatepass.centre.people.access import access_residents, holders, looks_like_a_number, matching, named
from gatepass.centre.people.models import Resident
from gatepass.centre.people.protection.access import note_seen
from gatepass.centre.policies.access import access_versions
from gatepass.centre.sites.access import access_gates, access_sites
from gatepass.centre.tracing.access import access_cases

MOST: Final = 6
"""Of one group. Who has more in mind types more."""
MOST_LETTERS: Final = 60
MOST_READ: Final = 200
"""Applications that are deciphered for one search: some 4 ms."""


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    detail: str
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    words: Promise
    hits: tuple[Hit, ...]
    more: bool = False


OWN_PAGES: Final = (
    ("account", _("Your account")),
    ("mfa_index", _("Passkeys and codes")),
    ("password", _("Your password")),
    ("rights", _("Who may do what")),
    ("alarm_contact", _("Where alarms reach you")),
)
"""Pages that are in no menu and open to everybody."""


def found(user: User, words: str, *, finished: bool, address: str | None = None) -> list[Group]:
    """Groups with something in them, in the order of the menu. RefusedError `too_many`.

    `finished`: the words are whole, so that a number may be looked up.
    """
    words = " ".join(words.split())[:MOST_LETTERS]
    if not words:
        return []
    if looks_like_a_number(words):
        if not finished or not may_open(user, "residents"):
            return []
        spend("number_of_staff", f"user:{user.pk}", address)
        some = [_people(user, holders(user, words))]
    else:
        spend("search_of_staff", f"user:{user.pk}", address)
        some = [group(user, words) for group in GROUPS]
    return [group for group in some if group.hits]


def _people(user: User, people: Sequence[Resident]) -> Group:
    note_seen(user, people[:MOST], "search")
    hits = (
        Hit(
            person.full_name,
            " · ".join(filter(None, (str(person.birth or ""), person.site.name, person.home))),
            reverse("resident", args=[person.pk]),
        )
        for person in people[:MOST]
    )
    return Group(_("Residents"), tuple(hits), len(people) > MOST)


def _residents(user: User, words: str) -> Group:
    everybody = access_residents(user).select_related("site__community", "room")
    return _people(user, list(named(everybody, words, beginning=True)[: MOST + 1]))


def _gates(user: User, words: str) -> Group:
    mine = access_gates(user, "gate").filter(Q(name__icontains=words) | Q(site__name__icontains=words))
    return _group(
        _("Gates"),
        mine.order_by("site__name", "name"),
        lambda gate: Hit(gate.name, f"{gate.site.community.name} · {gate.site.name}", reverse("gate", args=[gate.pk])),
    )


def _sites(user: User, words: str) -> Group:
    mine = access_sites(user, "site_change").filter(Q(name__icontains=words) | Q(community__name__icontains=words))
    return _group(
        _("Sites"),
        mine.order_by("name"),
        lambda site: Hit(site.name, site.community.name, reverse("site_change", args=[site.pk])),
    )


def _companies(user: User, words: str) -> Group:
    mine = access_companies(user).filter(Q(name__icontains=words) | Q(credit_code__istartswith=words))
    return _group(
        _("Companies"),
        mine.order_by("name"),
        lambda company: Hit(company.name, company.community.name, reverse("colleagues", args=[company.pk])),
    )


def _applications(user: User, words: str) -> Group:
    """Those that wait, by the name that was told, which is encrypted: of the newest `MOST_READ`."""
    if not may_open(user, "application"):
        return Group(_("Applications"), (), more=False)
    waiting = access_applications(user).filter(state=Application.State.SENT).order_by("-sent_at")
    sought = words.casefold()
    fitting = [
        (name, site, sent_at, pk)
        for pk, facts, site, sent_at in waiting.values_list("pk", "facts", "site__name", "sent_at")[:MOST_READ]
        if (name := unpacked(str(facts)).full_name).casefold().startswith(sought) or _is_number(words, pk)
    ]
    hits = (
        Hit(name, f"{site} · {_day(sent_at)}", reverse("application", args=[pk]))
        for name, site, sent_at, pk in fitting[:MOST]
    )
    return Group(_("Applications"), tuple(hits), len(fitting) > MOST)


def _objections(user: User, words: str) -> Group:
    mine = access_appeals(user).filter(state=Appeal.State.OPEN) if may_open(user, "appeal") else Appeal.objects.none()
    seen = access_residents(user, "appeals").filter(matching(words, beginning=True)).order_by()
    hits = list(mine.filter(Q(resident__in=seen) | _numbered(words)).order_by("due_at")[: MOST + 1])
    note_seen(user, [one.resident for one in hits[:MOST]], "search")
    told = (
        Hit(one.resident.full_name, f"{one.resident.site.name} · {_day(one.sent_at)}", reverse("appeal", args=[one.pk]))
        for one in hits[:MOST]
    )
    return Group(_("Objections"), tuple(told), len(hits) > MOST)


def _cases(user: User, words: str) -> Group:
    """Of tracing, by number or place: the reason is encrypted, and names are what a case exists to protect."""
    mine = access_cases(user).filter(Q(community__name__icontains=words) | _numbered(words))
    return _group(
        _("Tracing"),
        mine.order_by("-id"),
        lambda one: Hit(
            gettext("Case %(number)s") % {"number": one.pk},
            " · ".join((one.get_state_display(), one.community.name if one.community else gettext("The whole town"))),
            reverse("case", args=[one.pk]),
        ),
    )


def _alarms(user: User, words: str) -> Group:
    """Those that are not over, by what they are called in the reader's language, or where they are."""
    kinds = [kind for kind in KINDS if words.casefold() in word_of(kind).casefold()]
    mine = access_alarms(user).exclude(state=State.CLEARED)
    return _group(
        _("Alarms"),
        mine.filter(Q(kind__in=kinds) | Q(site__name__icontains=words)).order_by("-raised_at"),
        lambda one: Hit(word_of(one.kind), sentence_of(one.kind, one.facts), reverse("alarm", args=[one.pk])),
    )


def _numbered(words: str) -> Q:
    return Q(pk=int(words)) if words.isascii() and words.isdigit() else Q(pk__in=())


def _is_number(words: str, pk: int) -> bool:
    return words == str(pk)


def _day(moment: datetime) -> str:
    return timezone.localdate(moment).isoformat()


def _policies(user: User, words: str) -> Group:
    mine = access_versions(user).filter(Q(policy__icontains=words) | Q(note__icontains=words))
    return _group(
        _("Policies"),
        mine.order_by("policy", "-number"),
        lambda one: Hit(
            f"{one.policy} {one.number}",
            " · ".join(filter(None, (one.get_state_display(), one.note))),
            reverse("policy_version", args=[one.pk]),
        ),
    )


def _staff(user: User, words: str) -> Group:
    every = User.objects.filter(Q(full_name__icontains=words) | Q(username__istartswith=words))
    return _group(
        _("Staff"),
        every.order_by("full_name") if may_open(user, "staff_change") else every.none(),
        lambda one: Hit(one.full_name, one.username, reverse("staff_change", args=[one.pk])),
    )


def _pages(user: User, words: str) -> Group:
    sought = words.casefold()
    hits = [Hit(title, "", reverse(page)) for page, title in _titles(user) if sought in title.casefold()]
    return Group(pgettext_lazy("of this site", "Pages"), tuple(hits[:MOST]), len(hits) > MOST)


def _titles(user: User) -> Iterator[tuple[str, str]]:
    for place in places_of(user):
        yield place.page, str(place.word)
    for page, title in OWN_PAGES:
        yield page, str(title)


def _group(words: Promise, rows: QuerySet[Any], hit: Callable[[Any], Hit]) -> Group:
    some = list(rows[: MOST + 1])
    return Group(words, tuple(hit(row) for row in some[:MOST]), len(some) > MOST)


GROUPS: Final = (
    *(_residents, _applications, _objections, _companies, _gates, _alarms, _sites, _cases, _policies, _staff),
    _pages,
)
