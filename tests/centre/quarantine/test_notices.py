"""The paper that is shown to others: in any of five languages, one page, checked by anybody, revoked on a day."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
import zxingcpp
from django.test import Client
from django.utils import timezone
from PIL import Image
from tests.centre.quarantine.things import quarantined, reported_well

from gatepass.centre.accounts.roles import Role
from gatepass.centre.limits.limits import LIMITS
from gatepass.centre.people.models import Resident
from gatepass.centre.quarantine import calendar, releasing
from gatepass.centre.quarantine.models import Notice, Quarantine
from gatepass.centre.quarantine.printing import check_address, facts_of, languages_of, notice_pdf, typeset
from gatepass.credentials import serials
from gatepass.languages import LANGUAGES

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice(register, employ) -> Notice:
    person = register()
    Resident.objects.filter(pk=person.pk).update(language="ko", latin_name="WANG XIUYING")
    case = quarantined(person, days_ago=6)
    reported_well(case)
    worker, other = employ(Role.SOCIAL_WORKER), employ(Role.OFFICE)
    case.refresh_from_db()
    release = releasing.ask_for_release(worker, case, reason="rule_shortened")
    releasing.confirm_release(other, release)
    found = releasing.notice_of(release)
    assert found is not None
    return found


def test_it_is_issued_in_chinese_and_the_persons_language_and_printed_in_any_other(notice) -> None:
    assert notice.languages == ["zh-Hans", "ko"]
    assert languages_of(notice) == ["zh-Hans", "ko"]
    assert languages_of(notice, ["ja", "en", "xx"]) == ["en", "ja"]
    assert languages_of(notice, ["xx"]) == ["zh-Hans", "ko"]


@pytest.mark.parametrize("languages", [["zh-Hans", "ko"], ["zh-Hans", "en", "ko", "ja"], list(LANGUAGES), ["ja"]])
def test_it_is_one_page_whatever_the_languages_and_its_code_opens_the_page(notice, languages: Any) -> None:
    Resident.objects.filter(pk=notice.release.quarantine.resident_id).update(
        full_name="WOLFESCHLEGELSTEINHAUSENBERGERDORFF HUBERT BLAINE VAN DER BERG", preferred_name="𬭎㛃䶮"
    )
    notice = Notice.objects.get(pk=notice.pk)
    pages = typeset(facts_of(notice, languages), format="png", ppi=150)
    assert len(pages) == 1
    (code,) = zxingcpp.read_barcodes(np.asarray(Image.open(io.BytesIO(pages[0])).convert("L")))
    assert code.text == check_address(notice)
    assert notice_pdf(notice, languages) == notice_pdf(notice, languages)


def test_no_health_reason_and_no_whole_number_stands_on_it(notice) -> None:
    said = json.dumps(facts_of(notice, list(LANGUAGES)), ensure_ascii=False)
    assert "Asia/Shanghai" not in said
    assert "China Standard Time" in said
    assert "王秀英" in said
    assert "WANG XIUYING" in said
    assert "arrived from abroad" not in said
    assert "Shortened" not in said
    assert str(notice.release.quarantine.resident.documents.get().number) not in said


def test_of_an_early_release_no_full_term_is_certified(notice) -> None:
    facts = facts_of(notice, ["en"])
    assert "ended early by decision of the office" in facts["texts"][0]["paragraphs"][0]
    period, released = (one["value"] for one in facts["cells"] if one["label"] in {"period", "released"})
    assert period.endswith(released)


def test_a_midnight_is_the_24_of_the_day_that_ends(notice) -> None:
    case = notice.release.quarantine
    Quarantine.objects.filter(pk=case.pk).update(kind="monitoring", ends_at=calendar.ends_at(
        case.started_at, 14, "days", case.civil))  # fmt: skip
    notice.release.__class__.objects.update(timing="in_time")
    facts = facts_of(Notice.objects.get(pk=notice.pk), ["en"])
    assert facts["cells"][2]["value"].endswith("24:00")
    assert ", 24:00 and was lifted on" in facts["texts"][0]["paragraphs"][0]


@pytest.mark.parametrize(
    ("language", "word"),
    [("en", "Valid"), ("zh-hans", "有效"), ("zh-hant", "有效"), ("ko", "유효"), ("ja", "有効")],
)
def test_whoever_scans_it_reads_that_it_stands_in_their_language(notice, language: str, word: str) -> None:
    address = check_address(notice)
    page = Client(headers={"accept-language": language}).get(address[address.index("/verify/") :])
    text = page.content.decode()
    assert word in text
    assert notice.issuer in text
    assert "王*" in text
    assert "王秀英" not in text


def test_a_revoked_one_says_on_which_day(notice, employ) -> None:
    address = check_address(notice)
    releasing.take_back(employ(Role.OFFICE), notice.release, "released_in_error")
    page = Client(headers={"accept-language": "en"}).get(address[address.index("/verify/") :]).content.decode()
    assert "This notice was genuine, and was revoked on" in page
    assert timezone.localtime().strftime("%Y") in page


def test_a_number_is_typed_in_any_way_and_a_wrong_one_tells_nothing(notice) -> None:
    client = Client(headers={"accept-language": "en"})
    written = serials.written(bytes(notice.serial))
    assert "Valid" in client.post("/verify/", {"number": written.lower().replace("-", " ")}).content.decode()
    for wrong in ("0000-0000-00000", "王秀英", "' OR 1=1", ""):
        page = client.post("/verify/", {"number": wrong}).content.decode()
        assert "Number not known" in page
        assert "王*" not in page


def test_a_made_up_code_is_not_genuine_and_an_erased_one_is_no_longer_on_record(notice) -> None:
    client = Client(headers={"accept-language": "en"})
    address = check_address(notice)
    path = address[address.index("/verify/") :]
    assert "Not genuine" in client.get("/verify/xyz/").content.decode()
    notice.delete()
    assert "No longer on record" in client.get(path).content.decode()


def test_how_often_one_address_may_ask_is_limited(monkeypatch) -> None:
    monkeypatch.setitem(LIMITS, "notice_from_address", LIMITS["notice_from_address"].__class__(2, *_rest()))
    client = Client(headers={"accept-language": "en"})
    pages = [client.post("/verify/", {"number": "x"}).content.decode() for _ in range(3)]
    assert "Number not known" in pages[1]
    assert "tried too often" in pages[2]


def _rest() -> tuple[Any, ...]:
    limit = LIMITS["notice_from_address"]
    return limit.within, limit.words


def test_staff_open_it_in_the_languages_that_they_tick(notice, employ, log_in, monkeypatch) -> None:
    case = notice.release.quarantine
    asked: list[Any] = []
    monkeypatch.setattr(
        "gatepass.centre.quarantine.views.releases.notice_pdf", lambda _notice, said: asked.append(said) or b"%PDF"
    )
    address = f"/quarantine/{case.pk}/notice.pdf?language=en&language=ja"
    answer = log_in(employ(Role.SOCIAL_WORKER)).get(address)
    assert answer.headers["content-type"] == "application/pdf"
    assert asked == [["en", "ja"]]
