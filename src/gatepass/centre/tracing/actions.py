"""The verbs of a case: open it, confirm or refuse it, ask for more time, close it; and what the clock does.

Two people: nobody confirms a case that they opened, nor grants more time that they asked for. Each move is a
compare-and-set on the state, so that of two people who press at once one is refused, and the audit has one entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.two_people import require_second
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.access import key_of
from gatepass.centre.people.actions import holder_of, refusal_for
from gatepass.centre.people.protection.access import hidden_from
from gatepass.centre.sites.models import Community
from gatepass.centre.tracing.codes import fresh_codes
from gatepass.centre.tracing.models import Case, Contact, Extension
from gatepass.centre.tracing.words import BASES
from gatepass.identity import Document

LONGEST: Final = timedelta(days=28)
"""A case stands so long at most before it must be extended; an extension adds no more than that."""
LONGEST_WINDOW: Final = timedelta(days=42)
MARGINS: Final = (1, 60)
MOST_INDEX_PERSONS: Final = 3

State = Case.State


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What somebody wants to look at, and why. Times carry a zone."""

    reason: str
    legal_basis: str
    since: datetime
    until: datetime
    expires_at: datetime
    margin: int = 10
    community: Community | None = None


def open_case(by: User, facts: CaseFacts, persons: Sequence[Document]) -> Case:
    """A proposal: nothing can be read until a second tracer has confirmed it.

    RefusedError `case_facts` with the `field` that is not right.
    """
    now = timezone.now()
    wrong = _wrong(facts, persons, now)
    if wrong:
        raise RefusedError("case_facts", field=wrong)
    with transaction.atomic():
        case = Case.objects.create(
            community=facts.community, reason=facts.reason.strip(), legal_basis=facts.legal_basis, since=facts.since,
            until=facts.until, margin=facts.margin, expires_at=facts.expires_at, opened_by=by, opened_at=now,
        )  # fmt: skip
        codes = fresh_codes(case, len(persons))
        there: set[tuple[int | None, bytes | None]] = set()
        for document, code in zip(persons, codes, strict=True):
            resident, key = _who(by, document)
            if (resident, key) not in there:
                there.add((resident, key))
                Contact.objects.create(
                    case=case, code=code, step=0, kind=Contact.Kind.INDEX, resident_id=resident, person_key=key,
                    number=document.number[-4:],
                )  # fmt: skip
        record(
            by, "case:open", case, legal_basis=facts.legal_basis, community=case.community_id, persons=len(there),
            since=_day(facts.since), until=_day(facts.until), margin=facts.margin, expires=_day(facts.expires_at),
        )  # fmt: skip
    return case


def _wrong(facts: CaseFacts, persons: Sequence[Document], now: datetime) -> str:
    if not facts.reason.strip():
        return "reason"
    if facts.legal_basis not in BASES:
        return "legal_basis"
    if not facts.since < facts.until <= facts.since + LONGEST_WINDOW:
        return "until"
    if not now < facts.expires_at <= now + LONGEST:
        return "expires_at"
    if not MARGINS[0] <= facts.margin <= MARGINS[1]:
        return "margin"
    return "" if 1 <= len(persons) <= MOST_INDEX_PERSONS else "persons"


def _who(by: User, document: Document) -> tuple[int | None, bytes | None]:
    """The resident, or the key alone. Of somebody protected, to all but their named staff, the key alone."""
    key = key_of(document)
    holder = holder_of([key])
    if holder is None:
        return None, key
    if hidden_from(by).filter(resident=holder).exists():
        refusal_for(by, holder)  # that the number was tried is on record for the named staff
        return None, key
    return (holder.merged_into_id or holder.pk), None


def confirm_case(by: User, case: Case) -> None:
    """The second person's yes. RefusedError `case_own`, `case_not_now`."""
    require_second(by, case.opened_by_id, "case")
    now = timezone.now()
    with transaction.atomic():
        _moved(case, State.PROPOSED, State.OPEN, now, confirmed_by=by, confirmed_at=now)
        record(by, "case:confirm", case, legal_basis=case.legal_basis)


def refuse_case(by: User, case: Case) -> None:
    """The second person's no, or the first one takes the proposal back."""
    now = timezone.now()
    with transaction.atomic():
        _moved(case, State.PROPOSED, State.REFUSED, now, confirmed_by=by, confirmed_at=now, closed_at=now)
        record(by, "case:refuse", case)


def close_case(by: User, case: Case) -> None:
    """Before its time. What it found can be read no more, from this moment on."""
    now = timezone.now()
    with transaction.atomic():
        _moved(case, State.OPEN, State.CLOSED, now, closed_at=now, closed_by=by, ending=Case.Ending.BY_HAND)
        record(by, "case:close", case)


def ask_for_extension(by: User, case: Case, until: datetime, reason: str) -> Extension:
    """RefusedError `case_not_now`, `extension_waits`, `case_facts` (`field`)."""
    now = timezone.now()
    if not reason.strip():
        raise RefusedError("case_facts", field="reason")
    if not case.expires_at < until <= now + LONGEST:
        raise RefusedError("case_facts", field="expires_at")
    with transaction.atomic():
        fresh = Case.objects.select_for_update().get(pk=case.pk)
        if not fresh.is_open_at(now):
            raise RefusedError("case_not_now")
        if fresh.extensions.filter(state=Extension.State.ASKED).exists():
            raise RefusedError("extension_waits")
        extension = Extension.objects.create(case=fresh, until=until, reason=reason.strip(), asked_by=by, asked_at=now)
        record(by, "case:ask_for_extension", case, until=_day(until))
    return extension


def grant_extension(by: User, extension: Extension) -> None:
    """RefusedError `case_own`, `case_not_now`: a case that has run out meanwhile stays closed."""
    require_second(by, extension.asked_by_id, "extension")
    now = timezone.now()
    with transaction.atomic():
        _answered(extension, Extension.State.GRANTED, by, now)
        open_one = Case.objects.filter(pk=extension.case_id, state=State.OPEN, expires_at__gt=now)
        if not open_one.update(expires_at=extension.until):
            raise RefusedError("case_not_now")
        record(by, "case:extend", extension.case, until=_day(extension.until))


def refuse_extension(by: User, extension: Extension) -> None:
    with transaction.atomic():
        _answered(extension, Extension.State.REFUSED, by, timezone.now())
        record(by, "case:refuse_extension", extension.case)


def close_expired(now: datetime) -> int:
    """What the clock has closed is written down; how many. That it cannot be read does not wait for this."""
    closed = 0
    for case in Case.objects.filter(state__in=[State.OPEN, State.PROPOSED], expires_at__lte=now):
        ended: dict[str, Any] = {"closed_at": now, "ending": Case.Ending.EXPIRED}
        with transaction.atomic():
            moved = Case.objects.filter(pk=case.pk, state=case.state, expires_at__lte=now)
            if moved.update(state=State.CLOSED, **ended):
                record(None, "case:expire", case)
                closed += 1
    return closed


def _moved(case: Case, old: State, new: State, now: datetime, **fields: Any) -> None:
    """RefusedError `case_not_now` where somebody, or the clock, was quicker."""
    unchanged = Case.objects.filter(pk=case.pk, state=old, expires_at__gt=now)
    if not unchanged.update(state=new, **fields):
        raise RefusedError("case_not_now")
    case.refresh_from_db()


def _answered(extension: Extension, state: Extension.State, by: User, now: datetime) -> None:
    waiting = Extension.objects.filter(pk=extension.pk, state=Extension.State.ASKED)
    if not waiting.update(state=state, answered_by=by, answered_at=now):
        raise RefusedError("case_not_now")


def _day(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")
