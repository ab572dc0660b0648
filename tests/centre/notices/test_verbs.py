"""Writing, reviewing, publishing, changing and withdrawing a notice, as its verbs promise it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.centre.notices.things import begun, public, staff

from gatepass.centre.audit.models import Entry
from gatepass.centre.errors import RefusedError
from gatepass.centre.notices import actions
from gatepass.centre.notices.access import best_of, notices_for, public_editions
from gatepass.centre.notices.models import Change, Edition, Fallback, Notice, State, Translation
from gatepass.centre.notices.ready_made import Text

pytestmark = pytest.mark.django_db

FIVE = {"zh-hans", "zh-hant", "en", "ko", "ja"}


def text(notice: Notice, language: str) -> Translation:
    return notice.translations.get(language=language)


def refused(code: str):
    return pytest.raises(RefusedError, match=f"^{code}$")


def test_a_finished_text_waits_for_review_in_five_languages_and_nothing_is_public(town) -> None:
    notice = begun(town.estate)
    assert {one.language for one in notice.translations.all()} == FIVE
    assert {one.state for one in notice.translations.all()} == {State.TRANSLATED}
    assert {one.reviewer for one in notice.translations.all()} == {None}
    assert public_editions(notice) == {}
    assert list(notices_for([town.estate.pk], timezone.now())) == []


def test_whoever_wrote_a_text_does_not_review_it(town) -> None:
    writer, other = staff(), staff()
    notice = actions.create(writer, "notice", "zh-hans", actions.Where(), Text("关门", "东门关了。", "请走西门。"))
    with refused("notice_own"):
        actions.review(writer, text(notice, "zh-hans"))
    actions.review(other, text(notice, "zh-hans"))
    assert text(notice, "zh-hans").reviewer == other
    with refused("notice_state"):
        actions.review(staff(), text(notice, "zh-hans"))


def test_figures_that_differ_stop_a_review_until_somebody_says_that_they_looked(town) -> None:
    writer, other = staff(), staff()
    notice = actions.create(writer, "notice", "zh-hans", actions.Where(), Text("观察", "观察14天。", "观察14天。"))
    actions.translate(writer, notice, "en", Text("Observation", "Stay for 15 days.", "Stay for 14 days."), done=True)
    with refused("notice_figures"):
        actions.review(other, text(notice, "en"))
    actions.review(other, text(notice, "en"), differences_seen=True)
    entry = Entry.objects.filter(verb="notice:review").last()
    assert entry is not None
    assert entry.fields == {"language": "en", "revision": 1, "differences": 1}


def test_the_source_becomes_public_before_its_translations(town) -> None:
    notice, other = begun(town.estate), staff()
    with refused("notice_nothing"):
        actions.publish(other, notice)
    actions.review(other, text(notice, "ko"))
    with refused("notice_source_first"):
        actions.publish(other, notice)
    actions.review(other, text(notice, "zh-hans"))
    assert set(actions.publish(other, notice).languages) == {"zh-hans", "ko"}
    assert set(public_editions(notice)) == {"zh-hans", "ko"}
    assert list(notices_for([town.estate.pk], timezone.now())) == [notice]
    assert list(notices_for([town.far_site.pk], timezone.now())) == []


def changed(notice: Notice, change: Change) -> actions.Published:
    """The source anew, reviewed and published."""
    writer, source = staff(), text(notice, "zh-hans")
    actions.revise(writer, notice, Text(source.title, source.short, source.body + "\n请走西门。"), change)
    actions.review(staff(), text(notice, "zh-hans"))
    return actions.publish(writer, notice)


def test_a_change_of_substance_withdraws_what_is_out_of_date_at_the_moment_it_is_public(town) -> None:
    notice, writer = public(town.estate), staff()
    source = text(notice, "zh-hans")
    actions.revise(writer, notice, Text(source.title, source.short, source.body + "\n请走西门。"), Change.SUBSTANCE)
    assert set(public_editions(notice)) == FIVE  # until the new source is public, the old one holds
    with refused("notice_behind"):
        Translation.objects.filter(notice=notice, language="ja").update(state=State.TRANSLATED)
        actions.review(staff(), text(notice, "ja"))
    actions.review(staff(), text(notice, "zh-hans"))
    done = actions.publish(writer, notice)
    assert set(done.withdrawn) == FIVE - {"zh-hans"}
    assert set(public_editions(notice)) == {"zh-hans"}
    assert {one.ended_for for one in notice.editions.filter(language="ko")} == {Edition.Ended.STALE}
    assert text(notice, "ko").state == State.STALE


def test_a_translation_that_was_ready_becomes_public_with_its_source_and_is_not_missed(town) -> None:
    notice, writer = public(town.estate), staff()
    source = text(notice, "zh-hans")
    actions.revise(writer, notice, Text(source.title, source.short, source.body + "\n请走西门。"), Change.SUBSTANCE)
    english = text(notice, "en")
    actions.translate(
        writer, notice, "en", Text(english.title, english.short, english.body + "\nUse the west gate."), done=True
    )
    for language in ("zh-hans", "en"):
        actions.review(staff(), text(notice, language))
    assert set(actions.publish(writer, notice).withdrawn) == FIVE - {"zh-hans", "en"}
    assert public_editions(notice)["en"].body.endswith("west gate.")


def test_a_slip_of_the_pen_withdraws_nothing(town) -> None:
    notice = public(town.estate)
    assert changed(notice, Change.FORM).withdrawn == ()
    assert set(public_editions(notice)) == FIVE
    assert text(notice, "ko").state == State.PUBLISHED


def test_a_slip_after_a_change_of_substance_does_not_hide_it(town) -> None:
    notice, writer = public(town.estate), staff()
    source = text(notice, "zh-hans")
    for change, more in ((Change.SUBSTANCE, "\n请走西门。"), (Change.FORM, "\n请走西门！")):
        actions.revise(writer, notice, Text(source.title, source.short, source.body + more), change)
    actions.review(staff(), text(notice, "zh-hans"))
    assert set(actions.publish(writer, notice).withdrawn) == FIVE - {"zh-hans"}


def test_what_is_withdrawn_is_gone_everywhere_and_stays_so(town) -> None:
    notice = public(town.estate)
    actions.withdraw(staff(), notice)
    assert public_editions(notice) == {}
    assert {one.state for one in notice.translations.all()} == {State.WITHDRAWN}
    for verb in (
        lambda: actions.withdraw(staff(), notice),
        lambda: actions.translate(staff(), notice, "en", Text("a", "b", "c"), done=True),
        lambda: actions.publish(staff(), notice),
    ):
        with refused("notice_withdrawn"):
            verb()


def test_an_end_that_is_past_is_refused_and_one_that_has_come_ends_it(town) -> None:
    notice, by = public(town.estate), staff()
    with refused("notice_end"):
        actions.set_end(by, notice, timezone.now() - timedelta(minutes=1))
    actions.set_end(by, notice, timezone.now() + timedelta(hours=1))
    assert list(notices_for([town.estate.pk], timezone.now() + timedelta(hours=2))) == []


def test_a_text_that_is_sent_back_says_what_is_wanted(town) -> None:
    notice, by = begun(town.estate), staff()
    with refused("notice_needs_words"):
        actions.send_back(by, text(notice, "ko"), "  ")
    actions.send_back(by, text(notice, "ko"), "존댓말로")
    assert (text(notice, "ko").state, text(notice, "ko").note) == (State.DRAFT, "존댓말로")


def test_the_next_best_language_is_what_is_most_probably_read(town) -> None:
    notice = public(town.estate, languages=("zh-hans", "en"))
    editions = public_editions(notice)
    told = {wanted: best_of(editions, wanted, notice.language).language for wanted in FIVE}  # type: ignore[union-attr]
    assert told == {"zh-hans": "zh-hans", "zh-hant": "zh-hans", "en": "en", "ko": "en", "ja": "en"}
    assert best_of({}, "en", "zh-hans") is None


def test_fallbacks_are_counted_for_each_notice_language_and_place(town) -> None:
    notice = public(town.estate)
    for place in ("page", "page", "phone"):
        actions.count_fallback(notice, "ko", "en", place)
    actions.count_fallback(notice, "ko", "en", "message", 40)
    assert dict(Fallback.objects.values_list("place", "count")) == {"page": 2, "phone": 1, "message": 40}


def test_empty_long_and_unchanged_texts_are_refused(town) -> None:
    notice, by = public(town.estate), staff()
    source = text(notice, "zh-hans")
    with refused("notice_same"):
        actions.revise(by, notice, Text(source.title, source.short, source.body), Change.FORM)
    with refused("notice_empty"):
        actions.translate(by, notice, "en", Text("a", "", "c"), done=True)
    with refused("notice_long"):
        actions.translate(by, notice, "en", Text("a", "b", "c" * 12_001), done=False)
    actions.translate(by, notice, "en", Text("a", "", ""), done=False)
    assert text(notice, "en").state == State.DRAFT
    assert set(public_editions(notice)) == FIVE  # what is public stays while somebody works on it
