"""Who is told that a colour has changed, by which channel, in which language, and what the message does not say."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from gatepass.centre.accounts.roles import Role
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.mandates.actions import end_mandate, entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.people.actions import PhoneFacts, set_phones
from gatepass.centre.phone.telling import tell_changes
from gatepass.centre.sending.models import Message
from gatepass.policy import Advice, Colour

pytestmark = pytest.mark.django_db


def tell() -> None:
    while tell_changes():
        pass


@pytest.fixture
def mother(register):
    resident = register()
    tell()
    set_colour(None, resident, Colour.GREEN)
    tell()
    Message.objects.all().delete()
    return resident


def test_whoever_acts_for_the_person_is_told_in_their_own_language(mother, applicant) -> None:
    entrust(None, mother, applicant(language="ko"), Relation.CHILD, Consent.TOLD_STAFF)
    set_colour(None, mother, Colour.YELLOW, advice=Advice.TEST)
    tell()
    tell()
    message = Message.objects.get()
    assert (message.kind, message.language, message.address) == ("colour_changed", "ko", "+8613800012345")
    assert f"/my/people/{mother.pk}/" in message.text


def test_the_message_says_neither_the_colour_nor_the_whole_name(mother, applicant) -> None:
    entrust(None, mother, applicant(language="en"), Relation.CHILD, Consent.TOLD_STAFF)
    set_colour(None, mother, Colour.RED, "A1")
    tell()
    text = Message.objects.get().text
    assert mother.full_name not in text
    assert "red" not in text.lower().split()


def test_an_elder_for_whom_nobody_acts_is_told_on_her_own_telephone(mother) -> None:
    set_phones(None, mother, [PhoneFacts("13900012345")])
    set_colour(None, mother, Colour.YELLOW)
    tell()
    message = Message.objects.get()
    assert message.address == "+8613900012345"
    assert "/my/" not in message.text


@pytest.mark.parametrize("number", ["057187654321", "12345", ""])
def test_a_telephone_that_takes_no_text_messages_gets_none(mother, number: str) -> None:
    if number:
        set_phones(None, mother, [PhoneFacts(number)])
    set_colour(None, mother, Colour.YELLOW)
    tell()
    assert not Message.objects.exists()


def test_the_same_colour_again_is_no_news(mother, applicant) -> None:
    entrust(None, mother, applicant(), Relation.CHILD, Consent.TOLD_STAFF)
    set_colour(None, mother, Colour.GREEN)
    tell()
    assert not Message.objects.exists()


def test_whose_mandate_has_ended_is_told_nothing(mother, applicant) -> None:
    daughter = applicant()
    end_mandate(daughter, entrust(None, mother, daughter, Relation.CHILD, Consent.TOLD_STAFF))
    set_colour(None, mother, Colour.YELLOW)
    tell()
    assert not Message.objects.exists()


def test_everybody_who_acts_is_told_once(mother, applicant) -> None:
    for contact in ("13800012345", "daughter@example.org"):
        entrust(None, mother, applicant(contact), Relation.CHILD, Consent.TOLD_STAFF)
    set_colour(None, mother, Colour.YELLOW)
    tell()
    assert Counter(message.channel for message in Message.objects.all()) == {"sms": 1, "email": 1}


def test_the_board_counts_the_changes_of_the_day_in_scope(mother, town, employ, log_in, enrol) -> None:
    enrol(town.east)
    set_colour(None, mother, Colour.RED, "A1")
    near = log_in(employ(Role.OFFICE, community=town.community)).get("/board/").content.decode()
    assert re.search(r'class="state red">[^<]+</span><span class="number">1<', near)
    far = log_in(employ(Role.OFFICE, community=town.far_community)).get("/board/").content.decode()
    assert not re.search(r'class="state red">[^<]+</span><span class="number">', far)
