"""An open case with one of each thing that a page of tracing can name, for the table of URLs and roles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from gatepass.centre.accounts.actions import GrantWish, create_staff
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.people.models import Resident
from gatepass.centre.sites.models import Community
from gatepass.centre.tracing.actions import CaseFacts, ask_for_extension, confirm_case, open_case
from gatepass.centre.tracing.finding import count_contacts
from gatepass.centre.tracing.models import Case, Contact, HandOver
from gatepass.identity import Document, DocumentKind

_OF_A_CASE = (
    *("case", "case_answer", "case_close", "case_extend", "case_count", "case_movements", "case_chains", "contacts"),
    *("contacts_export", "contact_reveal", "contact_offer"),
)
KINDS = {
    **dict.fromkeys(_OF_A_CASE, "case"),
    **dict.fromkeys(("contact", "contact_work", "contact_trace"), "contact"),
    **{name: name for name in ("case_extension", "hand_over_answer")},
}


def tracers(count: int = 2, community: Community | None = None) -> list[User]:
    made = []
    for _ in range(count):
        number = User.objects.count()
        wishes = [GrantWish(Role.TRACER, community)]
        made.append(create_staff(None, f"tracer{number}", f"Tracer {number}", wishes, language="en", password="x")[0])
    return made


def facts(community: Community | None = None, **changes: Any) -> CaseFacts:
    now = timezone.now()
    values = {
        "reason": "Three people of one ward have the same strain.",
        "legal_basis": "infectious_disease_law",
        "since": now - timedelta(days=14),
        "until": now + timedelta(hours=1),
        "expires_at": now + timedelta(days=14),
        "community": community,
    }
    return CaseFacts(**{**values, **changes})


def opened(document: Document, community: Community | None = None, **changes: Any) -> Case:
    """A case that two tracers opened and confirmed."""
    one, other = tracers()
    case = open_case(one, facts(community, **changes), [document])
    confirm_case(other, case)
    return case


def things_of_cases(near: Resident, far: Resident) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    return {
        kind: (one, other)
        for kind, one, other in zip(
            ("case", "contact", "case_extension", "hand_over_answer"), _of(near), _of(far), strict=True
        )
    }


def _of(person: Resident) -> list[dict[str, Any]]:
    stranger = Document(
        DocumentKind.OTHER,
        "CHN",
        f"X{person.pk}",
    )
    case = opened(stranger, person.site.community)
    count_contacts(case.opened_by, case)
    contact = Contact.objects.create(case=case, code="A001", step=1, resident=person)
    extension = ask_for_extension(case.opened_by, case, case.expires_at + timedelta(days=1), "x")
    offered = HandOver.objects.create(case=case, giver=case.opened_by, taker=case.confirmed_by, at=timezone.now())
    return [
        {"case": case.pk},
        {"case": case.pk, "contact": contact.pk},
        {"case": case.pk, "extension": extension.pk},
        {"case": case.pk, "hand_over": offered.pk},
    ]
