from __future__ import annotations

from typing import Any, Final

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.access import may_open

register = template.Library()

TABS: Final[tuple[tuple[str, Promise], ...]] = (
    ("notices", _("Notices")),
    ("notice_queue", _("To be reviewed")),
    ("posters", _("Posters")),
    ("notice_fallbacks", _("Missing languages")),
    ("terms", _("Glossary")),
)


@register.inclusion_tag("notices/tabs.html", takes_context=True)
def notice_tabs(context: Any) -> dict[str, object]:
    """The row of links under the heading of the lists: those that the user may open."""
    request = context["request"]
    here = request.resolver_match.view_name if request.resolver_match else ""
    return {"tabs": [(page, word, page == here) for page, word in TABS if may_open(request.user, page)]}
