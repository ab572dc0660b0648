"""May this visitor come in to this host, now? The part of `gate_rules.decide` that looks at an invitation.

Host, visitor, purpose and time decide together, and the same rule answers at the centre, at a gate with a network and
at one without: the invitation is signed and shown, the host's colour is in the directory, the visitor brings their own
proof.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Final

from gatepass.policy.decisions import Advice, Colour, Knowledge, SiteRules, Status

EARLY: Final = timedelta(minutes=15)
"""Whoever comes so much too early is not sent round the block."""
WHOLE_DAY: Final = (0, 24 * 60)


class VisitKind(StrEnum):
    """The value is signed into invitations and kept at gates: never rename one."""

    GUEST = "guest"
    HELPER = "helper"
    """Comes again and again, on named days of the week."""
    DELIVERY = "delivery"
    """Is handed over at the door: nobody goes further."""


class Standing(StrEnum):
    """What this gate has heard of an invitation since it was signed."""

    GOOD = "good"
    ENDED = "ended"
    """Taken back."""
    PAUSED = "paused"
    """The host receives nobody for the time being."""
    INSIDE = "inside"
    """Somebody came in with it here and has not left."""


@dataclass(frozen=True, slots=True)
class Invited:
    """When, where and for what an invitation is. Minutes count from midnight by the site's clock."""

    kind: VisitKind
    begins: datetime
    ends: datetime
    gates: frozenset[str]
    """Ids of gates; empty: every one."""
    weekdays: frozenset[int] = frozenset()
    """Monday is 0; empty: every day."""
    minutes: tuple[int, int] = WHOLE_DAY


@dataclass(frozen=True, slots=True)
class ShownInvitation:
    """A genuine invitation as somebody shows it at a gate. One that is not genuine is a code like any other."""

    invited: Invited = field(repr=False)
    gate: str
    leaving: bool = False
    """At a way out: whoever is inside may go, whatever has become of the invitation."""
    standing: Standing = Standing.GOOD
    host: Status | None = field(default=None, repr=False)
    """What is known of the host; None: nothing."""


def about_invitation(shown: ShownInvitation, rules: SiteRules, at: datetime) -> list[str]:
    """Reasons, the one that decides first. What refuses is about the invitation; what holds is for the guard to ask."""
    if shown.leaving:
        return ["visit_leaving"]
    invited = shown.invited
    if shown.standing is Standing.ENDED:
        return ["visit_ended"]
    if at >= invited.ends:
        return ["visit_over"]
    if not _is_the_time(invited, rules, at):
        return ["visit_other_time"]
    if shown.standing is Standing.PAUSED or _is_closed(shown.host):
        return ["visit_host_closed"]
    held = []
    if invited.gates and shown.gate not in invited.gates:
        held.append("visit_other_gate")
    if not _receives(shown.host):
        held.append("visit_host_unclear")
    if shown.standing is Standing.INSIDE:
        held.append("visit_inside")
    if invited.kind is VisitKind.DELIVERY:
        held.append("visit_delivery")
    return held or ["visit_expected"]


def _is_the_time(invited: Invited, rules: SiteRules, at: datetime) -> bool:
    if at < invited.begins - EARLY:
        return False
    first, last = invited.minutes
    if not invited.weekdays and (first, last) == WHOLE_DAY:
        return True
    offset = min(max(rules.utc_offset_minutes, -14 * 60), 14 * 60)
    try:
        local = at.astimezone(timezone(timedelta(minutes=offset)))
    except OverflowError:  # the first or last day that a datetime can hold
        return False
    minute = local.hour * 60 + local.minute
    early = first - int(EARLY.total_seconds()) // 60
    return (not invited.weekdays or local.weekday() in invited.weekdays) and early <= minute < last


def _is_closed(host: Status | None) -> bool:
    """Who must stay at home receives nobody: neither a colour nor its reason is said to the visitor."""
    if host is None or host.knowledge is not Knowledge.REGISTERED:
        return False
    return host.colour is Colour.RED or host.advice is Advice.STAY_HOME


def _receives(host: Status | None) -> bool:
    return host is not None and host.knowledge is Knowledge.REGISTERED and host.colour is Colour.GREEN
