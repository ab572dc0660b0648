"""Why a code has its colour, in words for the person: what stands on the phone and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gatepass.centre.codes.models import Code
from gatepass.policy import Advice


@dataclass(frozen=True, slots=True)
class Why:
    why: str
    next: str
    objection: str


def explain(code: Code | None) -> Why:
    """For a code given by hand the reason is the office's; the next step is the advice, in plainer words than aloud."""
    if code is None or not code.colour:
        return Why("", "", "")
    return Why(
        why=str(code.get_reason_display()) if code.reason else "",
        next=str(code.get_advice_display()) if code.advice != Advice.NONE else "",
        objection=_("Is that wrong? Say so here: a member of staff looks at it and answers you."),
    )
