from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def place_options(places: Iterable[tuple[str, str]]) -> SafeString:
    """Of a <datalist>: hundreds, in one go."""
    return format_html_join("", '<option value="{}" data-place="{}">', ((word, place) for place, word in places))
