"""Asking, on the residents' first page, and what became of the newest questions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from gatepass.centre.phone.cards import Card, Reader
from gatepass.centre.questions.access import own_questions

SHOWN: Final = 2
SHORT: Final = 60


def questions(reader: Reader) -> Iterable[Card]:
    newest = own_questions(reader.applicant)[:SHOWN]
    yield Card(
        title=_("Questions"),
        words=_("May somebody come in?") + " " + _("Answered at once, by the rule of the gate itself."),
        lines=[f"{Truncator(str(one.words)).chars(SHORT)} · {one.get_state_display()}" for one in newest],
        link=reverse("my_questions"),
        action=_("Ask"),
    )
