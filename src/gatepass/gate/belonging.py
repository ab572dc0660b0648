"""Do two documents belong to one person? Asked when the second is laid down within seconds of the first.

A wrong yes puts two people into one record, and one of them vanishes; a wrong no counts one person twice. The first is
worse, so every doubt is a no.
"""

from __future__ import annotations

from typing import Final

from gatepass.identity import Document, DocumentKind, Sex
from gatepass.wire.keys import name_one_entry

# Nobody has two of these at once: another number is another person. Nor are two passports of one state taken for one
# person's, because families queue together. The last two say nothing of their holder.
_ALONE: Final = frozenset({DocumentKind.CARD_UID, DocumentKind.OTHER})

# Twins have one birth date and names that are nearly alike, and what machines read has no slips of the pen. Of the
# reasons for `likely` only those are taken that no brother or sister would give.
_DOUBTS: Final = frozenset(
    {"names_differ", "spelling_slip", "homophone", "initial", "no_common_reading", "preferred_name", "empty_name"}
)


def are_of_one_person(a: Document, b: Document) -> bool:
    """One number in one register (a chip and its printed page, a card and the permit that it states), or documents of
    two registers with the same whole birth date and the same name, in whatever script. Microseconds; a comparison of
    names takes up to some milliseconds, and half a second the first time (`warm`)."""
    if not a.number or not b.number:
        return False
    if name_one_entry(a, b):
        return True
    if _ALONE & {a.kind, b.kind} or (a.kind.family == b.kind.family and a.issuer == b.issuer):
        return False
    return _have_one_birth_and_sex(a, b) and _have_one_name(a, b)


def is_named(document: Document, name: str) -> bool:
    """Whether a document is of whom an invitation names, in whatever script. A slip of the pen is a no."""
    from gatepass.identity.names import Name, compare

    said = Name(name, "") if not name.isascii() else Name("", name)
    match = compare(said, Name(document.holder.native_name, document.holder.latin_name))
    return match.verdict != "different" and _DOUBTS.isdisjoint(reason.code for reason in match.reasons)


def warm() -> None:
    """Load what comparing names needs (60 MB), before anybody waits for it."""
    _have_one_name(_SPECIMEN, _SPECIMEN)


def _have_one_birth_and_sex(a: Document, b: Document) -> bool:
    birth = a.holder.birth
    sexes = {a.holder.sex, b.holder.sex}
    return birth is not None and birth.day is not None and birth == b.holder.birth and not sexes >= _BOTH_SEXES


_BOTH_SEXES: Final = frozenset({Sex.FEMALE, Sex.MALE})


def _have_one_name(a: Document, b: Document) -> bool:
    # Not loaded with the gate: most have one reader, and no use for 60 MB of readings.
    from gatepass.identity.names import Name, compare

    one, other = (Name(each.holder.native_name, each.holder.latin_name) for each in (a, b))
    match = compare(
        one,
        other,
        birth_a=a.holder.birth,
        birth_b=b.holder.birth,
        nationality_a=a.holder.nationality,
        nationality_b=b.holder.nationality,
    )
    return match.verdict != "different" and _DOUBTS.isdisjoint(reason.code for reason in match.reasons)


_SPECIMEN: Final = Document(DocumentKind.OTHER, "UTO", "1")
