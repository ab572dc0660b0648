"""The order on paper: what is asked, until when, whom to ring; checked by anybody, and never why it was given."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import zxingcpp
from django.test import Client
from PIL import Image
from tests.centre.quarantine.things import quarantined

from gatepass.centre.accounts.roles import Role
from gatepass.centre.interpreting.actions import set_line
from gatepass.centre.people.models import Resident
from gatepass.centre.quarantine.actions import Explained, amend, explain, withdraw_case
from gatepass.centre.quarantine.models import Explanation, Quarantine
from gatepass.centre.quarantine.orders import Order, check_address, facts_of, order_of, order_pdf
from gatepass.centre.quarantine.printing import languages_of, typeset
from gatepass.credentials import serials
from gatepass.languages import LANGUAGES

pytestmark = pytest.mark.django_db
VERIFY = "/verify/"


@pytest.fixture
def case(register) -> Quarantine:
    person = register()
    Resident.objects.filter(pk=person.pk).update(language="ko", latin_name="WANG XIUYING")
    case = quarantined(person, days_ago=2, place="湖滨大酒店 12-08")
    case.refresh_from_db()
    return case


def printed(case: Quarantine) -> Order:
    order = order_of(case)
    assert order is not None
    return order


def in_english(case: Quarantine) -> str:
    return " ".join(facts_of(printed(case), ["en"])["texts"][0]["paragraphs"])


def shown(address: str) -> str:
    page = Client(headers={"accept-language": "en"}).get(address[address.index(VERIFY) :])
    return page.content.decode()


def test_it_is_printed_in_chinese_and_the_persons_language_unless_others_are_asked_for(case) -> None:
    assert languages_of(printed(case)) == ["zh-Hans", "ko"]
    assert languages_of(printed(case), ["ja", "en"]) == ["en", "ja"]


@pytest.mark.parametrize(("languages", "pages"), [(["zh-Hans", "ko"], 1), (["zh-Hans", "en"], 1), (list(LANGUAGES), 2)])
def test_it_is_one_page_in_two_languages_and_its_code_opens_the_page(case, employ, languages: Any, pages: int) -> None:
    Resident.objects.filter(pk=case.resident_id).update(
        full_name="WOLFESCHLEGELSTEINHAUSENBERGERDORFF HUBERT BLAINE VAN DER BERG", preferred_name="𬭎㛃䶮"
    )
    worker = employ(Role.SOCIAL_WORKER)
    explain(worker, case, Explained(Explanation.Manner.BY_PHONE, "ko", interpreter="김민지, 휴대전화"))
    order = printed(Quarantine.objects.get(pk=case.pk))
    pictures = typeset(facts_of(order, languages), format="png", ppi=150)
    assert len(pictures) <= pages
    codes = [zxingcpp.read_barcodes(np.asarray(Image.open(io.BytesIO(one)).convert("L"))) for one in pictures]
    assert [code.text for page in codes for code in page] == [check_address(order)]
    assert order_pdf(order, languages) == order_pdf(order, languages)


def test_it_says_what_where_until_when_and_whom_to_ring_and_never_why(case, employ, town) -> None:
    set_line(employ(Role.OFFICE), "ko", town.estate, "0571-12345")
    facts = facts_of(printed(case), ["zh-Hans", "ko"])
    said = json.dumps(facts, ensure_ascii=False)
    for words in (
        "湖滨大酒店 12-08",
        "14×24",
        "05:00",
        "37.3",
        "중국 표준시",
        "UTC+0800",
        "0571-12345",
        "WANG XIUYING",
    ):
        assert words in said
    for words in ("arrived from abroad", str(case.resident.documents.get().number)):
        assert words not in said
    assert "until" in in_english(case)
    assert "14 × 24 hours from the beginning, to the minute" in in_english(case)


def test_calendar_days_end_with_the_24_of_the_last_day(register) -> None:
    case = quarantined(register(), kind="monitoring", days_ago=1)
    case.refresh_from_db()
    assert "calendar days after the day of the beginning, until 24:00 of the last day" in in_english(case)
    assert facts_of(printed(case), ["en"])["cells"][3]["value"].endswith("24:00")
    assert "Please do not go out" not in in_english(case)


def test_how_it_was_explained_stands_on_it_or_that_nobody_has(case, employ) -> None:
    assert "Nobody has explained this order to the person yet" in in_english(case)
    worker = employ(Role.SOCIAL_WORKER)
    explain(worker, case, Explained(Explanation.Manner.IN_PERSON, "ko", interpreter="Kim Minji, in person"))
    said = in_english(case)
    assert f"by {worker.full_name}, in 한국어, in person. Interpreter: Kim Minji, in person." in said


def test_whoever_scans_it_reads_that_it_is_in_force_changed_since_or_over(case, employ) -> None:
    worker, first = employ(Role.SOCIAL_WORKER), check_address(printed(case))
    page = shown(first)
    assert "In force" in page
    assert "王*" in page
    assert "王秀英" not in page
    amend(worker, case, reason="prolonged_test", ends_at=case.ends_at + timedelta(hours=30))
    case.refresh_from_db()
    assert "Changed since" in shown(first)
    assert "In force" in shown(check_address(printed(case)))
    assert "× 24 hours" not in in_english(case), "an end that somebody set is no number of whole days"
    number = serials.written(bytes(printed(case).amendment.serial))
    client = Client(headers={"accept-language": "en"})
    assert "In force" in client.post(VERIFY, {"number": number}).content.decode()
    withdraw_case(worker, case, "the wrong person")
    over = shown(first)
    assert "is in force no more" in over
    assert "mistake" not in over
    case.refresh_from_db()
    assert order_of(case) is None


def test_staff_and_the_person_open_it_and_one_that_is_over_is_printed_no_more(
    case, employ, log_in, monkeypatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(
        "gatepass.centre.quarantine.views.releases.order_pdf", lambda _order, said: asked.append(said) or b"%PDF"
    )
    worker = log_in(employ(Role.SOCIAL_WORKER))
    answer = worker.get(f"/quarantine/{case.pk}/order.pdf?language=en&language=ja")
    assert answer.headers["content-type"] == "application/pdf"
    assert asked == [["en", "ja"]]
    withdraw_case(employ(Role.SOCIAL_WORKER), case, "the wrong person")
    assert worker.get(f"/quarantine/{case.pk}/order.pdf").status_code == 404
