"""Reports that come from gates: taken as those of a phone are, each once, and nobody else is told anything."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest
from django.utils import timezone
from tests.cast import LI, WANG
from tests.centre.gateway.harness import Terminal, call, gateway
from tests.centre.quarantine.things import quarantined

from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.models import Alarm
from gatepass.centre.audit.models import Entry
from gatepass.centre.gateway import calls as gateway_calls
from gatepass.centre.limits.limits import LIMITS
from gatepass.centre.people.access import key_of
from gatepass.centre.quarantine import calendar
from gatepass.centre.quarantine.actions import withdraw_case
from gatepass.centre.quarantine.at_gates import reported_at
from gatepass.centre.quarantine.models import Quarantine, Report
from gatepass.wire.reports import NOT_EXPECTED, TAKEN, GateReport, ReportBatch, ReportReply

REPORTS = "/gate/v1/reports"
ID = bytes(range(16))


def said(person=WANG, ident: bytes = ID, tenths: int | None = 366, minutes: int = 0, **further) -> GateReport:
    at = int((timezone.now() - timedelta(minutes=minutes)).timestamp() * 1000)
    return GateReport(ident, at, [key_of(person.document)], tenths, **further)


def answers(device, *reports: GateReport) -> list[str]:
    reply = reported_at(device, ReportBatch(list(reports)))
    return [reply.answers.get(one.id.hex(), "") for one in reports]


@pytest.fixture
def east(enrol, town):
    return enrol(town.east)[0]


def test_only_a_gate_that_signs_is_heard(tmp_path, monkeypatch) -> None:
    heard = []

    def reported(device, batch: ReportBatch) -> ReportReply:
        heard.append((device.key_id, len(batch.reports)))
        return ReportReply({ID.hex(): TAKEN})

    monkeypatch.setattr(gateway_calls, "_reported", reported)
    body = msgspec.msgpack.encode(ReportBatch([GateReport(ID, 1, [bytes(16)], 366)]))

    async def story() -> None:
        terminal = Terminal("dev-east", 1)
        async with gateway(tmp_path, terminal) as centre:
            reply = (await centre.send(terminal, "POST", REPORTS, body)).read(ReportReply)
            assert reply.answers == {ID.hex(): TAKEN}
            assert (await call(centre.app, "POST", REPORTS, body)).status == 401
            for wrong in (b"nonsense", msgspec.msgpack.encode({"reports": [{"id": b"short", "at": 1, "people": []}]})):
                assert (await centre.send(terminal, "POST", REPORTS, wrong)).problem.code == "malformed"

    asyncio.run(story())
    assert heard == [("dev-east", 1)]


@pytest.mark.django_db
def test_it_is_a_report_of_the_case_with_its_gate_and_a_fever_is_an_alarm_at_once(register, east) -> None:
    case = quarantined(register())
    assert answers(east, said(tenths=381, symptoms=["cough"], note="since yesterday")) == [TAKEN]
    report = Report.objects.get()
    assert (report.quarantine, report.via, report.device) == (case, Report.Via.GATE, east)
    assert (report.tenths, report.symptoms, report.note) == (381, ["cough"], "since yesterday")
    assert report.fact.source == "gate"
    assert list(Alarm.objects.filter(kind="quarantine_symptom").values_list("state", flat=True)) == ["raised"]
    entry = Entry.objects.get(verb="quarantine:report")
    assert entry.actor == f"device:{east.pk}"
    assert "yesterday" not in str(entry.fields)


@pytest.mark.django_db
def test_what_a_gate_kept_for_hours_belongs_to_the_moment_in_which_it_was_measured(register, east) -> None:
    case = quarantined(register())
    assert answers(east, said(minutes=20 * 60)) == [TAKEN]
    report = Report.objects.get()
    assert report.received_at - report.measured_at >= timedelta(hours=19)
    assert report.slot == calendar.slot_for(report.measured_at, case.rule.times, case.civil).due
    assert answers(east, said(ident=bytes(16), minutes=49 * 60)) == ["report_moment"]


@pytest.mark.django_db
def test_one_that_comes_twice_is_one_also_when_the_case_was_closed_in_between(register, east, employ) -> None:
    case, one = quarantined(register()), said(tenths=381)
    assert answers(east, one) == answers(east, one) == [TAKEN]
    assert Alarm.objects.get(kind="quarantine_symptom").count == 1
    withdraw_case(employ(Role.SOCIAL_WORKER), case, "mistake")
    assert answers(east, one, said(ident=bytes(16))) == [TAKEN, NOT_EXPECTED]
    assert Report.objects.count() == 1


@pytest.mark.django_db
def test_whoever_is_in_no_quarantine_and_whoever_nobody_knows_are_answered_alike(register, east) -> None:
    register(LI)
    assert answers(east, said(LI), said(WANG, bytes(16))) == [NOT_EXPECTED] * 2
    assert Report.objects.count() == 0
    vain = Entry.objects.filter(verb="quarantine:report_in_vain")
    assert [entry.actor for entry in vain] == [f"device:{east.pk}"] * 2


@pytest.mark.django_db
def test_a_gate_that_tries_one_after_the_other_is_answered_no_more_and_somebody_looks(register, east) -> None:
    quarantined(register())
    many = [said(LI, number.to_bytes(16)) for number in range(LIMITS["report_of_gate"].most)]
    assert set(answers(east, *many)) == {NOT_EXPECTED}
    assert answers(east, said(LI, b"x" * 16), said()) == ["", TAKEN]
    assert Alarm.objects.filter(kind="tried_too_often", state="raised").exists()


@pytest.mark.django_db
def test_any_document_of_the_person_will_do_and_an_unusual_temperature_wants_a_word_more(register, east) -> None:
    case = quarantined(register())
    keys = [key_of(LI.document), key_of(WANG.document)]
    strange = msgspec.structs.replace(said(tenths=421), people=keys)
    assert answers(east, strange) == ["report_again"]
    assert answers(east, msgspec.structs.replace(strange, confirmed=True)) == [TAKEN]
    assert answers(east, said(ident=bytes(16), symptoms=["of_a_later_release"])) == ["report_empty"]
    assert Quarantine.objects.get(pk=case.pk).reports.count() == 1
