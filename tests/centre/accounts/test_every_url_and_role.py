"""Every URL of the staff site × every role. What is expected stands here a second time, in a table for people.

A new page fails this test until somebody has written down who may open it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import msgspec
import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from tests.cast import LI
from tests.centre.arrivals.things import KINDS as KINDS_OF_ARRIVALS
from tests.centre.arrivals.things import things_of_arrivals
from tests.centre.employers.things import KINDS as KINDS_OF_COMPANIES
from tests.centre.employers.things import things_of_companies
from tests.centre.notices.things import KINDS as KINDS_OF_NOTICES
from tests.centre.notices.things import ONLY_POST as ONLY_POST_OF_NOTICES
from tests.centre.notices.things import things_of_notices
from tests.centre.people.things import KINDS as KINDS_OF_PEOPLE
from tests.centre.people.things import things_of_people
from tests.centre.policies.things import KINDS as KINDS_OF_POLICIES
from tests.centre.policies.things import things_of_policies
from tests.centre.quarantine.things import KINDS as KINDS_OF_QUARANTINE
from tests.centre.quarantine.things import ONLY_POST as POST_OF_QUARANTINE
from tests.centre.quarantine.things import things_of_quarantine
from tests.centre.questions.things import KINDS as KINDS_OF_QUESTIONS
from tests.centre.questions.things import ONLY_POST as ONLY_POST_OF_QUESTIONS
from tests.centre.questions.things import things_of_questions
from tests.centre.rosters.things import KINDS as KINDS_OF_ROSTERS
from tests.centre.rosters.things import things_of_rosters
from tests.centre.tracing.things import KINDS as KINDS_OF_CASES
from tests.centre.tracing.things import things_of_cases
from tests.centre.visitors.things import KINDS as KINDS_OF_VISITORS
from tests.centre.visitors.things import ONLY_POST as POST_OF_VISITORS
from tests.centre.visitors.things import things_of_visitors

from gatepass.centre.accounts import roles
from gatepass.centre.accounts.roles import ALLOWED, Role
from gatepass.centre.alarms.actions import raise_now
from gatepass.centre.alarms.models import Alarm
from gatepass.centre.api.actions import issue_token
from gatepass.centre.api.models import Scope
from gatepass.centre.appeals.actions import send_appeal
from gatepass.centre.appeals.models import Appeal
from gatepass.centre.applicants.contacts import read_contact
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.applications.actions import apply
from gatepass.centre.applications.facts import ApplicationFacts
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.employers.actions import appoint
from gatepass.centre.employers.models import Company
from gatepass.centre.insights.actions import make_report
from gatepass.centre.interpreting.models import Call
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.people.models import Resident
from gatepass.centre.privacy.actions import send_request
from gatepass.centre.privacy.models import Request
from gatepass.centre.sending.actions import queue
from gatepass.centre.webhooks.models import Subscription
from gatepass.identity import DocumentKind
from gatepass.policy import Colour
from gatepass.policy.colours.facts import Declaration
from gatepass.wire.webhooks import new_secret

pytestmark = pytest.mark.django_db

ADM, OFF, SOC, GRID, TRA, INT, GUA, AUD = Role

# url name -> the roles that open it. `*` is everybody who is logged in, `anybody` needs no log-in.
WHO = {
    **dict.fromkeys(roles.API, "programs"),
    "api_description": "anybody",
    # The library's own, of no use to anybody.
    "api:api-root": set(),
    "tokens": {ADM},
    "tokens_export": {ADM},
    "token_revoke": {ADM},
    **{name: {ADM} for name in roles.WEBHOOKS},
    "healthz": "anybody",
    "login": "anybody",
    "account_login": "anybody",
    "mfa_authenticate": "anybody",
    "mfa_login_webauthn": "anybody",
    "openid_connect_login": "anybody",
    "openid_connect_callback": "anybody",
    "socialaccount_login_cancelled": "anybody",
    **dict.fromkeys(roles.FACTORS, "*"),
    "invitation": "anybody",
    "language": "anybody",
    "my_enter": "anybody",
    "my_code": "anybody",
    "my_passkey_enter": "anybody",
    "my_leave": "anybody",
    "my_worker": "anybody",
    "my_manifest": "anybody",
    "my_offline": "anybody",
    "transparency": "anybody",
    **dict.fromkeys(("my_helping", "my_help_offer", "my_help_answer", "my_help_end"), "residents"),
    "calendar_feed": "anybody",
    **{name: {ADM, OFF, SOC, INT} for name in roles.ROSTER},
    **{name: {ADM, OFF} for name in roles.ROSTER_WORK},
    **{name: {INT} for name in (*roles.DUTY, *roles.CALLS)},
    **{name: {ADM, OFF} for name in roles.CALL_LIST},
    "my_interpreter": "residents",
    "my_interpreter_exchange": "residents",
    **{name: {OFF, SOC} for name in roles.VOLUNTEERS},
    "notice_public": "anybody",
    "notice_public_of": "anybody",
    "my_notices": "residents",
    **{name: {OFF, SOC, INT, GUA} for name in roles.NOTICES},
    **{name: {OFF, INT} for name in roles.NOTICE_WORDS},
    **{name: {OFF} for name in roles.NOTICE_WORK},
    "my_data": "residents",
    "my_data_pdf": "residents",
    "my_data_json": "residents",
    "privacy": {ADM, OFF, AUD},
    "privacy_export": {ADM, OFF, AUD},
    "privacy_receipts": {ADM, AUD},
    "privacy_receipts_export": {ADM, AUD},
    "privacy_requests": {OFF},
    "privacy_requests_export": {OFF},
    "privacy_request": {OFF},
    "resident_privacy": {OFF},
    "resident_privacy_pdf": {OFF},
    "resident_privacy_json": {OFF},
    "my": "residents",
    "my_waiting": "residents",
    **dict.fromkeys(("my_told", "my_told_subscribe"), "residents"),
    **dict.fromkeys(("my_calls", "my_calls_talk", "my_calls_exchange"), "residents"),
    "told": "*",
    "told_subscribe": "*",
    "told_worker": "anybody",
    "my_apply": "residents",
    "my_withdraw": "residents",
    "my_invitation": "residents",
    "my_person": "residents",
    "my_history": "residents",
    "my_declare": "residents",
    "my_appeal": "residents",
    "my_paper": "residents",
    "my_check": "residents",
    "my_invite": "residents",
    "my_grant": "residents",
    "my_account": "residents",
    "my_passkey_add": "residents",
    "home": "*",
    "logout": "*",
    "password": "*",
    "account": "*",
    "search": "*",
    "search_while_typing": "*",
    "session_end": "*",
    "rights": "*",
    "rights_export": "*",
    "board": {ADM, OFF, TRA, GUA},
    **{name: {ADM, OFF, GUA} for name in roles.INSIGHTS},
    "passages": {OFF, GUA},
    "passages_export": {OFF, GUA},
    **{name: {ADM, OFF, GUA, AUD} for name in ("gates", "gates_export", "gate", "plan")},
    "gate_find": {ADM, GUA},
    **{name: {ADM} for name in ("community_create", "site_create", "site_change", "site_place", "gate_create")},
    **{name: {ADM} for name in ("gate_change", "gate_rules", "gate_enrolment", "device_revoke")},
    "residents": {OFF, SOC},
    "residents_export": {OFF},
    "residents_export_xlsx": {OFF},
    "resident": {OFF, SOC},
    "resident_photo_file": {OFF, SOC},
    "filter_save": {OFF, SOC},
    "filter_drop": {OFF, SOC},
    "resident_register": {OFF, SOC},
    "resident_duplicates": {OFF, SOC},
    "resident_change": {OFF, SOC},
    "resident_document_add": {OFF, SOC},
    "resident_document_retire": {OFF, SOC},
    "resident_household": {OFF, SOC},
    "resident_photo": {OFF, SOC},
    "resident_photo_withdraw": {OFF, SOC},
    "resident_protection": {OFF, SOC},
    "resident_merge": {OFF},
    "resident_merge_with": {OFF},
    "resident_unmerge": {OFF},
    "households": {OFF, SOC},
    "households_export": {OFF},
    "household": {OFF, SOC},
    "places": {OFF, SOC},
    "places_export": {OFF},
    "place": {OFF, SOC},
    "place_suggest": {OFF, SOC},
    "place_enter": {OFF},
    "place_remove": {OFF},
    "imports": {OFF, SOC},
    "imports_export": {OFF, SOC},
    "import_new": {OFF, SOC},
    "import_template": {OFF, SOC},
    "import": {OFF, SOC},
    "import_progress": {OFF, SOC},
    "import_map": {OFF, SOC},
    "import_row": {OFF, SOC},
    "import_decide": {OFF, SOC},
    "import_run": {OFF, SOC},
    "import_stop": {OFF, SOC},
    "import_undo": {OFF, SOC},
    "import_drop": {OFF, SOC},
    "import_left": {OFF, SOC},
    "resident_colour": {OFF},
    "applications": {OFF, SOC},
    "applications_export": {OFF, SOC},
    "application": {OFF, SOC},
    "application_decide": {OFF},
    **{name: {OFF, GRID} for name in roles.COMPANIES},
    **{name: {OFF} for name in roles.APPOINT},
    **dict.fromkeys(roles.MY_ARRIVALS, "residents"),
    **{name: {OFF, SOC, GRID} for name in (*roles.ARRIVALS, *roles.ARRIVAL_ENTER)},
    **{name: {OFF, SOC} for name in roles.ARRIVAL_WORK},
    "my_survey": "residents",
    **dict.fromkeys((name for name in roles.MY if name.startswith("my_question")), "residents"),
    "question_public": "anybody",
    **{name: {OFF, SOC, INT} for name in roles.QUESTIONS},
    "question_approve": {OFF},
    **{name: {ADM, OFF, SOC, GRID} for name in roles.SURVEYS},
    **{name: {ADM, OFF, SOC} for name in roles.SURVEY_MAKE},
    **{name: {OFF, SOC, GRID} for name in roles.SURVEY_WORK},
    "appeals": {OFF},
    "appeals_export": {OFF},
    "appeal": {OFF},
    "resident_declare": {OFF, SOC},
    "resident_acting": {OFF, SOC},
    "mandate_end": {OFF, SOC},
    "paper_print": {OFF, SOC},
    "paper_lost": {OFF, SOC},
    **{name: {ADM, OFF, AUD} for name in roles.POLICIES},
    **{name: {ADM} for name in roles.POLICY_WORK},
    **{name: {TRA} for name in roles.TRACING},
    "resident_facts": {OFF, SOC},
    "resident_facts_export": {OFF, SOC},
    "fact_end": {OFF},
    "fact_withdraw": {OFF},
    "colour_by_policy": {OFF},
    "staff": {ADM},
    "staff_export": {ADM},
    "staff_create": {ADM},
    "staff_change": {ADM},
    "staff_active": {ADM},
    "staff_invite": {ADM},
    "staff_sessions_end": {ADM},
    "staff_factors": {ADM},
    "messages": {ADM},
    "messages_export": {ADM},
    "message_again": {ADM},
    **{name: {ADM, OFF, SOC, GUA, AUD} for name in roles.ALARMS},
    **{name: {ADM, OFF, SOC, GUA} for name in roles.ALARM_WORK},
    **{name: {OFF, SOC} for name in (*roles.QUARANTINE, *roles.RELEASES)},
    "quarantine_gate": {OFF, SOC, GUA},
    **{name: {OFF, SOC, GUA} for name in roles.VISITORS},
    **{name: {OFF, SOC} for name in roles.INVITE},
    **dict.fromkeys(("visit_page", "visit_worker"), "anybody"),
    **dict.fromkeys(
        ("my_visitors", "my_visitor_invite", "my_visitor", "my_visitor_end", "my_visit_answer"), "residents"
    ),
    "my_need": "residents",
    "notice_check": "anybody",
    "notice_shown": "anybody",
    "my_quarantine": "residents",
    "my_notice": "residents",
    "my_order": "residents",
    "my_quarantine_report": "residents",
    "alarm_contact": "*",
    "audit": {ADM, AUD},
    "audit_export": {ADM, AUD},
}
ONLY_POST = {
    *(
        "language",
        "logout",
        "gate_find",
        "report_make",
        "site_place",
        "gate_rules",
        "gate_enrolment",
        "device_revoke",
        "staff_active",
        "staff_invite",
        "staff_sessions_end",
        "staff_factors",
        "session_end",
        "search_while_typing",
    ),
    *("my_passkey_enter", "my_passkey_add", "my_leave", *roles.ALARM_WORK, "message_again"),
    *("webhook_change", "webhook_step", "webhook_replay"),
    *("my_withdraw", "my_grant", "application_decide", "mandate_end", "paper_lost"),
    *("resident_duplicates", "filter_save", "filter_drop", "resident_photo_withdraw", "resident_unmerge"),
    *("place_enter", "place_remove", "import_map", "import_decide", "import_run", "import_stop", "import_undo"),
    *("import_drop", "staff_row", "staff_enter", "appointment_end"),
    *("policy_state", "policy_term_cancel", "policy_site_end", "policy_dry_run", "policy_re_evaluate"),
    *("policy_run_cancel", "fact_withdraw", "colour_by_policy"),
    *("my_withdraw", "my_grant", "application_decide", "mandate_end", "paper_print", "paper_lost"),
    *("case_answer", "case_close", "case_extend", "case_extension", "case_count", "contact_reveal", "contact_offer"),
    *("contact_work", "contact_trace", "hand_over_answer"),
    *POST_OF_QUARANTINE,
    *POST_OF_VISITORS,
    *("shift_end", "roster_change_cancel", "need_end", "duty_act", "volunteer_decide", "task_move"),
    *ONLY_POST_OF_NOTICES,
    *ONLY_POST_OF_QUESTIONS,
    *("arrival_acknowledge", "arrival_here", "survey_remind", "survey_close"),
    *(
        "my_help_answer",
        "my_help_end",
        "my_interpreter_exchange",
        "my_calls_exchange",
        "my_told_subscribe",
        "told_subscribe",
    ),
    *("call_answer", "call_exchange", "call_conclude", "call_register", "call_lines"),
}
# A grant for one community is not enough here.
WHOLE_TOWN = {
    "privacy_receipts",
    "privacy_receipts_export",
    *roles.POLICIES,
    *roles.POLICY_WORK,
    "community_create",
    "staff",
    "staff_export",
    "staff_create",
    "staff_change",
    "staff_active",
    "staff_invite",
    "staff_sessions_end",
    "staff_factors",
    "tokens",
    "tokens_export",
    "token_revoke",
    *roles.WEBHOOKS,
    "messages",
    "messages_export",
    "message_again",
    "audit",
    "audit_export",
}


def names(patterns: list) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            space = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from (space + name for name in names(pattern.url_patterns))
        elif isinstance(pattern, URLPattern):
            yield pattern.name or f"<{pattern.pattern}>"


@pytest.fixture
def addresses(town, enrol, register, employ) -> dict[str, dict[str, str]]:
    """Of each URL: one address inside the scope of `town.community`, and one outside where the URL names a thing."""
    device, _key = enrol(town.east)
    far_device, _key = enrol(town.far_gate)
    near, far = register(), register(LI, town.far_site)
    somebody = employ(Role.INTERPRETER)
    now = timezone.now()
    reports = [make_report(None, site) for site in (town.estate, town.far_site)]
    for gate in (town.east, town.far_gate):
        raise_now("gate_silent", f"gate:{gate.pk}", site=gate.site)
    alarm, far_alarm = Alarm.objects.order_by("id")
    raise_now("quarantine_symptom", "quarantine:0", site=town.estate)
    of_people = Alarm.objects.get(kind="quarantine_symptom")
    with transaction.atomic():
        message = queue("sms", "+8613800012345", kind="one_time_code", language="en", text="1")
    mandate, far_mandate = (
        entrust(None, one, somebody, Relation.SOCIAL_WORKER, Consent.TOLD_STAFF) for one in (near, far)
    )
    set_colour(None, near, Colour.YELLOW)
    set_colour(None, far, Colour.YELLOW)
    appeal, far_appeal = (
        send_appeal(somebody, Resident.objects.get(pk=one.pk), Appeal.About.OTHER, "x") for one in (near, far)
    )
    token, _text = issue_token(None, "laboratory", [Scope.QUERY], None, now + timedelta(days=1))
    webhook = Subscription.objects.create(token=token, url="https://x.example/", secret=new_secret(), created_at=now)
    contact = read_contact("13800012345")
    caller = Applicant.objects.create(
        channel=contact.channel, contact=contact.address, contact_hash=contact.hashed, created_at=now
    )
    told = ApplicationFacts("赵敏", DocumentKind.PASSPORT, "E12345678", "CHN", "", Declaration())
    waiting, far_waiting = (
        apply(caller, site, Relation.CHILD, Consent.TOLD_APPLICANT, msgspec.structs.replace(told, number=number), None)
        for site, number in ((town.estate, "E12345678"), (town.far_site, "E12345679"))
    )
    asked, far_asked = (send_request(somebody, one, Request.Kind.OBJECT, "x") for one in (near, far))
    things = {
        "api:application": ({"application": waiting.pk}, {}),
        "api:alarm": ({"alarm": alarm.pk}, {}),
        "api:site": ({"site": town.estate.pk}, {}),
        "api:gate": ({"gate": town.east.pk}, {}),
        "api:resident": ({"resident": near.pk}, {}),
        "api:company": ({"company": 1}, {}),
        "api:colleague": ({"company": 1, "colleague": 1}, {}),
        "privacy_request": ({"request_id": asked.pk}, {"request_id": far_asked.pk}),
        "token_revoke": ({"token": token.pk}, {}),
        "webhook": ({"webhook": webhook.pk}, {}),
        "application": ({"application": waiting.pk}, {"application": far_waiting.pk}),
        "my_withdraw": ({"application": waiting.pk}, {}),
        "appeal": ({"appeal": appeal.pk}, {"appeal": far_appeal.pk}),
        "mandate_end": (
            {"resident": near.pk, "mandate": mandate.pk},
            {"resident": far.pk, "mandate": far_mandate.pk},
        ),
        "my_invitation": ({"token": "x"}, {}),
        "mfa_remove_webauthn": ({"pk": 1}, {}),
        "oidc": ({"provider_id": "town"}, {}),
        "my_person": ({"resident": near.pk}, {}),
        "alarm": ({"alarm": alarm.pk}, {"alarm": far_alarm.pk}),
        "message_again": ({"message": message.pk}, {}),
        "gate": ({"gate": town.east.pk}, {"gate": town.far_gate.pk}),
        "device_revoke": ({"device": device.pk}, {"device": far_device.pk}),
        "site": ({"site": town.estate.pk}, {"site": town.far_site.pk}),
        "report": ({"report": reports[0].pk}, {"report": reports[1].pk}),
        "resident": ({"resident": near.pk}, {"resident": far.pk}),
        "staff": ({"user": somebody.pk}, {}),
        **things_of_companies(town, somebody),
        **things_of_people(near, far, somebody),
        **things_of_policies(near, far),
        **things_of_cases(near, far),
        **things_of_rosters(near, far),
        # Before quarantine: whoever is in it invites nobody.
        **things_of_visitors(near, far),
        **things_of_quarantine(near, far, somebody),
        **things_of_notices(town.estate, town.far_site),
        **things_of_arrivals(town, somebody),
        **things_of_questions(near, far, somebody),
    }
    # Of programs no address lies outside: what a token of another place reaches is tests/centre/api/test_scopes.py.
    kinds = {**dict.fromkeys((name for name in roles.WEBHOOKS if not name.startswith("webhooks")), "webhook"),
             **{f"api:api_{name}": f"api:{name}" for name in ("application", "alarm", "site", "gate", "resident")},
             "api:api_resident_code": "api:resident", "api:api_company": "api:company",
             **dict.fromkeys(("api:api_colleagues", "api:api_enter_colleague"), "api:company"),
             "api:api_colleague": "api:colleague",
             **{f"api:api_{name}": "webhook" for name in
                ("webhook", "change_webhook", "drop_webhook", "rotate_webhook_secret", "test_webhook",
                 "replay_webhook")},
             "token_revoke": "token_revoke",
             "application": "application", "application_decide": "application", "my_withdraw": "my_withdraw",
             "appeal": "appeal", "mandate_end": "mandate_end", "my_invitation": "my_invitation",
             **dict.fromkeys(("resident_declare", "resident_acting", "paper_print", "paper_lost"), "resident"),
             "privacy_request": "privacy_request",
             **dict.fromkeys(("resident_privacy", "resident_privacy_pdf", "resident_privacy_json"), "resident"),
             **dict.fromkeys(("my_data", "my_data_pdf", "my_data_json"), "my_person"),
             **dict.fromkeys(("my_person", "my_history", "my_declare", "my_appeal", "my_paper", "my_invite",
                              "my_grant"), "my_person"),
             "alarm": "alarm", **dict.fromkeys(roles.ALARM_WORK, "alarm"), "message_again": "message_again",
             **dict.fromkeys(("gate", "gate_change", "gate_find", "gate_rules", "gate_enrolment"), "gate"),
             "report_file": "report",
             **dict.fromkeys(("site_change", "site_place"), "site"), "device_revoke": "device_revoke",
             "resident": "resident", "resident_colour": "resident", "staff_change": "staff", "staff_active": "staff",
             "staff_invite": "staff",
             "staff_sessions_end": "staff", "staff_factors": "staff", "mfa_remove_webauthn": "mfa_remove_webauthn",
             "openid_connect_login": "oidc", "openid_connect_callback": "oidc", "invitation": "my_invitation",
             **KINDS_OF_COMPANIES, **KINDS_OF_PEOPLE, **KINDS_OF_POLICIES, **KINDS_OF_CASES,
             **KINDS_OF_QUARANTINE, **KINDS_OF_ROSTERS, **KINDS_OF_NOTICES,
             **KINDS_OF_QUESTIONS, **KINDS_OF_ARRIVALS, **KINDS_OF_VISITORS}  # fmt: skip
    inside, outside = {}, {}
    for name in names(get_resolver().url_patterns):
        near_words, far_words = things.get(kinds.get(name, ""), ({}, {}))
        inside[name] = reverse(name, kwargs=near_words)
        if far_words:
            outside[name] = reverse(name, kwargs=far_words)
    # An alarm falls on roles: those about people on whoever looks after them, those of machines on others.
    looked_after = {name: reverse(name, kwargs={"alarm": of_people.pk}) for name in ("alarm", *roles.ALARM_WORK)}
    return {"inside": inside, "outside": outside, "looked_after": looked_after}


def ask(client: Client, name: str, address: str) -> int:
    """The status. A refused request is refused whatever it sends, so that an empty POST is enough to ask."""
    return (client.post if name in ONLY_POST else client.get)(address).status_code


def test_every_url_is_in_the_table_and_nothing_else_is() -> None:
    assert set(names(get_resolver().url_patterns)) == set(WHO)


def test_the_roles_file_and_this_table_say_the_same() -> None:
    for name, who in WHO.items():
        if who == "anybody":
            assert name in roles.PUBLIC
        elif who == "residents":
            assert name in roles.MY
        elif who == "programs":
            assert name in roles.API
        elif who == "*":
            assert name in roles.OWN
        else:
            assert {role for role in Role if name in ALLOWED[role]} == who
    assert set(roles.TOWN_ONLY) == WHOLE_TOWN


def test_nothing_is_open_without_a_log_in(addresses) -> None:
    for name, address in addresses["inside"].items():
        if WHO[name] == "programs":
            answer = Client().post(address, "{}", content_type="application/json")
            answer = Client().get(address) if answer.status_code == 405 else answer
            assert (answer.status_code, answer.json()["code"]) == (401, "token_missing"), name
            continue
        status = ask(Client(), name, address)
        assert status == 302 or (WHO[name] == "anybody" and status in {200, 400}), name
        if WHO[name] != "anybody":
            door = "/my/enter/" if WHO[name] == "residents" else "/login/"
            assert Client().get(address).headers["location"].startswith(door), name


@contextmanager
def undone() -> Iterator[None]:
    """One town serves all roles: what one of them did in it is taken back before the next one comes."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_each_role_opens_what_the_table_says_and_nothing_else(addresses, employ, log_in, settings) -> None:
    wrong = []
    for role in Role:
        with undone():
            wrong += [(role, *each) for each in opened_wrongly(role, addresses, employ(role), log_in, settings)]
    assert wrong == []


def opened_wrongly(role: Role, addresses, user, log_in, settings) -> Iterator[tuple[str, int]]:
    """(url name, status) where the table says something else."""
    if role is GRID:
        # The role opens the pages, the appointment the company in them.
        appoint(None, Company.objects.get(name="Near"), user, "email", "x@example.org")
    if role is INT:  # a call is hers, or it is not there for her
        Call.objects.update(interpreter=user, state="talking", answered_at=timezone.now())
    mine = {**addresses["inside"], **(addresses["looked_after"] if role in {OFF, SOC} else {})}
    client = log_in(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    for name, address in mine.items():
        status = ask(client, name, address)
        if name == "session_end" or client.cookies[settings.SESSION_COOKIE_NAME].value != session:
            client = log_in(user)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
        if status not in expected(name, role):
            yield name, status


def expected(name: str, role: Role) -> set[int]:
    if WHO[name] == "residents":
        return {302}
    if WHO[name] == "programs":
        return {401, 405}
    return {200, 302, 400} if WHO[name] in {"*", "anybody"} or role in WHO[name] else {403}


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_nobody_reaches_a_thing_of_another_community(town, addresses, employ, log_in) -> None:
    wrong = []
    for role in Role:
        with undone():
            client = log_in(employ(role, community=town.community))
            answers = {name: ask(client, name, address) for name, address in addresses["outside"].items()}
        should = {name: 404 if role in WHO[name] else 403 for name in answers}
        wrong += [(role, name, status) for name, status in answers.items() if status != should[name]]
    assert wrong == []


def test_a_grant_for_one_community_does_not_open_the_whole_towns_pages(town, addresses, employ, log_in) -> None:
    for role in (ADM, AUD):
        with undone():
            client = log_in(employ(role, community=town.community))
            for name in WHOLE_TOWN:
                assert ask(client, name, addresses["inside"][name]) == 403, (role, name)


def test_lists_show_only_the_own_community(town, addresses, employ, log_in) -> None:
    client = log_in(employ(OFF, community=town.community))
    for name in ("residents", "residents_export", "gates", "gates_export", "plan"):
        page = client.get(addresses["inside"][name]).content.decode()
        assert "清河坊" not in page, name
        assert "柳浪新苑" in page, name
    assert "李建国" not in client.get("/residents/?words=李").content.decode()


def test_a_grant_for_a_site_is_narrower_than_one_for_its_community(town, addresses, employ, log_in) -> None:
    client = log_in(employ(SOC, site=town.hospital))
    assert client.get(addresses["inside"]["resident"]).status_code == 404
    assert log_in(employ(SOC, site=town.estate)).get(addresses["inside"]["resident"]).status_code == 200


def test_somebody_without_a_role_opens_the_own_pages_only(addresses, employ, log_in) -> None:
    client = log_in(employ(None))
    for name, address in addresses["inside"].items():
        if WHO[name] not in {"*", "anybody", "residents", "programs"}:
            assert ask(client, name, address) == 403, name


def test_a_deactivated_account_is_out_at_its_next_click(addresses, employ, log_in) -> None:
    user = employ(ADM)
    client = log_in(user)
    assert client.get("/gates/").status_code == 200
    user.is_active = False
    user.save()
    assert client.get("/gates/").status_code == 302


def test_a_page_without_a_name_is_refused_to_everybody(employ, log_in, settings) -> None:
    settings.ROOT_URLCONF = "tests.centre.accounts.nameless_urls"
    assert log_in(employ(ADM)).get("/forgotten/").status_code == 403
