"""The only ways to notices: those of the user's places, and the town's own, which everybody may read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet
from django.http import Http404

from gatepass.centre.accounts import roles
from gatepass.centre.accounts.access import scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.notices.models import Broadcast, Edition, Kind, Notice
from gatepass.centre.sites.models import Site
from gatepass.languages import DEFAULT_LANGUAGE, LANGUAGES, Language

_BY_DJANGO: Final[Mapping[str, Language]] = {language.lower(): language for language in LANGUAGES}
_NEXT_BEST: Final = {"zh-hant": ("zh-hans", "en"), "zh-hans": ("zh-hant", "en"), "ja": ("en",), "ko": ("en",), "en": ()}
"""What somebody reads most probably where their own language is not there; then the language of the source."""


def language_of(code: str) -> Language:
    """Django writes zh-hans, everybody else zh-Hans."""
    return _BY_DJANGO.get(code, DEFAULT_LANGUAGE)


def about(notice: Notice) -> str:
    """What the audit calls it; a `notice` of the audit is a release notice."""
    return f"posted_notice:{notice.pk}"


def access_notices(user: User, page: str) -> QuerySet[Notice]:
    """Whoever works for one place reads what the town says, and does not change it."""
    scope = scope_of(user, page)
    everything = Notice.objects.select_related("community", "site__community")
    if scope.everywhere:
        return everything
    if scope.nowhere:
        return everything.none()
    reached = Q(community__in=scope.communities) | Q(site__community__in=scope.communities) | Q(site__in=scope.sites)
    if page not in roles.NOTICE_WORK:
        around = Site.objects.filter(pk__in=scope.sites).values("community")
        reached |= Q(community=None, site=None) | Q(community__in=around)
    return everything.filter(reached)


def access_notice(user: User, notice: int, page: str) -> Notice:
    """One notice; 404 outside the user's scope."""
    found = access_notices(user, page).filter(pk=notice).first()
    if found is None:
        raise Http404
    return found


def access_broadcast(user: User, broadcast: int, page: str) -> Broadcast:
    reached = access_notices(user, page)
    found = Broadcast.objects.filter(notice__in=reached, pk=broadcast).select_related("notice").first()
    if found is None:
        raise Http404
    return found


def languages_of(user: User, page: str) -> frozenset[str]:
    """In which languages the user may write and review: an interpreter is granted some, an office all."""
    languages = scope_of(user, page).languages
    return frozenset(_BY_DJANGO) if languages is None else languages & frozenset(_BY_DJANGO)


# --- what the public is told ---


def in_force(now: datetime) -> Q:
    """Of notices."""
    return Q(withdrawn_at=None) & (Q(ends_at=None) | Q(ends_at__gt=now))


def public_editions(notice: Notice) -> dict[str, Edition]:
    """Language -> what is said in it now; empty where the notice is withdrawn."""
    return {one.language: one for one in notice.editions.filter(ended_at=None)}


def best_of(editions: Mapping[str, Edition], wanted: str, source: str) -> Edition | None:
    """In the wanted language; else the next best; None where there is none at all."""
    for code in (wanted, *_NEXT_BEST.get(wanted, ()), source, *_BY_DJANGO):
        if code in editions:
            return editions[code]
    return None


def notices_for(sites: list[int], now: datetime) -> QuerySet[Notice]:
    """What is public and in force for people of these sites: the town's, their communities', their sites'.

    Answers to questions are found by their words, and listed nowhere: `answers.find`.
    """
    return public_for(sites, now).exclude(kind=Kind.ANSWER)


def public_for(sites: list[int], now: datetime) -> QuerySet[Notice]:
    """The same with answers to questions."""
    around = Site.objects.filter(pk__in=sites).values("community")
    where = Q(community=None, site=None) | Q(community__in=around) | Q(site__in=sites)
    public = Edition.objects.filter(ended_at=None).values("notice")
    return Notice.objects.filter(where, in_force(now), pk__in=public).order_by("-id")
