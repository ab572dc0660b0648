"""The only ways to residents: each takes the asking user, and sees no further than the user's grants."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import Http404

from gatepass.centre import keys
from gatepass.centre.accounts.access import scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.people.models import IdentityDocument, Resident
from gatepass.identity import Document, DocumentKind
from gatepass.identity.numbers import document_kinds, normalise, parse
from gatepass.wire.keys import person_key

MOST_ISSUERS = 40
"""A typed passport number is tried with at most so many issuing states: each costs a millisecond."""

UNRULED_KINDS = (DocumentKind.CARD_UID, DocumentKind.OTHER)
"""Documents whose numbers follow no rule that `identity.numbers` knows."""


def access_residents(user: User, page: str = "residents") -> QuerySet[Resident]:
    """Residents for whom the user may use `page`, a url name in `accounts.roles`; none is a valid answer."""
    scope = scope_of(user, page)
    return Resident.objects.none() if scope.nowhere else Resident.objects.filter(scope.q("site"))


def access_resident(user: User, resident: int, page: str = "resident") -> Resident:
    """One resident. 404 outside the user's scope: that somebody is registered elsewhere is nobody's business."""
    found = access_residents(user, page).select_related("site__community").filter(pk=resident).first()
    if found is None:
        raise Http404
    return found


def matching(words: str) -> Q:
    """A part of a name. Never a number: a filter stands in the address, and numbers do not (`views._search`)."""
    words = words.strip()
    return Q(full_name__icontains=words) | Q(latin_name__icontains=words)


def with_document(documents: list[Document]) -> Q:
    return Q(documents__person_key__in=[key_of(document) for document in documents])


def looks_like_a_number(words: str) -> bool:
    """Six digits or more: nobody's name."""
    return sum(letter.isdigit() for letter in words) >= 6


def key_of(document: Document) -> bytes:
    return person_key(keys.person_key_secret(settings.KEYS_DIR), document)


def documents_of(words: str) -> list[Document]:
    """Every document that a typed number can stand on. Eight digits are on a Taiwan permit, and on passports."""
    kinds = document_kinds(words)
    found = [parse(words, kind) for kind in kinds if kind is not DocumentKind.PASSPORT]
    number = normalise(words)
    if not (number.isascii() and number.isalnum() and any(letter.isdigit() for letter in number)):
        return found
    # A passport's issuing state was not typed, and for other documents there is no rule: those of the registry count.
    open_kinds = [*UNRULED_KINDS, *(kind for kind in kinds if kind is DocumentKind.PASSPORT)]
    registered = IdentityDocument.objects.filter(kind__in=open_kinds)
    pairs = registered.values_list("kind", "issuer").distinct().order_by("kind", "issuer")[:MOST_ISSUERS]
    return found + [Document(kind=DocumentKind(kind), issuer=issuer, number=number) for kind, issuer in pairs]
