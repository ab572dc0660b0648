"""Companies and their people, as the companies wrote them: for a company's own program, and for the community's."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from gatepass.centre.accounts.access import Program
from gatepass.centre.api.cursors import Asked, page_of_rows
from gatepass.centre.api.door import Id, reading, writing
from gatepass.centre.api.registering import document_of
from gatepass.centre.api.resources import shapes
from gatepass.centre.api.schemas import Moment, Person, Strict, Text, sensible_day
from gatepass.centre.api.scopes import page_of
from gatepass.centre.employers import actions
from gatepass.centre.employers.access import (
    access_colleague,
    access_colleagues,
    access_companies,
    access_company,
    note_colleagues,
)
from gatepass.centre.employers.models import Colleague, Company


@reading("/companies", shapes.Companies)
def companies(program: Program, asked: Asked) -> dict[str, Any]:
    rows, following = page_of_rows(access_companies(program, page_of("companies")), "companies", asked)
    return {"items": [_company(row) for row in rows], "next": following}


@reading("/companies/{company}", shapes.CompanyThing)
def company(program: Program, company: Id) -> dict[str, Any]:
    return _company(access_company(program, company, page_of("company")))


def _company(row: Company) -> dict[str, Any]:
    return {"id": row.pk, "name": row.name, "credit_code": row.credit_code, "community": row.community_id}


class ColleaguesAsked(Asked):
    changed_since: Annotated[Moment | None, Field(description="with its offset; entered or changed from then on")] = (
        None
    )


@reading("/companies/{company}/staff", shapes.Colleagues)
def colleagues(program: Program, company: Id, asked: ColleaguesAsked) -> dict[str, Any]:
    """In the order in which they were entered: new ones come at the end."""
    of = access_company(program, company, page_of("colleagues"))
    found = access_colleagues(program, of, page_of("colleagues"))
    if asked.changed_since is not None:
        found = found.filter(changed_at__gte=asked.changed_since)
    found = found.select_related("permit").prefetch_related("whereabouts")
    rows, following = page_of_rows(found, f"colleagues of {of.pk}", asked)
    note_colleagues(program, of, rows, page_of("colleagues"))
    return {"items": [_colleague(row) for row in rows], "next": following}


@reading("/companies/{company}/staff/{colleague}", shapes.ColleagueThing)
def colleague(program: Program, company: Id, colleague: Id) -> dict[str, Any]:
    of = access_company(program, company, page_of("colleague"))
    row = access_colleague(program, of, colleague, page_of("colleague"))
    note_colleagues(program, of, [row], page_of("colleague"))
    return _colleague(row)


def _colleague(row: Colleague) -> dict[str, Any]:
    permit, reports = getattr(row, "permit", None), list(row.whereabouts.all())
    return {
        "id": row.pk,
        "company": row.company_id,
        "full_name": row.full_name,
        "latin_name": row.latin_name,
        "nationality": row.nationality,
        "employee_number": row.employee_number,
        "department": row.department,
        "since": row.since,
        "until": row.until,
        "permit_until": permit and permit.valid_until,
        "whereabouts": reports[0].state if reports else None,
        "changed_at": row.changed_at,
    }


class Permit(Strict):
    number: Annotated[str, Field(min_length=1, max_length=40)]
    valid_until: Annotated[date, AfterValidator(sensible_day)]


class EnteringColleague(Strict):
    """What is left out stays as it was, where the list has the document already."""

    person: Person
    full_name: Annotated[str, Field(min_length=1, max_length=120, pattern=r"\S")]
    latin_name: Text = ""
    nationality: Annotated[str, Field(pattern=r"^([A-Z]{3})?$")] = ""
    employee_number: Annotated[str, Field(max_length=40)] = ""
    department: Annotated[str, Field(max_length=80)] = ""
    since: Annotated[date | None, AfterValidator(sensible_day)] = None
    until: Annotated[date | None, AfterValidator(sensible_day)] = None
    permit: Permit | None = None


@writing("/companies/{company}/staff", shapes.Entered, 201)
def enter_colleague(program: Program, company: Id, body: EnteringColleague) -> dict[str, Any]:
    """One more of a company's people, or what has changed of one whom the list has already."""
    of = access_company(program, company, page_of("enter_colleague"))
    row, new = actions.enter_colleague(
        program,
        of,
        actions.ColleagueFacts(
            document_of(body.person),
            body.full_name.strip(),
            body.latin_name,
            body.nationality,
            body.employee_number,
            body.department,
            body.since,
            body.until,
            (body.permit.number, body.permit.valid_until) if body.permit else None,
        ),
    )
    return {"id": row.pk, "new": new}
