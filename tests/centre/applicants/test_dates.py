"""Dates in the residents' pages are whole, wherever a sentence puts them; what is no text stays as it was."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.centre.quarantine.test_pages import phone as _phone
from tests.centre.quarantine.things import quarantined

from gatepass.centre.applicants.templatetags.dates import whole
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.quarantine.models import Quarantine

phone = _phone


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>由 2026-11-29 20:00 起</p>", '<p>由 <span class="date">2026-11-29 20:00</span> 起</p>'),
        ("到2026-11-29为止", '到<span class="date">2026-11-29</span>为止'),
        ("since 11-29 08:00", 'since <span class="date">11-29 08:00</span>'),
        ('<a href="/x/2026-11-29/" title="2026-11-29">x</a>', '<a href="/x/2026-11-29/" title="2026-11-29">x</a>'),
        ("<option>2026-11-29</option>", "<option>2026-11-29</option>"),
        ("<time>2026-11-29</time>", "<time>2026-11-29</time>"),
        ("<textarea>on 2026-11-29\n</textarea>", "<textarea>on 2026-11-29\n</textarea>"),
        ("<!-- 2026-11-29 -->", "<!-- 2026-11-29 -->"),
        ("12-2026-11-29 is a number", "12-2026-11-29 is a number"),
    ],
)
def test_a_date_in_a_sentence_is_one_piece_and_nothing_else_is_touched(html: str, shown: str) -> None:
    assert whole(html) == shown


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en", "ko", "ja"])
def test_every_date_of_a_quarantines_own_page_is_whole_in_each_language(register, phone, language: str) -> None:
    _client, applicant = phone
    case = quarantined(register())
    Quarantine.objects.update(awaited=timezone.now() + timedelta(hours=1))
    entrust(None, case.resident, applicant, Relation.SELF, Consent.OWN)
    applicant.language = language
    applicant.save()
    client = Client(headers={"accept-language": language})
    page = client.get(f"/my/people/{case.resident_id}/quarantine/").content.decode()
    text = re.sub(r"<time.*?</time>|<option.*?</option>|<span class=\"date\">.*?</span>", "", page, flags=re.DOTALL)
    assert f'<html lang="{language}">' in page
    assert '<span class="date">' in page
    assert not re.search(r">[^<]*[0-9]{4}-[0-9]{2}-[0-9]{2}", text)
