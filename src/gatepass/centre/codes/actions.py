"""The verbs of codes: give a colour, give many, follow a policy, let codes run out.

Each queues what the gates must learn. A colour that somebody sets stands above the policy until its `valid_until`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.codes.decided import Decided, write_decisions
from gatepass.centre.codes.models import Code, CodeChange
from gatepass.centre.codes.outbox import queue_for_directory
from gatepass.centre.errors import RefusedError
from gatepass.centre.facts.actions import queue
from gatepass.centre.people.models import IdentityDocument, Resident
from gatepass.policy import Advice, Colour

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Grading:
    """What a resident shall have: a colour (or None: registered without a valid code), why, and the next step."""

    colour: Colour | None
    reason: str = ""
    """A `codes.models.Reason`, or empty."""
    advice: Advice = Advice.NONE
    valid_until: datetime | None = None


def set_colour(
    by: User | None,
    resident: Resident,
    colour: Colour | None,
    reason: str = "",
    advice: Advice = Advice.NONE,
    valid_until: datetime | None = None,
    *,
    by_hand: bool | None = None,
) -> Code:
    """Row, history, audit and outbox in one transaction. RefusedError `valid_until_is_past`.

    `by_hand`: a person decides, and the policy waits until `valid_until`; by default wherever there is a `by`.
    """
    by_hand = by is not None if by_hand is None else by_hand
    now = timezone.now()
    if valid_until is not None and valid_until <= now:
        raise RefusedError("valid_until_is_past")
    grading = Grading(colour, reason, advice, valid_until)
    with transaction.atomic():
        _grade([resident.pk], [grading], by, now, by_hand=by_hand)
        until = valid_until.isoformat(timespec="minutes") if valid_until else None
        record(by, "code:set_colour", resident, colour=colour, reason=reason, advice=advice.value, valid_until=until)
    return Code.objects.get(pk=resident.pk)


def import_colours(gradings: Sequence[tuple[Resident, Grading]], by: User | None = None) -> None:
    """Many at once, in one transaction with one audit entry that counts the colours."""
    now = timezone.now()
    colours = [grading.colour or "none" for _, grading in gradings]
    with transaction.atomic():
        _grade([resident.pk for resident, _ in gradings], [grading for _, grading in gradings], by, now)
        counts = {colour: colours.count(colour) for colour in sorted(set(colours))}
        record(by, "code:import", "code:many", count=len(gradings), colours=[f"{c}={n}" for c, n in counts.items()])


def follow_policy(decided: Sequence[Decided], now: datetime, about: str = "code:many") -> None:
    """What a policy has decided becomes the colour, all in one transaction; who is not in `decided` stays as they are.

    History, audit and outbox only have what changed; a new `valid_until` alone is no event.
    """
    changed = [each for each in decided if each.changes]
    with transaction.atomic():
        write_decisions(decided, now)
        if changed:
            colours = [each.colour.value for each in changed]
            counts = [f"{colour}={colours.count(colour)}" for colour in sorted(set(colours))]
            versions = sorted({each.policy for each in changed})
            record(None, "code:follow_policy", about, count=len(changed), colours=counts, versions=versions)


def let_go(by: User | None, resident: Resident) -> None:
    """What somebody has decided by hand ends now: the code follows the policy again at its next look."""
    with transaction.atomic():
        Code.objects.filter(resident=resident, by_hand=True).update(by_hand=False)
        record(by, "code:let_go", resident)


def expire_codes(now: datetime, most: int = _BATCH) -> int:
    """Codes whose `valid_until` has come: registered without a colour, next step DECLARE. How many; call until 0.

    A code that follows a policy does not run out: the policy looks again (`policies.worker`).
    """
    with transaction.atomic():
        due = Code.objects.filter(valid_until__lte=now, policy__isnull=True).order_by("valid_until")
        residents = list(due.values_list("pk", flat=True)[:most])
        if residents:
            _grade(residents, [Grading(None, advice=Advice.DECLARE)] * len(residents), None, now)
            record(None, "code:expire", "code:many", count=len(residents), residents=residents)
            # Where a policy rules, it looks at once: what a person had decided by hand has ended.
            queue(residents, now)
    return len(residents)


def _grade(
    residents: Sequence[int], gradings: Sequence[Grading], by: User | None, now: datetime, *, by_hand: bool = False
) -> None:
    facts = [
        {"colour": each.colour or "", "reason": each.reason, "advice": each.advice, "valid_until": each.valid_until}
        for each in gradings
    ]
    pairs = list(zip(residents, facts, strict=True))
    Code.objects.bulk_create(
        [Code(resident_id=resident, since=now, by_hand=by_hand, **fact) for resident, fact in pairs],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["resident"],
        update_fields=["colour", "reason", "advice", "valid_until", "since", "by_hand"],
    )
    name = by.full_name if by else ""
    CodeChange.objects.bulk_create(
        [CodeChange(resident_id=resident, at=now, by_name=name, by_hand=by_hand, **fact) for resident, fact in pairs],
        batch_size=_BATCH,
    )
    queue_for_directory(_person_keys(residents), now)


def _person_keys(residents: Sequence[int]) -> Iterable[bytes]:
    for start in range(0, len(residents), _BATCH):
        block = residents[start : start + _BATCH]
        documents = IdentityDocument.objects.filter(resident__in=block)
        yield from (bytes(key) for key in documents.values_list("person_key", flat=True))
