"""Who somebody is that a program speaks of, and their registration where nobody knows them yet."""

from __future__ import annotations

from gatepass.centre.accounts.access import Program
from gatepass.centre.api import schemas
from gatepass.centre.api.access import token_row
from gatepass.centre.api.problems import CallError
from gatepass.centre.api.scopes import page_of
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.access import access_residents, key_of
from gatepass.centre.people.actions import Registration, holder_of, refusal_for, register_resident
from gatepass.centre.people.models import Resident
from gatepass.centre.people.typed import read_typed_document, read_typed_phone
from gatepass.centre.sites.access import access_sites
from gatepass.identity import Document, Holder, PartialDate


def registered_as(program: Program, operation: str, body: schemas.Registering) -> tuple[Resident, bool]:
    """The resident, and whether this made them one. CallError `request_invalid` for a site out of reach; RefusedError
    `document_elsewhere` where the document belongs to somebody whom the program may not know of."""
    document = document_of(body.person)
    site = access_sites(program, page_of(operation)).filter(pk=body.site).first()
    if site is None:
        raise CallError("request_invalid", where="site", what="unknown")
    resident = holder(program, operation, key_of(document))
    new = resident is None
    if resident is None:
        told = Holder(
            body.full_name,
            body.latin_name,
            document.holder.birth or (PartialDate.from_date(body.birth) if body.birth else None),
            document.holder.sex,
            body.nationality or document.holder.nationality,
        )
        registration = Registration(
            Document(kind=document.kind, issuer=document.issuer, number=document.number, holder=told),
            site=site.pk,
            phone=read_typed_phone(body.phone) if body.phone else "",
            address=body.address,
            language=body.language or "",
        )
        try:
            resident = register_resident(program, registration)
        except RefusedError as refused:
            if refused.code == "document_elsewhere":
                key = key_of(document)
                raise CallError(refused.code, then=lambda: note_try(program, key)) from None
            raise
    record(token_row(program), "api:consent", resident, consent=body.consent)
    return resident, new


def note_try(program: Program, key: bytes) -> None:
    """A protected person's number was tried: their named staff see it (`people.actions.refusal_for`)."""
    somebody = holder_of([key])
    if somebody is not None:
        refusal_for(program, somebody)


def document_of(person: schemas.Person) -> Document:
    return read_typed_document(person.kind, person.issuer, person.number)


def holder(program: Program, operation: str, key: bytes) -> Resident | None:
    """Whose document in use it is, where the token may look."""
    reached = access_residents(program, page_of(operation)).select_related("code", "site")
    return reached.filter(documents__person_key=key, documents__retired_at=None).first()
