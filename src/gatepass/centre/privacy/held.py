"""What is held about one person, in words for them and as data; and who looked.

`held` is for the eye and the printed page: short lines under the headings of the inventory. `as_data` is the whole:
every row and field that the inventory calls personal, under its technical name, for the person to take elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gatepass.centre.arrivals.models import Traveller
from gatepass.centre.audit.models import Entry
from gatepass.centre.audit.verbs import in_words as verb_in_words
from gatepass.centre.facts.words import in_words
from gatepass.centre.passages.storage import now_ms, passage_log
from gatepass.centre.people.models import IdentityDocument, Phone, Resident
from gatepass.centre.people.nationality import nationality_word
from gatepass.centre.privacy.categories import BASES, CATEGORIES, kept_in_words
from gatepass.centre.privacy.contract import Person
from gatepass.centre.privacy.inventory import PERSONAL, declared_models, inventory
from gatepass.centre.privacy.people import rows_of_person, whole_person
from gatepass.centre.quarantine.models import Quarantine
from gatepass.centre.quarantine.words import kind_word
from gatepass.centre.sites.models import Gate
from gatepass.identity import DocumentKind
from gatepass.identity.masking import mask_number

LOOKS: Final = ("resident:view", "protected:open", "privacy:hand_out")
"""Verbs by which somebody read about one resident."""
LISTED: Final = "resident:read_list"
MOST_LOOKS: Final = 200
_TABLE_OF: Final = {
    "identity": "people.Resident",
    "contact": "people.Phone",
    "household": "households.Membership",
    "photo": "photos.Photo",
    "colour": "codes.CodeChange",
    "facts": "facts.Fact",
    "quarantine": "quarantine.Quarantine",
    "passages": "passages/day.passages",
    "account": "applicants.Applicant",
    "mandates": "mandates.Mandate",
    "applications": "applications.Application",
    "appeals": "appeals.Appeal",
    "papers": "papers.Paper",
    "arrivals": "arrivals.Traveller",
    "employment": "employers.Colleague",
    "rights": "privacy.Request",
}
"""Heading -> the table whose time is told under it."""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    purpose: str
    basis: str
    kept: str
    lines: list[tuple[str, str]] = field(repr=False)
    """(what, value); there is at least one."""


@dataclass(frozen=True, slots=True)
class Look:
    at: datetime
    who: str
    """The name of the member of staff at that time."""
    why: str
    """What they did, in words."""
    page: str


def held(resident: Resident, *, passages: bool) -> list[Section]:
    """Under headings, those with nothing left out. `passages`: also where the person was, for nobody else's eyes."""
    person = whole_person(resident)
    lines: dict[str, list[tuple[str, str]]] = {
        "identity": list(_identity(resident, person)),
        "contact": list(_contact(resident, person)),
        "household": list(_household(resident)),
        "photo": [(_("Photo"), _at(resident.photo.taken_at))] if hasattr(resident, "photo") else [],
        "colour": [(_at(one.at), one.get_colour_display() or "—") for one in resident.code_changes.all()[:50]],
        "facts": [
            (f"{fact.get_kind_display()}, {_at(fact.at)}", in_words(fact.data) or "—") for fact in resident.facts.all()
        ],
        "quarantine": [
            (f"{kind_word(one)}, {one.get_state_display()}", f"{_at(one.started_at)} – {_at(one.ends_at)}")
            for one in Quarantine.objects.filter(resident__in=person.residents)
        ],
        "passages": list(_passages(person)) if passages else [],
        **{name: list(rows) for name, rows in _by_relation(resident, person).items()},
    }
    return [_section(name, lines[name]) for name in _TABLE_OF if lines.get(name)]


def looks(resident: Resident) -> list[Look]:
    """Who opened this person's pages, the newest first; rows that were merged into this one included."""
    names = [f"resident:{row.pk}" for row in rows_of_person(resident)]
    entries = list(Entry.objects.filter(object__in=names, verb__in=LOOKS).order_by("-id")[:MOST_LOOKS])
    entries = sorted([*entries, *_in_lists(resident)], key=lambda entry: -entry.id)[:MOST_LOOKS]
    return [
        Look(
            datetime.fromtimestamp(entry.at / 1000, UTC),
            entry.actor_name or entry.actor,
            verb_in_words(entry.verb),
            str(entry.fields.get("page", "")),
        )
        for entry in entries
    ]


def _in_lists(resident: Resident) -> Iterator[Entry]:
    """Entries about whole lists that programs have read, and in which the person stood."""
    for pk in (row.pk for row in rows_of_person(resident)):
        near = Entry.objects.filter(verb=LISTED, fields__first__lte=pk, fields__last__gte=pk).order_by("-id")
        for place, entry in enumerate(
            entry for entry in near.iterator(chunk_size=500) if pk in entry.fields["residents"]
        ):
            if place == MOST_LOOKS:
                break
            yield entry


def as_data(resident: Resident, *, passages: bool) -> dict[str, Any]:
    """JSON-ready. Secrets, fingerprints and what is about staff are left out; so is what others said in confidence."""
    person = whole_person(resident)
    tables: dict[str, Any] = {}
    for model, table in declared_models():
        # A tracing case, or a list under way, is about others as well: the office tells what can be told of it.
        if table.category not in _TABLE_OF or not (table.person or table.applicant or table.person_key):
            continue
        names = [name for name, kind in table.fields if kind in PERSONAL or kind == "plain"]
        rows = [
            {name: _plain(row, name) for name in names}
            for row in model._base_manager.filter(person.rows_of(model))  # noqa: SLF001 - Django's documented name
        ]
        if rows:
            tables[model._meta.label] = {"why": table.category, "kept": _kept_as_data(table.keep), "rows": rows}  # noqa: SLF001
    return {
        "town": settings.CONFIGURATION.town,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "tables": tables,
        "passages": [{"gate": gate, "at": at.isoformat(timespec="seconds")} for gate, at in _sightings(person)]
        if passages
        else None,
        "looks": [
            {"at": look.at.isoformat(timespec="seconds"), "who": look.who, "why": look.why, "page": look.page}
            for look in looks(resident)
        ],
    }


def _section(name: str, lines: list[tuple[str, str]]) -> Section:
    category = CATEGORIES[name]
    kept = ", ".join(dict.fromkeys(kept_in_words(inventory()[_TABLE_OF[name]])))
    return Section(str(category.title), str(category.purpose), str(BASES[category.basis]), kept, lines)


def _identity(resident: Resident, person: Person) -> Iterator[tuple[str, str]]:
    for name in ("full_name", "latin_name", "preferred_name", "birth"):
        if getattr(resident, name):
            yield _label(Resident, name), getattr(resident, name)
    yield _label(Resident, "sex"), resident.get_sex_display()
    if resident.nationality:
        yield _label(Resident, "nationality"), nationality_word(resident.nationality)
    for document in IdentityDocument.objects.filter(resident__in=person.residents):
        yield document.get_kind_display(), mask_number(DocumentKind(document.kind), str(document.number))
    yield _("Registered"), _at(resident.registered_at)


def _contact(resident: Resident, person: Person) -> Iterator[tuple[str, str]]:
    for phone in Phone.objects.filter(resident__in=person.residents):
        yield phone.get_purpose_display(), " ".join(filter(None, (str(phone.number), phone.whose)))
    if resident.home:
        yield _label(Resident, "address"), resident.home
    yield _label(Resident, "language"), resident.get_language_display()


def _household(resident: Resident) -> Iterator[tuple[str, str]]:
    for one in resident.memberships.select_related("household"):
        until = f" – {_at(one.until)}" if one.until else ""
        yield one.household.label, f"{one.get_relation_display()}, {_at(one.since)}{until}"


def _by_relation(resident: Resident, person: Person) -> dict[str, Iterator[tuple[str, str]]]:
    from gatepass.centre.applicants.models import Applicant
    from gatepass.centre.employers.models import Colleague
    from gatepass.centre.mandates.models import Mandate, Relation

    own = Mandate.objects.filter(resident__in=person.residents, relation=Relation.SELF).values("applicant")
    colleagues = Colleague.objects.filter(person.rows_of(Colleague)).select_related("company")
    return {
        "account": ((one.get_channel_display(), str(one.contact)) for one in Applicant.objects.filter(pk__in=own)),
        "mandates": (
            (one.get_relation_display(), _acting(one))
            for one in resident.mandates.select_related("applicant", "staff").exclude(relation=Relation.SELF)
        ),
        "applications": ((_at(one.sent_at), one.get_state_display()) for one in resident.applications.all()),
        "appeals": (
            (f"{one.get_about_display()}, {_at(one.sent_at)}", one.get_state_display())
            for one in resident.appeals.all()
        ),
        "papers": ((_at(one.issued_at), f"– {_at(one.expires_at)}") for one in resident.papers.all()),
        "arrivals": (
            (
                f"{one.full_name}, {one.get_state_display()}",
                _at(one.journey.arrives_at) if one.journey.arrives_at else "—",
            )
            for one in Traveller.objects.filter(person.rows_of(Traveller)).select_related("journey")
        ),
        "employment": ((one.company.name, one.employee_number or "—") for one in colleagues),
        "rights": (
            (f"{one.get_kind_display()}, {_at(one.sent_at)}", one.get_state_display())
            for one in resident.privacy_requests.all()
        ),
    }


def _acting(mandate: Any) -> str:
    name = mandate.staff.full_name if mandate.staff else (mandate.applicant.full_name or str(mandate.applicant.contact))
    return f"{name}, {_at(mandate.recorded_at)}{f' – {_at(mandate.ended_at)}' if mandate.ended_at else ''}"


def _passages(person: Person) -> Iterator[tuple[str, str]]:
    for gate, at in _sightings(person):
        yield _at(at), gate


def _sightings(person: Person) -> list[tuple[str, datetime]]:
    now = now_ms()
    since = now - int(timedelta(days=settings.KEEP_PASSAGES_DAYS + 1).total_seconds() * 1000)
    log = passage_log()
    seen = {
        (window.gate, moment)
        for key in person.person_keys
        for window in log.windows(key, since, now, margin=0)
        for moment in {window.since, window.until}
    }
    gates = {str(gate.pk): f"{gate.site.name} · {gate.name}" for gate in Gate.objects.select_related("site")}
    found = sorted(seen, key=lambda each: each[1], reverse=True)
    return [(gates.get(gate, gate), datetime.fromtimestamp(moment / 1000, UTC)) for gate, moment in found]


def _label(model: type[models.Model], name: str) -> str:
    return str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # noqa: SLF001


def _at(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "Y-m-d H:i")


def _plain(row: models.Model, name: str) -> Any:
    value = row.pk if name == "pk" else getattr(row, row._meta.get_field(name).attname, None)  # type: ignore[union-attr]  # noqa: SLF001
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    if isinstance(value, (str, int, float, bool, list, dict)) or value is None:
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _kept_as_data(keep: Any) -> Any:
    return keep if isinstance(keep, str) else [{"days": rule.period.days, "after": rule.after} for rule in keep]
