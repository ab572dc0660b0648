"""Helping others in one's language, on the residents' first page."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from gatepass.centre.phone.cards import Card, Reader
from gatepass.centre.volunteers.access import own_volunteer
from gatepass.centre.volunteers.models import Ask, Volunteer


def helping(reader: Reader) -> Iterable[Card]:
    volunteer = own_volunteer(reader.applicant)
    asked = volunteer is not None and volunteer.asks.filter(state=Ask.State.ASKED).exists()
    words = _("You speak several languages? Neighbours need somebody who helps them to be understood.")
    if volunteer is not None and volunteer.state == Volunteer.State.CONFIRMED:
        words = _("Somebody asks for your help.") if asked else _("Nobody asks for your help now.")
    yield Card(title=_("Helping"), words=words, link=reverse("my_helping"), action=_("Helping"), first=asked)
