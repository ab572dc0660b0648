"""Passages, without any sign of who passed; and people by the hour, small counts hidden."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal

from django.utils import timezone
from pydantic import Field

from gatepass.centre.accounts.access import Program
from gatepass.centre.api.cursors import Asked, key_in, next_cursor
from gatepass.centre.api.door import Id, note_call, reading
from gatepass.centre.api.problems import CallError
from gatepass.centre.api.resources import shapes
from gatepass.centre.api.schemas import Day, Moment
from gatepass.centre.api.scopes import page_of
from gatepass.centre.insights.hours import hours_of_sites
from gatepass.centre.passages.access import access_log_gates, access_passages
from gatepass.centre.passages.days import milliseconds
from gatepass.centre.passages.log import BadCursorError, Filters
from gatepass.centre.passages.storage import now_ms, passage_log, town_days
from gatepass.policy import Outcome

MOST_DAYS: Final = 31


class PassagesAsked(Asked):
    since: Annotated[Moment | None, Field(description="with its offset; empty: a day ago")] = None
    until: Annotated[Moment | None, Field(description="exclusive; empty: now")] = None
    site: Id | None = None
    gate: Id | None = None
    direction: Literal["in", "out"] | None = None
    outcome: Annotated[Outcome | None, Field(description="what the gate decided")] = None


@reading("/passages", shapes.Passages)
def passages(program: Program, asked: PassagesAsked) -> dict[str, Any]:
    """The newest first. Kept for as many days as the town keeps passages, 28 by default."""
    gates = access_log_gates(program, page_of("passages"), str(asked.gate or ""), str(asked.site or ""))
    now = timezone.now()
    filters = Filters(
        since=milliseconds(asked.since or now - timedelta(days=1)),
        # A minute ahead: clocks of gates are a little before ours.
        until=milliseconds(asked.until or now + timedelta(minutes=1)),
        gates=gates.names,
        directions=frozenset({asked.direction}) if asked.direction else frozenset(),
        outcomes=frozenset({asked.outcome}) if asked.outcome else frozenset(),
    )
    note_call(program, "passages")
    try:
        page = access_passages(
            program, page_of("passages"), filters, after=key_in("passages", asked) or None, limit=asked.limit
        )
    except BadCursorError:
        raise CallError("cursor_unknown") from None
    found = gates.of(one.gate for one in page.passages)
    items = [
        {
            "id": one.id.hex(),
            "gate": found[one.gate].pk,
            "site": found[one.gate].site_id,
            "at": datetime.fromtimestamp(one.at // 1000, UTC),
            "direction": one.direction,
            "outcome": one.outcome,
            "verdict": one.verdict or one.outcome,
        }
        for one in page.passages
        if one.gate in found
    ]
    return {"items": items, "next": next_cursor("passages", asked, page.next) if page.next else None}


class HoursAsked(Asked):
    first: Day
    last: Annotated[Day | None, Field(description="inclusive; empty: the one day alone")] = None
    site: Id | None = None


@reading("/statistics/hours", shapes.Hours)
def statistics(program: Program, asked: HoursAsked) -> dict[str, Any]:
    """People by site and hour, of the town's days `first` to `last`; 31 days at most, hours that are over.

    Counts from 1 to 4 are hidden, and there is no total from which they could be told: `docs/api.md`.
    """
    last = asked.last or asked.first
    if last < asked.first or (last - asked.first).days >= MOST_DAYS:
        raise CallError("request_invalid", where="last", what="days")
    gates = access_log_gates(program, page_of("statistics"), site=str(asked.site or ""))
    after = key_in("statistics", asked)
    begun = tuple(map(int, after.split("-"))) if after else (0, -1, 0)
    today, this_hour = town_days().slot(now_ms())
    found: list[dict[str, Any]] = []
    keys: list[str] = []
    for days in range((last - asked.first).days + 1):
        day = asked.first + timedelta(days=days)
        if day > today or days < begun[0]:
            continue
        for one in hours_of_sites(passage_log(), day, gates):
            key = (days, one.hour, one.site)
            if key <= begun or (day == today and one.hour >= this_hour):
                continue
            begins, _ends = town_days().hour_bounds(day, one.hour)
            found.append({**one.shown(), "day": day, "begins_at": datetime.fromtimestamp(begins / 1000, UTC)})
            keys.append("-".join(map(str, key)))
            if len(found) > asked.limit:
                following = next_cursor("statistics", asked, keys[asked.limit - 1])
                return {"items": found[: asked.limit], "next": following}
    return {"items": found, "next": None}
