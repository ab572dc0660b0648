"""The menu on the left: only what the user's roles open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts import roles
from gatepass.centre.accounts.access import may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.alarms.access import waiting
from gatepass.centre.arrivals.access import hand_overs_waiting
from gatepass.centre.paging import MOST_SHOWN


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the menu. It is marked as current on every page of its `family`."""

    page: str
    word: Promise
    family: tuple[str, ...]
    count: Callable[[User], int] | None = None
    """What waits there for somebody; a number beside the word, up to `MOST_SHOWN`."""


def ringing(user: User) -> int:
    """How many calls ring for this interpreter now."""
    from gatepass.centre.interpreting.access import ringing_for

    return ringing_for(user).count()


def asked(user: User) -> int:
    """How many questions wait for this user, or for anybody of the desk."""
    from gatepass.centre.questions.access import waiting as questions_waiting

    return questions_waiting(user)


REFUSED = "gatepass.refused"


def refuse_plainly(request: HttpRequest) -> None:
    """The page that answers says nothing of what waits behind its menu."""
    request.META[REFUSED] = True


PLACES = (
    Place("calls", _("Calls"), roles.CALLS, ringing),
    Place("duty", _("My duty"), roles.DUTY),
    Place("board", _("Today"), ("board",)),
    Place("passages", _("Passages"), ("passages",)),
    Place("insights", _("Statistics"), roles.INSIGHTS),
    Place("gates", _("Gates and devices"), (*roles.GATES, *roles.FIND, *roles.EQUIP)),
    Place(
        "residents",
        _("Residents"),
        (
            *(*roles.RESIDENTS, *roles.REGISTER, *roles.HOUSEHOLDS, *roles.PLACES, *roles.MERGES, *roles.IMPORTS),
            "resident_colour",
            *roles.FACTS,
            *roles.FACT_WORK,
        ),
    ),
    # Before arrivals: a grid worker begins with her company.
    Place("companies", _("Companies"), (*roles.COMPANIES, *roles.APPOINT)),
    Place(
        "arrivals",
        _("Arrivals"),
        (*roles.ARRIVALS, *roles.ARRIVAL_ENTER, *roles.ARRIVAL_WORK),
        hand_overs_waiting,
    ),
    Place("surveys", _("Surveys"), (*roles.SURVEYS, *roles.SURVEY_MAKE, *roles.SURVEY_WORK)),
    Place("applications", _("Applications"), (*roles.APPLICATIONS, "application_decide")),
    Place("appeals", _("Objections"), roles.APPEALS),
    Place("quarantines", _("Quarantine"), (*roles.QUARANTINE, *roles.RELEASES)),
    Place("visitors", _("Visitors"), (*roles.VISITORS, *roles.INVITE)),
    Place("quarantine_gate", _("Report at the gate"), roles.AT_THE_GATE),
    Place("cases", _("Tracing"), roles.TRACING),
    Place("notices", _("Notices"), (*roles.NOTICES, *roles.NOTICE_WORDS, *roles.NOTICE_WORK)),
    Place("questions", _("Questions"), (*roles.QUESTIONS, *roles.QUESTION_APPROVE), asked),
    Place("policies", _("Policies"), (*roles.POLICIES, *roles.POLICY_WORK)),
    Place("roster", _("Roster"), (*roles.ROSTER, *roles.ROSTER_WORK)),
    Place("call_list", _("Calls"), roles.CALL_LIST),
    Place("volunteers", _("Volunteers"), roles.VOLUNTEERS),
    Place("staff", _("Staff"), roles.STAFF),
    Place("tokens", _("Programs"), (*roles.TOKENS, *roles.WEBHOOKS)),
    Place("messages", _("Messages"), roles.MESSAGES),
    Place("alarms", _("Alarms"), (*roles.ALARMS, *roles.ALARM_WORK, "alarm_contact"), waiting),
    Place("privacy", _("Privacy"), (*roles.INVENTORY, *roles.REQUESTS, *roles.RECEIPTS)),
    Place("audit", _("Audit"), roles.AUDIT),
)


def places_of(user: AbstractBaseUser | AnonymousUser) -> list[Place]:
    addresses = settings.ROOT_URLCONF
    return [place for place in PLACES if may_open(user, place.page) and _exists(place.page, addresses)]


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context of every page: the menu, the town's name, the five languages. A refusal counts nothing in its menu."""
    here = request.resolver_match.view_name if request.resolver_match else ""
    user = getattr(request, "user", AnonymousUser())
    counting = user if isinstance(user, User) and not request.META.get(REFUSED) else None
    menu = [
        {
            "page": place.page,
            "word": place.word,
            "current": here in place.family,
            "count": _shown(place.count(counting)) if counting and place.count else "",
        }
        for place in places_of(user)
    ]
    return {"menu": menu, "town": settings.CONFIGURATION.town, "languages": settings.LANGUAGES}


def _shown(count: int) -> str:
    return "" if not count else str(count) if count <= MOST_SHOWN else f"{MOST_SHOWN}+"


@cache
def _exists(page: str, addresses: str) -> bool:
    try:
        reverse(page, addresses)
    except NoReverseMatch:
        return False
    return True
