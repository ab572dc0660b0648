"""Every event that leaves the town: a plain list. What is not here is told to nobody.

An event says that something happened, where, and by which number it is looked up; it never says a name, a number of a
document, a colour or a reason. Whoever may know more asks for it with the token, and that is on record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gatepass.centre.api.models import Scope


@dataclass(frozen=True, slots=True)
class EventType:
    words: Promise
    scope: Scope
    """The token of whoever hears of it has this scope, and reaches the place where it happened."""


EVENTS: Final[dict[str, EventType]] = {
    "alarm.raised": EventType(_("An alarm of a gate was raised"), Scope.ALARMS),
    "alarm.cleared": EventType(_("An alarm of a gate is over"), Scope.ALARMS),
    "application.decided": EventType(_("An application was decided or withdrawn"), Scope.APPLICATIONS),
    "resident.registered": EventType(_("A resident was registered"), Scope.RESIDENTS),
    "code.changed": EventType(_("A colour or next step changed (not to which)"), Scope.CODES),
    "passages.counted": EventType(_("An hour is over: how many people came and went"), Scope.STATISTICS),
}
TEST: Final = "webhook.test"
"""Sent by hand, to one address, to see whether it arrives."""
