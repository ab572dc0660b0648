"""What nobody does alone: one person asks, another one confirms. The same rule for every noun that has such a verb.

A noun names its rule in `RULES`, keeps who asked beside what was asked for, and calls `require_second` before it does
it. The page of rights shows this table as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.access import may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Rule:
    words: Promise
    """What needs two people, as a sentence."""
    page: str
    """The url name whose right the second person needs."""
    refusal: str = "second_person"
    """The code of the RefusedError when it is the same one."""


RULES: Final[dict[str, Rule]] = {
    "policy": Rule(
        _("A version of a policy is approved by somebody else than its author."), "policy_state", "policy_own"
    ),
    "case": Rule(
        _("A tracing case is confirmed by another tracer than the one who opened it."), "case_answer", "case_own"
    ),
    "extension": Rule(
        _("More time for a tracing case is granted by another tracer than the one who asked for it."),
        "case_extension",
        "case_own",
    ),
    "factors": Rule(
        _("The second factors of somebody who has lost them are taken away by two administrators."), "staff_factors"
    ),
}


def require_second(by: User | None, first: int | None, what: str) -> User:
    """`by`, if that is somebody else than the person with the key `first`, and has the right; RefusedError otherwise.

    Nobody (None: the command line, a clock) is never a second person. Where the first one's account is gone, anybody
    with the right is another person.
    """
    rule = RULES[what]
    if by is None or by.pk == first or not may_open(by, rule.page):
        raise RefusedError(rule.refusal)
    return by
