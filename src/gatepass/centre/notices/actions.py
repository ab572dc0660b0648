"""The verbs of notices: `create`, `revise`, `translate`, `send_back`, `review`, `publish`, `withdraw`, `set_end`.

draft ──► waits for review ──► reviewed ──► public ──► out of date
  ▲              │ sent back       │            │
  └──────────────┴─────────────────┘            └► withdrawn

A text in one language (`Translation`) is worked on while the public goes on reading what was published (`Edition`).
Whoever reviews it is another person than who wrote it. When a source whose substance has changed becomes public, every
edition of an older source ends in the same transaction: on its page, on screens and in the list of posters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.notices.access import about
from gatepass.centre.notices.checks import check
from gatepass.centre.notices.models import (
    Broadcast,
    Change,
    Edition,
    Fallback,
    Kind,
    Notice,
    Revision,
    ScreensChanged,
    Showing,
    State,
    Told,
    TownTerm,
    Translation,
)
from gatepass.centre.notices.prose import printable
from gatepass.centre.notices.ready_made import ReadyMade, Text
from gatepass.centre.sending.actions import drop_queued
from gatepass.centre.sending.models import State as Sending
from gatepass.centre.sites.models import Community, Site
from gatepass.languages import LANGUAGES, Language

MOST_BODY: Final = 12_000


@dataclass(frozen=True, slots=True)
class Where:
    """Both empty: the whole town."""

    community: Community | None = None
    site: Site | None = None


def create(by: User | None, kind: str, language: str, where: Where, text: Text) -> Notice:
    """A notice with the first text in one language. RefusedError `notice_empty`, `notice_long`."""
    text = _clean(text)
    with transaction.atomic():
        return _create(by, kind, language, where, {language: text}, by)


def create_from(by: User | None, ready_made: ReadyMade, texts: Mapping[Language, Text], where: Where) -> Notice:
    """A finished text, filled in: all five languages wait for the town's reviewers."""
    said = {language.lower(): _clean(text) for language, text in texts.items()}
    with transaction.atomic():
        first = LANGUAGES[0].lower()
        return _create(by, ready_made.kind, first, where, said, None, ready_made.name)


def revise(by: User, notice: Notice, text: Text, change: Change) -> Revision:
    """The source anew. RefusedError `notice_empty`, `notice_long`, `notice_withdrawn`, `notice_same`."""
    text = _clean(text)
    now = timezone.now()
    with transaction.atomic():
        _is_open(notice)
        newest = notice.revisions.select_for_update().first()
        assert newest is not None
        if (newest.title, newest.short, newest.body) == (text.title, text.short, text.body):
            raise RefusedError("notice_same")
        revision = _revision(by, notice, newest.number + 1, text, change, now)
        source = notice.translations.get(language=notice.language)
        _write(source, revision, text, State.TRANSLATED, by, now)
        record(by, "notice:revise", about(notice), revision=revision.number, change=str(change))
    return revision


def translate(by: User, notice: Notice, language: str, text: Text, *, done: bool) -> Translation:
    """The text in one language, of the newest source; `done`: it may be reviewed. RefusedError `notice_…`."""
    text = _clean(text, complete=done)
    with transaction.atomic():
        _is_open(notice)
        newest = notice.revisions.first()
        assert newest is not None
        translation = notice.translations.filter(language=language).first()
        if translation is None:
            translation = Translation(notice=notice, language=language)
        state = State.TRANSLATED if done else State.DRAFT
        _write(translation, newest, text, state, by, timezone.now())
        record(by, "notice:translate", about(notice), language=language, revision=newest.number, done=done)
    return translation


def send_back(by: User, translation: Translation, words: str) -> None:
    """The reviewer wants something changed. RefusedError `notice_state`, `notice_needs_words`."""
    if not words.strip():
        raise RefusedError("notice_needs_words")
    with transaction.atomic():
        _moved(translation, State.TRANSLATED, State.DRAFT, reviewer=None, note=printable(words).strip()[:300])
        record(by, "notice:send_back", about(translation.notice), language=translation.language)


def review(by: User, translation: Translation, *, differences_seen: bool = False) -> None:
    """Somebody else has read it and found it good.

    RefusedError `notice_own`: whoever wrote it; `notice_state`; `notice_figures`: dates or figures differ from the
    source, and nobody said that they looked at them; `notice_behind`: the source has changed since.
    """
    with transaction.atomic():
        translation = (
            Translation.objects.select_for_update().select_related("notice", "revision").get(pk=translation.pk)
        )
        if translation.translator_id == by.pk:
            raise RefusedError("notice_own")
        if is_behind(translation):
            raise RefusedError("notice_behind")
        found = check(translation)
        if found.figures and not differences_seen:
            raise RefusedError("notice_figures", count=len(found.figures))
        _moved(translation, State.TRANSLATED, State.REVIEWED, reviewer=by, note="")
        record(
            by, "notice:review", about(translation.notice),
            language=translation.language, revision=translation.revision.number, differences=len(found.figures),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Published:
    languages: tuple[str, ...]
    withdrawn: tuple[str, ...]
    """Languages whose text is out of date since, and gone from everywhere."""


def publish(by: User, notice: Notice) -> Published:
    """Everything that is reviewed becomes public. RefusedError `notice_nothing`, `…_source_first`, `…_withdrawn`."""
    now = timezone.now()
    with transaction.atomic():
        _is_open(notice)
        ready = [one for one in notice.translations.select_related("revision") if one.state == State.REVIEWED]
        ready = [one for one in ready if not is_behind(one)]
        if not ready:
            raise RefusedError("notice_nothing")
        source = next((one for one in ready if one.language == notice.language), None)
        if source is None and not notice.editions.filter(language=notice.language, ended_at=None).exists():
            raise RefusedError("notice_source_first")
        if source is None:
            # A translation of what the public cannot read in the source yet would say something else than it.
            live = notice.editions.select_related("revision").get(language=notice.language, ended_at=None)
            ready = [one for one in ready if one.revision.number <= live.revision.number]
            if not ready:
                raise RefusedError("notice_source_first")
        for one in ready:
            _end(notice, now, Edition.Ended.REPLACED, one.language)
            Edition.objects.create(
                notice=notice, language=one.language, revision=one.revision, title=one.title, short=one.short,
                body=one.body, translator=one.translator, reviewer=one.reviewer, published_at=now, published_by=by,
            )  # fmt: skip
            Translation.objects.filter(pk=one.pk).update(state=State.PUBLISHED, changed_at=now)
        stale = _withdraw_stale(notice, now)
        _screens_changed(notice, now)
        said = tuple(one.language for one in ready)
        record(by, "notice:publish", about(notice), languages=list(said), withdrawn=list(stale))
    return Published(said, stale)


def withdraw(by: User, notice: Notice) -> None:
    """At once, in every language, from screens, pages and lists; broadcasts under way stop. It cannot be undone."""
    now = timezone.now()
    with transaction.atomic():
        if not Notice.objects.filter(pk=notice.pk, withdrawn_at=None).update(withdrawn_at=now, withdrawn_by=by):
            raise RefusedError("notice_withdrawn")
        _end(notice, now, Edition.Ended.WITHDRAWN)
        notice.translations.update(state=State.WITHDRAWN, changed_at=now)
        Showing.objects.filter(notice=notice, ended_at=None).update(ended_at=now)
        stop_broadcasts(Q(notice=notice), now)
        ScreensChanged.objects.create(at=now)
        record(by, "notice:withdraw", about(notice))


def stop_broadcasts(which: Q, now: datetime) -> int:
    """Those under way are cancelled, and messages that have not left are dropped; how many broadcasts."""
    running = Broadcast.objects.filter(which, state__in=(Broadcast.State.RUNNING, Broadcast.State.DONE))
    waiting = Told.objects.filter(broadcast__in=running, message__state=Sending.QUEUED)
    dropped = drop_queued(waiting.values_list("message", flat=True))
    stopped = running.filter(state=Broadcast.State.RUNNING).update(state=Broadcast.State.CANCELLED, ended_at=now)
    return stopped or dropped


def set_end(by: User, notice: Notice, ends_at: datetime | None) -> None:
    """From then on the public page says that it is over. RefusedError `notice_end`, `notice_withdrawn`."""
    if ends_at is not None and ends_at <= timezone.now():
        raise RefusedError("notice_end")
    with transaction.atomic():
        _is_open(notice)
        Notice.objects.filter(pk=notice.pk).update(ends_at=ends_at)
        ScreensChanged.objects.create(at=timezone.now())
        record(by, "notice:set_end", about(notice), ends_at=ends_at.isoformat() if ends_at else "")


def count_fallback(notice: Notice, wanted: str, told_in: str, place: str, times: int = 1) -> None:
    """Somebody was shown another language than theirs. One short write."""
    now = timezone.now()
    with transaction.atomic():
        row = Fallback.objects.filter(notice=notice, language=wanted, told_in=told_in, place=place)
        if not row.update(count=F("count") + times, last_at=now):
            Fallback.objects.create(
                notice=notice, language=wanted, told_in=told_in, place=place, count=times, last_at=now
            )


def set_term(by: User, words: Mapping[str, str], avoid: Mapping[str, list[str]], term: TownTerm | None = None) -> None:
    """A town's own word. RefusedError `notice_empty` where a language is missing."""
    said = {language: words.get(language, "").strip() for language in LANGUAGES}
    if not all(said.values()):
        raise RefusedError("notice_empty")
    with transaction.atomic():
        row = term or TownTerm()
        row.words, row.avoid = said, {key: list(value) for key, value in avoid.items() if value}
        row.changed_at, row.changed_by = timezone.now(), by
        row.save()
        record(by, "term:set", row)


def drop_term(by: User, term: TownTerm) -> None:
    with transaction.atomic():
        record(by, "term:drop", term)
        term.delete()


def is_behind(translation: Translation) -> bool:
    """Whether the substance of the source has changed since this text was made of it."""
    if translation.language == translation.notice.language:
        return translation.revision.number < _newest(translation.notice)
    later = translation.notice.revisions.filter(number__gt=translation.revision.number, change=Change.SUBSTANCE)
    return later.exists()


def _newest(notice: Notice) -> int:
    return int(notice.revisions.aggregate(newest=Max("number"))["newest"])


def _create(
    by: User | None, kind: str, language: str, where: Where, texts: Mapping[str, Text], translator: User | None,
    ready_made: str = "",
) -> Notice:  # fmt: skip
    now = timezone.now()
    notice = Notice.objects.create(
        kind=kind, language=language, community=where.community, site=where.site, ready_made=ready_made,
        created_at=now, created_by=by,
    )  # fmt: skip
    revision = _revision(by, notice, 1, texts[language], Change.SUBSTANCE, now)
    for code, text in texts.items():
        _write(Translation(notice=notice, language=code), revision, text, State.TRANSLATED, translator, now)
    record(by, "notice:create", about(notice), kind=kind, ready_made=ready_made)
    return notice


def _revision(by: User | None, notice: Notice, number: int, text: Text, change: Change, now: datetime) -> Revision:
    return Revision.objects.create(
        notice=notice, number=number, title=text.title, short=text.short, body=text.body, change=change, at=now, by=by
    )


def _write(row: Translation, revision: Revision, text: Text, state: State, by: User | None, now: datetime) -> None:
    row.revision, row.state, row.translator, row.reviewer, row.note = revision, state, by, None, ""
    row.title, row.short, row.body, row.changed_at = text.title, text.short, text.body, now
    row.save()


def _moved(row: Translation, old: State, new: State, **fields: object) -> None:
    """Compare and set. RefusedError `notice_state` where somebody was quicker."""
    found = Translation.objects.filter(pk=row.pk, state=old)
    if not found.update(state=new, changed_at=timezone.now(), **fields):
        raise RefusedError("notice_state")


def _end(notice: Notice, now: datetime, why: str, *languages: str) -> None:
    rows = notice.editions.filter(ended_at=None)
    if languages:
        rows = rows.filter(language__in=languages)
    rows.update(ended_at=now, ended_for=why)


def _withdraw_stale(notice: Notice, now: datetime) -> tuple[str, ...]:
    """Editions of a source from before the last change of substance that is public end; which languages those are."""
    live = notice.editions.select_related("revision").get(language=notice.language, ended_at=None)
    changed = notice.revisions.filter(number__lte=live.revision.number, change=Change.SUBSTANCE)
    since = changed.aggregate(last=Max("number"))["last"] or 0
    stale = notice.editions.filter(ended_at=None, revision__number__lt=since)
    languages = tuple(stale.order_by("id").values_list("language", flat=True))
    stale.update(ended_at=now, ended_for=Edition.Ended.STALE)
    notice.translations.filter(language__in=languages, state=State.PUBLISHED).update(state=State.STALE, changed_at=now)
    return languages


def _screens_changed(notice: Notice, now: datetime) -> None:
    shown = Showing.objects.filter(notice=notice, ended_at=None, ends_at__gt=now).exists()
    if shown or notice.kind == Kind.ANSWER:
        ScreensChanged.objects.create(at=now)


def _is_open(notice: Notice) -> None:
    if Notice.objects.filter(pk=notice.pk, withdrawn_at__isnull=False).exists():
        raise RefusedError("notice_withdrawn")


def _clean(text: Text, *, complete: bool = True) -> Text:
    title = " ".join(printable(text.title).split())
    short = " ".join(printable(text.short).split())
    body = printable(text.body).strip()
    if complete and not (title and short and body):
        raise RefusedError("notice_empty")
    if len(title) > 120 or len(short) > 300 or len(body) > MOST_BODY:
        raise RefusedError("notice_long")
    return Text(title, short, body)
