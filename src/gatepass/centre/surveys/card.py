"""A survey that is open and not answered, on the residents' first page."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from gatepass.centre.phone.cards import Card, Reader
from gatepass.centre.surveys.models import Reply


def surveys(reader: Reader) -> Iterable[Card]:
    waiting = Reply.objects.filter(resident__in=reader.people, survey__closed_at=None, state="")
    for reply in waiting.select_related("resident").order_by("id"):
        if reply.resident is not None:
            yield Card(
                title=_("Here or away?"),
                words=reply.resident.full_name,
                link=reverse("my_survey", args=[reply.resident.pk, reply.survey_id]),
                action=_("Answer"),
                first=True,
            )
