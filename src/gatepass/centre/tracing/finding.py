"""The verbs that find contacts: count those of the index persons, trace on from one of them.

1. Where was the person? (`PassageLog.visits_of`, at the gates of the case)
2. Who else passed there within N minutes? (`neighbours`) Sightings are gathered into people: a resident with three
   documents is one, a stranger is a key.
3. Who belongs to them without a gate? (`links`)
4. How near? (`scoring`) Each pair becomes one `Link` per kind; whoever is on the list keeps code, notes and state.

What is stored has no names. It is counted first; a list there is only once somebody has counted. All that is reckoned
is reckoned outside of any transaction: the centre's database has one writer at a time, and colours wait for it too.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.passages.log import Encounter, PassageLog
from gatepass.centre.passages.storage import passage_log
from gatepass.centre.people.models import Resident
from gatepass.centre.tracing.access import gates_of, open_now
from gatepass.centre.tracing.codes import fresh_codes
from gatepass.centre.tracing.links import ties
from gatepass.centre.tracing.models import Case, Contact, Link
from gatepass.centre.tracing.scoring import score
from gatepass.centre.tracing.sightings import MINUTE, encounters, holders_of, keys_of, visits, window_of

MOST: Final = 2_000
"""Of each person who is traced, so many contacts at most are kept, the nearest ones: nobody works through more."""
MOST_STEPS: Final = 4
_BATCH = 500

Who = tuple[int | None, bytes | None]
"""A resident, or the key of somebody whom the registry does not know."""


@dataclass(frozen=True, slots=True)
class _Found:
    """One person near another, by one kind of link."""

    who: Who
    kind: Contact.Kind
    score: float
    why: dict[str, Any]
    met: tuple[int, ...]
    """ms of each meeting; empty where no gate tells."""


@dataclass(frozen=True, slots=True)
class Traced:
    """What was found around one person."""

    origin: Contact
    everybody: frozenset[Who] = field(repr=False)
    nearest: list[_Found] = field(repr=False)
    """Of at most `MOST` people."""
    within: int
    """ms before and after a visit."""


def count_contacts(by: User, case: Case, log: PassageLog | None = None) -> int:
    """How many people there are near the index persons. The list itself is another question.

    Counted again, what arrived meanwhile is added. RefusedError `case_not_open`.
    """
    open_now(case)
    log = log or passage_log()
    index = list(Contact.objects.filter(case=case, step=0))
    traces = [_traced(case, origin, None, log) for origin in index]
    total = {who for trace in traces for who in trace.everybody} - {_who(one) for one in index}
    within = min(trace.within for trace in traces) if traces else case.margin * MINUTE
    narrowed = None if within == case.margin * MINUTE else max(1, within // 1000)
    with transaction.atomic():
        open_now(Case.objects.get(pk=case.pk))  # it may have been closed meanwhile
        for trace in traces:
            _keep(case, trace)
        counted = {"candidates": len(total), "counted_at": timezone.now(), "narrowed_to_s": narrowed}
        Case.objects.filter(pk=case.pk).update(**counted)
        record(by, "case:count", case, candidates=len(total), **({"narrowed_to_s": narrowed} if narrowed else {}))
    case.refresh_from_db()
    return len(total)


def trace_on(by: User, contact: Contact, log: PassageLog | None = None) -> Traced:
    """Whom a contact met after having met the one before: one step further.

    RefusedError `case_not_open`, `trace_too_far`.
    """
    case = open_now(contact.case)
    if contact.step + 1 > MOST_STEPS:
        raise RefusedError("trace_too_far", most=MOST_STEPS)
    trace = _traced(case, contact, contact.first_met, log or passage_log())
    with transaction.atomic():
        open_now(Case.objects.get(pk=case.pk))
        _keep(case, trace)
        about = contact.resident or contact
        record(by, "contact:trace_on", about, case=case.pk, contact=contact.code, found=len(trace.everybody))
    return trace


def _traced(case: Case, origin: Contact, since: datetime | None, log: PassageLog) -> Traced:
    """Everybody near `origin`; nothing is written."""
    at_gates, within = _at_gates(case, origin, since, log)
    # Whoever led here was near as well; that is known, and a chain does not run back.
    behind = {_who(link.source) for link in Link.objects.filter(target=origin).select_related("source")}
    away = behind | {_who(origin)}
    found = [one for one in (*at_gates, *_by_ties(case, origin)) if one.who not in away]
    ranked = sorted(found, key=lambda one: (one.kind, -one.score))
    kept: dict[Who, None] = {}
    for one in ranked:
        if one.who in kept or len(kept) < MOST:
            kept[one.who] = None
    nearest = [one for one in ranked if one.who in kept]
    return Traced(origin, frozenset(one.who for one in found), nearest, within)


def _at_gates(case: Case, origin: Contact, since: datetime | None, log: PassageLog) -> tuple[list[_Found], int]:
    """Also within how many ms was looked (`sightings.Near`)."""
    seen = visits(log, origin, *window_of(case, since), gates_of(case))
    own = keys_of(origin)
    around = encounters(log, seen, case.margin * MINUTE)
    within = around.within
    near = [(one, others) for one, others in around.encounters if one.other not in own]
    holders = holders_of({one.other for one, _others in near})
    by_person: dict[Who, list[tuple[Encounter, int]]] = defaultdict(list)
    for one, others in near:
        resident = holders.of(one.other, one.other_at)
        by_person[resident, None if resident is not None else one.other].append((one, others))
    found = []
    for who, met in by_person.items():
        scored = score(met, within)
        times = tuple(one.at for one in scored.occasions)
        found.append(_Found(who, Contact.Kind.GATE, scored.total, scored.why, times))
    return found, within


def _by_ties(case: Case, origin: Contact) -> list[_Found]:
    if origin.resident_id is None:
        return []
    halves = [origin.resident_id, *Resident.objects.filter(merged_into=origin.resident_id).values_list("pk", flat=True)]
    tied = ties(halves, case.since, case.until)
    rows = Resident.objects.filter(pk__in=[tie.target for tie in tied])
    merged = dict(rows.values_list("pk", "merged_into"))
    return [
        _Found((merged[tie.target] or tie.target, None), tie.kind, 0.0, tie.why, ())
        for tie in tied
        if tie.target in merged and tie.target not in halves
    ]


def _keep(case: Case, trace: Traced) -> None:
    """Rows for the nearest: new people get a code, people who are there keep theirs. Inside a transaction."""
    origin, found = trace.origin, trace.nearest
    there = {_who(one): one for one in Contact.objects.filter(case=case)}
    before = {one.pk: _place(one) for one in there.values()}
    fresh: dict[Who, Contact] = {}
    codes = iter(fresh_codes(case, len({one.who for one in found} - there.keys())))
    changed: dict[int, Contact] = {}
    for one in found:
        contact = there.get(one.who) or fresh.get(one.who)
        if contact is None:
            resident, key = one.who
            contact = fresh[one.who] = Contact(
                case=case, code=next(codes), step=origin.step + 1, resident_id=resident, person_key=key, kind=one.kind
            )
        elif contact.pk:
            changed[contact.pk] = contact
        if contact.step > 0:
            _nearer(contact, one, origin.step + 1)
    Contact.objects.bulk_create(fresh.values(), batch_size=_BATCH)
    for contact in changed.values():
        # One by one: a bulk update of a thousand rows takes seconds, and counted again hardly anybody has moved.
        if _place(contact) != before[contact.pk]:
            Contact.objects.filter(pk=contact.pk).update(**_place(contact))
    people = there | fresh
    links = [
        Link(case=case, source=origin, target=people[one.who], kind=one.kind, score=one.score, why=one.why)
        for one in found
    ]
    Link.objects.bulk_create(
        links, batch_size=_BATCH, update_conflicts=True, unique_fields=["source", "target", "kind"],
        update_fields=["score", "why"],
    )  # fmt: skip


def _place(contact: Contact) -> dict[str, Any]:
    """Where somebody stands in the list."""
    return {field: getattr(contact, field) for field in ("step", "kind", "score", "first_met", "last_met")}


def _nearer(contact: Contact, one: _Found, step: int) -> None:
    """The strongest link places somebody on the list, and the shortest way to an index person."""
    contact.step = min(contact.step, step)
    contact.kind = min(contact.kind, one.kind)
    contact.score = max(contact.score, one.score)
    if one.met:
        first, last = (datetime.fromtimestamp(moment / 1000, UTC) for moment in (min(one.met), max(one.met)))
        contact.first_met = min(contact.first_met or first, first)
        contact.last_met = max(contact.last_met or last, last)


def _who(contact: Contact) -> Who:
    return contact.resident_id, bytes(contact.person_key) if contact.person_key is not None else None
