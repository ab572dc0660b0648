"""The phone page that says of a shown code what a gate would say: the same `judge`, the same lists."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone
from PIL import Image
from tests.cast import WANG

from gatepass.centre.applicants.access import COOKIE
from gatepass.centre.applicants.actions import begin_visit
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.limits.limits import LIMITS, Limit
from gatepass.centre.papers.actions import issue_paper, paper_text, report_loss
from gatepass.centre.papers.models import Paper
from gatepass.centre.verifications.access import verdict_of
from gatepass.credentials import serials
from gatepass.policy import Colour

pytestmark = pytest.mark.django_db
PAGE = "/my/check/"


@pytest.fixture
def phone(applicant, updates):
    def phone(language: str = "en") -> Client:
        with transaction.atomic():
            entrance = begin_visit(applicant(), "Chrome · Android")
        client = Client(headers={"Accept-Language": language})
        client.cookies[COOKIE] = entrance.token
        return client

    return phone


@pytest.fixture
def paper(register) -> Paper:
    resident = register(WANG)
    set_colour(None, resident, Colour.RED)
    return issue_paper(None, resident)


def photo(*texts: str, kind: str = "jpeg") -> SimpleUploadedFile:
    """One picture with these codes beside each other, as a phone takes it."""
    drawn = []
    for text in texts:
        out = io.BytesIO()
        segno.make(text, error="m").save(out, kind="png", scale=6, border=6)
        drawn.append(Image.open(out).convert("RGB"))
    whole = Image.new(
        "RGB", (sum(each.width for each in drawn) or 400, max([each.height for each in drawn] or [400])), "white"
    )
    left = 0
    for each in drawn:
        whole.paste(each, (left, 0))
        left += each.width
    out = io.BytesIO()
    whole.save(out, kind)
    return SimpleUploadedFile(f"photo.{kind}", out.getvalue(), f"image/{kind}")


def said(client: Client, **sent: object) -> str:
    answer = client.post(PAGE, sent)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_a_photo_of_a_good_paper_is_told_to_be_good_and_until_when(phone, paper, kind: str) -> None:
    page = said(phone(), picture=photo(paper_text(paper), kind=kind))
    assert 'class="one green"' in page
    assert "genuine" in page
    assert serials.written(bytes(paper.serial)) in page


def test_neither_the_colour_nor_the_person_is_told(phone, paper) -> None:
    page = said(phone(), text=paper_text(paper))
    assert "one red" not in page
    assert "王秀英" not in page
    assert paper_text(paper) not in page, "what was shown does not stand on the page"


def test_a_lost_paper_is_refused_at_once_and_before_any_gate_knows(phone, paper) -> None:
    text = paper_text(paper)
    client = phone()
    assert "one green" in said(client, text=text)
    report_loss(None, paper.resident)
    page = said(client, text=text)
    assert "one red" in page
    assert verdict_of(text).reasons == ("code_revoked",)


def test_the_words_are_those_of_the_gate_in_five_languages(phone, paper) -> None:
    client = phone()
    pages = {}
    for language in ("zh-hans", "zh-hant", "en", "ko", "ja"):
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
        pages[language] = said(client, text="GP1:NOTHING")
    assert len(set(pages.values())) == 5
    assert all("one yellow" in page for page in pages.values())


def test_two_codes_in_one_photo_are_told_apart(phone, paper) -> None:
    page = said(phone(), picture=photo(paper_text(paper), "https://example.org/"))
    assert page.count('<section role="status">') == 2
    assert "one green" in page
    assert "one yellow" in page


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Take a photo of the code"),
        ({"text": "\r\n"}, "Take a photo of the code"),
        ({"picture": SimpleUploadedFile("x.jpg", b"no picture", "image/jpeg")}, "cannot be opened"),
        ({"picture": SimpleUploadedFile("x.jpg", b"", "image/jpeg")}, "empty"),
    ],
)
def test_what_cannot_be_looked_at_is_said_with_a_next_step(phone, sent: dict[str, object], sentence: str) -> None:
    assert sentence in said(phone(), **sent)


def test_a_photo_without_a_code_asks_for_a_better_one(phone) -> None:
    assert "No code was found" in said(phone(), picture=photo())


def test_a_picture_that_would_fill_the_memory_is_not_opened(phone, monkeypatch) -> None:
    monkeypatch.setattr("gatepass.verify.MOST_PIXELS", 1000)
    assert "cannot be opened" in said(phone(), picture=photo("x"))


def test_going_through_codes_is_stopped(phone, monkeypatch) -> None:
    rule = LIMITS["verify_from_address"]
    monkeypatch.setitem(LIMITS, "verify_from_address", Limit(2, rule.within, rule.words))
    client = phone()
    pages = [said(client, text="x") for _ in range(3)]
    assert ["one yellow" in page for page in pages] == [True, True, False]
    assert "minutes" in pages[2]


def test_the_page_is_found_from_the_list_of_people_and_only_by_who_has_come_in(phone) -> None:
    client = phone()
    assert f'href="{PAGE}"' in client.get("/my/").content.decode()
    assert "multipart/form-data" in client.get(PAGE).content.decode()
    assert Client().get(PAGE).status_code == 302


def test_a_paper_that_is_over_is_held(phone, paper, time_machine) -> None:
    time_machine.move_to(timezone.now() + timedelta(days=400))
    assert verdict_of(paper_text(paper)).reasons == ("code_paper_expired",)
