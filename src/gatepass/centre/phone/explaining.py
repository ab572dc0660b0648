"""Why a code has its colour, in words for the person: what stands on the phone and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gatepass.centre.codes.models import Code
from gatepass.centre.policies.access import explanation
from gatepass.policy import Advice


@dataclass(frozen=True, slots=True)
class Why:
    why: str
    next: str
    objection: str


def explain(code: Code | None) -> Why:
    """The words of the policy that gave the colour; where a person did, reason and advice by their names."""
    if code is None or not code.colour:
        return Why("", "", "")
    said = explanation(code, get_language() or "")
    step = str(code.get_advice_display()) if code.advice != Advice.NONE else ""
    return Why(
        why=said.why or said.title,
        next=said.next or step,
        objection=said.objection or _("Is that wrong? Say so here: a member of staff looks at it and answers you."),
    )
