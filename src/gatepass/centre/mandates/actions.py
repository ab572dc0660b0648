"""The verbs of mandates: entrust, invite and accept, end."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.actions import token_hash
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.limits.actions import spend
from gatepass.centre.mandates.access import in_force
from gatepass.centre.mandates.models import Consent, Invitation, Mandate, Relation
from gatepass.centre.papers.actions import end_grants
from gatepass.centre.people.models import Resident

INVITATION_LIVES: Final = timedelta(days=7)


def entrust(
    by: User | Applicant | None,
    resident: Resident,
    holder: Applicant | User,
    relation: Relation,
    consent: Consent,
    *,
    consented_at: datetime | None = None,
    valid_until: datetime | None = None,
) -> Mandate:
    """From now on `holder` acts for the resident. A mandate that is in force already is renewed: its row stays.

    RefusedError `valid_until_is_past`; `consent_missing` for a relative who is said to act in person.
    """
    now = timezone.now()
    if valid_until is not None and valid_until <= now:
        raise RefusedError("valid_until_is_past")
    if (relation == Relation.SELF) != (consent == Consent.OWN):
        raise RefusedError("consent_missing")
    facts = {
        "relation": relation,
        "consent": consent,
        "consented_at": consented_at or now,
        "valid_until": valid_until,
        "recorded_at": now,
        "recorded_by": by.full_name if isinstance(by, User) else "",
    }
    whose = {"applicant": holder} if isinstance(holder, Applicant) else {"staff": holder}
    with transaction.atomic():
        mandate, _new = Mandate.objects.update_or_create(resident=resident, ended_at=None, **whose, defaults=facts)
        record(by, "mandate:entrust", mandate, resident=resident.pk, relation=relation.value, consent=consent.value)
    return mandate


def invite(by: User | Mandate, resident: Resident, relation: Relation, consent: Consent) -> str:
    """A token for a link; whoever opens it, logged in, acts for the resident. A week, once.

    `by` is staff with the person before them, or the person's own mandate (`relation` self): nobody who was entrusted
    entrusts others. RefusedError `mandate_not_own`.
    """
    if isinstance(by, Mandate) and (by.relation != Relation.SELF or by.resident_id != resident.pk):
        raise RefusedError("mandate_not_own")
    token, now = secrets.token_urlsafe(24), timezone.now()
    with transaction.atomic():
        invitation = Invitation.objects.create(
            resident=resident,
            token_hash=token_hash(token),
            relation=relation,
            consent=Consent.OWN_PHONE if isinstance(by, Mandate) else consent,
            made_at=now,
            expires_at=now + INVITATION_LIVES,
            made_by=by.full_name if isinstance(by, User) else "",
        )
        who = by.applicant if isinstance(by, Mandate) else by
        record(who, "mandate:invite", invitation, resident=resident.pk, relation=relation.value)
    return token


def accept(applicant: Applicant, token: str, address: str | None) -> Mandate:
    """RefusedError `invitation_unknown` (also: used, run out), `too_many`."""
    spend("invitation_from_address", address or "", address)
    now = timezone.now()
    with transaction.atomic():
        invitation = (
            Invitation.objects.select_for_update()
            .select_related("resident")
            .filter(token_hash=token_hash(token), used_at=None, expires_at__gt=now)
            .first()
        )
        if invitation is not None:
            invitation.used_at = now
            invitation.save(update_fields=["used_at"])
            return entrust(
                applicant,
                invitation.resident,
                applicant,
                Relation(invitation.relation),
                Consent(invitation.consent),
                consented_at=invitation.made_at,
            )
    raise RefusedError("invitation_unknown")


def end_mandate(by: User | Applicant, mandate: Mandate) -> None:
    """The person withdrew it, the relative gave it back, or the office ends it. At once, the phone's codes with it."""
    now = timezone.now()
    with transaction.atomic():
        ended = Mandate.objects.filter(in_force(), pk=mandate.pk).update(ended_at=now)
        if ended:
            if mandate.applicant is not None:
                end_grants(mandate.resident, mandate.applicant, now)
            record(by, "mandate:end", mandate, resident=mandate.resident_id)
