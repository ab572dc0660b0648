from __future__ import annotations

import threading
from datetime import timedelta

import msgspec
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.utils import timezone
from tests.centre.conftest import enrolment

from gatepass.centre.audit.models import Entry
from gatepass.centre.errors import RefusedError
from gatepass.centre.sites.actions import (
    create_community,
    create_gate,
    create_site,
    enrol_device,
    issue_enrolment_code,
    record_heartbeat,
    revoke_device,
    rules_of,
    set_rules,
)
from gatepass.centre.sites.devices import active_device
from gatepass.centre.sites.forms import RulesForm
from gatepass.centre.sites.health import State, condition_of
from gatepass.centre.sites.models import Device, EnrolmentCode, Gate
from gatepass.policy import FaceRule, Outcome, SiteRules
from gatepass.wire.messages import Heartbeat, ReaderHealth

NEW_KEY = Ed25519PrivateKey.generate


def heartbeat(**facts) -> Heartbeat:
    now = int(timezone.now().timestamp() * 1000)
    usual = {"software": "gatepass 0.1.0", "at": now, "directory": 4, "knowledge_at": now, "waiting": 0, "entered": 9,
             "left": 4, "readers": [ReaderHealth("sam", "ready")], "kiosk": True}  # fmt: skip
    return Heartbeat(**usual | facts)


def test_a_code_enrols_one_device_with_all_that_it_needs(town, updates) -> None:
    key = NEW_KEY()
    reply = enrol_device(enrolment(issue_enrolment_code(None, town.east).code, key))
    device = active_device(reply.device)
    assert device is not None
    assert device.public_key == key.public_key().public_bytes_raw()
    assert (device.gate, device.site, device.community) == (town.east.pk, town.estate.pk, town.community.pk)
    assert (reply.gate_name, reply.site_name, reply.direction) == ("东门", "柳浪新苑", "in")
    assert reply.rules == SiteRules()
    assert len(reply.person_key_secret) == len(reply.sealing_key) == 32
    assert b'"root"' in reply.trust_root


def test_a_code_is_good_for_one_device(town, updates) -> None:
    code = issue_enrolment_code(None, town.east).code
    enrol_device(enrolment(code, NEW_KEY()))
    with pytest.raises(RefusedError, match="enrolment_code_used"):
        enrol_device(enrolment(code, NEW_KEY()))
    assert Device.objects.count() == 1


def test_a_code_ends_after_half_an_hour(town, updates) -> None:
    code = issue_enrolment_code(None, town.east).code
    with time_machine.travel(timezone.now() + timedelta(minutes=31)), pytest.raises(RefusedError, match="expired"):
        enrol_device(enrolment(code, NEW_KEY()))


def test_a_new_code_ends_the_one_before(town, updates) -> None:
    first = issue_enrolment_code(None, town.east).code
    issue_enrolment_code(None, town.east)
    with pytest.raises(RefusedError, match="enrolment_code_expired"):
        enrol_device(enrolment(first, NEW_KEY()))


def test_a_code_that_nobody_issued_is_refused(town, updates) -> None:
    with pytest.raises(RefusedError, match="enrolment_code_unknown"):
        enrol_device(enrolment("00000-00000-00000-00000", NEW_KEY()))


def test_a_code_may_be_typed_in_small_letters_without_dashes(town, updates) -> None:
    code = issue_enrolment_code(None, town.east).code
    assert enrol_device(enrolment(code.lower().replace("-", ""), NEW_KEY())).gate == str(town.east.pk)


def test_a_wrong_proof_is_refused_and_does_not_use_up_the_code(town, updates) -> None:
    code = issue_enrolment_code(None, town.east).code
    with pytest.raises(RefusedError, match="enrolment_proof_wrong"):
        enrol_device(enrolment(code, NEW_KEY(), proof=NEW_KEY().sign(code.encode())))
    with pytest.raises(RefusedError, match="enrolment_proof_wrong"):
        enrol_device(enrolment(code, NEW_KEY(), proof=bytes(64)))
    enrol_device(enrolment(code, NEW_KEY()))


def test_the_database_never_holds_the_code(town, updates) -> None:
    code = issue_enrolment_code(None, town.east).code
    stored = bytes(EnrolmentCode.objects.get().digest)
    assert len(stored) == 32
    assert code.encode() not in stored


def test_a_gate_has_one_device_the_newest(town, enrol) -> None:
    first, _key = enrol(town.east)
    second, _key = enrol(town.east)
    assert active_device(first.pk) is None
    assert active_device(second.pk) is not None


def test_a_revoked_device_is_unknown_at_once_and_cannot_be_revoked_twice(town, enrol) -> None:
    device, _key = enrol(town.east)
    revoke_device(None, device)
    assert active_device(device.pk) is None
    with pytest.raises(RefusedError, match="device_revoked_already"):
        revoke_device(None, device)


def test_an_unknown_key_id_is_no_device(town) -> None:
    assert active_device("dev-0000000000000000") is None


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_devices_with_one_code_at_the_same_moment_one_wins(updates) -> None:
    site = create_site(None, create_community(None, "c"), "s")
    code = issue_enrolment_code(None, create_gate(None, site, "g", "in")).code
    outcomes: list[str] = []

    def attempt() -> None:
        try:
            outcomes.append(enrol_device(enrolment(code, NEW_KEY())).device[:4])
        except RefusedError as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["dev-"] + ["enrolment_code_used"] * 3


def test_a_site_has_the_towns_time_or_its_own(town) -> None:
    assert town.estate.zone.key == "Asia/Shanghai"
    assert create_site(None, town.community, "首尔分部", time_zone="Asia/Seoul").zone.key == "Asia/Seoul"
    with pytest.raises(RefusedError, match="time_zone_unknown"):
        create_site(None, town.community, "x", time_zone="Asia/Hangzhou")


def test_names_are_taken_once(town) -> None:
    with pytest.raises(RefusedError, match="name_taken"):
        create_community(None, "定安路社区")
    with pytest.raises(RefusedError, match="name_taken"):
        create_site(None, town.community, "柳浪新苑")
    with pytest.raises(RefusedError, match="name_taken"):
        create_gate(None, town.estate, "东门", "out")
    create_gate(None, town.hospital, "东门", "in")


def test_rules_are_kept_and_what_changed_is_on_record(town) -> None:
    set_rules(None, town.east, SiteRules(yellow=Outcome.PASS, hold_after_hours=24))
    assert rules_of(Gate.objects.get(pk=town.east.pk)) == SiteRules(yellow=Outcome.PASS, hold_after_hours=24)
    entry = Entry.objects.first()
    assert entry is not None
    assert (entry.verb, entry.fields) == ("gate:set_rules", {"changed": ["hold_after_hours=24", "yellow=pass"]})


@pytest.mark.parametrize(
    "rules",
    [
        SiteRules(red=Outcome.PASS),
        SiteRules(unknown=Outcome.PASS),
        SiteRules(hold_after_hours=0.5),
        SiteRules(notice_after_hours=0),
        SiteRules(hold_after_hours=float("inf")),
        SiteRules(hold_after_hours=float("nan")),
    ],
)
def test_rules_that_make_no_sense_are_refused(town, rules: SiteRules) -> None:
    with pytest.raises(RefusedError, match="rules_out_of_range"):
        set_rules(None, town.east, rules)


def test_every_verb_leaves_its_entry(town, enrol) -> None:
    device, _key = enrol(town.east)
    revoke_device(None, device)
    verbs = list(Entry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs[-3:] == ["gate:issue_enrolment_code", "device:enrol", "device:revoke"]


def test_a_heartbeat_is_kept_and_replaced_by_the_next(town, enrol) -> None:
    device, _key = enrol(town.east)
    record_heartbeat(device.pk, heartbeat(waiting=3))
    record_heartbeat(device.pk, heartbeat(waiting=0, at=int(timezone.now().timestamp() * 1000) + 90_000))
    device.refresh_from_db()
    assert device.health.waiting == 0
    assert device.health.clock_offset_ms == pytest.approx(90_000, abs=500)
    assert device.health.readers == [{"family": "sam", "state": "ready", "detail": ""}]


def test_the_condition_of_a_gate_is_said_in_words(town, enrol) -> None:
    assert condition_of(town.east).state is State.NO_DEVICE
    device, _key = enrol(town.east)
    assert condition_of(town.east).state is State.SILENT
    record_heartbeat(device.pk, heartbeat())
    assert condition_of(town.east).state is State.ONLINE
    assert not condition_of(town.east).needs_a_look
    later = timezone.now() + timedelta(minutes=12)
    offline = condition_of(town.east, later)
    assert offline.state is State.OFFLINE
    assert offline.needs_a_look


@pytest.mark.parametrize(
    "fault",
    [
        {"readers": [ReaderHealth("sam", "absent")]},
        {"readers": [ReaderHealth("sam", "ill")]},
        {"kiosk": False},
        {"at": 0},
        {"knowledge_at": 0},
        {"knowledge_at": 1},
    ],
)
def test_what_needs_a_look_is_remarked(town, enrol, fault) -> None:
    device, _key = enrol(town.east)
    record_heartbeat(device.pk, heartbeat(**fault))
    assert len(condition_of(town.east).remarks) == 1


def test_every_rule_of_a_gate_has_its_field_and_what_is_chosen_is_what_the_gate_gets() -> None:
    """`version` is the format's; the site's civil time is the town's."""
    asked = set(RulesForm().fields)
    assert asked == set(SiteRules.__struct_fields__) - {"version", "utc_offset_minutes"}
    wanted = SiteRules(unproven=Outcome.HOLD, uid_cards=Outcome.PASS, faces=FaceRule.ALWAYS)
    chosen = msgspec.to_builtins(wanted)
    form = RulesForm(chosen)
    assert form.is_valid(), form.errors
    assert form.rules() == wanted
    assert SiteRules().faces is FaceRule.OFF
    assert not RulesForm({**chosen, "uid_cards": "refuse"}).is_valid()
