"""Many decisions of a policy, written at the pace of a whole town.

`executemany` instead of model objects: a million codes, their history and their way to the gates are 30 seconds instead
of two minutes. Only `codes.actions.follow_policy` calls this, inside its transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from gatepass.centre.codes.outbox import queue_residents
from gatepass.policy import Advice, Colour


@dataclass(frozen=True, slots=True)
class Decided:
    """What a policy has decided about one resident, and how much of it is new."""

    resident: int
    colour: Colour
    reason: str
    advice: Advice
    valid_until: datetime | None
    policy: int
    """Primary key of the version."""
    changes: bool
    """Colour, reason or advice is another one than before, or a person had decided before: history is written."""
    shows: bool
    """Gates must learn it: colour or advice is another one."""
    code_since: datetime | None = None
    facts_since: datetime | None = None
    """When the code and the facts were last changed, as far as the one knew who decided."""


_CODE: Final = """
INSERT INTO codes_code (resident_id, colour, reason, advice, since, valid_until, policy_id, by_hand)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (resident_id) DO UPDATE SET
    colour = excluded.colour, reason = excluded.reason, advice = excluded.advice, since = excluded.since,
    valid_until = excluded.valid_until, policy_id = excluded.policy_id, by_hand = excluded.by_hand
"""
_CHANGE: Final = """
INSERT INTO codes_codechange (resident_id, at, colour, reason, advice, valid_until, by_name, policy_id, by_hand)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_TERM: Final = "UPDATE codes_code SET valid_until = %s, policy_id = %s WHERE resident_id = %s"


def write_decisions(decided: Sequence[Decided], now: datetime) -> None:
    adapted = connection.ops.adapt_datetimefield_value
    at = adapted(now)
    # The same midnight ends for thousands: written out once.
    ends = {moment: None if moment is None else adapted(moment) for moment in {each.valid_until for each in decided}}
    changed = [each for each in decided if each.changes]
    with connection.cursor() as cursor:
        cursor.executemany(
            _TERM, [(ends[each.valid_until], each.policy, each.resident) for each in decided if not each.changes]
        )
        cursor.executemany(
            _CODE,
            [
                (each.resident, each.colour.value, each.reason, each.advice.value, at, ends[each.valid_until],
                 each.policy, False)
                for each in changed
            ],
        )  # fmt: skip
        cursor.executemany(
            _CHANGE,
            [
                (each.resident, at, each.colour.value, each.reason, each.advice.value, ends[each.valid_until], "",
                 each.policy, False)
                for each in changed
            ],
        )  # fmt: skip
    queue_residents([each.resident for each in changed if each.shows], now)
