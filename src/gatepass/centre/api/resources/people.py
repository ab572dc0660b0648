"""Residents, their codes, and what became of applications. Each look at somebody is on record."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404
from pydantic import Field

from gatepass.centre.accounts.access import Program
from gatepass.centre.api.cursors import Asked, page_of_rows
from gatepass.centre.api.door import Id, note_call, reading, writing
from gatepass.centre.api.registering import registered_as
from gatepass.centre.api.resources import shapes
from gatepass.centre.api.schemas import HealthStatus, Moment, Registering
from gatepass.centre.api.scopes import page_of
from gatepass.centre.applications.access import access_applications
from gatepass.centre.applications.models import Application
from gatepass.centre.codes.access import Standing, standing_of
from gatepass.centre.people.access import access_resident, access_residents, note_list
from gatepass.centre.people.models import Resident


class ResidentsAsked(Asked):
    site: Id | None = None
    changed_since: Annotated[
        Moment | None, Field(description="with its offset; registered or changed from then on")
    ] = None


@reading("/residents", shapes.Residents)
def residents(program: Program, asked: ResidentsAsked) -> dict[str, Any]:
    """In the order of their registration: new ones come at the end."""
    found = access_residents(program, page_of("residents")).select_related("room")
    if asked.site is not None:
        found = found.filter(site=asked.site)
    if asked.changed_since is not None:
        found = found.filter(changed_at__gte=asked.changed_since)
    rows, following = page_of_rows(found, "residents", asked)
    note_list(program, rows, page_of("residents"))
    return {"items": [_resident(row) for row in rows], "next": following}


@reading("/residents/{resident}", shapes.ResidentThing)
def resident(program: Program, resident: Id) -> dict[str, Any]:
    return _resident(access_resident(program, resident, page_of("resident")))


@reading("/residents/{resident}/code", HealthStatus)
def resident_code(program: Program, resident: Id) -> Standing:
    """Colour and next step, never the reason."""
    return standing_of(access_resident(program, resident, page_of("resident_code")))


@writing("/residents", shapes.Registered, 201)
def register_resident(program: Program, body: Registering) -> dict[str, Any]:
    """Gates know the person within seconds, without a colour until one is given."""
    row, new = registered_as(program, "register_resident", body)
    return {"id": row.pk, "registered": new}


def _resident(row: Resident) -> dict[str, Any]:
    return {
        "id": row.pk,
        "site": row.site_id,
        "full_name": row.full_name,
        "latin_name": row.latin_name,
        "birth": row.birth,
        "nationality": row.nationality,
        "language": row.language,
        "home": row.home,
        "registered_at": row.registered_at,
        "changed_at": row.changed_at,
    }


class ApplicationsAsked(Asked):
    site: Id | None = None
    state: shapes.ApplicationState | None = None


@reading("/applications", shapes.Applications)
def applications(program: Program, asked: ApplicationsAsked) -> dict[str, Any]:
    """The newest first."""
    found = access_applications(program, page_of("applications"))
    if asked.site is not None:
        found = found.filter(site=asked.site)
    if asked.state is not None:
        found = found.filter(state=asked.state)
    rows, following = page_of_rows(found, "applications", asked, newest_first=True)
    note_call(program, "applications")
    return {"items": [_application(row) for row in rows], "next": following}


@reading("/applications/{application}", shapes.ApplicationThing)
def application(program: Program, application: Id) -> dict[str, Any]:
    found = access_applications(program, page_of("application")).filter(pk=application).first()
    if found is None:
        raise Http404
    note_call(program, "application")
    return _application(found)


def _application(row: Application) -> dict[str, Any]:
    return {
        "id": row.pk,
        "site": row.site_id,
        "state": row.state,
        "refusal": row.refusal,
        "sent_at": row.sent_at,
        "decided_at": row.decided_at,
        # Before the approval nobody is told that the number is registered.
        "resident": row.resident_id if row.state == Application.State.APPROVED else None,
    }
