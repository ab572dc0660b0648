"""What the idle screens of gates show: from the verbs here into the update repository, and from there to every gate.

One small signed file for all gates (`gatepass.wire.screens`). A gate shows what names it, or names no gate, and stops
by its own clock when the time is over, with or without a network.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.notices.access import about, best_of, language_of, public_editions
from gatepass.centre.notices.actions import Where, count_fallback
from gatepass.centre.notices.answers import answers, gates_of
from gatepass.centre.notices.models import Notice, ScreensChanged, Showing, Shown
from gatepass.directory.publishing import Publisher
from gatepass.languages import LANGUAGES
from gatepass.wire.answers import ANSWERS_FILE
from gatepass.wire.screens import SCREENS_FILE, ScreenNotice, Screens

LONGEST: Final = timedelta(days=60)
"""Nothing stands on a screen for ever: whoever wants it longer says so again."""
MOST: Final = 5
"""Notices of one gate at a time; more than that nobody reads while walking up."""


def show(by: User, notice: Notice, where: Where, begins_at: datetime, ends_at: datetime) -> Showing:
    """RefusedError `notice_end`, `notice_not_public`, `screen_full`."""
    now = timezone.now()
    if not now < ends_at <= max(now, begins_at) + LONGEST or begins_at >= ends_at:
        raise RefusedError("notice_end")
    with transaction.atomic():
        if notice.withdrawn_at or not notice.editions.filter(ended_at=None).exists():
            raise RefusedError("notice_not_public")
        there = Showing.objects.filter(_meets(where), ended_at=None, ends_at__gt=begins_at, begins_at__lt=ends_at)
        if there.exclude(notice=notice).count() >= MOST:
            raise RefusedError("screen_full", most=MOST)
        there.filter(notice=notice, community=where.community, site=where.site).update(ended_at=now)
        showing = Showing.objects.create(
            notice=notice, community=where.community, site=where.site, begins_at=begins_at, ends_at=ends_at, by=by
        )
        ScreensChanged.objects.create(at=now)
        for code, told_in in _fallbacks(notice):
            count_fallback(notice, code, told_in, Shown.SCREEN)
        record(by, "notice:show", about(notice), showing=showing.pk, ends_at=ends_at.isoformat())
    return showing


def take_down(by: User, showing: Showing) -> None:
    """From all its screens, within seconds."""
    now = timezone.now()
    with transaction.atomic():
        if Showing.objects.filter(pk=showing.pk, ended_at=None).update(ended_at=now):
            ScreensChanged.objects.create(at=now)
            record(by, "notice:take_down", about(showing.notice), showing=showing.pk)


def publish_screens(publisher: Publisher) -> bool:
    """What waits in the outbox, as two files: screens, and answers. Whether something was published. Called by the one
    publication.
    """
    newest = ScreensChanged.objects.order_by("-id").values_list("id", flat=True).first()
    if newest is None:
        return False
    now = timezone.now()
    changed = False
    files = {SCREENS_FILE: screens(now).encode()}
    said = answers(now)
    if said.answers or publisher.file(ANSWERS_FILE) is not None:
        files[ANSWERS_FILE] = said.encode()
    for name, content in files.items():
        if publisher.file(name) != content:
            publisher.publish_file(name, content)
            changed = True
    ScreensChanged.objects.filter(id__lte=newest).delete()
    return changed


def screens(now: datetime) -> Screens:
    """What holds now, or will: in the order in which it was put up."""
    rows = Showing.objects.filter(ended_at=None, ends_at__gt=now, notice__withdrawn_at=None)
    shown = []
    for row in rows.select_related("notice").order_by("id"):
        editions = public_editions(row.notice)
        ends_at = min(filter(None, (row.ends_at, row.notice.ends_at)))
        if not editions or ends_at <= now:
            continue
        texts = {}
        for language in LANGUAGES:
            edition = best_of(editions, language.lower(), row.notice.language)
            assert edition is not None
            texts[language] = (language_of(edition.language), edition.short)
        shown.append(
            ScreenNotice(
                id=row.pk,
                begins=_ms(row.begins_at),
                ends=_ms(ends_at),
                gates=gates_of(row.community_id, row.site_id),
                texts=texts,
            )
        )
    return Screens(shown)


def _fallbacks(notice: Notice) -> list[tuple[str, str]]:
    editions = public_editions(notice)
    found = []
    for language in LANGUAGES:
        edition = best_of(editions, language.lower(), notice.language)
        if edition is not None and edition.language != language.lower():
            found.append((language.lower(), edition.language))
    return found


def _meets(where: Where) -> Q:
    """Showings at one gate at least of these."""
    if where.site:
        return Q(site=where.site) | Q(community=where.site.community_id) | Q(site=None, community=None)
    if where.community:
        return Q(site__community=where.community) | Q(community=where.community) | Q(site=None, community=None)
    return Q()


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
