"""Who may be registered already? At most five candidates, with reasons in words; nothing is ever merged by itself.

How a town of a million stays quick: a name has some twelve keys (`identity.names.keys`), each row of the index carries
site and year of birth, and so one statement reads a bounded handful of rows for each key: first those born in the same
year, or in an unknown one, then any. Who shares most keys is compared in full; whoever was born on the same day is
compared as well, whatever the name. `compare` weighs: birth date and nationality count more than the name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import connection
from django.utils.translation import gettext as _

from gatepass.centre.accounts.access import scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.passages.words import active_language
from gatepass.centre.people.access import access_residents, key_of
from gatepass.centre.people.models import IdentityDocument, NameKey, Resident, born
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
    keys = [key_of(document) for document in sought.documents]
    (found,) = Search(user, page).of([sought], [keys])
    return [one for one in found if one.resident.pk != without][:most]


def same_person(sought: Sought, resident: Resident) -> NameMatch:
    """The comparison alone, with whichever of the resident's names fits best."""
    return _Known(resident.names, resident.birth, resident.nationality).compare(sought)


def may_be_one(one: Sought, other: Sought) -> bool:
    """Whether two who are both only told of may be the same person."""
    if not _may_be_born(one.birth, _iso(other.birth)):
        return False
    return _Known([other.name], _iso(other.birth), other.nationality).compare(one).verdict in _FOUND


class Search:
    """Many questions by one user on one page: a list is looked through some hundred rows at a time."""

    def __init__(self, user: User, page: str = "resident") -> None:
        self._residents = access_residents(user, page)
        scope = scope_of(user, page)
        self._somewhere = not scope.nowhere
        where = ""
        if not scope.everywhere:
            sites = access_sites(user, page).values_list("pk", flat=True)
            where = f" AND site IN ({','.join(map(str, sites))})"
        # Nothing but integers of our own ever stands in the text of the statement.
        table = NameKey._meta.db_table  # noqa: SLF001 - Django's documented `_meta`
        inner = f"SELECT resident_id FROM {table} WHERE key = %d{where}%s LIMIT %d"  # noqa: S608
        self._select = f"SELECT resident_id FROM ({inner}) AS k"  # noqa: S608

    def of(self, soughts: Sequence[Sought], keys: Sequence[Sequence[bytes]] = ()) -> list[list[Candidate]]:
        """Of each who is sought, all candidates, the likeliest first. `keys` are their documents' person keys."""
        holders = self._holders(keys) if keys else [set()] * len(soughts)
        same_day = self._born(soughts)
        wanted = [
            dict.fromkeys([*holding, *self._by_name(sought), *same_day.get(_iso(sought.birth), [])])
            for sought, holding in zip(soughts, holders, strict=True)
        ]
        known = self._known({pk for pks in wanted for pk in pks})
        told = [
            _told(sought, {pk: known[pk] for pk in pks if pk in known}, holding)
            for sought, pks, holding in zip(soughts, wanted, holders, strict=True)
        ]
        rows = self._residents.select_related("site__community", "room").order_by()
        residents = {row.pk: row for row in rows.filter(pk__in={pk for pairs in told for pk, _match in pairs})}
        return [
            [Candidate(residents[pk], match, pk in holding) for pk, match in pairs]
            for pairs, holding in zip(told, holders, strict=True)
        ]

    def _known(self, wanted: set[int]) -> dict[int, _Known]:
        """What a comparison needs of these people, as far as the user may meet them; also under their merged names."""
        found: dict[int, _Known] = {}
        pks = sorted(wanted)
        names = ("full_name", "latin_name", "preferred_name")
        for start in range(0, len(pks), 900):
            block = pks[start : start + 900]
            for pk, birth, state, *words in (
                self._residents.filter(pk__in=block).order_by().values_list("pk", "birth", "nationality", *names)
            ):
                found[pk] = _Known([Name(*words)], birth, state)
            halves = Resident.objects.filter(merged_into__in=block).order_by()
            for half in halves:
                if half.merged_into_id in found:
                    found[half.merged_into_id].names.extend(half.names)
        return found

    @staticmethod
    def _holders(keys: Sequence[Sequence[bytes]]) -> list[set[int]]:
        flat = sorted({key for some in keys for key in some})
        whose: dict[bytes, set[int]] = defaultdict(set)
        for start in range(0, len(flat), 900):
            documents = IdentityDocument.objects.filter(person_key__in=flat[start : start + 900]).order_by()
            for key, resident in documents.values_list("person_key", "resident"):
                whose[bytes(key)].add(resident)
        return [{resident for key in some for resident in whose[key]} for some in keys]

    def _born(self, soughts: Sequence[Sought]) -> dict[str, list[int]]:
        """Birth date -> who was born that day; only whole dates, and of each day so many at most."""
        days = {_iso(sought.birth) for sought in soughts if sought.birth and sought.birth.day and _has_name(sought)}
        found: dict[str, list[int]] = defaultdict(list)
        rows = self._residents.filter(birth__in=days).order_by().values_list("birth", "pk")
        for day, pk in rows[: BORN_THAT_DAY * max(1, len(days))]:
            if len(found[day]) < BORN_THAT_DAY:
                found[day].append(pk)
        return found

    def _by_name(self, sought: Sought) -> list[int]:
        """Who shares most keys, the likeliest first; a shared year of birth counts as one key more."""
        numbers = key_numbers(sought.name) if _has_name(sought) else ()
        if not numbers or not self._somewhere:
            return []
        parts = [self._select % (number, "", ANY_YEAR) for number in numbers]
        if sought.birth:
            years = f" AND birth_year IN ({sought.birth.year:d}, 0)"
            parts += [self._select % (number, years, SAME_YEAR) for number in numbers]
        found: Counter[int] = Counter()
        with connection.cursor() as cursor:
            # SQLite joins at most 500 selects in one statement.
            for start in range(0, len(parts), 400):
                cursor.execute(" UNION ALL ".join(parts[start : start + 400]))
                found.update(pk for (pk,) in cursor.fetchall())
        return [pk for pk, _count in found.most_common(COMPARED)]


@dataclass(frozen=True, slots=True)
class _Known:
    names: list[Name]
    birth: str
    nationality: str

    def compare(self, sought: Sought) -> NameMatch:
        """With whichever of the person's names fits best."""
        matches = [
            compare(
                sought.name,
                name,
                birth_a=sought.birth,
                birth_b=born(self.birth),
                nationality_a=sought.nationality,
                nationality_b=self.nationality,
            )
            for name in self.names
        ]
        return max(matches, key=lambda match: match.score)


def _told(sought: Sought, known: dict[int, _Known], holding: set[int]) -> list[tuple[int, NameMatch]]:
    """Who may be the one who is sought, the likeliest first."""
    matches = [
        (pk, person.compare(sought))
        for pk, person in known.items()
        if pk in holding or _may_be_born(sought.birth, person.birth)
    ]
    told = [(pk, match) for pk, match in matches if pk in holding or match.verdict in _FOUND]
    # Of equal scores, the one of whom more is known to agree.
    return sorted(told, key=lambda one: (one[0] not in holding, -one[1].score, -len(one[1].reasons), one[0]))


def _may_be_born(sought: PartialDate | None, birth: str) -> bool:
    """Whether a comparison can end well: two whole dates of other years that are no slip apart never do."""
    wanted = _iso(sought)
    if len(wanted) != 10 or len(birth) != 10 or wanted[:4] == birth[:4]:
        return True
    return sum(one != other for one, other in zip(wanted, birth, strict=True)) == 1


def _has_name(sought: Sought) -> bool:
    return bool(sought.name.full.strip() or sought.name.latin.strip())


def _iso(birth: PartialDate | None) -> str:
    return birth.isoformat() if birth else ""
