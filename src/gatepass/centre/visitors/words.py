"""When an invitation is good, in words."""

from __future__ import annotations

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from gatepass.centre.passages.words import zone_word
from gatepass.centre.people.models import Resident
from gatepass.centre.quarantine.words import end_words
from gatepass.centre.visitors.models import Invitation


def zone_words(invitation: Invitation) -> str:
    """`China Standard Time`: of the host's site, by the first day."""
    return zone_word(invitation.begins_at.astimezone(invitation.host.site.zone))


def closed_until(host: Resident) -> str:
    """Why this host can invite nobody now, and until when; empty where they can."""
    case = host.quarantines.filter(state="open").first()
    if case is None:
        return ""
    return _("%(name)s can receive no visitors before the quarantine is lifted; it ends %(end)s.") % {
        "name": host.full_name, "end": end_words(case.ends_at, case.civil),
    }  # fmt: skip


def times_word(invitation: Invitation) -> str:
    """By the clock of the host's site."""
    zone = invitation.host.site.zone
    begins, ends = invitation.begins_at.astimezone(zone), invitation.ends_at.astimezone(zone)
    if invitation.starts is None or invitation.stops is None:
        same = begins.date() == ends.date()
        return f"{begins:%Y-%m-%d %H:%M} – {ends:%H:%M}" if same else f"{begins:%Y-%m-%d %H:%M} – {ends:%Y-%m-%d %H:%M}"
    days = ", ".join(str(WEEKDAYS[day]) for day in invitation.weekdays)
    stops = "24:00" if not (invitation.stops.hour or invitation.stops.minute) else f"{invitation.stops:%H:%M}"
    last = invitation.ends_at.astimezone(zone)
    until = last.date() if last.hour or last.minute else last.date().fromordinal(last.toordinal() - 1)
    return _("%(days)s, %(from)s–%(until)s, until %(day)s") % {
        "days": days, "from": f"{invitation.starts:%H:%M}", "until": stops, "day": until.isoformat(),
    }  # fmt: skip
