"""Residents and what belongs to them: the row of links under the heading of their lists."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts import roles
from gatepass.centre.accounts.access import may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.navigation import Place

SECTIONS = (
    Place("residents", _("Residents"), ("residents",)),
    Place("households", _("Households"), roles.HOUSEHOLDS),
    Place("places", _("Addresses"), roles.PLACES),
    Place("imports", _("Imported lists"), roles.IMPORTS),
)


def sections_of(user: User) -> list[Place]:
    return [section for section in SECTIONS if may_open(user, section.page)]
