"""Fields that several forms of arrivals share: days, and moments in the civil time of some place."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

_DAY = {"type": "date", "placeholder": "2026-11-28"}
_MOMENT = {"type": "datetime-local", "placeholder": "2026-11-28T16:40"}
ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf"


def day_field(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"), **more)


class MomentField(forms.DateTimeField):
    """Hours and minutes on the spot; the form says which zone that is."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=forms.DateTimeInput(attrs=_MOMENT, format="%Y-%m-%dT%H:%M"), **more)


def in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    """What was typed is civil time of `zone`, whatever the form took it for."""
    return moment.replace(tzinfo=zone)
