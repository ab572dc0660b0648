"""Everybody is judged, in spans of residents: by two processes where there are many, with progress, until cancelled.

The judging processes read and compute; only this one writes, a span at a time, so that no transaction is longer than
a fraction of a second and everybody else can write in between. What was judged from facts or a code that have changed
meanwhile is not written: those residents are looked at again by themselves (`facts.models.Standing`).
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from gatepass.centre.codes.actions import follow_policy
from gatepass.centre.codes.decided import Decided
from gatepass.centre.codes.models import Code
from gatepass.centre.facts.actions import queue
from gatepass.centre.facts.models import Standing
from gatepass.centre.people.models import Resident
from gatepass.centre.policies.crew import set_up
from gatepass.centre.policies.in_force import Rulebook
from gatepass.centre.policies.judging import Bench
from gatepass.centre.policies.reports import Report

SPAN: Final = 4000
"""Residents judged at a time: 0.2 s of reading and computing, and as much of writing if all change."""
FEW: Final = 20_000
"""Up to so many, starting other processes takes longer than the work."""
PROCESSES: Final = 2


@dataclass(frozen=True, slots=True)
class Span:
    """Residents with keys first..last, inclusive, of one site or of all, as the rules are at a moment."""

    rules: Rulebook
    at: datetime
    site: int | None
    first: int
    last: int
    keep: bool
    """Whether the decisions are wanted, or the report only."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a span has come to."""

    report: Report
    decided: tuple[Decided, ...]


class CancelledError(Exception):
    """Somebody has asked to stop; what is written stays."""


def judge_span(span: Span) -> Found:
    """Runs in any process that has Django."""
    among = Q(pk__gte=span.first, pk__lte=span.last)
    if span.site is not None:
        among &= Q(site=span.site)
    report, decided = Report(), []
    for judgement in _bench(span).judge(among):
        report.note(judgement)
        if span.keep and judgement.moves:
            decided.append(judgement.decided())
    return Found(report, tuple(decided))


_last_bench: tuple[tuple[int, datetime], Bench] | None = None


def _bench(span: Span) -> Bench:
    """One for all spans of a run: policies are read once in each process."""
    global _last_bench  # noqa: PLW0603 - a process judges for one run at a time
    key = hash((tuple(sorted(span.rules.source.items())), str(span.rules.version_of), str(span.rules.zone_of))), span.at
    if _last_bench is None or _last_bench[0] != key:
        _last_bench = key, Bench(span.rules, span.at)
    return _last_bench[1]


def judge_everybody(
    rules: Rulebook,
    at: datetime,
    *,
    site: int | None,
    write: bool,
    about: str = "code:many",
    progress: Callable[[int, int, Report], None] = lambda _done, _total, _report: None,
) -> Report:
    """All residents, or those of one site. `progress(done, total, report)` is told after each span, and may raise
    CancelledError. With `write`, colours, history, audit and outbox follow span by span."""
    people = Resident.objects.filter(merged_into__isnull=True)
    if site is not None:
        people = people.filter(site=site)
    total, done = people.count(), 0
    report = Report()
    progress(0, total, report)
    for found, size in _judged(_spans(rules, at, site, people, write), total):
        if write:
            _write(found, about)
        done += size
        report.add(found.report)
        progress(min(done, total), total, report)
    return report


def _spans(
    rules: Rulebook, at: datetime, site: int | None, people: QuerySet[Resident], keep: bool
) -> Iterator[tuple[Span, int]]:
    """Spans with about as many residents each, and how many. Page by page: others write between two of them."""
    last = 0
    while True:
        keys = list(people.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:SPAN])
        if not keys:
            return
        last = keys[-1]
        yield Span(rules, at, site, keys[0], last, keep), len(keys)


def _judged(spans: Iterator[tuple[Span, int]], total: int) -> Iterator[tuple[Found, int]]:
    if total <= FEW or connection.in_atomic_block:  # inside a transaction, others would not see what it has written
        for span, size in spans:
            yield judge_span(span), size
        return
    # Fresh processes: a copy of a server with its threads and open files would be no good judge.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(PROCESSES, os.cpu_count() or 1), context, initializer=set_up) as pool:
        running: dict[Future[Found], int] = {}
        try:
            for span, size in spans:
                running[pool.submit(judge_span, span)] = size
                if len(running) > 2 * PROCESSES:
                    yield from _finished(running)
            while running:
                yield from _finished(running)
        finally:
            for future in running:
                future.cancel()


def _finished(running: dict[Future[Found], int]) -> Iterator[tuple[Found, int]]:
    done, _rest = wait(running, return_when=FIRST_COMPLETED)
    for future in done:
        size = running.pop(future)
        yield future.result(), size


def _write(found: Found, about: str) -> None:
    """What a span has decided, but for those about whom something has changed since it was read."""
    if not found.decided:
        return
    now = timezone.now()
    with transaction.atomic():
        stale = _changed_since(found.decided)
        follow_policy([each for each in found.decided if each.resident not in stale], now, about)
        queue(stale, now)


def _changed_since(decided: Sequence[Decided]) -> set[int]:
    """Residents whose code or facts are no longer those that were judged."""
    span = Q(resident__gte=decided[0].resident, resident__lte=decided[-1].resident)
    codes = dict(Code.objects.filter(span).values_list("resident_id", "since"))
    facts = dict(Standing.objects.filter(span).values_list("resident_id", "changed_at"))
    return {
        each.resident
        for each in decided
        if (codes.get(each.resident), facts.get(each.resident)) != (each.code_since, each.facts_since)
    }
