"""Who may be registered already? At most five candidates, with reasons in words; nothing is ever merged by itself.

How a town of a million stays quick: a name has some twelve keys (`identity.names.keys`), each row of the index carries
site and year of birth, and so one statement reads a bounded handful of rows for each key: first those born in the same
year, or in an unknown one, then any. Who shares most keys is compared in full; whoever was born on the same day is
compared as well, whatever the name. `compare` weighs: birth date and nationality count more than the name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import connection
from django.utils.translation import gettext as _

from gatepass.centre.accounts.access import scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.passages.words import active_language
from gatepass.centre.people.access import access_residents, key_of
from gatepass.centre.people.models import IdentityDocument, NameKey, Resident
from gatepass.centre.people.name_index import key_numbers
from gatepass.centre.sites.access import access_sites
from gatepass.identity import Document, PartialDate
from gatepass.identity.names import Name, NameMatch, compare

MOST: Final = 5
SAME_YEAR: Final = 48
"""Rows read of one key among those born in the same year; and of all."""
ANY_YEAR: Final = 24
BORN_THAT_DAY: Final = 80
COMPARED: Final = 120

_FOUND = frozenset({"same", "likely"})


@dataclass(frozen=True, slots=True)
class Sought:
    """What is known of somebody who may be registered already. Any of it may be missing."""

    name: Name
    birth: PartialDate | None = field(default=None, repr=False)
    nationality: str = ""
    """ISO 3166-1 alpha-3."""
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who is registered and may be the one who is sought. A person decides."""

    resident: Resident
    match: NameMatch
    same_document: bool
    """The same document, in use or retired: there is hardly a doubt."""

    @property
    def score(self) -> float:
        return 1.0 if self.same_document else self.match.score

    @property
    def reasons(self) -> list[str]:
        """Whole sentences in the active language, the weightiest first."""
        language = active_language()
        names = [reason.sentences[language] for reason in self.match.reasons]
        return [_("The document is the same."), *names] if self.same_document else names


def find_duplicates(
    user: User, sought: Sought, *, page: str = "resident", without: int | None = None, most: int = MOST
) -> list[Candidate]:
    """Candidates whom the user may see on `page`, the likeliest first; empty where there is nothing to go by.

    `without` leaves one resident out: the one whose page asks. Protected people are shown to their named staff only;
    a page that shows candidates says so to `protection.access.note_seen`.
    """
    holders = _holders(sought.documents)
    likely = _by_name(user, sought, page) if sought.name.full.strip() or sought.name.latin.strip() else []
    wanted = [pk for pk in dict.fromkeys([*holders, *likely]) if pk != without]
    residents = access_residents(user, page).filter(pk__in=wanted).select_related("site__community", "room")
    residents = residents.prefetch_related("merged")
    found = [_candidate(sought, resident, resident.pk in holders) for resident in residents]
    told = [one for one in found if one.same_document or one.match.verdict in _FOUND]
    # Of equal scores, the one of whom more is known to agree.
    return sorted(told, key=lambda one: (-one.score, -len(one.match.reasons), one.resident.pk))[:most]


def same_person(sought: Sought, resident: Resident) -> NameMatch:
    """The comparison alone, with whichever of the resident's names fits best."""
    matches = [
        compare(
            sought.name,
            name,
            birth_a=sought.birth,
            birth_b=resident.born,
            nationality_a=sought.nationality,
            nationality_b=resident.nationality,
        )
        for name in resident.names
    ]
    return max(matches, key=lambda match: match.score)


def _candidate(sought: Sought, resident: Resident, same_document: bool) -> Candidate:
    return Candidate(resident, same_person(sought, resident), same_document)


def _holders(documents: Sequence[Document]) -> set[int]:
    keys = [key_of(document) for document in documents]
    if not keys:
        return set()
    return set(IdentityDocument.objects.filter(person_key__in=keys).values_list("resident", flat=True))


def _by_name(user: User, sought: Sought, page: str) -> list[int]:
    """Primary keys worth comparing, the likeliest first. Scope is looked at here as well: the rows read are few."""
    scope = scope_of(user, page)
    if scope.nowhere:
        return []
    sites = None if scope.everywhere else list(access_sites(user, page).values_list("pk", flat=True))
    shared = _sharing_keys(key_numbers(sought.name), sought.birth.year if sought.birth else 0, sites)
    that_day: list[int] = []
    if sought.birth:
        born = access_residents(user, page).filter(birth=sought.birth.isoformat()).order_by()
        that_day = list(born.values_list("pk", flat=True)[:BORN_THAT_DAY])
    return [*(pk for pk, _count in shared.most_common(COMPARED)), *that_day]


def _sharing_keys(numbers: Sequence[int], year: int, sites: Sequence[int] | None) -> Counter[int]:
    """Resident -> how many keys are shared; a shared year of birth counts as one key more."""
    if not numbers or sites == []:
        return Counter()
    # Nothing but integers of our own stands in the text of the statement.
    table = NameKey._meta.db_table  # noqa: SLF001 - Django's documented `_meta`
    where = f" AND site IN ({','.join(map(str, sites))})" if sites is not None else ""
    years = f" AND birth_year IN ({year:d},0)" if year else ""
    select = f"SELECT resident_id FROM (SELECT resident_id FROM {table} WHERE key=%d{where}%s LIMIT %d) AS k"  # noqa: S608
    parts = [select % (number, "", ANY_YEAR) for number in numbers]
    if years:
        parts += [select % (number, years, SAME_YEAR) for number in numbers]
    found: Counter[int] = Counter()
    with connection.cursor() as cursor:
        for start in range(0, len(parts), 400):
            cursor.execute(" UNION ALL ".join(parts[start : start + 400]))
            found.update(pk for (pk,) in cursor.fetchall())
    return found
