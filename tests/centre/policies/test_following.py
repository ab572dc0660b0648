"""Colours follow facts and days, by the policy that rules at the place; what a person decides stands above it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.cast import LI, SUN, WANG, ZHAO
from tests.centre.policies.conftest import COMMUNITY, NOW, Enact, declare, settle, touch

from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.codes.actions import Grading, expire_codes, import_colours, set_colour
from gatepass.centre.codes.models import Code, CodeChange, DirectoryChange
from gatepass.centre.codes.states import states_of
from gatepass.centre.facts.actions import end_fact, record_fact, withdraw_fact
from gatepass.centre.people.models import Resident
from gatepass.centre.policies import runs
from gatepass.centre.policies.access import explanation
from gatepass.centre.policies.actions import ask_for_re_evaluation, let_policy_decide, re_evaluate, schedule
from gatepass.centre.policies.models import PolicyVersion, Run
from gatepass.centre.policies.worker import tick
from gatepass.centre.sites.actions import create_site
from gatepass.policy import Advice, Colour
from gatepass.policy.colours import FactKind, shipped


def code_of(resident: Resident) -> Code:
    return Code.objects.get(resident=resident)


def said(resident: Resident) -> tuple[str, str, str]:
    code = code_of(resident)
    return code.colour, code.reason, code.advice


def test_a_fact_makes_a_colour_and_the_next_fact_another(ruling: PolicyVersion, wang: Resident) -> None:
    declare(wang)
    tick()
    assert said(wang) == ("green", "C", "none")
    assert code_of(wang).valid_until == datetime(2020, 3, 4, 16, 0, tzinfo=UTC)  # 14 midnights in Hangzhou
    touch(wang, days_ago=3)
    tick()
    assert said(wang) == ("red", "A4", "stay_home")
    changes = list(CodeChange.objects.filter(resident=wang).values_list("colour", "reason", "policy_id", "by_name"))
    assert changes == [("red", "A4", ruling.pk, ""), ("green", "C", ruling.pk, "")]


def test_the_gates_learn_it_in_the_same_transaction(ruling: PolicyVersion, wang: Resident) -> None:
    declare(wang)
    tick()
    key = bytes(wang.documents.get().person_key)
    DirectoryChange.objects.all().delete()
    touch(wang)
    tick()
    assert [bytes(row.person_key) for row in DirectoryChange.objects.all()] == [key]
    assert states_of([key]) == {key: (Colour.RED, Advice.STAY_HOME)}


def test_the_audit_counts_what_followed_the_policy_and_names_no_facts(ruling: PolicyVersion, wang: Resident) -> None:
    touch(wang)
    tick()
    entry = Entry.objects.get(verb="code:follow_policy")
    assert (entry.object, entry.actor) == (f"resident:{wang.pk}", "system")
    assert entry.fields == {"count": 1, "colours": ["red=1"], "versions": [ruling.pk]}


def test_a_day_ends_and_the_colour_with_it(ruling: PolicyVersion, wang: Resident, clock: Any) -> None:
    declare(wang)
    touch(wang, days_ago=13)
    tick()
    midnight = datetime(2020, 2, 20, 16, 0, tzinfo=UTC)
    assert (said(wang)[1], code_of(wang).valid_until) == ("A4", midnight)
    clock.move_to(midnight - timedelta(seconds=1))
    tick()
    assert said(wang)[1] == "A4"
    clock.move_to(midnight)
    tick()
    assert said(wang) == ("green", "C", "none")


def test_only_those_whose_day_has_come_are_looked_at(
    ruling: PolicyVersion, register: Any, clock: Any, django_assert_max_num_queries: Any
) -> None:
    wang, li, sun = register(WANG), register(LI), register(SUN)
    for person, days in ((wang, 13), (li, 5), (sun, 1)):
        declare(person, days_ago=days)
    tick()
    before = {code.pk: code.since for code in Code.objects.all()}
    clock.move_to(NOW + timedelta(hours=13))
    with django_assert_max_num_queries(30):
        tick()
    changed = {code.pk for code in Code.objects.all() if code.since != before[code.pk]}
    assert changed == {wang.pk}
    assert said(wang) == ("yellow", "B5", "declare")


def test_nothing_new_writes_no_history_and_tells_no_gate(ruling: PolicyVersion, wang: Resident, clock: Any) -> None:
    declare(wang)
    tick()
    rows = CodeChange.objects.count(), Entry.objects.filter(verb="code:follow_policy").count()
    DirectoryChange.objects.all().delete()
    clock.shift(timedelta(days=1))
    declare(wang)
    tick()
    assert (CodeChange.objects.count(), Entry.objects.filter(verb="code:follow_policy").count()) == rows
    assert not DirectoryChange.objects.exists()
    assert code_of(wang).valid_until == datetime(2020, 3, 5, 16, 0, tzinfo=UTC)  # but the day is another one


def test_a_withdrawn_fact_counts_no_more_and_an_ended_one_has_ended(ruling: PolicyVersion, wang: Resident) -> None:
    declare(wang)
    contact = touch(wang)
    quarantine = record_fact(None, wang, FactKind.QUARANTINE, NOW - timedelta(days=3), data={"form": "home"})
    tick()
    assert said(wang)[1] == "A4"
    withdraw_fact(None, contact)
    tick()
    assert said(wang)[1] == "A7"
    end_fact(None, quarantine, NOW)
    tick()
    assert said(wang)[1] == "C"


def test_whoever_asks_gets_the_answer_at_once(ruling: PolicyVersion, wang: Resident) -> None:
    decision = re_evaluate(wang)
    assert decision is not None
    assert (decision.reason, said(wang)[1]) == ("B5", "B5")
    declare(wang)
    decision = re_evaluate(wang)
    assert decision is not None
    assert decision.colour is Colour.GREEN
    assert code_of(wang).valid_until == decision.valid_until


def test_who_has_never_applied_and_is_not_known_for_anything_stays_as_they_are(
    ruling: PolicyVersion, register: Any
) -> None:
    wang, li = register(WANG), register(LI)
    touch(li)
    settle()
    ask_for_re_evaluation(None)
    settle()
    assert not Code.objects.filter(resident=wang).exists()
    assert said(li)[1] == "A4"


def test_without_a_policy_nothing_follows_and_codes_run_out_as_ever(wang: Resident, clock: Any) -> None:
    set_colour(None, wang, Colour.GREEN, "C", valid_until=NOW + timedelta(hours=1))
    touch(wang)
    tick()
    assert said(wang) == ("green", "C", "none")
    assert re_evaluate(wang) is None
    clock.shift(timedelta(hours=2))
    tick()
    assert expire_codes(timezone.now()) == 1
    assert said(wang) == ("", "", "declare")


# ---------------------------------------------------------------- by hand


def test_what_a_person_decides_stands_until_its_end_then_the_policy_decides(
    ruling: PolicyVersion, wang: Resident, employ: Any, clock: Any
) -> None:
    declare(wang)
    touch(wang)
    tick()
    office = employ(Role.OFFICE)
    until = NOW + timedelta(days=2)
    set_colour(office, wang, Colour.GREEN, "C", valid_until=until)
    touch(wang)
    settle()
    ask_for_re_evaluation(None)
    settle()
    assert (said(wang)[0], code_of(wang).by_hand) == ("green", True)
    change = CodeChange.objects.filter(resident=wang).first()
    assert (change.by_hand, change.by_name, change.policy) == (True, office.full_name, None)
    clock.move_to(until)
    assert expire_codes(timezone.now()) == 0  # a policy rules: the code does not run out
    tick()
    assert (said(wang)[1], code_of(wang).by_hand) == ("A4", False)
    newest = CodeChange.objects.filter(resident=wang).first()
    assert (newest.policy_id, newest.by_hand) == (ruling.pk, False)


def test_a_decision_without_an_end_stands_until_somebody_lets_the_policy_decide(
    ruling: PolicyVersion, wang: Resident, employ: Any, clock: Any
) -> None:
    office = employ(Role.OFFICE)
    set_colour(office, wang, Colour.YELLOW, "B6", Advice.VISIT_OFFICE)
    declare(wang)
    clock.shift(timedelta(days=100))
    settle()
    assert said(wang)[0] == "yellow"
    declare(wang)
    decision = let_policy_decide(office, wang)
    assert decision is not None
    assert (said(wang)[0], code_of(wang).by_hand) == ("green", False)
    assert Entry.objects.filter(verb="code:let_go", actor=f"user:{office.pk}").exists()


def test_a_decision_from_before_the_first_policy_ends_in_the_policys_hands(
    wang: Resident, enact: Enact, employ: Any, clock: Any
) -> None:
    until = NOW + timedelta(days=1)
    set_colour(employ(Role.OFFICE), wang, Colour.RED, "A1", Advice.STAY_HOME, until)
    enact()
    assert said(wang)[0] == "red"
    clock.move_to(until)
    assert expire_codes(timezone.now()) == 1
    tick()
    assert said(wang)[1] == "B5"


def test_an_imported_colour_is_not_a_decision(wang: Resident, enact: Enact) -> None:
    import_colours([(wang, Grading(Colour.GREEN, "C"))])
    enact()
    assert said(wang)[1] == "B5"


# ---------------------------------------------------------------- where and from when


def test_a_site_may_have_a_policy_of_its_own_and_lose_it_again(
    ruling: PolicyVersion, enact: Enact, town: Any, register: Any, author: Any
) -> None:
    here, there = register(WANG), register(LI, town.hospital)
    for person in (here, there):
        declare(person)
    settle()
    home = enact(shipped()["care-home-winter"].replace("2025-10-15", "2019-10-15"), town.hospital)
    assert (said(here)[1], said(there)[1]) == ("C", "B5")  # a visitor without a test
    assert (code_of(here).policy_id, code_of(there).policy_id) == (ruling.pk, home.pk)
    schedule(author, None, timezone.now(), town.hospital)
    settle()
    assert (said(there)[1], code_of(there).policy_id) == ("C", ruling.pk)


def test_a_version_begins_at_its_moment_and_the_one_before_can_be_called_back(
    ruling: PolicyVersion, enact: Enact, wang: Resident, author: Any, clock: Any
) -> None:
    declare(wang)
    touch(wang, days_ago=10)
    settle()
    shorter = enact(COMMUNITY.replace('"2020.1"', '"2020.2"'))
    assert code_of(wang).policy_id == shorter.pk  # everything else is the same: no new colour, but the new version
    assert CodeChange.objects.filter(resident=wang).count() == 1
    clock.shift(timedelta(minutes=5))
    schedule(author, ruling, timezone.now() + timedelta(hours=1))
    settle()
    assert code_of(wang).policy_id == shorter.pk
    clock.shift(timedelta(hours=1))
    settle()
    assert code_of(wang).policy_id == ruling.pk


def test_days_end_at_midnight_on_the_spot(ruling: PolicyVersion, town: Any, register: Any, clock: Any) -> None:
    seoul = create_site(None, town.community, "首尔分部", time_zone="Asia/Seoul")
    west = create_site(None, town.community, "洛杉矶分部", time_zone="America/Los_Angeles")
    people = {register(WANG): 16, register(LI, seoul): 15, register(SUN, west): 8}
    for person in people:
        declare(person)
    tick()
    for person, hour in people.items():
        # 13:00 in Seoul and noon in Hangzhou are the 20th, 20:00 in Los Angeles is the 19th: the fourteenth midnight
        # after it falls into the 4th of March in Greenwich.
        assert code_of(person).valid_until == datetime(2020, 3, 4, hour, 0, tzinfo=UTC)


def test_a_merged_row_gives_its_facts_to_the_kept_one(ruling: PolicyVersion, register: Any) -> None:
    kept, other = register(WANG), register(ZHAO)
    declare(kept)
    touch(other)
    settle()
    Resident.objects.filter(pk=other.pk).update(merged_into=kept)
    decision = re_evaluate(kept)
    assert decision is not None
    assert decision.reason == "A4"
    Resident.objects.filter(pk=other.pk).update(merged_into=None)
    decision = re_evaluate(kept)
    assert decision is not None
    assert decision.reason == "C"


# ---------------------------------------------------------------- in words


def test_the_person_is_told_why_what_next_and_how_to_object_in_five_languages(
    ruling: PolicyVersion, wang: Resident
) -> None:
    touch(wang)
    tick()
    said_in = {language: explanation(code_of(wang), language) for language in ("zh-hans", "zh-hant", "en", "ko", "ja")}
    assert "close" in said_in["en"].why
    assert "object" in said_in["en"].objection.lower()
    assert len({each.next for each in said_in.values()}) == 5
    change = CodeChange.objects.filter(resident=wang).first()
    assert explanation(change, "ko") == said_in["ko"]


def test_a_colour_by_hand_is_explained_by_its_title_alone(ruling: PolicyVersion, wang: Resident, employ: Any) -> None:
    set_colour(employ(Role.OFFICE), wang, Colour.RED, "A7")
    words = explanation(code_of(wang), "en")
    assert (bool(words.title), words.why) == (True, "")
    set_colour(None, wang, None, by_hand=False)
    assert explanation(code_of(wang), "en").title == ""


# ---------------------------------------------------------------- everybody


def test_everybody_is_looked_at_with_progress_and_a_report(
    ruling: PolicyVersion, register: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("gatepass.centre.policies.runs.SPAN", 2)
    people = [register(character) for character in (WANG, LI, SUN, ZHAO)]
    import_colours([(person, Grading(Colour.GREEN, "C")) for person in people])
    declare(people[0])
    run = ask_for_re_evaluation(None)
    settle()
    run.refresh_from_db()
    assert (run.state, run.done, run.total) == (Run.State.DONE, 4, 4)
    report = run.report
    assert (report["people"], report["by_hand"], report["same"]) == (4, 0, 1)
    (line,) = report["transitions"]
    assert (line["from"], line["to"], line["count"]) == (["green", "C"], ["yellow", "B5"], 3)
    assert set(line["examples"]) == {person.pk for person in people[1:]}
    assert sorted(said(person)[1] for person in people) == ["B5", "B5", "B5", "C"]


def test_what_changes_while_a_span_is_judged_is_not_overwritten(
    ruling: PolicyVersion, wang: Resident, employ: Any, clock: Any, monkeypatch: Any
) -> None:
    import_colours([(wang, Grading(Colour.GREEN, "C"))])
    judge = runs.judge_span
    office = employ(Role.OFFICE)

    def meanwhile(span: Any) -> Any:
        found = judge(span)
        assert [each.reason for each in found.decided] == ["B5"]
        clock.shift(0.001)
        set_colour(office, wang, Colour.RED, "A1")
        return found

    monkeypatch.setattr(runs, "judge_span", meanwhile)
    run = ask_for_re_evaluation(None)
    settle()
    run.refresh_from_db()
    assert run.state == Run.State.DONE
    assert said(wang)[:2] == ("red", "A1")


def test_a_fact_that_comes_while_a_span_is_judged_counts(
    ruling: PolicyVersion, wang: Resident, clock: Any, monkeypatch: Any
) -> None:
    import_colours([(wang, Grading(Colour.RED, "A4", Advice.STAY_HOME))])
    judge = runs.judge_span

    def meanwhile(span: Any) -> Any:
        found = judge(span)
        clock.shift(0.001)
        touch(wang)
        tick()  # the quick thread has seen the new fact, and found the colour that is there already
        return found

    monkeypatch.setattr(runs, "judge_span", meanwhile)
    run = ask_for_re_evaluation(None)
    settle()
    run.refresh_from_db()
    assert run.state == Run.State.DONE
    assert said(wang)[:2] == ("red", "A4")


@pytest.mark.parametrize("hours", [0, 30])
def test_one_hour_after_another_everything_is_as_if_it_had_been_looked_at_all_the_time(
    ruling: PolicyVersion, wang: Resident, clock: Any, hours: int
) -> None:
    """The index of days against looking at everybody: after each quarter of a day both say the same."""
    declare(wang, days_ago=9.3)
    record_fact(
        None, wang, FactKind.STAY, NOW - timedelta(days=20), until=NOW - timedelta(days=12.6), data={"region": "4115"}
    )
    record_fact(
        None, wang, FactKind.QUARANTINE, NOW + timedelta(days=1), until=NOW + timedelta(days=3), data={"form": "home"}
    )
    clock.shift(timedelta(hours=hours))
    seen = []
    for _ in range(32):
        tick()
        followed = said(wang)
        seen.append(followed[1])
        decision = re_evaluate(wang)
        assert decision is not None
        assert followed == (decision.colour.value, decision.reason, decision.advice.value)
        clock.shift(timedelta(hours=6))
    assert len(set(seen)) >= 3
