"""The only ways to residents: each takes the asking user, and sees no further than the user's grants."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import Http404

from gatepass.centre import keys
from gatepass.centre.accounts.access import scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.people.models import IdentityDocument, Resident
from gatepass.identity import Document, DocumentError, DocumentKind
from gatepass.identity.numbers import normalise, parse_citizen
from gatepass.wire.keys import person_key

MOST_ISSUERS = 40
"""A typed passport number is tried with at most so many issuing states: each costs a millisecond."""


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
    """What document a typed number can be: a citizen's number, or one of another kind by a known issuer."""
    try:
        return [parse_citizen(words)]
    except DocumentError:
        pass
    number = normalise(words)
    if not (number.isascii() and number.isalnum() and any(letter.isdigit() for letter in number)):
        return []
    others = IdentityDocument.objects.exclude(kind__in=[DocumentKind.RESIDENT_CARD, DocumentKind.HMT_RESIDENCE])
    pairs = others.values_list("kind", "issuer").distinct().order_by("kind", "issuer")[:MOST_ISSUERS]
    return [Document(kind=DocumentKind(kind), issuer=issuer, number=number) for kind, issuer in pairs]
