"""The pages of policies, and of what is known of a resident, as staff use them."""

from __future__ import annotations

import json
import re
import typing
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests.cast import LI, SUN, WANG, ZHAO
from tests.centre.policies.conftest import COMMUNITY, Enact, declare, settle, touch

from gatepass.centre.accounts.roles import Role
from gatepass.centre.codes.actions import Grading, import_colours, set_colour
from gatepass.centre.codes.models import Code
from gatepass.centre.facts.models import Fact
from gatepass.centre.facts.words import FIELDS, VALUES
from gatepass.centre.people.protection.actions import protect
from gatepass.centre.policies import runs
from gatepass.centre.policies.models import PolicyVersion, Run, Term
from gatepass.centre.policies.words import FINDINGS, ISSUES
from gatepass.policy import Advice, Colour
from gatepass.policy.certlogic.validation import MESSAGES as ISSUES_OF_LOGIC
from gatepass.policy.colours import FactKind, PolicyError, read_policy, shipped
from gatepass.policy.colours.facts import DATA
from gatepass.policy.colours.policy import MESSAGES

SHORTER = COMMUNITY.replace('"2020.1"', '"2020.2"')


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def writing(author: Any, log_in: Any) -> Client:
    return log_in(author)


@pytest.fixture
def approving(approver: Any, log_in: Any) -> Client:
    return log_in(approver)


def test_the_empty_page_says_what_to_do_first(writing: Client) -> None:
    page = text(writing.get("/policies/"))
    assert "No policy yet" in page
    assert "/policies/new/" in page
    shelf = text(writing.get("/policies/new/"))
    for name in shipped():
        assert f"?shipped={name}" in shelf


def test_from_a_shipped_file_to_the_first_colours(writing: Client, approving: Client, register: Any) -> None:
    wang = register(WANG)
    declare(wang)
    form = writing.get("/policies/new/?shipped=community-2020").context["form"]
    answer = writing.post(
        "/policies/new/", {"source": form.initial["source"], "note": "the first", "step": "save"}, follow=True
    )
    version = PolicyVersion.objects.get()
    assert answer.redirect_chain[-1][0] == f"/policies/{version.pk}/"
    assert "The draft is saved" in text(answer)
    writing.post(f"/policies/{version.pk}/state/", {"verb": "hand_in"})
    refused = writing.post(f"/policies/{version.pk}/state/", {"verb": "approve"}, follow=True)
    assert "Ask a second person" in text(refused)
    assert "waits for a second person" in text(refused)
    assert 'value="approve"' not in text(refused)
    assert 'value="approve"' in text(approving.get(f"/policies/{version.pk}/"))
    approving.post(f"/policies/{version.pk}/state/", {"verb": "approve"})
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    asked = approving.post(f"/policies/{version.pk}/schedule/", {"effective_from": now})
    assert "Is this right?" in text(asked)
    assert not Term.objects.exists()
    approving.post(f"/policies/{version.pk}/schedule/", {"effective_from": now, "step": "confirmed"})
    settle()
    assert Code.objects.get(resident=wang).reason == "C"
    page = text(writing.get("/policies/"))
    assert "In force" in page
    assert "community-2020 1" in page
    assert f"<span>{settings.CONFIGURATION.town}</span>" in page, "the page's own words leave the town its name"


def test_what_is_wrong_stands_at_its_line_and_nothing_is_lost(writing: Client) -> None:
    broken = COMMUNITY.replace('{"var": "cases.0.open"}', '{"var": "cases.0.opne"}', 1)
    line = broken[: broken.index("opne")].count("\n") + 1
    answer = writing.post("/policies/new/", {"source": broken.replace("\n", "\r\n"), "note": "", "step": "save"})
    page = text(answer)
    assert f'data-line="{line}"' in page
    assert "cases.0.opne: case has no opne" in page
    assert "1 thing is wrong" in page
    assert "cases.0.opne" in answer.context["form"]["source"].value()
    assert not PolicyVersion.objects.exists()
    worse = broken.replace('"otherwise": "C"', '"otherwise": "A1"')
    answer = writing.post("/policies/new/", {"source": worse, "step": "check"})
    assert "3 things are wrong" in text(answer)
    # The misspelt field, everybody else red, and so nobody left for whom C is the reason.
    assert {finding.code for finding in answer.context["form"].findings} == {
        "path_field", "reason_strict", "reason_unused",
    }  # fmt: skip


def test_checking_saves_nothing_and_tidying_breaks_the_lines(writing: Client) -> None:
    page = text(writing.post("/policies/new/", {"source": COMMUNITY, "step": "check"}))
    assert "Nothing is wrong with it" in page
    flat = json.dumps(json.loads(COMMUNITY))
    tidied = writing.post("/policies/new/", {"source": flat, "step": "tidy"})
    assert tidied.context["form"]["source"].value() == COMMUNITY
    kept = writing.post("/policies/new/", {"source": "{", "step": "tidy"})
    assert kept.context["form"]["source"].value() == "{"
    assert "This is no JSON" in text(kept)
    assert not PolicyVersion.objects.exists()


def test_an_approved_version_cannot_be_edited_and_another_policy_not_put_in_its_place(
    ruling: PolicyVersion, writing: Client
) -> None:
    page = text(writing.get(f"/policies/{ruling.pk}/"))
    assert f"/policies/{ruling.pk}/edit/" not in page
    refused = writing.post(f"/policies/{ruling.pk}/edit/", {"source": SHORTER, "note": "", "step": "save"})
    assert "This version is final" in text(refused)
    writing.post("/policies/new/", {"source": SHORTER, "note": "", "step": "save"})
    draft = PolicyVersion.objects.get(number=2)
    other = writing.post(
        f"/policies/{draft.pk}/edit/", {"source": shipped()["port-of-entry"], "note": "", "step": "save"}
    )
    assert "calls itself another policy" in text(other)


def test_whoever_changes_what_was_handed_in_is_its_author_and_cannot_approve_it(
    ruling: PolicyVersion, writing: Client, approving: Client
) -> None:
    writing.post("/policies/new/", {"source": SHORTER, "note": "", "step": "save"})
    draft = PolicyVersion.objects.get(number=2)
    writing.post(f"/policies/{draft.pk}/state/", {"verb": "hand_in"})
    approving.post(f"/policies/{draft.pk}/edit/", {"source": SHORTER, "note": "mine now", "step": "save"})
    draft.refresh_from_db()
    assert draft.state == PolicyVersion.State.DRAFT
    approving.post(f"/policies/{draft.pk}/state/", {"verb": "hand_in"})
    assert "Ask a second person" in text(
        approving.post(f"/policies/{draft.pk}/state/", {"verb": "approve"}, follow=True)
    )
    writing.post(f"/policies/{draft.pk}/state/", {"verb": "approve"})
    draft.refresh_from_db()
    assert draft.state == PolicyVersion.State.APPROVED


def test_a_draft_cannot_be_scheduled(writing: Client) -> None:
    writing.post("/policies/new/", {"source": COMMUNITY, "note": "", "step": "save"})
    version = PolicyVersion.objects.get()
    later = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    answer = writing.post(f"/policies/{version.pk}/schedule/", {"effective_from": later, "step": "confirmed"})
    assert "Only an approved version can rule" in text(answer)
    assert "Nobody has tried this version" in text(answer)


def test_a_term_in_the_past_or_before_the_files_own_day_is_refused(ruling: PolicyVersion, writing: Client) -> None:
    def schedule(moment: str) -> str:
        facts = {"effective_from": moment, "step": "confirmed"}
        return text(writing.post(f"/policies/{ruling.pk}/schedule/", facts))

    assert "This moment has passed" in schedule("2020-02-19T12:00")
    late = PolicyVersion.objects.create(
        policy="late", number=1, state="approved", created_at=timezone.now(), changed_at=timezone.now(),
        source=COMMUNITY.replace('"community-2020"', '"late"').replace("2020-02-11T00", "2021-02-11T00"),
    )  # fmt: skip
    facts = {"effective_from": "2020-03-01T12:00", "step": "confirmed"}
    assert "does not apply before 2021-02-11" in text(writing.post(f"/policies/{late.pk}/schedule/", facts))


def test_what_was_announced_is_cancelled_and_what_has_begun_is_not(ruling: PolicyVersion, writing: Client) -> None:
    facts = {"effective_from": "2020-03-01T00:00", "step": "confirmed"}
    writing.post(f"/policies/{ruling.pk}/schedule/", facts)
    announced, begun = Term.objects.order_by("-effective_from")
    assert "Announced" in text(writing.get("/policies/"))
    assert "goes on ruling" in text(writing.post(f"/policies/terms/{announced.pk}/cancel/", follow=True))
    assert "This has begun already" in text(writing.post(f"/policies/terms/{begun.pk}/cancel/", follow=True))
    assert "Announced" not in text(writing.get("/policies/"))


def test_versions_are_compared_in_words(ruling: PolicyVersion, writing: Client) -> None:
    first = text(writing.get(f"/policies/{ruling.pk}/compare/"))
    assert "Nothing to compare with" in first
    changed = SHORTER.replace('{"var": "close_contacts.0.days_ago"}, 14', '{"var": "close_contacts.0.days_ago"}, 20')
    changed = changed.replace('"high": ["42",', '"high": ["42", "1301",')
    with pytest.raises(PolicyError):  # the cases would not come out any more: such a version cannot be saved
        read_policy(changed)
    areas = SHORTER.replace('"high": ["42",', '"high": ["42", "1301",')
    writing.post("/policies/new/", {"source": areas, "note": "Shijiazhuang", "step": "save"})
    draft = PolicyVersion.objects.get(number=2)
    page = text(writing.get(f"/policies/{draft.pk}/compare/"))
    assert "<ins>1301</ins>" in page
    assert "<del>2020.1</del>" in page
    back = text(writing.get(f"/policies/{ruling.pk}/compare/?with={draft.pk}"))
    assert "<del>1301</del>" in back


def test_the_list_filters_survive_and_the_export_says_the_same(ruling: PolicyVersion, writing: Client) -> None:
    writing.post("/policies/new/", {"source": SHORTER, "note": "=1+1", "step": "save"})
    only = text(writing.get("/policies/?state=draft"))
    assert "community-2020" in only
    assert len(writing.get("/policies/?state=draft").context["page"].object_list) == 1
    assert "No version fits" in text(writing.get("/policies/?state=dropped"))
    export = writing.get("/policies/export.csv?state=draft").content.decode()
    assert export.count("community-2020") == 1
    assert "'=1+1" in export
    file = writing.get(f"/policies/{ruling.pk}/file.json")
    assert file.content.decode() == COMMUNITY


# ---------------------------------------------------------------- runs


def test_a_dry_run_says_how_many_would_turn_which_colour_with_masked_examples_and_changes_nothing(
    writing: Client, author: Any, register: Any, employ: Any, town: Any
) -> None:
    people = [register(character) for character in (WANG, LI, SUN)]
    import_colours([(person, Grading(Colour.GREEN, "C")) for person in people])
    declare(people[0])
    protect(None, people[2], [employ(Role.OFFICE, town.community)])
    before = list(Code.objects.order_by("pk").values_list("colour", "since"))
    writing.post("/policies/new/", {"source": COMMUNITY, "note": "", "step": "save"})
    version = PolicyVersion.objects.get()
    answer = writing.post(f"/policies/{version.pk}/dry-run/", {"at": "", "site": ""}, follow=True)
    run = Run.objects.get()
    assert "Waits for its turn" in text(answer)
    bar = writing.get(f"/policies/runs/{run.pk}/progress/")
    assert (bar.status_code, "0 of 0 residents" in text(bar)) == (200, True)
    settle()
    assert writing.get(f"/policies/runs/{run.pk}/progress/").status_code == 204
    page = text(writing.get(f"/policies/runs/{run.pk}/"))
    assert "2 residents would turn yellow" in page
    assert "李*" in page
    assert "李建国" not in page
    assert "孙" not in page  # protected: an administrator is not named for her
    assert "Declaration missing or too old" in page
    assert list(Code.objects.order_by("pk").values_list("colour", "since")) == before
    export = writing.get(f"/policies/runs/{run.pk}/export.csv").content.decode()
    assert "2,Green,Yellow,B5,Declaration missing or too old" in export


def test_a_dry_run_for_another_moment(ruling: PolicyVersion, writing: Client, register: Any) -> None:
    wang = register(WANG)
    declare(wang)
    settle()
    writing.post(f"/policies/{ruling.pk}/dry-run/", {"at": "2020-03-10T12:00", "site": ""})
    settle()
    page = text(writing.get(f"/policies/runs/{Run.objects.first().pk}/"))
    assert "1 resident would turn yellow" in page
    assert "as of 2020-03-10 12:00" in page
    assert Code.objects.get().colour == "green"


def test_a_run_is_cancelled_before_it_begins_and_while_it_runs(
    ruling: PolicyVersion, writing: Client, register: Any, monkeypatch: Any
) -> None:
    for character in (WANG, LI, SUN, ZHAO):
        declare(register(character))
    settle()
    writing.post(f"/policies/{ruling.pk}/dry-run/", {})
    run = Run.objects.first()
    assert "It was stopped before it began" in text(writing.post(f"/policies/runs/{run.pk}/cancel/", follow=True))
    assert "This run is over already" in text(writing.post(f"/policies/runs/{run.pk}/cancel/", follow=True))
    monkeypatch.setattr(runs, "SPAN", 1)
    monkeypatch.setattr("gatepass.centre.policies.worker.SHOWN_EVERY", 0)
    judge = runs.judge_span
    writing.post("/policies/re-evaluate/")
    run = Run.objects.first()
    monkeypatch.setattr(
        runs, "judge_span", lambda span: (writing.post(f"/policies/runs/{run.pk}/cancel/"), judge(span))[1]
    )
    settle()
    page = text(writing.get(f"/policies/runs/{run.pk}/"))
    assert "Stopped after" in page
    run.refresh_from_db()
    assert (run.state, 0 < run.done < run.total) == (Run.State.CANCELLED, True)


def test_a_run_that_fails_says_so_and_the_next_one_gets_its_turn(
    ruling: PolicyVersion, writing: Client, wang: Any, monkeypatch: Any
) -> None:
    def broken(_span: Any) -> Any:
        raise OSError("disk")

    with monkeypatch.context() as patch:
        patch.setattr(runs, "judge_span", broken)
        writing.post("/policies/re-evaluate/")
        settle()
    failed = Run.objects.first()
    assert "Something went wrong" in text(writing.get(f"/policies/runs/{failed.pk}/"))
    writing.post("/policies/re-evaluate/")
    settle()
    assert Run.objects.first().state == Run.State.DONE


def test_a_site_follows_the_town_again_by_a_button(
    ruling: PolicyVersion, enact: Enact, town: Any, writing: Client
) -> None:
    enact(shipped()["care-home-winter"].replace("2025-10-15", "2019-10-15"), town.hospital)
    assert "市一医院" in text(writing.get("/policies/"))
    writing.post(f"/policies/sites/{town.hospital.pk}/end/")
    settle()
    assert "市一医院" not in text(writing.get("/policies/"))


def test_the_office_reads_and_does_not_write(ruling: PolicyVersion, employ: Any, log_in: Any) -> None:
    office = log_in(employ(Role.OFFICE))
    page = text(office.get(f"/policies/{ruling.pk}/"))
    assert "Close contact" in page
    for verb in ("hand_in", "edit/", "schedule/", "dry-run"):
        assert verb not in page


def test_a_version_reads_in_the_readers_language(ruling: PolicyVersion, approver: Any, log_in: Any) -> None:
    approver.language = "ko"
    approver.save(update_fields=["language"])
    page = text(log_in(approver).get(f"/policies/{ruling.pk}/"))
    assert "밀접 접촉자" in page
    assert "close_contacts.0 and (close_contacts.0.days_ago &lt; 14)" in page


# ---------------------------------------------------------------- what is known of a resident


@pytest.fixture
def office(ruling: PolicyVersion, employ: Any, log_in: Any, town: Any) -> Client:
    return log_in(employ(Role.OFFICE, town.community))


def test_nothing_known_says_so_and_a_fact_is_recorded_with_its_own_fields(office: Client, wang: Any) -> None:
    page = f"/residents/{wang.pk}/facts/"
    assert "Nothing is known yet" in text(office.get(page))
    for kind in FactKind:
        assert office.get(f"{page}?kind={kind}").status_code == 200
    answer = office.post(
        f"{page}?kind=test",
        {
            "at": "2020-02-20T09:00",
            "source": "laboratory",
            "method": "pcr",
            "result": "positive",
            "pathogen": "sars_cov_2",
        },
        follow=True,
    )
    said = text(answer)
    assert "PCR, positive, COVID-19" in said
    assert "A3 · Positive test" in said
    assert Code.objects.get().colour == "red"


def test_symptoms_are_ticked_and_temperatures_are_whole_numbers(office: Client, wang: Any) -> None:
    page = f"/residents/{wang.pk}/facts/?kind=declaration"
    facts = {"at": "2020-02-20T09:00", "source": "self", "symptoms": ["fever", "cough"], "temperature": "38"}
    refused = office.post(page, facts)
    assert "not what such a fact looks like" in text(refused)
    assert not Fact.objects.exists()
    said = text(office.post(page, {**facts, "temperature": "381", "travelled": "on"}, follow=True))
    assert "fever, cough, 38.1 °C, Has travelled" in said


def test_a_quarantine_is_ended_and_a_mistake_withdrawn(office: Client, wang: Any) -> None:
    page = f"/residents/{wang.pk}/facts/"
    office.post(f"{page}?kind=quarantine", {"at": "2020-02-10T00:00", "until": "", "source": "staff", "form": "home"})
    fact = Fact.objects.get()
    assert Code.objects.get().reason == "A7"
    assert "lies before the beginning" in text(office.post(f"/facts/{fact.pk}/end/", {"until": "2020-02-01T00:00"}))
    office.post(f"/facts/{fact.pk}/end/", {"until": "2020-02-20T00:00"})
    assert Code.objects.get().reason == "B5"
    office.post(f"/facts/{fact.pk}/withdraw/")
    assert "withdrawn already" in text(office.post(f"/facts/{fact.pk}/withdraw/", follow=True))
    assert "<s>Quarantine</s>" in text(office.get(page))
    export = office.get(f"{page}export.csv").content.decode()
    assert "Quarantine" in export


def test_a_colour_by_hand_is_said_and_given_back_to_the_policy(office: Client, wang: Any, employ: Any) -> None:
    declare(wang)
    touch(wang)
    set_colour(employ(Role.OFFICE), wang, Colour.GREEN, "C", Advice.NONE, timezone.now() + timedelta(days=1))
    page = f"/residents/{wang.pk}/facts/"
    assert "decided this colour by hand, until 2020-02-21" in text(office.get(page))
    said = text(office.post(f"{page}by-policy/", follow=True))
    assert "The policy has decided" in said
    assert "A4 · Close contact" in said


def test_social_workers_read_and_record_nothing_here(office: Client, wang: Any, employ: Any, log_in: Any) -> None:
    declare(wang)
    social = log_in(employ(Role.SOCIAL_WORKER))
    page = f"/residents/{wang.pk}/facts/"
    assert "Record a fact" not in text(social.get(page))
    social.post(f"{page}?kind=exemption", {"at": "2020-02-10T00:00", "source": "staff", "of": "declaration"})
    assert Fact.objects.count() == 1


# ---------------------------------------------------------------- words


def test_every_finding_and_every_value_of_a_fact_has_its_words() -> None:
    assert set(FINDINGS) | {"logic"} == set(MESSAGES)
    assert set(ISSUES) == set(ISSUES_OF_LOGIC)
    names, values = set(), set()
    for kind in DATA.values():
        for field in msgspec.structs.fields(kind):
            names.add(field.name)
            for each in (field.type, *typing.get_args(field.type)):
                if typing.get_origin(each) is typing.Literal:
                    values |= set(typing.get_args(each))
    assert names == set(FIELDS)
    assert values == set(VALUES)
