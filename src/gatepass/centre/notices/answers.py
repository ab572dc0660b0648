"""Approved answers to questions: notices of the kind *answer*. Found while somebody types, and published to the gates.

The title of such a notice is the question as people ask it, its sentence the answer in short, its text the whole.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Max
from django.urls import reverse
from django.utils import timezone

from gatepass.centre.notices.access import best_of, in_force, language_of, public_for
from gatepass.centre.notices.models import Edition, Kind, Notice
from gatepass.centre.sites.models import Gate
from gatepass.languages import LANGUAGES
from gatepass.wire.answers import MOST_ANSWERS, Answer, Answers, Finder, Said


def answers(now: datetime) -> Answers:
    """Everything that is public and in force, in all five languages (the own, or the next best)."""
    rows = Notice.objects.filter(in_force(now), kind=Kind.ANSWER).select_related("site")
    found = [one for row in rows.prefetch_related("editions").order_by("id") if (one := _answer(row))]
    return Answers(found, f"{settings.CONFIGURATION.address}{reverse('my_questions')}")


def find(words: str, sites: list[int], most: int = 5) -> list[Answer]:
    """What is public for people of these sites, the likeliest first. Whose end has come is found no more."""
    likely = _finder().find(words, MOST_ANSWERS)
    if not likely:
        return []
    seen = public_for(sites, timezone.now()).filter(kind=Kind.ANSWER, pk__in=[one.id for one in likely])
    shown = set(seen.values_list("pk", flat=True))
    return [one for one in likely if one.id in shown][:most]


def answers_by_id(ids: Iterable[int]) -> dict[int, Answer]:
    return {one: found for one in ids if (found := _finder().answers.get(one)) is not None}


def _answer(notice: Notice) -> Answer | None:
    public = {one.language: one for one in notice.editions.all() if one.ended_at is None}
    texts = {}
    for language in LANGUAGES:
        edition = best_of(public, language.lower(), notice.language)
        if edition is None:
            return None
        texts[language] = Said(language_of(edition.language), edition.title, edition.short, edition.body)
    ends = int(notice.ends_at.timestamp() * 1000) if notice.ends_at else 0
    return Answer(notice.pk, gates_of(notice.community_id, notice.site_id), texts, ends)


def gates_of(community: int | None, site: int | None) -> list[str] | None:
    """Ids of the gates of a place; None: of the whole town."""
    if site is None and community is None:
        return None
    gates = Gate.objects.filter(site=site) if site else Gate.objects.filter(site__community=community)
    return [str(pk) for pk in gates.order_by("pk").values_list("pk", flat=True)]


class _Held:
    """One finder a process, made anew when an edition has begun or ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version: tuple[object, ...] = ()
        self._finder = Finder(())

    def __call__(self) -> Finder:
        editions = Edition.objects.filter(notice__kind=Kind.ANSWER)
        version = tuple(editions.aggregate(Max("id"), Max("ended_at"), Count("id"), Count("ended_at")).values())
        with self._lock:
            if version != self._version:
                self._finder = Finder(answers(timezone.now()).answers)
                self._version = version
            return self._finder


_finder = _Held()
