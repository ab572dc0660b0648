from __future__ import annotations

import pytest

from gatepass.centre.accounts.access import interpreters_for, scope_of
from gatepass.centre.accounts.actions import GrantWish, create_staff
from gatepass.centre.accounts.models import Grant
from gatepass.centre.accounts.roles import Role
from gatepass.centre.accounts.two_people import RULES, require_second
from gatepass.centre.errors import SENTENCES, RefusedError

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("what", RULES)
def test_the_second_person_is_another_one_with_the_right(employ, what: str) -> None:
    rule = RULES[what]
    holder = next(role for role in Role if scope_of(employ(role), rule.page).everywhere)
    first, second, stranger = employ(holder), employ(holder), employ(None)
    assert require_second(second, first.pk, what) == second
    assert require_second(second, None, what) == second
    for nobody in (first, stranger, None):
        with pytest.raises(RefusedError, match=rule.refusal):
            require_second(nobody, first.pk, what)
    assert rule.refusal in SENTENCES


def test_an_interpreter_is_found_by_language_and_place(town) -> None:
    def interpreter(name: str, *languages: str, **where) -> object:
        return create_staff(None, name, name, [GrantWish(Role.INTERPRETER, languages=languages, **where)])[0]

    kim = interpreter("kim", "ko", community=town.community)
    sato = interpreter("sato", "ja", "ko")
    every = interpreter("anybody")
    interpreter("far", "ko", community=town.far_community)
    at_hospital = interpreter("nurse", "en", site=town.hospital)
    assert interpreters_for("ko", town.estate) == [every, kim, sato]
    assert interpreters_for("ja", town.estate) == [every, sato]
    assert interpreters_for("en", town.hospital) == [every, at_hospital]
    every.is_active = False
    every.save()
    assert interpreters_for("en", town.estate) == []


def test_the_languages_of_an_interpreter_are_chosen_in_the_form(employ, log_in) -> None:
    member, client = employ(Role.INTERPRETER), log_in(employ(Role.ADMINISTRATOR))
    facts = {"full_name": "金美玲", "language": "ko", "role_interpreter": ["town"], "role_guard_lead": ["town"]}
    client.post(f"/staff/{member.pk}/", {**facts, "languages": ["ko", "ja"]})
    assert Grant.objects.get(user=member, role=Role.INTERPRETER).languages == ["ko", "ja"]
    assert Grant.objects.get(user=member, role=Role.GUARD_LEAD).languages == []
    page = client.get(f"/staff/{member.pk}/").content.decode()
    assert page.count(" checked") == 4 + 1  # two roles, two languages, and the first way in
    assert "한국어" in client.get("/staff/").content.decode()
    refused = client.post(f"/staff/{member.pk}/", {**facts, "languages": ["xx"]})
    assert "errorlist" in refused.content.decode()


def test_languages_bound_a_scope_only_where_every_grant_names_some(town) -> None:
    def scope(*wishes: GrantWish):
        user, _first = create_staff(None, f"user{len(wishes)}{bool(wishes[0].languages)}", "x", wishes)
        from gatepass.centre.accounts.access import _languages_of

        return _languages_of(user.granted)

    korean = GrantWish(Role.INTERPRETER, town.community, languages=("ko",))
    assert scope(korean) == {"ko"}
    assert scope(korean, GrantWish(Role.INTERPRETER, town.far_community)) is None
