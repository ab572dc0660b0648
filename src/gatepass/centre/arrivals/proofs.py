"""The verbs of papers: `add_proof`, `drop_proof`, and `check_proof` by staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.arrivals.actions import State, tell, touch
from gatepass.centre.arrivals.becoming import become_facts
from gatepass.centre.arrivals.models import Journey, Proof
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError

MOST_PROOFS: Final = 8
"""Of one traveller."""


def add_proof(by: User | Applicant, journey: Journey, traveller: int, facts: Mapping[str, Any]) -> Proof:
    """A paper, opened already by `uploads`. Also after the registration was sent: results come late.

    RefusedError `journey_over`, `proofs_many`.
    """
    with transaction.atomic():
        fresh = Journey.objects.select_for_update().get(pk=journey.pk)
        if fresh.state == State.CANCELLED:
            raise RefusedError("journey_over")
        row = fresh.travellers.get(pk=traveller)
        if row.proofs.count() >= MOST_PROOFS:
            raise RefusedError("proofs_many")
        proof = Proof.objects.create(traveller=row, uploaded_at=timezone.now(), **facts)
        touch(fresh)
        record(by, "proof:add", proof, journey=fresh.pk, kind=str(proof.kind))
    return proof


def drop_proof(by: User | Applicant, journey: Journey, proof: int) -> None:
    """As long as nobody has looked at it."""
    with transaction.atomic():
        mine = Proof.objects.filter(traveller__journey=journey, pk=proof, outcome=Proof.Outcome.WAITING)
        for row in mine:
            record(by, "proof:drop", row, journey=journey.pk)
        mine.delete()


def check_proof(by: User, proof: Proof, outcome: str, why: str) -> None:
    """What a paper is worth, with the reason. RefusedError `proof_checked` where a colleague was quicker."""
    now = timezone.now()
    with transaction.atomic():
        waiting = Proof.objects.filter(pk=proof.pk, outcome=Proof.Outcome.WAITING)
        if not waiting.update(outcome=outcome, why=why, checked_at=now, checked_by=by):
            raise RefusedError("proof_checked")
        proof.refresh_from_db()
        accepted = outcome == Proof.Outcome.ACCEPTED
        record(by, "proof:accept" if accepted else "proof:refuse", proof, why=str(why))
        if proof.traveller.facts_at is not None:
            become_facts(by, proof.traveller, now)
        if not accepted:
            text = gettext_noop("A paper that you sent was not accepted. Why, and what to do now:")
            tell(proof.traveller.journey, "proof_refused", text)
