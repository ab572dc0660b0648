"""A notice as a text message or mail to everybody of a group, each in their own language, by their own channel.

`begin` counts the group; the worker looks at some hundred people at a time (`send_piece`): the cursor moves in the same
transaction in which the messages are queued, so that a crash at any point leaves nobody out and tells nobody twice.
People of one household with one telephone get one message. `cancel` stops it, and what has not left yet goes as well.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.contacts import Contact
from gatepass.centre.audit.actions import record
from gatepass.centre.employers.models import Colleague, Company
from gatepass.centre.errors import RefusedError
from gatepass.centre.notices.access import about, best_of, public_editions
from gatepass.centre.notices.actions import count_fallback, stop_broadcasts
from gatepass.centre.notices.lengths import sms_segments
from gatepass.centre.notices.models import Broadcast, Building, Edition, Notice, Shown, Told
from gatepass.centre.people.models import Resident
from gatepass.centre.phone.reaching import ways_to
from gatepass.centre.sending.actions import queue
from gatepass.centre.sites.models import Community, Site

PIECE: Final = 200
"""People in one transaction: some tenths of a second in which nobody else writes."""

State = Broadcast.State


@dataclass(frozen=True, slots=True)
class Group:
    """Exactly one of the four, or none: the whole town."""

    community: Community | None = None
    site: Site | None = None
    building: Building | None = None
    company: Company | None = None
    language: str = ""

    def residents(self) -> QuerySet[Resident]:
        found = Resident.objects.filter(merged_into__isnull=True)
        if self.company:
            there = Colleague.objects.filter(company=self.company, until=None, resident__isnull=False)
            found = found.filter(pk__in=there.values("resident"))
        elif self.building:
            found = found.filter(room__in=self.building.subtree)
        elif self.site:
            found = found.filter(site=self.site)
        elif self.community:
            found = found.filter(site__community=self.community)
        return found.filter(language=self.language) if self.language else found


@dataclass(frozen=True, slots=True)
class Preview:
    """What a broadcast would be, in one language of the people."""

    language: str
    people: int
    told_in: str
    segments: int

    @property
    def language_name(self) -> str:
        return dict(settings.LANGUAGES).get(self.language, self.language)

    @property
    def told_in_name(self) -> str:
        return dict(settings.LANGUAGES)[self.told_in]

    @property
    def falls_back(self) -> bool:
        return self.language != self.told_in


def preview(notice: Notice, group: Group) -> list[Preview]:
    """People by the language that they prefer, and in which they would be told. RefusedError `notice_not_public`."""
    editions = _editions(notice)
    rows = group.residents().order_by().values_list("language").annotate(people=Count("pk"))
    found = []
    for language, people in sorted(rows, key=lambda row: -row[1]):
        edition = best_of(editions, language, notice.language)
        assert edition is not None
        found.append(Preview(language, people, edition.language, sms_segments(text_of(edition))))
    return found


def begin(by: User, notice: Notice, group: Group) -> Broadcast:
    """RefusedError `notice_not_public`, `broadcast_nobody`, `broadcast_runs` (one to the same group is under way)."""
    _editions(notice)
    total = group.residents().count()
    if not total:
        raise RefusedError("broadcast_nobody")
    where = {
        "community": group.community, "site": group.site, "building": group.building, "company": group.company,
        "language": group.language,
    }  # fmt: skip
    with transaction.atomic():
        if Broadcast.objects.filter(notice=notice, state=State.RUNNING, **where).exists():
            raise RefusedError("broadcast_runs")
        broadcast = Broadcast.objects.create(notice=notice, total=total, begun_at=timezone.now(), begun_by=by, **where)
        record(by, "notice:broadcast", about(notice), broadcast=broadcast.pk, people=total)
    return broadcast


def cancel(by: User, broadcast: Broadcast) -> None:
    """Nothing more is queued, and what waits to be sent is dropped. RefusedError `broadcast_over`."""
    with transaction.atomic():
        if not stop_broadcasts(Q(pk=broadcast.pk), timezone.now()):
            raise RefusedError("broadcast_over")
        record(by, "notice:cancel_broadcast", about(broadcast.notice), broadcast=broadcast.pk)


def send_piece() -> bool:
    """The next people of the oldest broadcast; False where there is none."""
    broadcast = Broadcast.objects.filter(state=State.RUNNING).select_related("notice").order_by("pk").first()
    if broadcast is None:
        return False
    group = Group(broadcast.community, broadcast.site, broadcast.building, broadcast.company, broadcast.language)
    people = list(group.residents().filter(pk__gt=broadcast.cursor).order_by("pk")[:PIECE])
    editions = public_editions(broadcast.notice)
    if not people or not editions:
        _finish(broadcast)
        return True
    ways = ways_to(people)
    fell_back: Counter[tuple[str, str]] = Counter()
    with transaction.atomic():
        mine = Broadcast.objects.filter(pk=broadcast.pk, state=State.RUNNING, cursor=broadcast.cursor)
        if not mine.update(cursor=people[-1].pk, looked_at=F("looked_at") + len(people)):
            return True  # cancelled, or another process was quicker
        hashes = {
            contact.hashed: (contact, way.language)
            for each in ways.values()
            for way in each
            for contact in [Contact(way.channel, way.address)]
        }
        known = {
            bytes(each)
            for each in Told.objects.filter(broadcast=broadcast, contact_hash__in=hashes).values_list(
                "contact_hash", flat=True
            )
        }
        for hashed, (contact, language) in hashes.items():
            if hashed in known:
                continue
            edition = best_of(editions, language, broadcast.notice.language)
            assert edition is not None
            message = queue(
                contact.channel, contact.address, kind="notice", language=edition.language,
                subject=edition.title[:120], text=text_of(edition), not_after=broadcast.notice.ends_at,
            )  # fmt: skip
            Told.objects.create(broadcast=broadcast, contact_hash=hashed, message=message)
            if edition.language != language:
                fell_back[language, edition.language] += 1
        Broadcast.objects.filter(pk=broadcast.pk).update(
            queued=F("queued") + len(hashes) - len(known),
            unreached=F("unreached") + sum(one.pk not in ways for one in people),
        )
        for (language, told_in), times in fell_back.items():
            count_fallback(broadcast.notice, language, told_in, Shown.MESSAGE, times)
    return True


def sent(broadcast: Broadcast) -> dict[str, int]:
    """State of its messages -> how many; messages are forgotten two weeks after they left."""
    rows = Told.objects.filter(broadcast=broadcast, message__isnull=False).values_list("message__state")
    return dict(rows.annotate(count=Count("pk")))


def text_of(edition: Edition) -> str:
    """As it is sent: who says it, what, and where the whole text is."""
    address = f"{settings.CONFIGURATION.address}/n/{edition.notice.code}/"
    return f"{settings.CONFIGURATION.town}: {edition.short} {address}"


def _editions(notice: Notice) -> dict[str, Edition]:
    editions = {} if notice.withdrawn_at else public_editions(notice)
    if not editions:
        raise RefusedError("notice_not_public")
    return editions


def _finish(broadcast: Broadcast) -> None:
    with transaction.atomic():
        running = Broadcast.objects.filter(pk=broadcast.pk, state=State.RUNNING)
        if running.update(state=State.DONE, ended_at=timezone.now()):
            record(None, "notice:broadcast_done", about(broadcast.notice), broadcast=broadcast.pk)
