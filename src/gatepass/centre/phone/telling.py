"""Whose colour has changed is told, by the channel that they have: that it changed and where to look, never to which.

A text message lies open on a screen that others see. Whoever acts for the person gets it; a person for whom nobody acts
gets it on their own telephone, with the way that needs no page.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from gatepass.centre.codes.access import is_news
from gatepass.centre.codes.models import CodeChange
from gatepass.centre.people.models import Resident
from gatepass.centre.phone.models import Told
from gatepass.centre.phone.reaching import ways_to
from gatepass.centre.sending.actions import queue
from gatepass.identity.masking import mask_name

BATCH: Final = 500


def tell_changes() -> int:
    """The next changes of colour, a batch at most; how many were looked at. Queued and noted in one transaction.

    At the very first call nothing is told: what changed before there was anybody to tell is no news.
    """
    newest = CodeChange.objects.order_by("-id").values_list("id", flat=True).first() or 0
    with transaction.atomic():
        told = Told.objects.select_for_update().first()
        if told is None:
            Told.objects.create(change=newest)
            return 0
        if newest <= told.change:
            return 0
        changes = list(CodeChange.objects.filter(id__gt=told.change).order_by("id").select_related("resident")[:BATCH])
        concerned = {change.resident_id: change.resident for change in changes if is_news(change)}
        _tell(concerned)
        told.change = changes[-1].pk
        told.save(update_fields=["change"])
    return len(changes)


def _tell(residents: dict[int, Resident]) -> None:
    for pk, ways in ways_to(residents.values()).items():
        for way in ways:
            _queue(way.channel, way.address, way.language, residents[pk], page=way.has_page)


def _queue(channel: str, address: str, language: str, resident: Resident, *, page: bool) -> None:
    with translation.override(language):
        town = settings.CONFIGURATION.town
        name = mask_name(resident.full_name)
        if page:
            link = f"{settings.CONFIGURATION.address}/my/people/{resident.pk}/"
            text = _(
                "%(town)s: the health code of %(name)s has changed. What it is now, why, and what to do: %(link)s"
            ) % {
                "town": town,
                "name": name,
                "link": link,
            }
        else:
            text = _(
                "%(town)s: your health code (%(name)s) has changed. Lay your identity card on the reader at the gate, "
                "or call the community office: they tell you what to do."
            ) % {"town": town, "name": name}
        queue(channel, address, kind="colour_changed", language=language, subject=town, text=text)
