"""What is true of a resident's code now: for whoever has already been let to the resident."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.utils import timezone

from gatepass.centre.codes.models import Code, CodeChange
from gatepass.centre.people.models import Resident
from gatepass.policy import Advice, Colour


class Standing(TypedDict):
    """Colour and next step, never the reason. No colour: registered, without a valid code."""

    colour: Colour | None
    advice: Advice
    valid_until: datetime | None
    as_of: datetime


def is_news(change: CodeChange) -> bool:
    """Colour or next step is another one than before: what the person is told, and programs are told of."""
    before = CodeChange.objects.filter(resident=change.resident_id, id__lt=change.pk).values_list("colour", "advice")
    return before.first() != (change.colour, change.advice)


def standing_of(resident: Resident) -> Standing:
    """One query, or none where `code` was selected with the resident."""
    code: Code | None = getattr(resident, "code", None)
    return {
        "colour": Colour(code.colour) if code and code.colour else None,
        "advice": Advice(code.advice) if code else Advice.APPLY,
        "valid_until": code.valid_until if code else None,
        "as_of": timezone.now(),
    }
