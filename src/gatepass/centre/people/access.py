"""The only ways to residents: each takes the asking user, and sees no further than the user's grants.

Nobody but the named staff meets a protected person here, in whatever list, search or count; and whoever opens one of
them is on record (`access_resident`, `protection.access.note_seen`). A row that was merged into another is in no list.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from gatepass.centre import keys
from gatepass.centre.accounts.access import Asker, actor_of, scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.people.models import IdentityDocument, NameKey, NamePart, Resident
from gatepass.centre.people.name_index import number_of
from gatepass.centre.people.name_parts import Sought, sought
from gatepass.centre.people.protection.access import hidden_from, note_opened
from gatepass.identity import Document, DocumentKind
from gatepass.identity import names as identity_names
from gatepass.identity.numbers import document_kinds, normalise, parse
from gatepass.wire.keys import person_key

MOST_ISSUERS = 40
"""A typed number is tried with at most so many kinds and issuing states: each costs a millisecond."""
FEW: Final = 2_000
"""People who are read and put in order at once; of more, the list is read in the order of names from the index."""
MOST_WEIGHED: Final = 20_000
"""Rows of a part that are counted, to know which part of several is the rarest."""
_FIELDS: Final = ("full_name", "latin_name", "preferred_name")
UNRULED_KINDS = (DocumentKind.CARD_UID, DocumentKind.OTHER)
"""Kinds of document whose numbers follow no rule of `identity.numbers`."""


def access_residents(user: Asker, page: str = "residents") -> QuerySet[Resident]:
    """Residents for whom the user may use `page`, a url name in `accounts.roles`; none is a valid answer."""
    scope = scope_of(user, page)
    if scope.nowhere:
        return Resident.objects.none()
    return Resident.objects.filter(scope.q("site"), merged_into__isnull=True).exclude(pk__in=hidden_from(user))


def met_by(user: User, page: str, path: str) -> Q:
    """The same for rows of others that point at a resident by `path`: no list of a million residents is made for it."""
    scope = scope_of(user, page)
    if scope.nowhere:
        return Q(pk__in=())
    here = scope.q(f"{path}__site") & Q(**{f"{path}__merged_into__isnull": True})
    return here & ~Q(**{f"{path}__in": hidden_from(user)})


def access_resident(user: Asker, resident: int, page: str = "resident") -> Resident:
    """One resident. 404 outside the user's scope: that somebody is registered elsewhere is nobody's business.

    That somebody was opened is on record, whatever the page does.
    """
    found = access_residents(user, page).select_related("site__community", "room").filter(pk=resident).first()
    if found is None:
        raise Http404
    note_opened(user, found, page)
    return found


def note_list(user: Asker, residents: Sequence[Resident], page: str) -> None:
    """Everything about these residents was read in one go, by a program: one entry names them all.

    `first` and `last` let a person's own page find the entries that may name them (`privacy.held.looks`).
    """
    if residents:
        seen = sorted(resident.pk for resident in residents)
        with transaction.atomic():
            record(
                actor_of(user),
                "resident:read_list",
                "resident:many",
                residents=seen,
                first=seen[0],
                last=seen[-1],
                page=page,
            )


def kept_half(user: User, resident: int, page: str = "resident") -> Resident | None:
    """The row into which this one was merged, if the user may see it: old addresses and notes still lead there."""
    here = resident
    while (row := Resident.objects.filter(pk=here).first()) and row.merged_into_id is not None:
        here = row.merged_into_id
    return None if here == resident else access_residents(user, page).filter(pk=here).first()


def matching(words: str, *, beginning: bool = False) -> Q:
    """A part of a name, or a whole name in any script. Never a number: a filter stands in the address."""
    part = sought(words)
    found = _written(part, beginning=beginning)
    if part.parts:
        rarest, *others = _by_rarity(part.parts)
        found &= Q(pk__in=_holding(rarest, others).values("resident"))
    keys = _whole(words)
    return found | Q(pk__in=NameKey.objects.filter(key__in=keys).values("resident")) if keys else found


def named(everybody: QuerySet[Resident], words: str, *, beginning: bool = False) -> QuerySet[Resident]:
    """`matching` for a list in the order of names. `beginning`: of the name, not anywhere in it.

    Where more than `FEW` people have the part, who is called so in another script is not looked for.
    """
    part = sought(words)
    if not part.parts:
        return everybody.filter(matching(words))
    rarest, *others = _by_rarity(part.parts)
    first = [pk for (pk,) in _holding(rarest, others).values_list("resident")[: FEW + 1]]
    if len(first) <= FEW:
        whole = NameKey.objects.filter(key__in=_whole(words)).values_list("resident", flat=True)[:FEW]
        alike = set(whole) if _whole(words) else set()
        written = Q(pk__in=first) & _written(part, beginning=beginning)
        return everybody.filter(pk__in={*first, *alike}).filter(written | Q(pk__in=alike))
    here = everybody.filter(name_parts__part=rarest)
    for other in others:
        here = here.filter(
            Exists(NamePart.objects.filter(part=other, name=OuterRef("full_name"), resident=OuterRef("pk")))
        )
    return here.filter(_written(part, beginning=beginning)).order_by("name_parts__name", "name_parts__resident")


def _written(part: Sought, *, beginning: bool = False) -> Q:
    """The words as they are, in one of the names."""
    if part.exact and not beginning:
        return Q()
    found = Q()
    for field in _FIELDS:
        found |= Q(**{f"{field}__{'istartswith' if beginning else 'icontains'}": part.words})
    return found


def _holding(rarest: str, others: Iterable[str]) -> QuerySet[NamePart]:
    rows = NamePart.objects.filter(part=rarest)
    for other in others:
        also = NamePart.objects.filter(part=other, name=OuterRef("name"), resident=OuterRef("resident"))
        rows = rows.filter(Exists(also))
    return rows


def _by_rarity(parts: tuple[str, ...]) -> list[str]:
    if len(parts) == 1:
        return list(parts)
    many = {part: NamePart.objects.filter(part=part)[:MOST_WEIGHED].count() for part in parts}
    return sorted(parts, key=lambda part: many[part])


def _whole(words: str) -> list[int]:
    return [number_of(key) for key in identity_names.keys(words) if ":" not in key or key.startswith("han:")]


def with_document(documents: list[Document]) -> Q:
    """Whose document it is, and in use: a retired one leads to nobody."""
    found = [key_of(document) for document in documents]
    return Q(documents__person_key__in=found, documents__retired_at__isnull=True)


def with_phone(number: str) -> Q:
    return Q(phones__number_key=phone_key(number))


MOST_HOLDERS = 50


def holders(user: User, words: str) -> list[Resident]:
    """Whose document number this is, else who may be called under it; only whole numbers lead anywhere."""
    everybody = access_residents(user).select_related("site__community", "room")
    documents = documents_of(words)
    holder = everybody.filter(with_document(documents)).first() if documents else None
    if holder is not None:
        return [holder]
    return list(everybody.filter(with_phone(words)).distinct()[:MOST_HOLDERS]) if looks_like_a_number(words) else []


def looks_like_a_number(words: str) -> bool:
    """Six digits or more: nobody's name."""
    return sum(letter.isdigit() for letter in words) >= 6


def key_of(document: Document) -> bytes:
    return person_key(keys.person_key_secret(settings.KEYS_DIR), document)


_ABROAD = re.compile(r"(?:\+|00)86(1[0-9]{10})")


def plain_phone(number: str) -> str:
    """Digits, and a `+` where one was typed; +86 before a Chinese mobile is dropped. May return anything else as is."""
    digits = re.sub(r"[().]", "", normalise(number))
    return _ABROAD.sub(r"\1", digits)


def phone_key(number: str) -> bytes:
    """The blind index of a telephone number, 16 bytes, under a key that no gate holds."""
    secret = keys.field_key(settings.KEYS_DIR)
    return hashlib.blake2b(
        plain_phone(number).encode(), key=secret, person=b"gatepass-phone-1", digest_size=16
    ).digest()


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
