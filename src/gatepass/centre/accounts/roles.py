"""Which role may do what. Every page and every verb is refused unless it stands here by name.

Read a line as: the people in this role may open these pages and press these buttons, for the communities or sites that
their grant names, and no others. The names on the left of `PAGES` are the names in the `urls.py` files.
"""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    OFFICE = "office", _("Community office")
    SOCIAL_WORKER = "social_worker", _("Social worker")
    GRID_WORKER = "grid_worker", _("Grid worker")
    TRACER = "tracer", _("Tracer")
    INTERPRETER = "interpreter", _("Interpreter")
    GUARD_LEAD = "guard_lead", _("Lead guard")
    AUDITOR = "auditor", _("Auditor")


# Open to everybody, logged in or not.
PUBLIC: Final = ("login", "language", "healthz", "manifest")

# Open to everybody who is logged in.
OWN: Final = ("home", "logout", "password")

BOARD: Final = ("board", "passages", "passages_export")
RESIDENTS: Final = ("residents", "residents_export", "resident")
REGISTER: Final = ("resident_register", "resident_colour")
GATES: Final = ("gates", "gate")
EQUIP: Final = ("gate_create", "site_create", "community_create", "gate_rules", "gate_enrolment", "device_revoke")
STAFF: Final = ("staff", "staff_create", "staff_change")
AUDIT: Final = ("audit", "audit_export")

ALLOWED: Final[dict[Role, tuple[str, ...]]] = {
    Role.ADMINISTRATOR: (*GATES, *EQUIP, *STAFF, *AUDIT, "board"),
    Role.OFFICE: (*BOARD, *RESIDENTS, *REGISTER, *GATES),
    Role.SOCIAL_WORKER: (*RESIDENTS, "resident_register"),
    Role.GRID_WORKER: ("residents", "resident"),
    Role.TRACER: ("board",),
    Role.INTERPRETER: (),
    Role.GUARD_LEAD: (*BOARD, *GATES),
    Role.AUDITOR: (*AUDIT, *GATES),
}


def allowed(roles: frozenset[Role], page: str) -> bool:
    """May somebody in these roles open the page of this url name? Unknown names are refused."""
    return page in PUBLIC or page in OWN or any(page in ALLOWED[role] for role in roles)
