"""What the audit has of passages as a whole."""

from __future__ import annotations

from django.db import transaction

from gatepass.centre.audit.actions import record
from gatepass.centre.passages.migration import Proof


def note_move(to: str, proof: Proof) -> None:
    """The operator moved all passages to another store, and this is how the two compared."""
    held = [day.source for day in proof.days if day.source]
    with transaction.atomic():
        rows = sum(day.rows for day in held)
        record(None, "passages:move", f"store:{to}", days=len(held), rows=rows, whole=proof.is_whole)
