"""The verbs of applications.

    apply ──► sent ──► approved      registered or found; mandate, declaration and stays recorded; the colour follows
                │  └─► refused       with a reason that says the next step
                └────► withdrawn     by the applicant

An application is approved by itself where nobody could gain by it: the person is registered with this very telephone
as the own one, the document is theirs, and the name and birth date agree. Everything else is looked at by the office: a
number alone must not give anybody somebody else's code. The applicant is told the same in both cases; that a number is
registered is never said.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop

from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.applications.facts import ApplicationFacts, StayTold, packed, unpacked
from gatepass.centre.applications.models import Application
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.facts.actions import Knowledge, Source, record_facts
from gatepass.centre.limits.actions import spend
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Mandate, Relation
from gatepass.centre.people.access import key_of, phone_key
from gatepass.centre.people.actions import Registration, register_resident
from gatepass.centre.people.duplicates import Sought, same_person
from gatepass.centre.people.models import IdentityDocument, Phone, Resident
from gatepass.centre.sending.actions import queue
from gatepass.centre.sending.models import Channel
from gatepass.centre.sites.models import Site
from gatepass.centre.webhooks.outbox import announce
from gatepass.identity.names import Name
from gatepass.policy.colours.facts import Declaration, FactKind

State = Application.State


def apply(
    applicant: Applicant,
    site: Site,
    relation: Relation,
    consent: Consent,
    facts: ApplicationFacts,
    address: str | None,
) -> Application:
    """RefusedError `too_many`, `consent_missing`, `application_waits` (this applicant has sent the same already)."""
    spend("application_from_address", address or "", address)
    spend("application_of_applicant", str(applicant.pk), address)
    spend("number_from_address", address or "", address)
    spend("number_of_applicant", str(applicant.pk), address)
    if (relation == Relation.SELF) != (consent == Consent.OWN):
        raise RefusedError("consent_missing")
    document = facts.document
    key, now = key_of(document), timezone.now()
    with transaction.atomic():
        if Application.objects.filter(applicant=applicant, person_key=key, state=State.SENT).exists():
            raise RefusedError("application_waits")
        resident = _holder(key)
        application = Application.objects.create(
            applicant=applicant,
            site=resident.site if resident else site,
            relation=relation,
            consent=consent,
            facts=packed(facts),
            person_key=key,
            resident=resident,
            sent_at=now,
        )
        record(applicant, "application:send", application, site=application.site_id, relation=relation.value)
        if resident is not None and relation == Relation.SELF and _is_certain(applicant, resident, facts):
            _approve(None, application, resident, facts)
    return application


def approve(by: User, application: Application, resident: Resident | None = None) -> Resident:
    """Registers the person, or takes the one who is registered already: `resident` where the office chose a candidate.

    RefusedError `application_decided`, and what `register_resident` refuses.
    """
    with transaction.atomic():
        waiting = _waiting(application)
        facts = unpacked(str(waiting.facts))
        person = resident or waiting.resident
        if person is None:
            phone = facts.phone or (str(waiting.applicant.contact) if waiting.relation == Relation.SELF else "")
            person = register_resident(
                by,
                Registration(
                    facts.document,
                    site=waiting.site_id,
                    phone=phone if waiting.applicant.channel == Channel.SMS or facts.phone else "",
                    language=facts.language,
                    address=facts.address,
                ),
            )
        _approve(by, waiting, person, facts)
    return person


def refuse(by: User, application: Application, why: Application.Refusal) -> None:
    """RefusedError `application_decided`."""
    with transaction.atomic():
        waiting = _waiting(application)
        _decide(by, waiting, State.REFUSED, refusal=why)
        record(by, "application:refuse", waiting, why=why.value)
        _tell(waiting, "application_refused", _REFUSED[why])


def withdraw(applicant: Applicant, application: Application) -> None:
    """RefusedError `application_decided`; one that is not theirs is not found."""
    with transaction.atomic():
        waiting = _waiting(application)
        if waiting.applicant_id != applicant.pk:
            raise RefusedError("application_decided")
        _decide(None, waiting, State.WITHDRAWN)
        record(applicant, "application:withdraw", waiting)


def record_declaration(
    by: User | None, resident: Resident, declaration: Declaration, stays: Sequence[StayTold], *, source: Source
) -> None:
    """Declaration and stays as facts; the colour follows."""
    now = timezone.now()
    told = [Knowledge(resident, FactKind.DECLARATION, now, data=_built(declaration), source=source)]
    told += [
        Knowledge(resident, FactKind.STAY, each.at, each.until, data=_built(each.stay), source=source) for each in stays
    ]
    record_facts(by, told)


def _approve(by: User | None, application: Application, resident: Resident, facts: ApplicationFacts) -> None:
    mandate = entrust(
        by,
        resident,
        application.applicant,
        Relation(application.relation),
        Consent(application.consent),
        consented_at=application.sent_at,
    )
    source = Source.SELF if application.relation == Relation.SELF else Source.HELPER
    record_declaration(by, resident, facts.declaration, facts.stays, source=source)
    application.resident = resident
    _decide(by, application, State.APPROVED, mandate=mandate)
    record(by, "application:approve", application, resident=resident.pk)
    _tell(application, "application_approved", _APPROVED)


def _decide(
    by: User | None, application: Application, state: State, *, refusal: str = "", mandate: Mandate | None = None
) -> None:
    application.state, application.refusal, application.mandate = state, refusal, mandate
    application.decided_at, application.decided_by = timezone.now(), by
    application.save()
    announce(
        "application.decided",
        site=application.site_id,
        # Before the approval nobody is told that the number is registered.
        resident=application.resident_id if state == State.APPROVED else None,
        application=application.pk,
        state=state.value,
    )


def _waiting(application: Application) -> Application:
    fresh = (
        Application.objects.select_for_update().select_related("applicant", "site", "resident").get(pk=application.pk)
    )
    if fresh.state != State.SENT:
        raise RefusedError("application_decided")
    return fresh


def _holder(key: bytes) -> Resident | None:
    found = IdentityDocument.objects.filter(person_key=key, retired_at=None, resident__merged_into=None)
    document = found.select_related("resident__site").first()
    return document.resident if document else None


def _is_certain(applicant: Applicant, resident: Resident, facts: ApplicationFacts) -> bool:
    if applicant.channel != Channel.SMS:
        return False
    own = Phone.objects.filter(
        resident=resident, purpose=Phone.Purpose.OWN, number_key=phone_key(str(applicant.contact))
    )
    if not own.exists():
        return False
    holder = facts.document.holder
    sought = Sought(Name(facts.full_name, facts.latin_name), holder.birth, facts.nationality)
    return same_person(sought, resident).verdict == "same"


def _built(told: object) -> dict[str, object]:
    built: dict[str, object] = msgspec.to_builtins(told)
    return {name: value for name, value in built.items() if value is not None}


_APPROVED = gettext_noop("The application is approved. The health code is on the page, and at every gate.")
_REFUSED = {
    Application.Refusal.NOT_HERE: gettext_noop(
        "The office found nobody of that name at this place. "
        "Choose the place where the person lives or works, and apply again."
    ),
    Application.Refusal.DOCUMENT: gettext_noop(
        "The document does not fit the person. "
        "Compare the number, and apply again, or bring the document to the office."
    ),
    Application.Refusal.CONSENT: gettext_noop(
        "The person did not agree that you act for them. They can come to the office, or lay their card at the gate."
    ),
    Application.Refusal.TWICE: gettext_noop("The same application is there already. You need not do anything."),
}


def _tell(application: Application, kind: str, sentence: str) -> None:
    applicant = application.applicant
    with translation.override(applicant.language):
        town, address = settings.CONFIGURATION.town, f"{settings.CONFIGURATION.address}/my/"
        queue(
            applicant.channel,
            str(applicant.contact),
            kind=kind,
            language=applicant.language,
            subject=town,
            text=f"{town}: {gettext(sentence)} {address}",
        )
