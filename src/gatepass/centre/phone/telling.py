"""Whose colour has changed is told, by the channel that they have: that it changed and where to look, never to which.

A text message lies open on a screen that others see. Whoever acts for the person gets it; a person for whom nobody acts
gets it on their own telephone, with the way that needs no page.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import phonenumbers
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from gatepass.centre.codes.models import CodeChange
from gatepass.centre.mandates.access import in_force
from gatepass.centre.mandates.models import Mandate
from gatepass.centre.people.models import Phone, Resident
from gatepass.centre.phone.models import Told
from gatepass.centre.sending.actions import queue
from gatepass.centre.sending.models import Channel
from gatepass.identity.masking import mask_name

BATCH: Final = 500
_NUMBERS: Final = (Phone.Purpose.OWN, Phone.Purpose.RELATIVE, Phone.Purpose.HOME)


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
        concerned = {change.resident_id: change.resident for change in changes if _is_news(change)}
        _tell(concerned)
        told.change = changes[-1].pk
        told.save(update_fields=["change"])
    return len(changes)


def _is_news(change: CodeChange) -> bool:
    before = CodeChange.objects.filter(resident=change.resident_id, id__lt=change.pk).values_list("colour", "advice")
    return before.first() != (change.colour, change.advice)


def _tell(residents: dict[int, Resident]) -> None:
    acting: dict[int, list[Mandate]] = defaultdict(list)
    mandates = Mandate.objects.filter(in_force(), resident__in=residents, applicant__isnull=False)
    for mandate in mandates.select_related("applicant"):
        acting[mandate.resident_id].append(mandate)
    alone = [pk for pk in residents if pk not in acting]
    numbers: dict[int, str] = {}
    for phone in Phone.objects.filter(resident__in=alone, purpose__in=_NUMBERS).order_by(
        "resident", "-preferred", "id"
    ):
        numbers.setdefault(phone.resident_id, str(phone.number))
    for pk, resident in residents.items():
        for mandate in acting[pk]:
            applicant = mandate.applicant
            assert applicant is not None
            _queue(applicant.channel, str(applicant.contact), applicant.language, resident, page=True)
        number = _mobile(numbers.get(pk, ""))
        if number:
            _queue(Channel.SMS, number, resident.language, resident, page=False)


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


def _mobile(number: str) -> str:
    """E.164 of a number that can take a text message; empty for any other."""
    try:
        parsed = phonenumbers.parse(number, settings.CONFIGURATION.country)
    except phonenumbers.NumberParseException:
        return ""
    kind = phonenumbers.number_type(parsed)
    takes = kind in {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) if takes else ""
