"""One row of a list: its words become a `Registration` or a place, or faults that name the field.

Pure but for what `Surroundings` has read beforehand; the duplicates and the documents in use are looked up by `work`,
some hundred rows at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, TypeVar

from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.addresses.paths import Path, places_by_path, tidy
from gatepass.centre.people.imports.models import Import
from gatepass.centre.people.imports.values import CellError, plain, read_birth, read_word
from gatepass.centre.people.models import Phone
from gatepass.centre.people.nationality import read_nationality
from gatepass.centre.people.registration import PhoneFacts, Registration
from gatepass.centre.people.typed import read_typed_document, read_typed_phone
from gatepass.centre.sites.access import access_sites
from gatepass.centre.sites.models import Site
from gatepass.identity import Document, DocumentKind, PartialDate, Sex
from gatepass.identity.numbers import document_kinds

LONGEST: Final = {
    "full_name": 120, "latin_name": 120, "preferred_name": 120, "address": 200, "household": 60,
    "building": 40, "unit": 40, "room": 40,
}  # fmt: skip
_FORMULA = ("=", "+", "-", "@")
_CHECKED: Final = (DocumentKind.RESIDENT_CARD, DocumentKind.HMT_RESIDENCE, DocumentKind.FOREIGNER_PR)
_PERMITS: Final = {DocumentKind.HKM_PERMIT: {"HKG", "MAC"}, DocumentKind.TAIWAN_PERMIT: {"TWN"}}

Fault = tuple[str, str, dict[str, Any]]
"""Field, code, what the sentence names."""
Value = TypeVar("Value")


@dataclass
class Surroundings:
    """What the rows of one list are read against: the sites of whoever imports, and their rooms."""

    batch: Import
    user: User
    today: date = field(default_factory=timezone.localdate)
    _rooms: dict[int, Mapping[Path, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        page = "place_enter" if self.batch.kind == Import.Kind.PLACES else "resident_register"
        sites = list(access_sites(self.user, page))
        self._sites = {plain(site.name): site for site in sites}
        # A name that two communities have says nothing by itself.
        names = [plain(site.name) for site in sites]
        for site in sites:
            if names.count(plain(site.name)) > 1:
                self._sites.pop(plain(site.name), None)
            self._sites[plain(f"{site.community.name}{site.name}")] = site
        self._by_pk = {site.pk: site for site in sites}

    def site(self, words: str) -> Site:
        if not words:
            default = self._by_pk.get(self.batch.site_id or 0)
            if default is None:
                raise CellError("row_site_missing")
            return default
        found = self._sites.get(plain(words))
        if found is None:
            raise CellError("row_site")
        return found

    def rooms(self, site: int) -> Mapping[Path, int]:
        if site not in self._rooms:
            self._rooms[site] = places_by_path(site, rooms=True)
        return self._rooms[site]


class _Faults:
    """Collects what is wrong; a field is read on though another one is wrong."""

    def __init__(self, notes: Mapping[str, str]) -> None:
        self.found: list[Fault] = []
        for name, note in notes.items():
            self.add(name, "row_digits_lost" if note == "digits_lost" else "row_cell_error")

    def add(self, name: str, code: str, **fields: Any) -> None:
        self.found.append((name, code, fields))

    def read(self, name: str, reader: Callable[..., Value], *words: Any) -> Value | None:
        if any(spoiled == name for spoiled, _code, _fields in self.found):
            return None
        try:
            return reader(*words)
        except (CellError, RefusedError) as error:
            self.add(name, error.code, **error.fields)
            return None


def check_resident(
    said: Mapping[str, str], notes: Mapping[str, str], around: Surroundings
) -> tuple[Registration | None, list[Fault]]:
    """`said` is field -> text. A registration only where there is no fault."""
    faults = _Faults(notes)
    _check_words(said, faults)
    document = _document(said, "document_number", "document_kind", "issuer", faults)
    second = _document(said, "second_number", "second_kind", "second_issuer", faults)
    birth = faults.read("birth", read_birth, said["birth"], around.today) if said.get("birth") else None
    sex = faults.read("sex", read_word, "sex", said["sex"]) if said.get("sex") else None
    nationality = faults.read("nationality", _nationality, said["nationality"]) if said.get("nationality") else ""
    language = faults.read("language", read_word, "language", said["language"]) if said.get("language") else ""
    relation = faults.read("relation", read_word, "relation", said["relation"]) if said.get("relation") else ""
    phones = tuple(_phones(said, faults))
    site = faults.read("site", around.site, said.get("site", ""))
    room, address = _home(said, site, around, faults)
    if document is not None:
        _compare(document, birth, sex, faults)
    if faults.found or document is None or site is None:
        return None, faults.found
    holder = document.holder
    foreign = document.issuer if document.kind is DocumentKind.PASSPORT else ""
    holder = replace(
        holder,
        native_name=said["full_name"],
        latin_name=said.get("latin_name", ""),
        birth=holder.birth or birth,
        sex=holder.sex if holder.sex is not Sex.UNKNOWN else Sex(sex or Sex.UNKNOWN),
        nationality=nationality or holder.nationality or foreign,
    )
    registration = Registration(
        document=replace(document, holder=holder),
        site=site.pk,
        language=language or "",
        # Who is what to whom in a room makes a household of it, where the list gives it no name.
        household=said.get("household", "") or (" ".join(filter(None, _path(said))) if relation else ""),
        address=address,
        further=(second,) if second else (),
        phones=phones,
        preferred_name=said.get("preferred_name", ""),
        room=room,
        relation=relation or "",
    )
    return registration, []


def check_place(
    said: Mapping[str, str], notes: Mapping[str, str], around: Surroundings
) -> tuple[tuple[int, Path] | None, list[Fault]]:
    """A site's primary key and the path of a place in it; only where there is no fault."""
    faults = _Faults(notes)
    for name in ("building", "unit", "room"):
        if len(said.get(name, "")) > LONGEST[name]:
            faults.add(name, "row_too_long", most=LONGEST[name])
    if not said.get("building"):
        faults.add("building", "place_without_building")
    site = faults.read("site", around.site, said.get("site", ""))
    if faults.found or site is None:
        return None, faults.found
    return (site.pk, _path(said)), []


def _check_words(said: Mapping[str, str], faults: _Faults) -> None:
    name = said.get("full_name", "")
    if not name:
        faults.add("full_name", "row_name")
    for field_ in ("full_name", "latin_name", "preferred_name"):
        words = said.get(field_, "")
        if words and (words.startswith(_FORMULA) or not any(letter.isalpha() for letter in words)):
            faults.add(field_, "row_name_letters")
    for field_, most in LONGEST.items():
        if len(said.get(field_, "")) > most:
            faults.add(field_, "row_too_long", most=most)


def _document(said: Mapping[str, str], number: str, kind: str, issuer: str, faults: _Faults) -> Document | None:
    """The kind may be left out where the number can stand on one kind only."""
    typed = said.get(number, "")
    if not typed:
        if number == "document_number":
            faults.add(number, "row_number")
        return None
    # Who has a passport of another state than their own is rare, and then the list says so.
    state = (
        read_nationality(said.get(issuer, "")) or said.get(issuer, "") or read_nationality(said.get("nationality", ""))
    )
    if said.get(kind):
        chosen = faults.read(kind, read_word, "document_kind", said[kind])
    else:
        chosen = _kind_of(typed, state)
        if chosen is None:
            faults.add(kind, "row_kind_open")
    if chosen is None:
        return None
    try:
        return read_typed_document(chosen, state, typed)
    except RefusedError as error:
        at = issuer if error.code == "document_issuer" else number
        if not any(spoiled == at for spoiled, _code, _fields in faults.found):
            faults.add(at, error.code, **error.fields)
        return None


def _kind_of(typed: str, state: str) -> str | None:
    """The one kind that the number can stand on, given the holder's or the issuing state; None where that is open.

    Numbers with a check character speak for themselves. Permits and passports look alike: the state decides.
    """
    kinds = document_kinds(typed)
    checked = [kind for kind in kinds if kind in _CHECKED]
    if checked:
        return checked[0]
    if not kinds:
        # It is probably meant as a citizen's number, and gets the sentence that says what is wrong with it.
        return DocumentKind.RESIDENT_CARD if sum(letter.isdigit() for letter in typed) >= 14 else None
    for permit, states in _PERMITS.items():
        if permit in kinds and state in states:
            return permit
    foreign = state not in {"", "CHN", "HKG", "MAC", "TWN"}
    return DocumentKind.PASSPORT if foreign or kinds == (DocumentKind.PASSPORT,) else None


def _nationality(words: str) -> str:
    found = read_nationality(words)
    if not found:
        raise CellError("row_nationality")
    return found


def _phones(said: Mapping[str, str], faults: _Faults) -> list[PhoneFacts]:
    found = []
    for name, purpose in (("phone", Phone.Purpose.OWN), ("relative_phone", Phone.Purpose.RELATIVE)):
        if said.get(name):
            number = faults.read(name, read_typed_phone, said[name])
            if number:
                found.append(PhoneFacts(number, purpose))
    return found


def _path(said: Mapping[str, str]) -> Path:
    return tidy((said.get("building", ""), said.get("unit", ""), said.get("room", "")))


def _home(said: Mapping[str, str], site: Site | None, around: Surroundings, faults: _Faults) -> tuple[int | None, str]:
    """The room of the site's list and the address as told; where the site has no list, the room's words are told."""
    path, told = _path(said), said.get("address", "")
    if site is None or not any(path):
        return None, told
    rooms = around.rooms(site.pk)
    if not rooms:
        return None, " ".join(part for part in (*path, told) if part)[: LONGEST["address"]]
    if path not in rooms:
        faults.add("room" if path[2] else "building", "row_room")
        return None, told
    return rooms[path], told


def _compare(document: Document, birth: PartialDate | None, sex: str | None, faults: _Faults) -> None:
    """What stands beside a number must not contradict it: one of the two is another person's."""
    told = document.holder
    if birth and told.birth and not told.birth.isoformat().startswith(birth.isoformat()):
        faults.add("birth", "row_birth_differs")
    if sex in {Sex.MALE, Sex.FEMALE} and told.sex in {Sex.MALE, Sex.FEMALE} and sex != told.sex:
        faults.add("sex", "row_sex_differs")
