from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation
from tests.centre.applicants.helpers import applicant  # noqa: F401
from tests.centre.arrivals.things import (
    AMSTERDAM,
    DUTCH,
    FAMILY,
    add_paper,
    add_stay,
    add_traveller,
    landing,
    passport,
    ready,
    sent,
)

from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.actions import raise_due
from gatepass.centre.alarms.models import Alarm, State
from gatepass.centre.arrivals import actions, proofs
from gatepass.centre.arrivals.board import announced, lines_of
from gatepass.centre.arrivals.itinerary import itineraries
from gatepass.centre.arrivals.models import Journey, Proof, Traveller
from gatepass.centre.arrivals.sampling import sampling_of
from gatepass.centre.audit.models import Entry
from gatepass.centre.errors import RefusedError
from gatepass.centre.facts.models import Fact
from gatepass.centre.mandates.models import Consent, Mandate
from gatepass.centre.people.actions import Registration, register_resident
from gatepass.centre.people.models import Resident
from gatepass.centre.sending.models import Message

pytestmark = pytest.mark.django_db


def test_a_registration_that_lacks_something_says_what(town, applicant) -> None:  # noqa: F811
    journey = actions.begin(applicant(), Journey.Manner.SELF)
    assert actions.lacking(journey) == ["journey_nobody", "journey_no_arrival", "journey_nowhere"]
    with pytest.raises(RefusedError, match="journey_nobody"):
        actions.send(journey.applicant, journey)


def test_missing_days_are_asked_for_and_a_word_about_them_lets_it_go(town, applicant) -> None:  # noqa: F811
    me = applicant()
    journey = actions.begin(me, Journey.Manner.SELF)
    add_traveller(me, journey)
    arrives = landing()
    day = arrives.date()
    actions.set_way(me, journey, {"arrives_at": arrives, "site": town.estate})
    add_stay(me, journey, day - timedelta(days=14), day - timedelta(days=7))
    add_stay(me, journey, day - timedelta(days=3), day)
    journey.refresh_from_db()
    (told,) = itineraries(journey)
    assert told.coverage
    assert (told.coverage.missing, len(told.questions)) == (3, 1)
    assert actions.lacking(journey) == ["journey_days"]
    actions.set_way(me, journey, {"explanation": "On a boat"})
    journey.refresh_from_db()
    assert actions.lacking(journey) == []


def test_nobody_registers_others_without_saying_how_they_agreed(applicant) -> None:  # noqa: F811
    with pytest.raises(RefusedError, match="consent_missing"):
        actions.begin(applicant(), Journey.Manner.HOST)


def test_what_was_sent_may_be_changed_until_the_community_has_read_it(town, applicant, employ) -> None:  # noqa: F811
    me, worker = applicant(), employ(Role.SOCIAL_WORKER, town.community)
    journey = sent(me, town.estate)
    with pytest.raises(RefusedError, match="journey_sent"):
        add_traveller(me, journey, FAMILY[0])
    actions.amend(me, journey)
    add_traveller(me, journey, FAMILY[0])
    actions.send(me, journey)
    actions.acknowledge(worker, journey)
    with pytest.raises(RefusedError, match="journey_acknowledged"):
        actions.amend(me, journey)
    with pytest.raises(RefusedError, match="journey_answered"):
        actions.acknowledge(worker, journey)


def test_a_family_of_four_is_registered_by_one_parent_each_with_the_own_document(town, applicant, employ) -> None:  # noqa: F811
    mother = applicant(language="ja")
    journey = sent(mother, town.estate, FAMILY)
    actions.amend(mother, journey)
    with pytest.raises(RefusedError, match="traveller_twice"):
        add_traveller(mother, journey, FAMILY[1])
    actions.send(mother, journey)
    residents = actions.acknowledge(employ(Role.SOCIAL_WORKER, town.community), journey)
    assert [one.full_name for one in residents] == [who[0] for who in FAMILY]
    assert {one.language for one in residents} == {"ja"}
    mandates = Mandate.objects.filter(applicant=mother).order_by("id")
    assert [(one.relation, one.consent) for one in mandates] == [
        ("self", "own"), *[("parent", Consent.TOLD_APPLICANT)] * 3,
    ]  # fmt: skip
    assert Message.objects.filter(kind="journey_acknowledged", language="ja").count() == 1


def test_a_number_that_is_registered_already_gives_nobody_a_mandate(town, applicant, employ) -> None:  # noqa: F811
    known = register_resident(None, Registration(passport(DUTCH[2], "NLD"), site=town.estate.pk))
    journey = sent(applicant(), town.estate)
    (resident,) = actions.acknowledge(employ(Role.SOCIAL_WORKER, town.community), journey)
    assert resident == known
    assert Resident.objects.count() == 1
    assert not Mandate.objects.exists()


def test_a_social_worker_acts_with_the_consent_on_record(town, employ) -> None:
    worker = employ(Role.SOCIAL_WORKER, town.community)
    journey = sent(worker, town.estate)
    actions.acknowledge(worker, journey)
    mandate = Mandate.objects.get()
    assert (mandate.staff, mandate.relation, mandate.consent) == (worker, "social_worker", "told_staff")


def test_with_the_arrival_stays_and_an_accepted_test_become_facts_once(town, applicant, employ) -> None:  # noqa: F811
    me, worker = applicant(), employ(Role.SOCIAL_WORKER, town.community)
    journey = sent(me, town.estate, arrives=landing(0, 1))
    paper = add_paper(
        me, journey, sample_at=timezone.now() - timedelta(days=3), sample_zone="Europe/Amsterdam", method="pcr",
        result="negative",
    )  # fmt: skip
    (resident,) = actions.acknowledge(worker, journey)
    assert not Fact.objects.exists()
    traveller = journey.travellers.get()
    assert actions.mark_arrived(worker, traveller, Traveller.Seen.STAFF)
    assert not actions.mark_arrived(worker, traveller, Traveller.Seen.STAFF)
    assert sorted(Fact.objects.filter(resident=resident).values_list("kind", flat=True)) == ["arrival", "stay"]
    proofs.check_proof(worker, Proof.objects.get(pk=paper.pk), "accepted", "fits")
    assert sorted(Fact.objects.values_list("kind", flat=True)) == ["arrival", "stay", "test"]
    arrival = Fact.objects.get(kind="arrival")
    assert arrival.data["origin"] == "NLD"
    with pytest.raises(RefusedError, match="proof_checked"):
        proofs.check_proof(worker, paper, "refused", "doubt")


def test_the_clock_of_the_hand_over_runs_and_stops(town, applicant, employ) -> None:  # noqa: F811
    journey = sent(applicant(), town.estate)
    waits = Alarm.objects.get(kind="hand_over_waits")
    assert (waits.state, waits.alert_after, waits.site) == (State.ARMED, journey.acknowledge_by, town.estate)
    raise_due(journey.acknowledge_by)
    waits.refresh_from_db()
    assert waits.state == State.RAISED
    assert "Willem" not in str(waits.facts)
    actions.acknowledge(employ(Role.SOCIAL_WORKER, town.community), journey)
    waits.refresh_from_db()
    assert waits.state == State.CLEARED


def test_who_does_not_come_in_time_is_alarmed_until_the_last_is_accounted_for(town, applicant, employ) -> None:  # noqa: F811
    worker = employ(Role.SOCIAL_WORKER, town.community)
    journey = sent(applicant(), town.estate, FAMILY[:3])
    raise_due(journey.overdue_after)
    overdue = Alarm.objects.get(kind="arrival_overdue")
    assert overdue.state == State.RAISED
    one, two, three = journey.travellers.all()
    actions.mark_arrived(worker, one, Traveller.Seen.STAFF)
    actions.cancel_traveller(worker, two)
    overdue.refresh_from_db()
    assert overdue.state == State.RAISED
    actions.mark_arrived(worker, three, Traveller.Seen.STAFF)
    overdue.refresh_from_db()
    assert overdue.state == State.CLEARED


def test_the_figures_of_the_board_add_up(town, applicant, employ) -> None:  # noqa: F811
    me, worker = applicant(), employ(Role.SOCIAL_WORKER)
    now = timezone.now()
    family = sent(me, town.estate, FAMILY, arrives=landing(-2))
    Journey.objects.filter(pk=family.pk).update(overdue_after=now - timedelta(hours=1))
    first, second, *_others = family.travellers.all()
    actions.mark_arrived(worker, first, Traveller.Seen.STAFF)
    actions.cancel_traveller(worker, second)
    sent(me, town.far_site, arrives=landing(3))
    ready(me, town.estate, (("A", "A", "X1234567", "KOR", "1990-01-01", "ko"),))
    everybody = announced(Traveller.objects.all(), now)
    lines, whole = lines_of(everybody, now)
    assert (whole.expected, whole.coming, whole.missing, whole.arrived, whole.cancelled) == (5, 1, 2, 1, 1)
    assert whole.expected == everybody.count(), "a draft is nobody who is expected"
    communities = [line.figures for line in lines if not line.site]
    sites = [line.figures for line in lines if line.site and not line.building]
    for name in ("expected", "coming", "missing", "arrived", "cancelled"):
        assert sum(getattr(one, name) for one in communities) == getattr(whole, name)
        assert sum(getattr(one, name) for one in sites) == getattr(whole, name)


def test_a_test_is_in_time_by_the_calendar_of_the_place_of_boarding(town, applicant) -> None:  # noqa: F811
    me = applicant()
    boarding = datetime(2026, 3, 16, 20, 45, tzinfo=AMSTERDAM)
    journey = ready(me, town.estate, boarding_at=boarding, boarding_zone="Europe/Amsterdam")
    early = add_paper(me, journey, sample_at=datetime(2026, 3, 10, 22, 30, tzinfo=UTC), sample_zone="UTC")
    right = add_paper(me, journey, sample_at=datetime(2026, 3, 10, 23, 30, tzinfo=UTC), sample_zone="UTC")
    assert [sampling_of(one).in_time for one in (early, right)] == [False, True]


def test_every_look_and_every_step_is_on_record_without_a_name(town, applicant, employ) -> None:  # noqa: F811
    journey = sent(applicant(), town.estate)
    actions.acknowledge(employ(Role.SOCIAL_WORKER, town.community), journey)
    said = "\n".join(f"{one.verb} {one.object} {one.fields}" for one in Entry.objects.all())
    assert "journey:send" in said
    assert "Vries" not in said
    assert DUTCH[2] not in said


def test_a_quarantine_is_ordered_where_the_rules_ask_for_one(town, applicant, employ, own_rules) -> None:  # noqa: F811
    me, worker = applicant(), employ(Role.SOCIAL_WORKER, town.community)
    journey = sent(me, town.estate, arrives=landing(0, 1))
    (told,) = itineraries(journey)
    assert told.quarantine, "since 2020-03-28 everybody from abroad"
    traveller = journey.travellers.get()
    with pytest.raises(RefusedError, match="traveller_not_arrived"):
        actions.order_quarantine(worker, traveller)
    actions.acknowledge(worker, journey)
    traveller.refresh_from_db()
    actions.mark_arrived(worker, traveller, Traveller.Seen.STAFF)
    case = actions.order_quarantine(worker, traveller)
    assert (case.kind, case.started_at, case.resident) == ("home", traveller.arrived_at, traveller.resident)
    with pytest.raises(RefusedError, match="quarantine_open"):
        actions.order_quarantine(worker, traveller)
    own_rules('quarantine_for = "risk"')
    (told,) = itineraries(journey)
    assert not told.quarantine


def test_an_area_of_risk_is_shown_with_its_reason_in_the_readers_language(town, applicant, own_rules) -> None:  # noqa: F811
    day = timezone.localdate()
    own_rules(
        "days_before_arrival = 14",
        f"""[[areas]]\nregion = "NLD"\nnames = ["Utrecht"]\nsince = {day - timedelta(days=3)}
        reason = {{ zh-Hans = "疫情", zh-Hant = "疫情", en = "Measles", ko = "홍역", ja = "麻疹" }}""",
    )
    journey = ready(applicant(), town.estate)
    (told,) = itineraries(journey)
    with translation.override("ja"):
        (told,) = itineraries(journey)
        assert told.risks[0].reason == "麻疹"
        assert "オランダ" in told.risks[0].where


@pytest.fixture
def own_rules(settings, tmp_path):
    """The town's own file: `own_rules(line of the term, areas)`."""
    settings.CENTRE_DIR = tmp_path

    def own_rules(term: str, areas: str = "") -> None:
        text = f"format = 1\n[[terms]]\neffective_from = 2020-01-01T00:00:00+08:00\n{term}\n{areas}\n"
        (tmp_path / "entry.toml").write_text(text, "utf-8")

    return own_rules
