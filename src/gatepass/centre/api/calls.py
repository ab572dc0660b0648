"""The seven interfaces, under the names of GB/T 38963-2020. Conformance is not claimed: see docs/api.md.

A person is looked up by document within the token's place only (`people.access`); one who is protected is not known
here, whoever asks. That somebody was looked at is on record, where the person can see it.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from gatepass.centre.accounts.access import Program
from gatepass.centre.api import schemas
from gatepass.centre.api.access import token_row
from gatepass.centre.api.door import writing
from gatepass.centre.api.problems import CallError
from gatepass.centre.api.registering import document_of, holder, registered_as
from gatepass.centre.api.scopes import page_of
from gatepass.centre.appeals.actions import send_appeal
from gatepass.centre.appeals.models import Appeal
from gatepass.centre.codes.access import Standing, standing_of
from gatepass.centre.facts.actions import Knowledge, Source, record_facts
from gatepass.centre.papers.actions import issue_paper, paper_text
from gatepass.centre.passages.words import active_language
from gatepass.centre.people.access import key_of
from gatepass.centre.people.models import Resident
from gatepass.centre.people.protection.access import note_opened
from gatepass.centre.verifications.access import verdict_of
from gatepass.credentials import serials
from gatepass.policy.colours.facts import FactKind
from gatepass.policy.reasons import REASONS


@writing("/health-declarations", schemas.Recorded)
def health_declaration(program: Program, body: schemas.HealthDeclaration) -> dict[str, int]:
    resident = _resident(program, "health_declaration", body.person)
    data: dict[str, Any] = {"symptoms": list(body.symptoms), "contact": body.contact}
    if body.temperature is not None:
        data["temperature"] = round(body.temperature * 10)
    told = Knowledge(resident, FactKind.DECLARATION, timezone.now(), data=data, source=Source.SYSTEM)
    return {"recorded": len(record_facts(None, [told]))}


@writing("/trip-declarations", schemas.Recorded)
def trip_declaration(program: Program, body: schemas.TripDeclaration) -> dict[str, int]:
    resident = _resident(program, "trip_declaration", body.person)
    if any(moment.tzinfo is None for stay in body.stays for moment in (stay.at, stay.until) if moment is not None):
        raise CallError("request_invalid", where="stays", what="timezone")
    told = [
        Knowledge(
            resident,
            FactKind.STAY,
            stay.at,
            stay.until,
            {"region": stay.region, "transit": stay.transit},
            Source.SYSTEM,
        )
        for stay in body.stays
    ]
    return {"recorded": len(record_facts(None, told))}


@writing("/health-queries", schemas.HealthStatus)
def health_query(program: Program, body: schemas.HealthQuery) -> Standing:
    resident = _resident(program, "health_query", body.person)
    note_opened(program, resident, page_of("health_query"))
    return standing_of(resident)


@writing("/code-applications", schemas.Applied)
def code_application(program: Program, body: schemas.CodeApplication) -> dict[str, bool]:
    resident, registered = registered_as(program, "code_application", body)
    told = Knowledge(
        resident,
        FactKind.DECLARATION,
        timezone.now(),
        data={"symptoms": list(body.symptoms), "contact": False},
        source=Source.SYSTEM,
    )
    record_facts(None, [told])
    return {"registered": registered}


@writing("/code-makings", schemas.CodeMade)
def code_making(program: Program, body: schemas.CodeMaking) -> dict[str, Any]:
    paper = issue_paper(token_row(program), _resident(program, "code_making", body.person))
    return {"text": paper_text(paper), "serial": serials.written(bytes(paper.serial)), "expires": paper.expires_at}


@writing("/code-verifications", schemas.CodeVerified, limit="verify_of_token")
def code_verifying(program: Program, body: schemas.CodeVerifying) -> dict[str, Any]:
    verdict = verdict_of(body.text)
    status = None
    if verdict.outcome == "pass" and verdict.credential is not None:
        resident = holder(program, "code_verifying", verdict.credential.person)
        if resident is not None:
            note_opened(program, resident, page_of("code_verifying"))
            status = standing_of(resident)
    return {
        "outcome": verdict.outcome,
        "reasons": list(verdict.reasons),
        "sentence": REASONS[verdict.reasons[0]].texts[active_language()].sentence,
        "format": verdict.format.value,
        "status": status,
    }


@writing("/health-corrections", schemas.CorrectionSent)
def health_correction(program: Program, body: schemas.HealthCorrection) -> dict[str, Any]:
    resident = _resident(program, "health_correction", body.person)
    appeal = send_appeal(token_row(program), resident, Appeal.About(body.about), body.words)
    return {"due": appeal.due_at}


def _resident(program: Program, operation: str, person: schemas.Person) -> Resident:
    found = holder(program, operation, key_of(document_of(person)))
    if found is None:
        raise CallError("person_unknown")
    return found
