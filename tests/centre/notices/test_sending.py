"""Where a notice goes: on paper, on screens, to groups, out of a loudspeaker."""

from __future__ import annotations

import io
import wave
from datetime import timedelta

import pytest
import zxingcpp
from django.utils import timezone
from PIL import Image
from tests.cast import LI, WANG
from tests.centre.notices.test_verbs import changed, refused
from tests.centre.notices.things import begun, public, staff

from gatepass.centre import updates as repository
from gatepass.centre.applicants.contacts import read_contact
from gatepass.centre.codes.papers import fonts_missing
from gatepass.centre.codes.papers.printing import document
from gatepass.centre.errors import RefusedError
from gatepass.centre.notices import actions, broadcasts, loudspeaker, posters, screens
from gatepass.centre.notices.access import public_editions
from gatepass.centre.notices.broadcasts import Group
from gatepass.centre.notices.erasing import erase
from gatepass.centre.notices.models import Broadcast, Change, Fallback, ScreensChanged, Told
from gatepass.centre.notices.posters import Layout, Size
from gatepass.centre.notices.ready_made import READY_MADE
from gatepass.centre.people.actions import PhoneFacts, Registration, register_resident
from gatepass.centre.privacy.contract import Person
from gatepass.centre.sending.models import Message, State
from gatepass.centre.sites.models import Gate
from gatepass.identity import Document
from gatepass.languages import LANGUAGES
from gatepass.wire.screens import SCREENS_FILE, decode

pytestmark = pytest.mark.django_db

without_fonts = pytest.mark.skipif(any(map(fonts_missing, LANGUAGES)), reason="fonts-noto-cjk is not installed")


# --- paper ---


def pictures(notice, size: Size, layout: Layout, *, coloured: bool = False) -> list[Image.Image]:
    editions = list(public_editions(notice).values())
    facts = posters.poster_facts(editions, size, layout, coloured=coloured)
    made = document(posters._template(), facts).compile(format="png", ppi=110)
    return [Image.open(io.BytesIO(each)) for each in (made if isinstance(made, list) else [made])]


@without_fonts
def test_each_paper_leads_to_its_own_live_page_and_its_own_revision(town) -> None:
    notice = public(town.estate)
    pages = pictures(notice, Size.A4, Layout.ONE)
    assert len(pages) == 5
    assert {code.text for page in pages for code in zxingcpp.read_barcodes(page)} == {
        f"http://127.0.0.1:8600/n/{notice.code}/1/"
    }
    [sheet] = pictures(notice, Size.A3, Layout.TOGETHER, coloured=True)
    assert len(zxingcpp.read_barcodes(sheet)) == 5


@without_fonts
@pytest.mark.slow
@pytest.mark.parametrize("name", READY_MADE)
def test_every_finished_text_fits_on_a4_and_four_of_them_on_a3(town, name: str) -> None:
    editions = public_editions(public(town.estate, name))
    every = list(editions.values())
    assert posters.poster_pdf(every, Size.A4, Layout.ONE, coloured=False).startswith(b"%PDF")
    four = [editions[code] for code in ("zh-hans", "en", "ko", "ja")]
    assert posters.poster_pdf(four, Size.A3, Layout.TOGETHER, coloured=True).startswith(b"%PDF")


@without_fonts
def test_what_does_not_fit_is_refused_and_named(town) -> None:
    notice, by = public(town.estate, "interpreter"), staff()
    english = notice.translations.get(language="en")
    words = english.body + "\n\n" + "We interpret for you, whatever it is. " * 150
    actions.translate(by, notice, "en", actions.Text(english.title, english.short, words), done=True)
    actions.review(staff(), notice.translations.get(language="en"))
    actions.publish(by, notice)
    with refused("poster_overflow") as refusal:
        posters.poster_pdf(list(public_editions(notice).values()), Size.A5, Layout.ONE, coloured=False)
    assert refusal.value.fields == {"languages": "English", "size": "A5"}


@without_fonts
def test_the_poster_of_what_is_public_comes_as_pdf_and_of_nothing_not_at_all(town, log_in) -> None:
    client, notice = log_in(staff()), public(town.estate, "interpreter")
    answer = client.get(f"/notices/{notice.pk}/poster/?size=a5&layout=one&languages=en&languages=ko&coloured=on")
    assert (answer.headers["content-type"], answer.content[:4]) == ("application/pdf", b"%PDF")
    actions.withdraw(staff(), notice)
    assert client.get(f"/notices/{notice.pk}/poster/?size=a5&layout=one").status_code == 302


# --- screens ---


def shown(now_in_hours: float = 0.0, gate: int = 1) -> list[int]:
    at = int((timezone.now() + timedelta(hours=now_in_hours)).timestamp() * 1000)
    content = repository.publisher().file(SCREENS_FILE) or b"{}"
    return [one.id for one in decode(content).at(str(gate), at)]


def test_a_notice_reaches_the_gates_of_its_place_and_leaves_when_it_is_over_or_withdrawn(town, updates) -> None:
    notice, by, now = public(town.estate), staff(), timezone.now()
    showing = screens.show(by, notice, actions.Where(site=town.estate), now, now + timedelta(hours=2))
    assert screens.publish_screens(repository.publisher())
    assert shown(gate=town.east.pk) == [showing.pk]
    assert shown(gate=town.far_gate.pk) == []
    assert shown(2.1, town.east.pk) == []  # by the gate's own clock, without another word from here
    actions.withdraw(by, notice)
    assert screens.publish_screens(repository.publisher())
    assert shown(gate=town.east.pk) == []
    assert not ScreensChanged.objects.exists()
    assert not screens.publish_screens(repository.publisher())


def test_a_change_of_substance_reaches_screens_and_missing_languages_are_counted(town, updates) -> None:
    notice, now = public(town.estate), timezone.now()
    screens.show(staff(), notice, actions.Where(), now, now + timedelta(hours=2))
    screens.publish_screens(repository.publisher())
    changed(notice, Change.SUBSTANCE)
    assert screens.publish_screens(repository.publisher())
    [one] = decode(repository.publisher().file(SCREENS_FILE) or b"").notices
    assert {language: told for language, (told, _text) in one.texts.items()} == dict.fromkeys(LANGUAGES, "zh-Hans")


def test_screens_refuse_what_is_not_public_too_long_or_too_much(town) -> None:
    by, now = staff(), timezone.now()
    everywhere, day = actions.Where(), timedelta(days=1)
    with refused("notice_not_public"):
        screens.show(by, begun(town.estate), everywhere, now, now + day)
    for ends in (now - day, now + 61 * day):
        with refused("notice_end"):
            screens.show(by, public(town.estate), everywhere, now, ends)
    for _ in range(screens.MOST):
        screens.show(by, public(town.estate, "interpreter"), everywhere, now, now + day)
    with refused("screen_full"):
        screens.show(by, public(town.estate), actions.Where(site=town.estate), now, now + day)


def test_a_damaged_file_shows_nothing() -> None:
    for content in (b"", b"{", b"[]", b'{"notices": [{"id": 1}]}', b"\xff\xfe", b"x" * 600_000):
        assert decode(content).at("1", 0) == []


def test_gates_of_another_site_are_not_named(town) -> None:
    notice, now = public(town.estate), timezone.now()
    showing = screens.show(staff(), notice, actions.Where(community=town.community), now, now + timedelta(hours=1))
    [one] = screens.screens(now).notices
    assert (one.id, one.gates) == (showing.pk, [str(Gate.objects.get(site=town.estate).pk)])


# --- groups ---


def person(town, document: Document, phone: str, language: str):
    facts = Registration(document, site=town.estate.pk, phones=(PhoneFacts(phone, "own"),), language=language)
    return register_resident(None, facts)


def test_everybody_of_a_group_is_told_once_in_their_own_language(town) -> None:
    person(town, WANG.document, "13800012345", "zh-hans")
    person(town, LI.document, "13800012346", "ko")
    notice = public(town.estate, languages=("zh-hans", "en"))
    group = Group(site=town.estate)
    lines = {one.language: (one.people, one.told_in) for one in broadcasts.preview(notice, group)}
    assert lines == {"zh-hans": (1, "zh-hans"), "ko": (1, "en")}
    broadcast = broadcasts.begin(staff(), notice, group)
    with refused("broadcast_runs"):
        broadcasts.begin(staff(), notice, group)
    while broadcasts.send_piece():
        pass
    broadcast.refresh_from_db()
    assert (broadcast.state, broadcast.queued, broadcast.looked_at) == ("done", 2, 2)
    texts = {message.language: str(message.text) for message in Message.objects.all()}
    assert set(texts) == {"zh-hans", "en"}
    assert f"/n/{notice.code}/" in texts["en"]
    assert [(one.language, one.place, one.count) for one in Fallback.objects.all()] == [("ko", "message", 1)]


def test_a_crash_in_the_middle_leaves_nobody_out_and_tells_nobody_twice(town, monkeypatch) -> None:
    for place in range(5):
        person(town, (WANG, LI)[place % 2].document if place < 2 else _document(place), f"1380001234{place}", "zh-hans")
    notice = public(town.estate)
    monkeypatch.setattr(broadcasts, "PIECE", 2)
    broadcast = broadcasts.begin(staff(), notice, Group(site=town.estate))
    broadcasts.send_piece()
    real = broadcasts.queue
    calls = iter(range(10))

    def breaks(*args, **kwargs):
        if next(calls) == 1:
            raise OSError("the disk is full")
        return real(*args, **kwargs)

    monkeypatch.setattr(broadcasts, "queue", breaks)
    with pytest.raises(OSError, match="disk"):
        broadcasts.send_piece()
    assert Message.objects.count() == 2
    monkeypatch.setattr(broadcasts, "queue", real)
    while broadcasts.send_piece():
        pass
    broadcast.refresh_from_db()
    assert (broadcast.queued, Message.objects.count(), Told.objects.count()) == (5, 5, 5)


def _document(place: int) -> Document:
    from tests.cast import number

    from gatepass.identity import DocumentKind, Holder

    return Document(DocumentKind.RESIDENT_CARD, "CHN", number("330102", f"195{place}0101", "012"), Holder("张三"))


def test_one_telephone_gets_one_message_and_who_has_none_is_counted(town, register) -> None:
    person(town, WANG.document, "13800012345", "zh-hans")
    person(town, LI.document, "13800012345", "zh-hans")
    notice = public(town.estate)
    broadcast = broadcasts.begin(staff(), notice, Group(community=town.community))
    while broadcasts.send_piece():
        pass
    broadcast.refresh_from_db()
    assert (broadcast.queued, broadcast.unreached, Message.objects.count()) == (1, 0, 1)


def test_what_has_not_left_is_dropped_when_it_is_stopped_or_the_notice_withdrawn(town, log_in) -> None:
    person(town, WANG.document, "13800012345", "zh-hans")
    notice, client = public(town.estate), log_in(staff())
    client.post(f"/notices/{notice.pk}/broadcast/", {"group": f"site:{town.estate.pk}", "building": "", "language": ""})
    broadcast = Broadcast.objects.get()
    while broadcasts.send_piece():
        pass
    assert Message.objects.filter(state=State.QUEUED).count() == 1
    assert "1 of 1 people" in client.get(f"/notices/broadcasts/{broadcast.pk}/").content.decode()
    client.post(f"/notices/broadcasts/{broadcast.pk}/cancel/")
    assert not Message.objects.exists()
    again = broadcasts.begin(staff(), notice, Group())
    broadcasts.send_piece()
    actions.withdraw(staff(), notice)
    again.refresh_from_db()
    assert (again.state, Message.objects.count()) == ("cancelled", 0)
    with refused("broadcast_over"):
        broadcasts.cancel(staff(), again)


def test_the_count_before_sending_names_who_would_be_told_otherwise(town, log_in) -> None:
    person(town, LI.document, "13800012346", "ko")
    notice = public(town.estate, languages=("zh-hans", "en"))
    client = log_in(staff())
    said = client.get(f"/notices/{notice.pk}/broadcast/?group=site:{town.estate.pk}").content.decode()
    assert "한국어" in said
    assert '<span class="state look">English</span>' in said
    assert "Nobody is in this group" in client.get(
        f"/notices/{notice.pk}/broadcast/?group=site:{town.hospital.pk}"
    ).content.decode()  # fmt: skip


def test_to_whom_it_went_goes_with_the_person(town) -> None:
    person(town, WANG.document, "13800012345", "zh-hans")
    broadcasts.begin(staff(), public(town.estate), Group())
    broadcasts.send_piece()
    contact = read_contact("13800012345")
    assert erase(Person((), frozenset(), contacts=frozenset({contact.address}))) == {"notices.Told": 1}


# --- aloud ---


def test_the_sentence_is_a_sound_of_the_right_loudness_and_length(town) -> None:
    try:
        made = loudspeaker.spoken(READY_MADE["gate_mask"].texts["en"].short, "en")
    except RefusedError as error:
        pytest.skip(error.code)
    with wave.open(io.BytesIO(made.wav)) as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(made.seconds, abs=0.01)
    assert made.level == pytest.approx(-16, abs=loudspeaker.LEVEL_WITHIN)


def test_without_its_program_the_page_says_what_to_install(town, log_in, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "")
    notice = public(town.estate)
    answer = log_in(staff()).get(f"/notices/{notice.pk}/en/sound.wav", follow=True)
    assert "This machine cannot speak this language. espeak-ng is not installed" in answer.content.decode()
