"""What nobody does alone: one person asks, another one confirms. The same rule for every noun that has such a verb.

A noun names its rule in `RULES`, keeps who asked beside what was asked for, and calls `require_second` before it does
it. The page of rights shows this table as it stands.

Two accounts are not yet two people: an administrator can make a second one, or give somebody a new password and keep
it. So neither of the two may be who last opened the way into the other's account, and a way that anybody has opened
less than a day ago is too new. Within that day everybody who administers or audits has had the alarm
`powerful_account`. Whoever sits at the machine itself (the command line) stands outside of this: they have everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.access import may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.audit.models import Entry
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
    "release": Rule(
        _(
            "A release from quarantine is confirmed by somebody else than the one who asked for it, where the rules "
            "want two."
        ),
        "quarantine_release_answer",
    ),
    "factors": Rule(
        _("The second factors of somebody who has lost them are taken away by two administrators."), "staff_factors"
    ),
}


NEW_FOR: Final = timedelta(hours=24)
_WAYS: Final[dict[str, tuple[str, ...]]] = {
    "log-in": ("staff:create", "staff:reset_password", "staff:invite", "staff:renew"),
    "second factor": ("staff:drop_factors", "staff:renew"),
    "rights": ("staff:create", "staff:change", "staff:activate", "staff:renew"),
}
"""Into an account -> the verbs of the audit that open it to somebody else than its owner."""


def require_second(by: User | None, first: int | None, what: str) -> User:
    """`by`, if that is somebody else than the person with the key `first`, and has the right; RefusedError otherwise.

    Nobody (None: the command line, a clock) is never a second person. Where the first one's account is gone, anybody
    with the right is another person. RefusedError: the rule's own, `second_not_apart`, `second_too_new`.
    """
    rule = RULES[what]
    if by is None or by.pk == first or not may_open(by, rule.page):
        raise RefusedError(rule.refusal)
    opened = _opened(by.pk)
    if first is not None and (first in opened.values() or by.pk in _opened(first).values()):
        raise RefusedError("second_not_apart")
    newest = max((entry.at for entry in opened), default=0)
    until = datetime.fromtimestamp(newest / 1000, UTC) + NEW_FOR
    if until > timezone.now():
        local = timezone.localtime(until)
        raise RefusedError("second_too_new", until=f"{local:%Y-%m-%d %H:%M} ({local:%Z})")
    return by


def _opened(user: int) -> dict[Entry, int]:
    """The last entry of each way into the account that a person has opened -> that person's key."""
    found: dict[Entry, int] = {}
    entries = list(Entry.objects.filter(object=f"user:{user}", verb__in={v for some in _WAYS.values() for v in some}))
    for verbs in _WAYS.values():
        last = next((one for one in entries if one.verb in verbs and _opens(one)), None)
        if last is not None and last.actor.startswith("user:"):
            found[last] = int(last.actor.removeprefix("user:"))
    return found


def _opens(entry: Entry) -> bool:
    """A change of name or language opens nothing."""
    return entry.verb != "staff:change" or entry.fields.get("roles_changed") is not False
