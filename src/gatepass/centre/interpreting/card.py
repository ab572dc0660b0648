"""The button for an interpreter, on the residents' first page."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gatepass.centre.phone.cards import Card, Reader
from gatepass.languages import LANGUAGES


def interpreter(reader: Reader) -> Iterable[Card]:
    link = reverse("my_interpreter")
    mine = {code.lower(): code for code in LANGUAGES}.get(get_language() or "", "")
    yield Card(
        title=_("Somebody who speaks your language"),
        words=_("Touch your language: whoever is on duty for it is called at once, with picture and sound."),
        link=link,
        action=_("Call somebody"),
        # The page of the call has the phrase card: it is what is left without a network.
        keep=(f"{link}?language={mine}",) if mine and reader.mandates else (),
    )
