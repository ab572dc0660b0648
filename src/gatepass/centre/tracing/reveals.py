"""The verbs of names: tell who somebody is, one by one or in a batch, each for a reason and each on record."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.protection.access import note_opened
from gatepass.centre.tracing.access import open_now
from gatepass.centre.tracing.identities import Identity, identities_of
from gatepass.centre.tracing.models import Case, Contact, Reveal
from gatepass.centre.tracing.words import OTHER, REASONS

MOST_AT_ONCE = 50


def reveal(by: User, case: Case, contacts: Iterable[Contact], reason: str, words: str = "") -> int:
    """From now on `by` sees who these are, while the case is open. How many are new to them.

    `contacts` come from `access.access_contacts`. One audit entry for each, about the resident where there is one.
    RefusedError `case_not_open`, `reveal_reason`, `reveal_nobody`, `reveal_many`.
    """
    open_now(case)
    chosen = list(contacts)
    if reason not in REASONS or (reason == OTHER and not words.strip()):
        raise RefusedError("reveal_reason")
    if not chosen:
        raise RefusedError("reveal_nobody")
    if len(chosen) > MOST_AT_ONCE:
        raise RefusedError("reveal_many", most=MOST_AT_ONCE)
    with transaction.atomic():
        return sum(tell(by, case, contact, reason, words) for contact in chosen)


def tell(by: User, case: Case, contact: Contact, reason: str, words: str = "") -> bool:
    """One name, in the caller's transaction. False where this user knows it already."""
    told, new = Reveal.objects.get_or_create(
        contact=contact, user=by, defaults={"reason": reason, "words": words.strip(), "at": timezone.now()}
    )
    if new:
        record(
            by, "contact:reveal", contact.resident or contact, case=case.pk, contact=contact.code, reason=told.reason
        )
        if contact.resident is not None:
            note_opened(by, contact.resident, "contact_reveal")
    return new


def names_known(user: User, case: Case, contacts: Iterable[Contact]) -> dict[int, Identity]:
    """Contact -> who it is, for those whose names this user was told, while the case is open."""
    open_now(case)
    told = set(Reveal.objects.filter(user=user, contact__case=case).values_list("contact", flat=True))
    return identities_of(case, [one for one in contacts if one.pk in told])
