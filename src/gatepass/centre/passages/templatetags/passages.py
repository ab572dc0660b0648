from __future__ import annotations

from django import template
from django.utils import timezone

from gatepass.centre.passages.words import zone_word

register = template.Library()


@register.filter
def grouped(number: int) -> str:
    """3418 as 3,418: so in all five languages. (Django groups Chinese figures by four.)"""
    return f"{number:,}"


@register.filter
def signed(number: int) -> str:
    """4 as +4, -4 with a true minus sign."""
    return f"+{number}" if number >= 0 else f"−{-number}"


@register.filter
def mark(outcome: str) -> str:
    """The class of the mark beside an outcome's word (`.state` in staff.css)."""
    return {"pass": "green", "hold": "yellow", "refuse": "red"}.get(outcome, "none")


@register.simple_tag
def town_zone() -> str:
    """The zone in which the pages say their times, in words."""
    return zone_word(timezone.localtime())
