from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.centre.conftest import Town

from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.actions import raise_now
from gatepass.centre.audit.models import Entry
from gatepass.centre.errors import RefusedError
from gatepass.centre.gateway.heartbeats import Heard, kept
from gatepass.centre.sites.actions import (
    change_gate,
    change_site,
    find_terminal,
    place_site,
    record_heartbeat,
    rules_of,
    seconds_to_find,
    set_rules,
)
from gatepass.centre.sites.devices import active_device
from gatepass.centre.sites.models import Device, Gate, Site
from gatepass.policy import SiteRules
from gatepass.wire.messages import Heartbeat, ReaderHealth

pytestmark = pytest.mark.django_db


def beat(device: Device, **facts) -> None:
    now = int(timezone.now().timestamp() * 1000)
    record_heartbeat(
        device.pk, Heartbeat("gatepass 9", now, 4, now, 0, 2, 1, [ReaderHealth("sam", "ready")], True, **facts)
    )


def test_every_change_of_a_gate_or_its_site_is_a_new_configuration(town: Town) -> None:
    def number() -> int:
        return Gate.objects.get(pk=town.east.pk).configuration

    assert number() == 1
    set_rules(None, town.east, SiteRules(hold_after_hours=24))
    assert number() == 2
    change_gate(None, town.east, "东大门", "out")
    assert number() == 3
    change_gate(None, town.east, "东大门", "out")
    assert number() == 3, "nothing was changed"
    change_site(None, town.estate, "柳浪新苑东区", "", "Asia/Seoul", "estate")
    assert number() == 4
    change_site(None, town.estate, "柳浪新苑东区", "西湖大道 1 号", "Asia/Seoul", "service")
    assert number() == 4, "gates know neither the address nor the kind"
    assert rules_of(Gate.objects.get(pk=town.east.pk)).utc_offset_minutes == 540


def test_names_are_taken_once_and_zones_are_known(town: Town) -> None:
    for change, code in (
        (lambda: change_site(None, town.estate, "市一医院", "", "", "estate"), "name_taken"),
        (lambda: change_site(None, town.estate, "x", "", "Mars/Base", "estate"), "time_zone_unknown"),
        (lambda: place_site(None, town.estate, 101, 0), "off_the_plan"),
        (lambda: place_site(None, town.estate, 5, None), "off_the_plan"),
        (lambda: place_site(None, town.estate, float("nan"), 5), "off_the_plan"),
    ):
        with pytest.raises(RefusedError) as refused:
            change()
        assert refused.value.code == code


def test_a_gate_is_told_its_configuration_and_the_page_says_when_it_confirms(town, enrol, employ, log_in) -> None:
    device, _key = enrol(town.east)
    client = log_in(employ(Role.ADMINISTRATOR))
    beat(device)
    assert "too old to confirm" in client.get(f"/gates/{town.east.pk}/").content.decode()
    credential = active_device(device.pk)
    assert credential is not None
    set_rules(None, town.east, SiteRules(hold_after_hours=24))
    now = int(timezone.now().timestamp() * 1000)
    said = Heartbeat("x", now, 1, now, 0, 0, 0, [], True, configuration=1)
    [reply] = kept([Heard(credential, said, timezone.now())], lambda: now)
    assert (reply.configuration, reply.rules.hold_after_hours, reply.find_s) == (2, 24, 0)
    assert "uses 1; 2 is on its way" in client.get(f"/gates/{town.east.pk}/").content.decode()
    assert "has not confirmed its newest configuration" in client.get("/gates/").content.decode()
    beat(device, configuration=2)
    assert "2, confirmed" in client.get(f"/gates/{town.east.pk}/").content.decode()


def test_a_lead_guard_lets_the_terminal_flash_and_stops_it(town, enrol, employ, log_in) -> None:
    device, _key = enrol(town.east)
    beat(device)
    client = log_in(employ(Role.GUARD_LEAD, site=town.estate))
    client.post(f"/gates/{town.east.pk}/find/")
    gate = Gate.objects.get(pk=town.east.pk)
    assert 100 < seconds_to_find(gate) <= 120
    assert "begins with its next sign of life" in client.get(f"/gates/{gate.pk}/").content.decode()
    beat(device, configuration=1, finding=True)
    assert "It flashes and beeps now." in client.get(f"/gates/{gate.pk}/").content.decode()
    client.post(f"/gates/{gate.pk}/find/", {"stop": "1"})
    assert seconds_to_find(Gate.objects.get(pk=gate.pk)) == 0
    assert Entry.objects.filter(verb="gate:find").count() == 2
    find_terminal(None, gate)
    Gate.objects.filter(pk=gate.pk).update(find_until=timezone.now() - timedelta(seconds=1))
    assert seconds_to_find(Gate.objects.get(pk=gate.pk)) == 0


def test_an_administrator_changes_a_gate_and_its_site_by_their_forms(town, employ, log_in) -> None:
    client = log_in(employ(Role.ADMINISTRATOR))
    assert "东门" in client.get(f"/gates/{town.east.pk}/change/").content.decode()
    client.post(f"/gates/{town.east.pk}/change/", {"name": "正门", "direction": "out"})
    client.post(
        f"/gates/sites/{town.estate.pk}/", {"name": "新苑", "kind": "school", "address": "", "time_zone": "Asia/Tokyo"}
    )
    gate = Gate.objects.select_related("site").get(pk=town.east.pk)
    assert (gate.name, gate.direction, gate.site.name, gate.site.kind) == ("正门", "out", "新苑", "school")
    wrong = client.post(f"/gates/sites/{town.estate.pk}/", {"name": "x", "kind": "school", "time_zone": "Mars/Base"})
    assert "time zone is not known" in wrong.content.decode()


def test_the_list_is_narrowed_paged_and_exported(town, employ, log_in) -> None:
    Gate.objects.bulk_create([Gate(site=town.hospital, name=f"G{number:03}", direction="in") for number in range(60)])
    client = log_in(employ(Role.ADMINISTRATOR))
    first = client.get("/gates/").content.decode()
    assert "Page 1 of 2" in first
    assert "62 gates" in first
    assert "G059" in client.get("/gates/?words=G059").content.decode()
    assert "G059" not in client.get(f"/gates/?community={town.far_community.pk}").content.decode()
    assert "G059" not in client.get("/gates/?kind=school").content.decode()
    exported = client.get("/gates/export/?words=G0").content.decode()
    assert exported.count("\n") == 61
    assert client.get("/gates/export/?as=xlsx").content.startswith(b"PK")


def test_the_gates_page_shows_its_open_alarms_and_missing_records(town, enrol, employ, log_in) -> None:
    device, _key = enrol(town.east)
    beat(device)
    facts = {"site": "S", "gate": "G", "first": 5, "last": 9}
    raise_now("sequence_gap", f"gate:{town.east.pk} {device.pk} 5", site=town.estate, facts=facts)
    raise_now("gate_silent", f"gate:{town.east.pk}0", site=town.estate)
    page = log_in(employ(Role.ADMINISTRATOR)).get(f"/gates/{town.east.pk}/").content.decode()
    assert "5–9" in page
    assert "Records missing" in page
    assert "Gate silent" not in page, "that is another gate's"


def test_sites_are_placed_and_the_plan_and_its_table_say_the_same(town, enrol, employ, log_in) -> None:
    client = log_in(employ(Role.ADMINISTRATOR))
    assert "No site has been placed" in client.get("/gates/plan/").content.decode()
    assert client.post(f"/gates/sites/{town.estate.pk}/place/", {"x": "20.5", "y": "40"}).status_code == 302
    site = Site.objects.get(pk=town.estate.pk)
    assert (site.x, site.y) == (20.5, 40)
    page = client.get("/gates/plan/").content.decode()
    assert page.count("1 of 1 gates need a look") == 3, (
        "drawn with its title, and in the table; the far one in the table"
    )
    assert "No device yet" in page
    device, _key = enrol(town.east)
    beat(device, configuration=1)
    part = client.get("/gates/plan/?part=1").content.decode()
    assert "<html" not in part
    assert 'class="spot online"' in part
    refused = client.post(f"/gates/sites/{town.estate.pk}/place/", {"x": "300", "y": "1"}, follow=True)
    assert "between 0 and 100" in refused.content.decode()
    client.post(f"/gates/sites/{town.estate.pk}/place/", {"x": "", "y": ""})
    assert Site.objects.get(pk=town.estate.pk).x is None
    guard = log_in(employ(Role.GUARD_LEAD, community=town.community)).get("/gates/plan/").content.decode()
    assert "清河坊" not in guard
    assert "Place the sites" not in guard


def test_of_a_large_town_the_table_lists_those_that_need_a_look_and_the_others_lead_to_their_gates(
    town, enrol, employ, log_in, monkeypatch
) -> None:
    monkeypatch.setattr("gatepass.centre.sites.plan.MOST_LISTED", 1)
    for site in (town.estate, town.far_site):
        place_site(None, site, 20, 30)
    page = log_in(employ(Role.ADMINISTRATOR)).get("/gates/plan/").content.decode()
    assert page.count("<tr id=") == 1
    assert "Choose a community to see all" in page
    assert page.count('href="#site-') == 1
    assert 'href="/gates/?words=' in page


def test_where_there_are_very_many_sites_a_community_is_chosen_before_they_are_placed(
    town, employ, log_in, monkeypatch
) -> None:
    monkeypatch.setattr("gatepass.centre.sites.plan.MOST_PLACED", 2)
    client = log_in(employ(Role.ADMINISTRATOR))
    page = client.get("/gates/plan/").content.decode()
    assert "Choose a community first" in page
    assert "data-width" not in page
    page = client.get(f"/gates/plan/?community={town.far_community.pk}").content.decode()
    assert "Place the sites" in page
    assert "data-width" in page
