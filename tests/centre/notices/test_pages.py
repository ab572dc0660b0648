"""The pages of notices: staff's, the residents' and the public one behind a poster's QR."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.centre.notices.test_verbs import changed, text
from tests.centre.notices.things import begun, public, staff

from gatepass.centre.accounts.models import Grant
from gatepass.centre.accounts.roles import Role
from gatepass.centre.applicants.access import COOKIE
from gatepass.centre.applicants.actions import token_hash
from gatepass.centre.applicants.contacts import read_contact
from gatepass.centre.applicants.models import Applicant, Visit
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.notices import actions
from gatepass.centre.notices.models import Change, Fallback, Notice, State
from gatepass.centre.notices.ready_made import Text

pytestmark = pytest.mark.django_db

LANGUAGES = ("zh-hans", "zh-hant", "en", "ko", "ja")


def page(notice: Notice, language: str = "en", revision: str = "") -> str:
    answer = Client().get(f"/n/{notice.code}/{revision}?l={language}")
    assert (answer.status_code, answer.cookies) == (200, {})
    return answer.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_public_page_speaks_the_chosen_language_and_sets_no_cookie(town, language: str) -> None:
    notice = public(town.estate)
    said = page(notice, language)
    assert f'<html lang="{language}">' in said
    assert text(notice, language).title in said
    assert not Fallback.objects.exists()


def test_without_a_choice_the_browser_decides(town) -> None:
    notice = public(town.estate)
    answer = Client().get(f"/n/{notice.code}/", headers={"accept-language": "ko-KR,ko;q=0.9,en;q=0.5"})
    assert text(notice, "ko").title in answer.content.decode()
    assert answer.headers["content-language"] == "ko"


def test_a_missing_language_is_said_in_that_language_and_counted(town) -> None:
    notice = public(town.estate, languages=("zh-hans", "en"))
    said = page(notice, "ko")
    assert "아직 사용하시는 언어로 없습니다" in said
    assert '<article class="prose" lang="en">' in said
    [row] = Fallback.objects.all()
    assert (row.language, row.told_in, row.place, row.count) == ("ko", "en", "page", 1)


def test_a_change_of_substance_is_said_in_the_language_that_lost_its_text_and_on_old_paper(town) -> None:
    notice = public(town.estate)
    assert "✓" in page(notice, "zh-hans", "1/")
    changed(notice, Change.SUBSTANCE)
    assert "오래되어 철회되었습니다" in page(notice, "ko")
    assert "已经过期，以本页为准" in page(notice, "zh-hans", "1/")
    assert "已经过期" not in page(notice, "zh-hans", "2/")


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hans", "撤回"), ("zh-hant", "撤回"), ("en", "was withdrawn"), ("ko", "철회"), ("ja", "撤回")],
)
def test_a_withdrawn_notice_says_so_and_shows_nothing_of_itself(town, language: str, said: str) -> None:
    notice = public(town.estate)
    actions.withdraw(staff(), notice)
    shown = page(notice, language, "1/")
    assert said in shown
    assert "<article" not in shown


def test_a_notice_that_is_over_or_unknown(town, monkeypatch) -> None:
    notice = public(town.estate)
    Notice.objects.update(ends_at=timezone.now() - timedelta(minutes=1))
    assert "It is over." in page(notice)
    assert Client().get("/n/abcdefgh/").status_code == 404
    assert "not public yet" in page(begun(town.estate))


def test_a_translator_writes_beside_the_source_and_is_told_what_differs(town, log_in) -> None:
    office = staff()
    notice = actions.create(
        office, "notice", "zh-hans", actions.Where(), Text("健康码", "观察14天。", "3月12日起，出示健康码。")
    )
    client = log_in(office)
    typed = {"title": "Health code", "short": "Stay for 15 days.", "body": "From 12 March, show your QR.", "check": "1"}
    said = client.post(f"/notices/{notice.pk}/en/translate/", typed).content.decode()
    assert "the source says “14天”, this text says “15 days”" in said
    assert "“health code” is missing here" not in said  # the title has it
    assert "Checked, not saved" in said
    assert not notice.translations.filter(language="en").exists()
    client.post(
        f"/notices/{notice.pk}/en/translate/",
        {**typed, "short": "Stay for 14 days.", "done": "1", "check": ""} | {"check": ""},
    )
    client.post(f"/notices/{notice.pk}/en/translate/", {k: v for k, v in typed.items() if k != "check"} | {"done": "1"})
    assert text(notice, "en").state == State.TRANSLATED
    answer = client.post(f"/notices/{notice.pk}/en/review/", {"seen": "1"}, follow=True).content.decode()
    assert "Whoever wrote a text does not review it" in answer
    log_in(staff()).post(f"/notices/{notice.pk}/en/review/", {"seen": "1"})
    assert text(notice, "en").state == State.REVIEWED


def test_an_interpreter_writes_and_reviews_only_in_the_granted_languages(town, log_in) -> None:
    interpreter = staff(Role.INTERPRETER)
    Grant.objects.filter(user=interpreter).update(languages=["ko"])
    notice = begun(town.estate)
    client = log_in(interpreter)
    assert "한국어" in client.get("/notices/review/").content.decode()
    assert client.post(f"/notices/{notice.pk}/ja/review/").status_code == 403
    assert client.post(f"/notices/{notice.pk}/ko/review/").status_code == 302
    assert text(notice, "ko").state == State.REVIEWED
    assert client.post(f"/notices/{notice.pk}/publish/").status_code == 403


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_staff_opens_full_and_empty_in_every_language(town, log_in, language: str) -> None:
    user = staff()
    user.language = language
    user.save()
    client = log_in(user)
    lists = ("notices/", "notices/new/", "notices/review/", "notices/posters/", "notices/fallbacks/", "notices/terms/")
    for address in lists:
        assert client.get(f"/{address}").status_code == 200, address
    notice = public(town.estate, languages=("zh-hans",))
    changed(notice, Change.SUBSTANCE)
    page(notice, "ko")
    for address in (*lists, f"notices/{notice.pk}/", f"notices/{notice.pk}/ko/", f"notices/{notice.pk}/zh-hans/"):
        assert client.get(f"/{address}").status_code == 200, address
    assert client.get("/notices/new/?from=testing").status_code == 200
    assert client.get("/notices/new/?from=nothing").status_code == 404
    for which in ("", "?as=xlsx"):
        assert client.get(f"/notices/export/{which}").status_code == 200
    assert client.get("/notices/fallbacks/export/").status_code == 200


def test_a_finished_text_is_filled_in_once_for_five_languages(town, log_in) -> None:
    client = log_in(staff())
    filled = {
        "where": f"site:{town.estate.pk}", "date": "2026-03-12", "opens": "08:30", "closes": "17:00", "place": "东门",
        "phone": "0571-8765 4321",
    }  # fmt: skip
    answer = client.post("/notices/new/?from=testing", filled)
    notice = Notice.objects.get()
    assert answer.headers["location"] == f"/notices/{notice.pk}/"
    assert "12 March" in text(notice, "en").body
    assert "3월 12일" in text(notice, "ko").short
    assert client.post("/notices/new/?from=testing", {**filled, "phone": "call me"}).status_code == 200
    assert Notice.objects.count() == 1


def test_what_must_come_down_stands_first_in_the_list_of_posters(town, log_in) -> None:
    notice = public(town.estate)
    client = log_in(staff(Role.GUARD_LEAD))
    assert "Take these down" not in client.get("/notices/posters/").content.decode()
    changed(notice, Change.SUBSTANCE)
    said = client.get("/notices/posters/").content.decode()
    assert "简体中文 (1), 繁體中文 (1), English (1), 한국어 (1), 日本語 (1)" in said


def test_lists_are_filtered_by_what_is_missing(town, log_in) -> None:
    public(town.estate)
    lacking = public(town.estate, "visitors", languages=("zh-hans", "en"))
    client = log_in(staff())
    said = client.get("/notices/?state=incomplete").content.decode()
    assert f"/notices/{lacking.pk}/" in said
    assert "进门请戴口罩" not in said
    assert "No notice fits" in client.get("/notices/?state=incomplete&language=en").content.decode()
    assert client.get("/notices/?state=nonsense").status_code == 200


def test_a_resident_reads_what_holds_for_them_in_their_language_and_nothing_of_other_places(town, register) -> None:
    resident, here = register(), public(town.estate, languages=("zh-hans", "en"))
    public(town.far_site, "visitors")
    contact, now = read_contact("13800012345"), timezone.now()
    applicant = Applicant.objects.create(
        channel=contact.channel, contact=contact.address, contact_hash=contact.hashed, created_at=now
    )
    Visit.objects.create(applicant=applicant, token_hash=token_hash("token"), began_at=now, seen_at=now)
    entrust(None, resident, applicant, Relation.CHILD, Consent.TOLD_STAFF)
    client = Client()
    client.cookies[COOKIE] = "token"
    said = client.get("/my/notices/", headers={"accept-language": "ko"}).content.decode()
    assert text(here, "en").title in said
    assert "아직 사용하시는 언어로 없음" in said
    assert "Visitors and deliveries" not in said
    assert [(one.language, one.place) for one in Fallback.objects.all()] == [("ko", "phone")]
    actions.withdraw(staff(), here)
    assert "지금은 안내문이 없습니다" in client.get("/my/notices/", headers={"accept-language": "ko"}).content.decode()
