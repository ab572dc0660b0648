"""The newest notices in the reader's language, on the residents' first page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gatepass.centre.notices.access import best_of, notices_for, public_editions
from gatepass.centre.phone.cards import Card, Reader

SHOWN: Final = 3


def notices(reader: Reader) -> Iterable[Card]:
    wanted = get_language() or "zh-hans"
    sites = sorted({person.site_id for person in reader.people})
    titles = [
        edition.title
        for notice in notices_for(sites, reader.at)[:SHOWN]
        if (edition := best_of(public_editions(notice), wanted, notice.language)) is not None
    ]
    link = reverse("my_notices")
    words = "" if titles else _("There is no notice for you now. When there is one, it stands here in your language.")
    yield Card(
        title=_("Notices in my language"),
        words=words,
        lines=titles,
        link=link,
        action=_("Read them"),
        keep=(link,),
    )
