"""Why a code has its colour, in words for the person: what stands on the phone and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gatepass.centre.codes.models import Code
from gatepass.languages import Language
from gatepass.policy import Advice
from gatepass.policy.reasons import ADVICE


@dataclass(frozen=True, slots=True)
class Why:
    why: str
    next: str
    objection: str


def explain(code: Code | None, language: Language) -> Why:
    """For a code given by hand the reason is the office's; the next step is the advice in any case."""
    if code is None or not code.colour:
        return Why("", "", "")
    step = ADVICE[Advice(code.advice)].texts[language].sentence if code.advice != Advice.NONE else ""
    return Why(
        why=str(code.get_reason_display()) if code.reason else "",
        next=step,
        objection=_("Is that wrong? Say so here: a member of staff looks at it and answers you."),
    )
