from __future__ import annotations

from typing import Any

from django import template

from gatepass.centre.accounts.access import asking
from gatepass.centre.people.sections import sections_of

register = template.Library()


@register.simple_tag(takes_context=True)
def sections(context: Any) -> list[dict[str, Any]]:
    """What belongs to residents and is open to the reader, for the row of links under the heading."""
    request = context["request"]
    here = request.resolver_match.view_name if request.resolver_match else ""
    return [
        {"page": section.page, "word": section.word, "current": here in section.family}
        for section in sections_of(asking(request))
    ]
