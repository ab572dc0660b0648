"""The menu on the left: only what the user's roles open."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.access import roles_of
from gatepass.centre.accounts.roles import allowed

# url name, word, and every url name that belongs to the same place
PLACES = (
    ("board", _("Today"), ("board",)),
    ("passages", _("Passages"), ("passages",)),
    ("gates", _("Gates and devices"), ("gates", "gate", "gate_create", "gate_rules", "gate_enrolment", "site_create")),
    ("residents", _("Residents"), ("residents", "resident", "resident_register", "resident_colour")),
    ("staff", _("Staff"), ("staff", "staff_create", "staff_change")),
    ("audit", _("Audit"), ("audit",)),
)


def navigation(request: HttpRequest) -> dict[str, object]:
    user = getattr(request, "user", None)
    roles = roles_of(user) if user is not None else frozenset()
    here = request.resolver_match.view_name if request.resolver_match else ""
    places = []
    for page, word, family in PLACES:
        if not allowed(roles, page):
            continue
        try:
            address = reverse(page)
        except NoReverseMatch:
            continue
        places.append({"page": page, "word": word, "address": address, "current": here in family})
    return {"places": places, "town": settings.CONFIGURATION.town, "languages": settings.LANGUAGES}
