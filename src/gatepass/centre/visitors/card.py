"""Visitors on the residents' first page: somebody who waits at the gate, before anything else; and who is invited."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from gatepass.centre.phone.cards import Card, Reader
from gatepass.centre.visitors.access import asked_of, own_invitations
from gatepass.centre.visitors.models import Invitation

_NAMED = 3


def visitors(reader: Reader) -> Iterator[Card]:
    if not reader.mandates:
        return
    link = reverse("my_visitors")
    asked = [str(visit.name) for visit in asked_of(reader.applicant)[:_NAMED]]
    if asked:
        yield Card(_("Somebody is at the gate for you"), link, _("Answer the guard"), lines=asked, first=True)
        return
    standing = own_invitations(reader.applicant).filter(ends_at__gt=reader.at).exclude(state=Invitation.State.ENDED)
    invited = [str(one.name) for one in standing[:_NAMED]]
    words = "" if invited else _("Invite somebody: they get a code for the gate in their language.")
    yield Card(_("My visitors"), link, _("Open my visitors"), words, invited)
