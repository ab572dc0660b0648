"""The verbs of the contact list: what was done about somebody, who looks after them, and giving them to a colleague."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.tracing.access import colleagues, hidden, open_now
from gatepass.centre.tracing.models import Case, Contact, HandOver, Reveal, Work
from gatepass.centre.tracing.reveals import tell

What = Work.What
STAMPS: Final[dict[str, str]] = {
    What.REACHED: "reached_at",
    What.INFORMED: "informed_at",
    What.TESTED: "tested_at",
    What.QUARANTINED: "quarantined_at",
}
"""What of the work stands in the list as done."""
HAND_OVER: Final = "hand_over"
"""Why a name is known to somebody who took a contact over."""


def note_work(by: User, contact: Contact, what: str, note: str = "") -> None:
    """Adds a line; whoever works on somebody who is nobody's looks after them from now on.

    RefusedError `case_not_open`, `work_needs_words` for a note without words.
    """
    open_now(contact.case)
    if what == What.NOTE and not note.strip():
        raise RefusedError("work_needs_words")
    now = timezone.now()
    with transaction.atomic():
        fresh = Contact.objects.select_for_update().get(pk=contact.pk)
        if what in STAMPS:
            setattr(fresh, STAMPS[what], now)
        if fresh.assignee_id is None:
            fresh.assignee = by
        fresh.save(update_fields=[*STAMPS.values(), "assignee"])
        _add(by, fresh, what, note)


def take_back(by: User, contact: Contact, what: str, note: str = "") -> None:
    """That somebody was reached, say, turns out to be wrong: the mark goes, both lines stay."""
    open_now(contact.case)
    with transaction.atomic():
        Contact.objects.filter(pk=contact.pk).update(**{STAMPS[what]: None})
        _add(by, contact, What.UNDONE, f"{What(what).label}. {note}".strip())


def offer(by: User, case: Case, contacts: Iterable[Contact], taker: User, note: str = "") -> HandOver:
    """The contacts stay with whoever has them until the colleague says yes.

    RefusedError `case_not_open`, `hand_over_nobody`, `hand_over_colleague` (oneself, or somebody without the case).
    """
    open_now(case)
    chosen = list(contacts)
    if not chosen:
        raise RefusedError("hand_over_nobody")
    if taker.pk == by.pk or taker not in colleagues(case):
        raise RefusedError("hand_over_colleague")
    with transaction.atomic():
        given = HandOver.objects.create(case=case, giver=by, taker=taker, note=note.strip(), at=timezone.now())
        given.contacts.set(chosen)
        record(by, "case:offer", case, to=taker.pk, contacts=len(chosen))
    return given


def answer(by: User, hand_over: HandOver, *, takes: bool) -> None:
    """The colleague's word. With a yes the contacts are theirs, and the names that the giver was told.

    RefusedError `case_not_open`, `case_not_now` where it has been answered.
    """
    case = open_now(hand_over.case)
    new = HandOver.State.TAKEN if takes else HandOver.State.DECLINED
    with transaction.atomic():
        offered = HandOver.objects.filter(pk=hand_over.pk, taker=by, state=HandOver.State.OFFERED)
        if not offered.update(state=new, answered_at=timezone.now()):
            raise RefusedError("case_not_now")
        if takes:
            _take(by, case, hand_over)
            record(by, "case:take_over", case, giver=hand_over.giver_id, contacts=hand_over.contacts.count())
        else:
            record(by, "case:decline", case, giver=hand_over.giver_id)


def _take(by: User, case: Case, hand_over: HandOver) -> None:
    # Somebody may have been put under protection since: names go only to those who may meet the person.
    known = set(Reveal.objects.filter(user=hand_over.giver_id, contact__case=case).values_list("contact", flat=True))
    for contact in hand_over.contacts.exclude(hidden(by)).select_related("resident"):
        Contact.objects.filter(pk=contact.pk).update(assignee=by)
        _add(by, contact, What.HANDED_OVER, "")
        if contact.pk in known:
            tell(by, case, contact, HAND_OVER)


def _add(by: User, contact: Contact, what: str, note: str) -> None:
    Work.objects.create(contact=contact, what=what, note=note.strip(), by=by, at=timezone.now())
    record(by, "contact:work", contact, case=contact.case_id, contact=contact.code, what=str(what))
