"""What happened, for programs that nobody can call: the same events that webhooks tell (docs/webhooks.md)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from gatepass.centre.accounts.access import Program
from gatepass.centre.api.cursors import Asked, page_of_rows
from gatepass.centre.api.door import reading
from gatepass.centre.api.resources import shapes
from gatepass.centre.webhooks.access import access_events
from gatepass.centre.webhooks.deliveries import said


class EventsAsked(Asked):
    after: Annotated[int, Field(ge=0, le=2**53 - 1, description="`sequence` of the last one that you have")] = 0
    type: Annotated[str, Field(max_length=30, description="one kind alone")] = ""


@reading("/events", shapes.Events)
def events(program: Program, asked: EventsAsked) -> dict[str, Any]:
    """The oldest first, of the last 14 days; only those of which another scope of the token is."""
    found = access_events(program).filter(pk__gt=asked.after)
    if asked.type:
        found = found.filter(type=asked.type)
    rows, following = page_of_rows(found, "events", asked)
    return {"items": [said(row) for row in rows], "next": following}
