"""Who is found, in which order, and who is told whose name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from tests.cast import LI, STRANGER, WANG, ZHAO
from tests.centre.passages.contract import at, record
from tests.centre.tracing.things import opened

from gatepass.centre import keys
from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.errors import RefusedError
from gatepass.centre.passages.storage import passage_log
from gatepass.centre.people.access import key_of
from gatepass.centre.people.actions import retire_document
from gatepass.centre.people.households.models import Membership
from gatepass.centre.people.protection.actions import protect
from gatepass.centre.tracing.access import access_contacts, gates_of, how_many_hidden
from gatepass.centre.tracing.finding import count_contacts, trace_on
from gatepass.centre.tracing.links import household_ties
from gatepass.centre.tracing.models import Contact, Link
from gatepass.centre.tracing.reveals import names_known, reveal
from gatepass.centre.tracing.sightings import stays
from gatepass.centre.tracing.worklist import answer, note_work, offer, take_back
from gatepass.wire.sealing import seal

pytestmark = pytest.mark.django_db


def ranked(monday) -> list[int | None]:
    return [one.resident_id for one in access_contacts(monday.one, monday.case).filter(step__gt=0)]


def test_the_household_stands_first_then_the_nearest_and_nobody_has_a_name(monday) -> None:
    assert count_contacts(monday.one, monday.case) == 4
    # Zhao lives with her; Li was beside her twice; then the stranger five minutes, Sun eight minutes after her.
    assert ranked(monday) == [monday.zhao.pk, monday.li.pk, None, monday.sun.pk]
    assert names_known(monday.one, monday.case, access_contacts(monday.one, monday.case)) == {}
    codes = {one.code for one in Contact.objects.all()}
    assert len(codes) == 5
    assert Entry.objects.get(verb="case:count").fields == {"candidates": 4}


def test_why_somebody_is_on_the_list_can_be_reckoned_from_what_is_kept(monday) -> None:
    count_contacts(monday.one, monday.case)
    link = Link.objects.get(target=monday.contact(monday.li))
    assert (link.why["times"], link.why["same_way"], link.why["nearest_s"]) == (2, 2, 30)
    assert link.score == pytest.approx(sum(one[-1] for one in link.why["occasions"]), abs=0.1)
    assert monday.contact(monday.li).first_met.timestamp() * 1000 == at(8)


def test_the_window_of_minutes_is_the_cases_own(monday) -> None:
    near = opened(WANG.document, margin=1)
    assert count_contacts(near.opened_by, near) == 2  # the household, and Li half a minute behind her
    wide = opened(WANG.document, margin=60)
    assert count_contacts(wide.opened_by, wide) == 4


def test_counted_again_what_came_meanwhile_joins_and_whoever_was_there_keeps_code_and_notes(monday, town, keep) -> None:
    count_contacts(monday.one, monday.case)
    before = {one.pk: one.code for one in Contact.objects.all()}
    note_work(monday.one, monday.contact(monday.li), "reached")
    keep(monday.side, record(9, at(9, 2), b"new." * 4, direction="out"))
    assert count_contacts(monday.one, monday.case) == 5
    after = {one.pk: one.code for one in Contact.objects.all()}
    assert before.items() < after.items()
    assert monday.contact(monday.li).reached_at is not None


def test_a_case_of_a_community_looks_at_no_gate_of_another(monday, town, keep) -> None:
    keep(town.far_gate, record(1, at(15), key_of(WANG.document)), record(2, at(15, 1), b"far." * 4))
    near = opened(WANG.document, town.community)
    assert str(town.far_gate.pk) not in gates_of(near)
    assert count_contacts(near.opened_by, near) == 4
    assert count_contacts(monday.one, monday.case) == 5


def test_a_chain_goes_on_from_a_contact_and_only_after_the_meeting(monday, town, keep) -> None:
    count_contacts(monday.one, monday.case)
    # Before he met Wang he stood beside somebody: that cannot matter.
    keep(town.east, record(20, at(7), key_of(LI.document)), record(21, at(7, 1), b"earl" * 4))
    assert len(trace_on(monday.one, monday.contact(monday.li)).everybody) >= 2
    assert not Contact.objects.filter(person_key=b"earl" * 4).exists()
    sun = Link.objects.get(source=monday.contact(monday.li), target=monday.contact(monday.sun))
    assert sun.score > 0
    # Where he came from is known: a chain does not run back.
    assert not Link.objects.filter(source=monday.contact(monday.li), target__step=0).exists()
    # She was near Wang herself: the shortest way counts.
    assert monday.contact(monday.sun).step == 1
    assert Entry.objects.get(verb="contact:trace_on").object == f"resident:{monday.li.pk}"
    far = monday.contact(monday.li)
    far.step = 4
    with pytest.raises(RefusedError, match="trace_too_far"):
        trace_on(monday.one, far)


def test_a_name_is_told_for_a_reason_to_one_person_and_stands_in_the_audit(monday) -> None:
    count_contacts(monday.one, monday.case)
    li, zhao = monday.contact(monday.li), monday.contact(monday.zhao)
    for reason, words in (("", ""), ("curiosity", ""), ("other", " ")):
        with pytest.raises(RefusedError, match="reveal_reason"):
            reveal(monday.one, monday.case, [li], reason, words)
    assert reveal(monday.one, monday.case, [li, zhao], "inform") == 2
    assert reveal(monday.one, monday.case, [li], "test") == 0
    names = names_known(monday.one, monday.case, access_contacts(monday.one, monday.case))
    assert {who.name for who in names.values()} == {LI.name, ZHAO.name}
    assert names[li.pk].phones == ("13800012345",)
    assert names_known(monday.other, monday.case, access_contacts(monday.other, monday.case)) == {}
    entries = Entry.objects.filter(verb="contact:reveal")
    assert {entry.object for entry in entries} == {f"resident:{monday.li.pk}", f"resident:{monday.zhao.pk}"}
    assert {entry.fields["reason"] for entry in entries} == {"inform"}
    assert LI.name not in str([entry.fields for entry in entries])


def test_what_the_gate_sealed_is_opened_for_the_contact_whose_key_it_gives(monday) -> None:
    count_contacts(monday.one, monday.case)
    stranger = monday.contact(None)
    reveal(monday.one, monday.case, [stranger], "inform")
    who = names_known(monday.one, monday.case, [stranger])[stranger.pk]
    assert (who.source, who.name, who.documents[0][1]) == ("sealed", STRANGER.name, STRANGER.number)
    assert STRANGER.name not in repr(who)


def test_a_sealed_identity_of_somebody_else_names_nobody(monday, town, keep) -> None:
    lie = seal(keys.tracing_public_key(settings.KEYS_DIR), STRANGER.document)
    keep(town.east, record(30, at(8, 2), b"liar" * 4, sealed=lie), record(31, at(8, 2, 1), b"bare" * 4, sealed=b"x"))
    count_contacts(monday.one, monday.case)
    liars = list(Contact.objects.filter(person_key__in=[b"liar" * 4, b"bare" * 4]))
    reveal(monday.one, monday.case, liars, "inform")
    assert {who.source for who in names_known(monday.one, monday.case, liars).values()} == {"nothing"}


def test_while_the_tracing_key_lies_in_the_safe_no_sealed_identity_opens(monday, tmp_path, settings) -> None:
    count_contacts(monday.one, monday.case)
    stranger = monday.contact(None)
    reveal(monday.one, monday.case, [stranger], "inform")
    settings.KEYS_DIR = tmp_path / "keys"
    assert names_known(monday.one, monday.case, [stranger])[stranger.pk].source == "key_away"


def test_somebody_with_two_documents_is_one_contact_and_a_retired_one_leads_to_its_holder_of_then(
    monday, town, keep
) -> None:
    document = monday.li.documents.get()
    retire_document(None, document, "lost")
    keep(town.east, record(40, at(8, 1), key_of(LI.document)))
    count_contacts(monday.one, monday.case)
    assert Contact.objects.filter(case=monday.case, resident=monday.li).count() == 1


def test_of_protected_people_the_list_says_how_many_and_only_named_tracers_see_whom(monday, employ) -> None:
    named = employ(Role.TRACER)
    protect(None, monday.li, [named])
    assert count_contacts(monday.one, monday.case) == 4
    assert monday.li.pk not in ranked(monday)
    assert how_many_hidden(monday.one, monday.case) == 1
    assert how_many_hidden(named, monday.case) == 0
    seen = access_contacts(named, monday.case).filter(resident=monday.li)
    reveal(named, monday.case, seen, "inform")
    assert names_known(named, monday.case, seen)[seen.get().pk].name == LI.name
    assert Entry.objects.filter(verb="protected:open", object=f"resident:{monday.li.pk}").exists()


def test_who_is_put_under_protection_later_is_hidden_from_those_who_knew_the_name(monday, employ) -> None:
    count_contacts(monday.one, monday.case)
    reveal(monday.one, monday.case, [monday.contact(monday.li)], "inform")
    protect(None, monday.li, [employ(Role.OFFICE)])
    assert names_known(monday.one, monday.case, access_contacts(monday.one, monday.case)) == {}


def test_people_of_one_household_are_tied_while_they_live_there(monday) -> None:
    week = timedelta(days=7)
    now = monday.case.until
    (tie,) = household_ties([monday.wang.pk], now - week, now)
    assert tie.target == monday.zhao.pk
    # Entered after the window, they live together all the same; parted before it, they do not.
    assert household_ties([monday.wang.pk], now - 9 * week, now - 8 * week) == [tie]
    Membership.objects.filter(resident=monday.zhao).update(since=now - 20 * week, until=now - 10 * week)
    assert household_ties([monday.wang.pk], now - 9 * week, now) == []
    assert household_ties([monday.li.pk], now - week, now) == []


def test_stays_are_inferred_from_who_went_through_and_an_inferred_end_is_marked(monday) -> None:
    index = Contact.objects.get(case=monday.case, step=0)
    found = stays(passage_log(), index, monday.case, gates_of(monday.case))
    assert [(one.entered, one.left, one.inferred) for one in found] == [
        (at(8), at(9), False),
        (at(18), at(18) + 16 * 3_600_000, True),
    ]
    count_contacts(monday.one, monday.case)
    # The stranger was held and nobody let him in: he stayed nowhere.
    assert stays(passage_log(), monday.contact(None), monday.case, gates_of(monday.case)) == []


def test_work_is_written_down_line_by_line_and_can_be_taken_back(monday) -> None:
    count_contacts(monday.one, monday.case)
    li = monday.contact(monday.li)
    with pytest.raises(RefusedError, match="work_needs_words"):
        note_work(monday.one, li, "note", " ")
    note_work(monday.one, li, "tried", "nobody answers")
    note_work(monday.other, li, "reached")
    li = monday.contact(monday.li)
    assert li.assignee == monday.one
    assert li.reached_at is not None
    take_back(monday.one, li, "reached")
    assert monday.contact(monday.li).reached_at is None
    assert [line.what for line in li.work.all()] == ["undone", "reached", "tried"]


def test_contacts_change_hands_when_the_colleague_says_yes_and_the_names_go_along(monday, employ) -> None:
    count_contacts(monday.one, monday.case)
    li, sun = monday.contact(monday.li), monday.contact(monday.sun)
    note_work(monday.one, li, "reached")
    reveal(monday.one, monday.case, [li], "inform")
    for wrong in (monday.one, employ(Role.OFFICE)):
        with pytest.raises(RefusedError, match="hand_over_colleague"):
            offer(monday.one, monday.case, [li], wrong)
    given = offer(monday.one, monday.case, [li, sun], monday.other, "She speaks Hakka.")
    assert monday.contact(monday.li).assignee == monday.one
    answer(monday.other, given, takes=True)
    assert monday.contact(monday.li).assignee == monday.other
    assert set(names_known(monday.other, monday.case, [li, sun])) == {li.pk}
    assert Entry.objects.filter(verb="contact:reveal", actor=f"user:{monday.other.pk}").count() == 1
    with pytest.raises(RefusedError, match="case_not_now"):
        answer(monday.other, given, takes=False)


def test_what_is_declined_stays_where_it_was(monday) -> None:
    count_contacts(monday.one, monday.case)
    li = monday.contact(monday.li)
    note_work(monday.one, li, "reached")
    answer(monday.other, offer(monday.one, monday.case, [li], monday.other), takes=False)
    assert monday.contact(monday.li).assignee == monday.one


def test_when_somebody_is_erased_the_case_has_no_row_of_them_left(monday) -> None:
    count_contacts(monday.one, monday.case)
    contact = monday.contact(monday.sun).pk
    reveal(monday.one, monday.case, Contact.objects.filter(pk=contact), "inform")
    monday.sun.memberships.all().delete()
    monday.sun.delete()
    assert not Contact.objects.filter(pk=contact).exists()
    assert not Link.objects.filter(target=contact).exists()


def test_too_many_encounters_narrow_the_minutes_and_the_page_and_the_audit_say_so(monday, client, monkeypatch) -> None:
    monkeypatch.setattr("gatepass.centre.tracing.sightings.MOST_ENCOUNTERS", 2)
    # Four encounters within ten minutes, three within five; within two and a half the two with Li are left.
    assert count_contacts(monday.one, monday.case) == 2
    assert ranked(monday) == [monday.zhao.pk, monday.li.pk]
    monday.case.refresh_from_db()
    assert monday.case.narrowed_to_s == 150
    assert Entry.objects.get(verb="case:count").fields == {"candidates": 2, "narrowed_to_s": 150}
    client.force_login(monday.one)
    assert "2 minutes were looked at" in client.get(f"/cases/{monday.case.pk}/").content.decode()
    monkeypatch.undo()
    count_contacts(monday.one, monday.case)
    monday.case.refresh_from_db()
    assert monday.case.narrowed_to_s is None


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_count_to_write_while_it_reckons(monday, monkeypatch) -> None:
    from gatepass.centre.tracing import finding

    found, reckoned = finding.encounters, []

    def encounters(*arguments):
        reckoned.append(connection.in_atomic_block)
        return found(*arguments)

    monkeypatch.setattr(finding, "encounters", encounters)
    count_contacts(monday.one, monday.case)
    trace_on(monday.one, monday.contact(monday.li))
    assert reckoned == [False, False]
